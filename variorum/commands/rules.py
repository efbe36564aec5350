"""`variorum sites rules`: what a site was learned to change everywhere, and what that hides."""

from collections.abc import Iterator
from datetime import UTC
from typing import Annotated

import typer

from reporting.layout import harmless
from reporting.times import render_time
from storage.archive import Archive
from storage.noise import NoiseRule
from storage.roster import Roster
from variorum.commands.console import clock, fail, say
from variorum.commands.store import Database, open_store


def rules(
    key: Annotated[str, typer.Argument(metavar="KEY", help="A site of the database.")],
    disable: Annotated[
        int | None, typer.Option(metavar="ID", help="Let this rule hide nothing any more.")
    ] = None,
    enable: Annotated[
        int | None, typer.Option(metavar="ID", help="Put this rule in force again.")
    ] = None,
    database: Database = None,
) -> None:
    """Show the noise rules of a site with their evidence, or take one back.

    A line, image or caption that comes or goes in many articles at the same crawls becomes a rule;
    changes that consist of nothing else are hidden by it, never dropped. Headlines, credits,
    sources, times and facts are never hidden. Disabling a rule shows what it hid, at once and
    without a fetch; it is not learned again.

    \b
    Examples:
      variorum sites rules zjnews_china
      variorum sites rules zjnews_china --disable 3
    """
    _, engine = open_store(database)
    archive = Archive(engine)
    known = {site.key for site in Roster(engine).sites()}
    if key not in known:
        fail(f"no site {key!r} in this database; there are: {', '.join(sorted(known)) or 'none'}")
    own = {rule.id for rule in archive.noise_rules(key)}
    for number, on in ((disable, False), (enable, True)):
        if number is not None:
            if number not in own:
                fail(f"site {key} has no noise rule {number}")
            archive.switch_noise_rule(number, on=on, now=clock())
    found = archive.noise_rules(key)
    say([line for rule in found for line in _render(rule)] or f"{key}: no noise rules")


def _render(rule: NoiseRule) -> Iterator[str]:
    state = f"disabled {render_time(rule.disabled_at, UTC)}" if rule.disabled_at else "in force"
    hides = f"hides {rule.hides} change{'' if rule.hides == 1 else 's'}"
    yield f"{rule.id}  {rule.kind} {harmless(rule.pattern)!r}: {state}, {hides}"
    yield (
        f"   in {rule.articles} of {rule.looked_at} articles, {rule.crawls} crawl"
        f"{'' if rule.crawls == 1 else 's'}, {render_time(rule.first_seen_at, UTC)} to "
        f"{render_time(rule.last_seen_at, UTC)} UTC"
    )
    for url, before, after in rule.samples:
        yield f"   {harmless(url)}: {harmless(before) or '∅'} → {harmless(after) or '∅'}"
