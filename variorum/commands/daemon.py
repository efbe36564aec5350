"""`variorum daemon`: the scheduler, until stopped."""

import asyncio
import contextlib
import logging
import signal
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer

from crawler.logs import LogFormat, set_up_logs
from crawler.orders import Ended
from crawler.sites.load import SiteProfileError, find_profile
from crawler.supervisor import Setup, Supervisor
from reporting.monitor import Monitor
from scheduler import Cadence, Daemon, Plan
from storage.archive import Archive
from storage.engine import Engine
from storage.roster import Roster
from variorum.commands.console import Exit, clock, errors, fail, say
from variorum.commands.options import crawl_options
from variorum.commands.profiles import Profiles
from variorum.commands.store import Database, open_store
from variorum.config import ConfigError, Settings, load_settings

log = logging.getLogger("variorum.daemon")


def plan_of(settings: Settings) -> Plan:
    """Return what the settings make of the schedule."""
    cadence = Cadence(
        every=timedelta(minutes=settings.crawl_every_minutes),
        looks_every=timedelta(minutes=settings.looks_every_minutes),
        confirm_after=settings.confirm_after,
        sites_at_once=settings.sites_at_once,
        deadline=timedelta(minutes=settings.crawl_deadline_minutes),
    )
    return Plan(cadence, crawl_options(settings), Profiles(settings.sites_dir))


class Service:
    """The daemon as a process: signals, settings read anew, and the monitor's endpoint."""

    def __init__(
        self, settings: Settings, database: str | None, engine: Engine, form: LogFormat
    ) -> None:
        self._settings, self._given, self._form = settings, database, form
        self._supervisor: Supervisor | None = None
        self._monitor = Monitor(engine, self._told)
        self.daemon = Daemon(engine, plan_of(settings), self._new_supervisor, clock, self._count)

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT; SIGHUP reads the settings anew."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.daemon.stop)
        with contextlib.suppress(AttributeError, ValueError):
            loop.add_signal_handler(signal.SIGHUP, self.reload)
        self._listen()
        try:
            await self.daemon.run()
        finally:
            self._monitor.close()

    async def once(self) -> list[Ended]:
        """Do what is due now."""
        return await self.daemon.once()

    def reload(self) -> None:
        """Read settings and profiles anew; where they cannot be used, keep those in force."""
        try:
            settings = load_settings(database=self._given)
            plan = plan_of(settings)
        except (ConfigError, SiteProfileError) as error:
            log.error("settings_kept", extra={"reason": str(error)})  # noqa: TRY400
            return
        moved = settings.database != self._settings.database
        address = settings.monitor_address
        self._settings = settings.model_copy(update={"database": self._settings.database})
        self.daemon.plan = plan
        if self._supervisor is not None:
            self._supervisor.change(self._setup())
        if address != self._monitor.address:
            self._listen()
        log.info("settings_read", extra={"database": "after a restart"} if moved else {})

    def _count(self, kind: str, ended: Ended) -> None:
        self._monitor.count(kind, ended.status, ended.seconds, asdict(ended.counts))

    def _listen(self) -> None:
        try:
            self._monitor.listen(self._settings.monitor_address)
        except OSError as error:
            told = {"address": self._settings.monitor_address, "reason": str(error)}
            log.warning("monitor_unavailable", extra=told)

    def _setup(self) -> Setup:
        confirm_after = self._settings.confirm_after.total_seconds()
        return Setup(self._settings.database, confirm_after, self._form)

    def _new_supervisor(self) -> Supervisor:
        self._supervisor = Supervisor(self._setup())
        return self._supervisor

    def _told(self) -> dict[str, float]:
        """Return what the monitor cannot know from the database."""
        supervisor = self._supervisor
        return {
            "on_duty": float(self.daemon.on_duty),
            "late": self.daemon.late_by(),
            "crawler_processes": float(len(supervisor.pids)) if supervisor else 0.0,
            "crawler_memory": float(supervisor.memory) if supervisor else 0.0,
            "crawlers_started": float(supervisor.started) if supervisor else 0.0,
            "crawlers_lost": float(supervisor.lost) if supervisor else 0.0,
        }


def daemon(
    sites: Annotated[
        list[str] | None,
        typer.Argument(metavar="SITE", help="Sites to follow besides those of the database."),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, and end.")] = False,
    log_format: Annotated[
        str | None, typer.Option("--log-format", metavar="text|json", help="Form of a log line.")
    ] = None,
    database: Database = None,
) -> None:
    """Crawl the sites of the database whenever they are due, until stopped.

    Only one daemon works on a database: a further one waits, and takes over when the first ends.
    SIGTERM and Ctrl-C end it cleanly, within 20 seconds; SIGHUP has it read its settings and the
    profiles anew. How it is doing: `variorum status`.

    \b
    Examples:
      variorum daemon zjnews_china
      variorum daemon --once
      variorum daemon --log-format json 2>> variorum.log
    """
    if log_format not in {None, "text", "json"}:
        fail(f"--log-format: {log_format!r} is neither text nor json", Exit.USAGE)
    settings, engine = open_store(database, create=True)
    form: LogFormat = "json" if (log_format or settings.log_format) == "json" else "text"
    for key in sites or ():
        Archive(engine).open_site(find_profile(key, settings.sites_dir).record("site"))
    if not Roster(engine).sites():
        fail("no site to follow: name one (`variorum sites list`), or crawl one first", Exit.USAGE)
    set_up_logs(form)
    errors.print("variorum: daemon started; Ctrl-C ends it", style="dim", markup=False)
    asyncio.run(_work(settings, database, engine, form, once=once))


async def _work(
    settings: Settings, database: str | None, engine: Engine, form: LogFormat, *, once: bool
) -> None:
    service = Service(settings, database, engine, form)
    if not once:
        await service.run()
        return
    try:
        ended = await service.once()
    except RuntimeError as error:
        fail(str(error), Exit.BUSY)
    say(f"{end.site}: {end.status}: {end.counts.pages} pages" for end in ended)
    states = {end.status for end in ended}
    if not states <= {"success", "partial", "busy"}:
        raise typer.Exit(int(Exit.PARTIAL if states & {"success", "partial"} else Exit.FAILURE))
