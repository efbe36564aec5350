"""Counts by site and hour that follow every write: triggers, and the same counts made anew.

Each rule says of one table's rows what they count for. The triggers and the rebuilding are made
from the same rules, so that they cannot mean different things.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy.engine import Connection

from storage.writes import run_sql

_BY_CRAWL = "(SELECT k.site_id FROM crawls AS k WHERE k.id = {row}.crawl_id)"
_BY_ARTICLE = "(SELECT a.site_id FROM articles AS a WHERE a.id = {row}.article_id)"
_OUTCOMES = (
    "new", "changed", "unchanged", "not_modified", "missing", "blocked", "not_article", "failed"
)  # fmt: skip


def _if(condition: str) -> str:
    return f"CASE WHEN {condition} THEN 1 ELSE 0 END"


@dataclass(frozen=True, slots=True)
class Counter:
    """What the rows of `table` add to `target`; `{row}` stands for the row, in SQL of both."""

    table: str
    at: str  # the column whose hour it counts for
    site: str
    counts: Mapping[str, str]
    watched: tuple[str, ...] = ()  # columns whose update changes the counts
    condition: str = "1 = 1"
    keys: Mapping[str, str] = field(default_factory=dict)
    target: str = "site_hours"


COUNTERS = (
    Counter(
        "visits",
        "visited_at",
        _BY_CRAWL,
        {"looks": "1"} | {f"looks_{o}": _if(f"{{row}}.outcome = '{o}'") for o in _OUTCOMES},
    ),
    Counter(
        "visits",
        "visited_at",
        _BY_CRAWL,
        {"looks": "1"},
        condition="{row}.outcome IN ('missing', 'blocked', 'not_article', 'failed')",
        keys={"outcome": "{row}.outcome", "reason": "coalesce({row}.reason, '')"},
        target="reason_hours",
    ),
    Counter(
        "seed_visits",
        "visited_at",
        _BY_CRAWL,
        {
            "seed_looks": "1",
            "seed_answered": _if("{row}.outcome IN ('read', 'not_modified')"),
        },
    ),
    Counter(
        "captures",
        "captured_at",
        "{row}.site_id",
        {
            "captures": "1",
            "raw_bytes": "{row}.size",
            "stored_bytes": "coalesce(length({row}.body), 0)",
        },
        watched=("body", "size"),
    ),
    Counter(
        "versions",
        "first_seen_at",
        _BY_ARTICLE,
        {"versions": _if("{row}.number > 1 AND {row}.retracted_at IS NULL")},
        watched=("retracted_at", "first_seen_at", "article_id", "number"),
    ),
    Counter(
        "changes",
        "first_seen_at",
        _BY_ARTICLE,
        {
            "changes": "1",
            "announced": _if("{row}.announced"),
            "fact_changes": _if(
                "NOT {row}.announced AND (',' || {row}.kinds || ',') LIKE '%,fact,%'"
            ),
            "headline_changes": _if("{row}.field = 'headline'"),
        },
        watched=("hidden_by", "announced", "kinds", "first_seen_at", "article_id"),
        condition="{row}.hidden_by IS NULL",
    ),
    Counter(
        "events",
        "occurred_at",
        "{row}.site_id",
        {
            "first_reads": _if("{row}.kind = 'first_read'"),
            "removals": _if("{row}.kind = 'removed'"),
            "returns": _if("{row}.kind = 'returned'"),
        },
        watched=("kind", "occurred_at"),
        condition="{row}.kind IN ('first_read', 'removed', 'returned')",
    ),
)

_HOUR = {
    "sqlite": "CAST(strftime('%s', {moment}) AS INTEGER) / 3600",
    "postgresql": "CAST(floor(extract(epoch FROM {moment}) / 3600) AS INTEGER)",
}


def _adding(counter: Counter, dialect: str, row: str, sign: str = "") -> str:
    """Return the statement that adds one row's counts, or takes them away with sign `-`."""
    values = [sign + f"({expression})" for expression in counter.counts.values()]
    columns = ["site_id", "hour", *counter.keys, *counter.counts]
    selected = [counter.site, _hour(counter, dialect), *counter.keys.values(), *values]
    return (
        f"INSERT INTO {counter.target} ({', '.join(columns)}) "
        f"SELECT {', '.join(selected)} WHERE {counter.condition} {_merging(counter)}"
    ).replace("{row}", row)


def _hour(counter: Counter, dialect: str) -> str:
    return _HOUR[dialect].replace("{moment}", f"{{row}}.{counter.at}")


def _merging(counter: Counter) -> str:
    sums = ", ".join(
        f"{name} = {counter.target}.{name} + excluded.{name}" for name in counter.counts
    )
    return f"ON CONFLICT ({', '.join(['site_id', 'hour', *counter.keys])}) DO UPDATE SET {sums}"


def counting(dialect: str) -> Iterator[tuple[str, str, tuple[str, ...], list[str]]]:
    """Yield what triggers do: table, event, columns watched by an update, and the statements."""
    for counter in COUNTERS:
        add, take = (_adding(counter, dialect, row, s) for row, s in (("NEW", ""), ("OLD", "-")))
        yield counter.table, "INSERT", (), [add]
        yield counter.table, "DELETE", (), [take]
        if counter.watched:
            yield counter.table, "UPDATE", counter.watched, [take, add]


def recount(connection: Connection) -> None:
    """Make all counts by site and hour anew from the rows themselves."""
    for target in sorted({counter.target for counter in COUNTERS}):
        run_sql(connection, f"DELETE FROM {target}")
    for counter in COUNTERS:
        run_sql(connection, _recounting(counter, connection.dialect.name))


def _recounting(counter: Counter, dialect: str) -> str:
    keys = ["site_id", "hour", *counter.keys]
    values = [counter.site, _hour(counter, dialect), *counter.keys.values()]
    inner = ", ".join(
        f"{expression} AS {name}"
        for name, expression in zip(
            [*keys, *counter.counts], [*values, *counter.counts.values()], strict=True
        )
    )
    sums = ", ".join(f"CAST(sum({name}) AS BIGINT)" for name in counter.counts)
    return (
        f"INSERT INTO {counter.target} ({', '.join([*keys, *counter.counts])}) "
        f"SELECT {', '.join(keys)}, {sums} FROM (SELECT {inner} FROM {counter.table} AS counted "
        f"WHERE {counter.condition}) AS each_row WHERE 1 = 1 "
        f"GROUP BY {', '.join(keys)} {_merging(counter)}"
    ).replace("{row}", "counted")
