"""`variorum purge`: retention, take-down and erasure, under tombstones."""

import sys
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from storage.archive import Archive
from storage.engine import Engine
from storage.erasure import Warrant
from storage.errors import ArchiveError, SiteBusy
from storage.purge import (
    Outcome,
    Person,
    Retention,
    Rule,
    TakeDown,
    find_articles,
    preview,
    purge,
    scrub,
)
from storage.search.index import clear_index
from variorum.commands.articles import load_article
from variorum.commands.console import Exit, batched, clock, errors, fail, say
from variorum.commands.reports import parse_moment
from variorum.commands.store import Database, open_store

_BATCH = 50  # articles that share a commit
_SHOWN = 20  # articles that are listed


def purge_(
    captures_older: Annotated[
        str | None,
        typer.Option("--captures-older-than", metavar="AGE", help="Page bytes: 730d, or a date."),
    ] = None,
    texts_older: Annotated[
        str | None,
        typer.Option("--texts-older-than", metavar="AGE", help="Texts last served before that."),
    ] = None,
    current: Annotated[
        bool, typer.Option("--current", help="With the bytes of what is served now.")
    ] = False,
    article: Annotated[
        list[str] | None, typer.Option(metavar="ARTICLE|URL", help="Take an article down.")
    ] = None,
    person: Annotated[
        str | None, typer.Option(metavar="NAME", help="Erase a credited person's name.")
    ] = None,
    outlet: Annotated[
        str | None, typer.Option(help="Only the person of that name in this outlet.")
    ] = None,
    site: Annotated[
        str | None, typer.Option(metavar="KEY", help="Only this site; default: all.")
    ] = None,
    reason: Annotated[
        str | None, typer.Option(help="Kept in the tombstones; leave names out of it.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be erased; erase nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    database: Database = None,
) -> None:
    """Erase by rule: what is too old, an article as a whole, or a person's name.

    Bytes and texts go. What stays: addresses, numbers, dates, digests, and a tombstone for each
    thing erased, in the same chain, so that `variorum verify` and `variorum db check` still hold.
    Captures that lean on erased ones are packed anew first. Nothing under a legal hold
    (`variorum holds`) is touched. It says what it would do, and asks.

    Exit status: 0 done, 1 not, 3 something was left alone, 4 another crawl holds a site.

    \b
    Examples:
      variorum purge --captures-older-than 730d --dry-run
      variorum purge --captures-older-than 730d --texts-older-than 3650d --yes
      variorum purge --article http://news.example.com/a/1.html --reason 'order 7/2026'
      variorum purge --person 甲小明 --outlet 湖滨日报 --reason 'request 12/2026'
    """
    _, engine = open_store(database)
    rules: list[Rule] = [
        *_retention(captures_older, texts_older, current),
        *(TakeDown(load_article(engine, one).article_id) for one in article or ()),
        *_person(person, outlet),
    ]
    if not rules:
        fail("say what to erase: an age, an --article or a --person; see --help", Exit.USAGE)
    work = _work(engine, rules, site)
    outcomes = [one for rule, _, ids in work for one in _preview(engine, rule, ids)]
    say(_render(outcomes, "would be erased"))
    if dry_run or not any(one.refused is None for one in outcomes):
        raise typer.Exit(int(_status(outcomes)))
    if not yes:
        _ask()
    raise typer.Exit(int(_carry_out(engine, work, reason)))


def _retention(captures: str | None, texts: str | None, current: bool) -> Iterator[Retention]:
    now = clock()
    if captures or texts:
        yield Retention(parse_moment(captures, now), parse_moment(texts, now), current)
    elif current:
        fail("--current goes with --captures-older-than", Exit.USAGE)


def _person(name: str | None, outlet: str | None) -> Iterator[Person]:
    if name is None:
        if outlet is not None:
            fail("--outlet goes with --person", Exit.USAGE)
        return
    rule = Person(name.strip(), outlet)
    try:
        rule.pattern  # noqa: B018 - asked for, so that a name too short is told before all else
    except ValueError as error:
        fail(str(error), Exit.USAGE)
    yield rule


def _work(
    engine: Engine, rules: Sequence[Rule], site: str | None
) -> list[tuple[Rule, str, list[int]]]:
    """Return what each rule may touch on each site."""
    keys = Archive(engine).all_site_keys()
    if site is not None and site not in keys:
        fail(f"no site {site!r} in this database; there are: {', '.join(keys) or 'none'}")
    wanted = [site] if site else keys
    found = [(rule, key, find_articles(engine, rule, key)) for rule in rules for key in wanted]
    return [(rule, key, ids) for rule, key, ids in found if ids]


def _preview(engine: Engine, rule: Rule, ids: Sequence[int]) -> list[Outcome]:
    found: list[Outcome] = []
    for part in batched(ids, _BATCH, "looking"):
        found += preview(engine, rule, part)
    return found


def _ask() -> None:
    if not sys.stdin.isatty():
        fail("nothing was erased: give --yes where there is nobody to ask", Exit.USAGE)
    if not typer.confirm("Erase this for good?", err=True):
        fail("nothing was erased")


def _carry_out(
    engine: Engine, work: Sequence[tuple[Rule, str, list[int]]], reason: str | None
) -> Exit:
    done: list[Outcome] = []
    busy = 0
    for rule, key, ids in work:
        try:
            done += _site(engine, rule, key, ids, reason)
        except SiteBusy as error:
            errors.print(f"variorum: {error}", style="red", markup=False)
            busy += 1
    _scrub(engine, texts=any(one.readings for one in done))
    say(_render(done, "erased"))
    return Exit.BUSY if busy else _status(done)


def _site(
    engine: Engine, rule: Rule, key: str, ids: Sequence[int], reason: str | None
) -> list[Outcome]:
    """Purge one site by one rule, under its lease."""
    archive = Archive(engine)
    lease = archive.begin_crawl(key, kind="purge", now=clock())
    done: list[Outcome] = []
    status = "failure"
    try:
        for part in batched(ids, _BATCH, key):
            done += purge(engine, rule, part, lease, Warrant(rule.name, reason, clock()))
        status = "success"
    finally:
        archive.end_crawl(lease, now=clock(), status=status, counts={"articles": len(done)})
    return done


def _scrub(engine: Engine, *, texts: bool) -> None:
    """Have the index and the file let go of what was erased; where that cannot be now, say so.

    The index is made anew by whoever next brings it up: the daemon, or a search.
    """
    try:
        if texts:
            clear_index(engine)
        scrub(engine)
    except ArchiveError as error:
        errors.print(
            f"variorum: erased, but the space is not given back yet ({error}); run VACUUM later",
            markup=False,
        )


def _render(outcomes: Sequence[Outcome], verb: str) -> Iterator[str]:
    touched = [one for one in outcomes if one.refused is None]
    for one in touched[:_SHOWN]:
        yield f"  {one.url}: {_count(one.captures, 'capture')}, {_count(one.readings, 'reading')}"
    if len(touched) > _SHOWN:
        yield f"  … and {len(touched) - _SHOWN} more articles"
    for one in outcomes:
        if one.refused:
            yield f"  left alone: {one.url} {one.refused}"
    captures, size = sum(one.captures for one in touched), sum(one.size for one in touched)
    readings = sum(one.readings for one in touched)
    yield (
        f"{verb}: the bytes of {_count(captures, 'capture')} ({size:,} as stored) and fields of "
        f"{_count(readings, 'reading')}, of {_count(len(touched), 'article')}"
    )


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _status(outcomes: Sequence[Outcome]) -> Exit:
    refused = sum(one.refused is not None for one in outcomes)
    if not refused:
        return Exit.SUCCESS
    return Exit.PARTIAL if refused < len(outcomes) else Exit.FAILURE
