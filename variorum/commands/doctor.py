"""`variorum doctor`: what is wrong with this installation, and what to do."""

import re
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from crawler.sites.load import SiteProfileError, list_sites
from reporting.layout import harmless
from storage.engine import open_engine
from storage.errors import ArchiveError, NoDatabase, NoDriver
from storage.examine import Check, check_space, examine
from variorum.commands.console import Exit, clock, say
from variorum.commands.store import Database
from variorum.config import ConfigError, Settings, load_settings, settings_file

_SIGNS = {"ok": "ok", "warning": "warning", "fault": "FAULT"}
_FEWEST_FILES = 512


def doctor(database: Database = None) -> None:
    """Look at everything the program stands on, and say what to do about what is wrong.

    Nothing is changed and no site is asked. Exit status: 0 all is well or only warnings, 1 there
    is a fault.

    \b
    Example:
      variorum doctor
    """
    found = list(_examine(database))
    for check in found:
        say(f"{_SIGNS[check.level]:<8} {check.name:<12} {harmless(check.found)}")
        if check.remedy:
            say(f"{'':<8} {'':<12} → {harmless(check.remedy)}")
    if any(check.level == "fault" for check in found):
        raise typer.Exit(int(Exit.FAILURE))


def _examine(database: str | None) -> Iterator[Check]:
    yield Check("python", "ok", ".".join(map(str, sys.version_info[:3])))
    try:
        settings = load_settings(database=database)
    except ConfigError as error:
        yield Check("settings", "fault", str(error), "correct the setting")
        return
    yield Check("settings", "ok", str(settings_file() or "no file: defaults and environment"))
    yield _check_zones()
    yield _check_certificates()
    yield _check_files()
    yield from _check_profiles(settings)
    yield from _check_database(settings)


def _check_zones() -> Check:
    try:
        ZoneInfo("Asia/Shanghai")
    except ZoneInfoNotFoundError:
        return Check("time zones", "fault", "no time zone data", "pip install tzdata")
    return Check("time zones", "ok", "known")


def _check_certificates() -> Check:
    known = ssl.create_default_context().cert_store_stats()["x509_ca"]
    paths = ssl.get_default_verify_paths()
    folder = Path(paths.capath) if paths.capath else None
    if known or (folder is not None and any(folder.iterdir())):
        return Check("certificates", "ok", f"authorities at {paths.cafile or paths.capath}")
    remedy = "install the system's certificates (Debian: ca-certificates)"
    return Check("certificates", "fault", "no authority is known: no https site opens", remedy)


def _check_files() -> Check:
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return Check("open files", "ok", "not limited here")
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    found = f"at most {soft}"
    if soft < _FEWEST_FILES:
        return Check("open files", "warning", found, "raise it: `ulimit -n 1024`, LimitNOFILE")
    return Check("open files", "ok", found)


def _check_profiles(settings: Settings) -> Iterator[Check]:
    try:
        profiles = list_sites(settings.sites_dir)
    except SiteProfileError as error:
        yield Check("profiles", "fault", str(error), "correct the profile; until then none is used")
        return
    yield Check("profiles", "ok", f"{len(profiles)} can be used")
    for profile in profiles:
        if profile.unchecked_certificate:
            found = f"{profile.key}: not checked: {profile.unchecked_certificate}"
            yield Check("certificate", "warning", found, "take the exception out when it is over")


def _remedy(error: ArchiveError) -> str:
    if isinstance(error, NoDriver):
        return "install it as said, or name an SQLite file by --database"
    if isinstance(error, NoDatabase):
        return "`variorum db upgrade` makes it, or name another by --database"
    absent = re.search(r'database "([^"]+)" does not exist', str(error))
    if absent:
        return f"create it: `createdb {absent[1]}`, then `variorum db upgrade`"
    return "see that it can be reached, and that --database or VARIORUM_DATABASE names it rightly"


def _check_database(settings: Settings) -> Iterator[Check]:
    try:
        engine = open_engine(settings.database, create=False)
    except ArchiveError as error:
        yield Check("database", "fault", str(error), _remedy(error))
        yield check_space(Path.cwd())
        return
    try:
        yield from examine(engine, clock())
    except ArchiveError as error:
        yield Check("database", "fault", str(error), "see whether the database can be reached")
