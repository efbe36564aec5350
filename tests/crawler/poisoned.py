"""A crawler process for tests, in which some sites do harm: by their key, as a page might."""

import os
import signal
import sys
import time
from typing import Any

from crawler import process
from crawler.sites.profile import SiteProfile

HARMLESS = process.crawl


async def crawl(archive: Any, profile: SiteProfile, **more: Any) -> Any:
    """Crawl, but do what the profile's name says first."""
    if profile.name == "dies":
        os.kill(os.getpid(), signal.SIGSEGV)
    if profile.name == "blocks":
        time.sleep(60)  # noqa: ASYNC251 - that is the harm
    return await HARMLESS(archive, profile, **more)


if __name__ == "__main__":
    if "--unable" in sys.argv:
        sys.exit(1)
    process.crawl = crawl
    process.main()
