"""The other extractors, one a process: run by the python of `.venv-bench`.

Nothing of this project is imported, so what they depend on may differ from what it does. Orders
and answers are lines of JSON: at first `["text of a page", ...]`, answered by the versions or an
error; then any line is an order to read all pages once, answered by the seconds that it took and
by what went wrong on how many pages.
"""

import gc
import importlib
import importlib.metadata
import json
import logging
import os
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any

Read = Callable[[str], object]
ADDRESS = "http://localhost/"


def trafilatura() -> Read:
    extract: Any = importlib.import_module("trafilatura").bare_extraction
    return lambda text: extract(text, with_metadata=True)


def newspaper4k() -> Read:
    read: Any = importlib.import_module("newspaper").article
    return lambda text: read(ADDRESS, language="zh", input_html=text, fetch_images=False)


def gne() -> Read:
    read: Read = importlib.import_module("gne").GeneralNewsExtractor().extract
    return read


def goose3() -> Read:
    chinese = importlib.import_module("goose3.text").StopWordsChinese
    options = {"stopwords_class": chinese, "enable_image_fetching": False}
    goose: Any = importlib.import_module("goose3").Goose(options)
    return lambda text: goose.extract(raw_html=text)


def readability() -> Read:
    document: Any = importlib.import_module("readability").Document

    def read(text: str) -> tuple[str, str]:
        page = document(text)
        return page.title(), page.summary()

    return read


def resiliparse() -> Read:
    extract: Any = importlib.import_module("resiliparse.extract.html2text").extract_plain_text
    return lambda text: extract(text, main_content=True)


# By the name of the distribution.
PEERS = {
    "trafilatura": trafilatura,
    "newspaper4k": newspaper4k,
    "gne": gne,
    "goose3": goose3,
    "readability-lxml": readability,
    "resiliparse": resiliparse,
}


def version(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return "none"


def one_round(read: Read, pages: list[str]) -> dict[str, object]:
    """Read all pages; a page that fails is counted by its error, and its time counts too."""
    failures: Counter[str] = Counter()
    gc.collect()
    started = time.perf_counter()
    for page in pages:
        try:
            read(page)
        except Exception as error:  # noqa: BLE001 (whatever a peer raises is its result)
            failures[type(error).__name__] += 1
    return {"seconds": time.perf_counter() - started, "failures": failures}


def serve(name: str, prepare: Callable[[], Read]) -> None:
    """Answer orders on standard input until it ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a peer prints is no answer

    def answer(value: dict[str, object]) -> None:
        print(json.dumps(value), file=answers, flush=True)

    pages = json.loads(sys.stdin.readline())
    try:
        read = prepare()
    except Exception as error:  # noqa: BLE001 (not installed, or broken where it is)
        answer({"error": f"{type(error).__name__}: {error}"})
        return
    answer({"version": version(name), "lxml": version("lxml")})
    for _ in sys.stdin:
        answer(one_round(read, pages))


if __name__ == "__main__":
    logging.disable()
    warnings.simplefilter("ignore")
    serve(sys.argv[1], PEERS[sys.argv[1]])
