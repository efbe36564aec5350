"""The commands of `variorum`: which there are, and one clear line for every expected error.

A command's module is loaded when it is asked for, so that `variorum credits` does not wait for
the crawler to be imported.
"""

import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command_from_info
from typer.models import CommandInfo

from variorum import __version__
from variorum.commands.console import Exit, errors

# Each command's module and function.
COMMANDS = {
    "demo": "demo:demo",
    "crawl": "crawl:crawl",
    "extract": "extract:extract",
    "credits": "credits:credits_",
    "history": "articles:history",
    "diff": "articles:diff",
    "report": "reports:report",
    "watch": "watch:watch",
    "sql": "sql:sql",
    "search": "search:search_",
    "export": "export:export",
    "import": "transfer:import_",
    "copy": "transfer:copy_",
    "daemon": "daemon:daemon",
    "status": "status:status",
    "doctor": "doctor:doctor",
    "reextract": "reextract:reextract",
    "merge": "merging:merge",
    "split": "merging:split",
    "verify": "verify:verify",
    "purge": "purge:purge_",
    "cite": "cite:cite",
}
HOLDS = {"place": "holds:place", "list": "holds:list_", "release": "holds:release"}
SITES = {
    "list": "sites:list_",
    "show": "sites:show",
    "pause": "sites:pause",
    "resume": "sites:resume",
    "rules": "rules:rules",
}
DB = {
    "upgrade": "database:upgrade_",
    "check": "database:check_",
    "digest": "database:digest_",
    "stats": "database:stats_",
    "backup": "database:backup_",
    "reindex": "database:reindex_",
    "grant-reader": "database:grant_reader_",
}
# Raised where something outside is wrong; the message is one line for the user.
EXPECTED_ERRORS = {"ArchiveError", "ConfigError", "FetchError", "SiteProfileError"}


class LazyGroup(TyperGroup):
    """A group whose commands are loaded by name."""

    table: dict[str, str] = {}  # noqa: RUF012 - each group has its own

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names, in the order of the table."""
        return [*self.table, *super().list_commands(ctx)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Load the command of that name; None where there is none."""
        if cmd_name not in self.table:
            return super().get_command(ctx, cmd_name)
        module, function = self.table[cmd_name].split(":")
        callback = getattr(import_module(f"variorum.commands.{module}"), function)
        return get_command_from_info(
            CommandInfo(name=cmd_name, callback=callback),
            pretty_exceptions_short=False,
            rich_markup_mode=None,
        )


class MainGroup(LazyGroup):
    """The commands right below `variorum`."""

    table = COMMANDS


class SitesGroup(LazyGroup):
    """The commands below `variorum sites`."""

    table = SITES


class HoldsGroup(LazyGroup):
    """The commands below `variorum holds`."""

    table = HOLDS


class DatabaseGroup(LazyGroup):
    """The commands below `variorum db`."""

    table = DB


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"variorum {__version__}")
        raise typer.Exit


def variorum(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Watch regional news sites, keep every version of every article, show what changed."""
    del version


def _group(
    cls: type[LazyGroup], purpose: str | None = None, name: str | None = None
) -> typer.Typer:
    return typer.Typer(
        name=name,
        cls=cls,
        help=purpose,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        rich_markup_mode=None,
    )


def _nothing() -> None:
    """Stand for a group that has no options of its own."""


app = _group(MainGroup, name="variorum")
app.callback()(variorum)
for group_class, group_name, purpose in (
    (SitesGroup, "sites", "The sites that come with a profile."),
    (HoldsGroup, "holds", "Legal holds: what no purge may erase."),
    (DatabaseGroup, "db", "Look after the database."),
):
    group = _group(group_class, purpose)
    group.callback(help=purpose)(_nothing)
    app.add_typer(group, name=group_name)


def main() -> None:
    """Run the command line; an expected error is one line and a non-zero exit."""
    try:
        app()
    except BrokenPipeError:
        # The reader of our output has gone, as `head` does; nothing is left to say to it.
        sys.stderr.close()
        sys.exit(Exit.FAILURE)
    except Exception as error:
        # By name, so that telling the errors apart imports nothing.
        if not EXPECTED_ERRORS & {kind.__name__ for kind in type(error).__mro__}:
            raise
        errors.print(f"variorum: {error}", style="red", markup=False)
        sys.exit(Exit.FAILURE)


if __name__ == "__main__":
    main()
