"""The commands of `variorum`: one app, one line for every expected error."""

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from crawler.sites.load import SiteProfileError
from storage.errors import ArchiveError
from variorum import __version__
from variorum.commands import articles, crawl, daemon, database, demo, extract, reports, sites
from variorum.commands.common import Exit, errors
from variorum.config import ConfigError

app = typer.Typer(
    name="variorum",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
)
db = typer.Typer(no_args_is_help=True, help="Look after the database.")
sites_app = typer.Typer(no_args_is_help=True, help="The sites that come with a profile.")


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"variorum {__version__}")
        raise typer.Exit


@app.callback()
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


COMMANDS: tuple[tuple[typer.Typer, str, Callable[..., None]], ...] = (
    (app, "demo", demo.demo),
    (app, "crawl", crawl.crawl),
    (app, "extract", extract.extract),
    (app, "credits", extract.credits_),
    (app, "history", articles.history),
    (app, "diff", articles.diff),
    (app, "report", reports.report),
    (app, "daemon", daemon.daemon),
    (sites_app, "list", sites.list_),
    (sites_app, "show", sites.show),
    (db, "upgrade", database.upgrade_),
    (db, "check", database.check_),
    (db, "digest", database.digest_),
    (db, "stats", database.stats_),
)
for group, name, command in COMMANDS:
    group.command(name)(command)
app.add_typer(sites_app, name="sites")
app.add_typer(db, name="db")


def main() -> None:
    """Run the command line; an expected error is one line and a non-zero exit."""
    try:
        app()
    except (ConfigError, SiteProfileError, ArchiveError) as error:
        errors.print(f"variorum: {error}", style="red", markup=False)
        sys.exit(Exit.FAILURE)
    except BrokenPipeError:
        # The reader of our output has gone, as `head` does; nothing is left to say to it.
        sys.stderr.close()
        sys.exit(Exit.FAILURE)


if __name__ == "__main__":
    main()
