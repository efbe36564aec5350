"""Reports on what becomes of articles: how long they live, and how soon they are first changed."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from reporting.ask import Ask, Report, cut
from reporting.rates import Step, quantile, rate, share_at, survival
from reporting.render import Cell, Table
from storage.engine import Engine
from storage.lives import count_hours, count_lives, list_delays, list_removed

Group = tuple[Any, ...]
DAYS = (1, 7, 30)


def load_curves(
    engine: Engine, ask: Ask, group: Callable[[Mapping[str, Any]], Group]
) -> dict[Group, tuple[list[Step], float]]:
    """Return for each group its curve of survival, and the highest age anything was seen at."""
    ended: defaultdict[Group, list[float]] = defaultdict(list)
    censored: defaultdict[Group, list[tuple[float, int]]] = defaultdict(list)
    for row in list_removed(engine, ask.span, ask.zone):
        ended[group(row)].append(row["life_minutes"] / 60)
    for row in count_lives(engine, ask.span, ask.zone):
        censored[group(row)].append((row["age_step"], row["articles"] - row["removed"]))
    return {
        key: (
            survival(ended[key], censored[key]),
            max([*ended[key], *(age for age, _ in censored[key])]),
        )
        for key in sorted({*ended, *censored})
    }


def _survival(engine: Engine, ask: Ask, keys: tuple[str, ...]) -> Table:
    def group(row: Mapping[str, Any]) -> Group:
        return tuple(row[key] for key in keys)

    curves = load_curves(engine, ask, group)
    counts: defaultdict[Group, Counter[str]] = defaultdict(Counter)
    for row in count_lives(engine, ask.span, ask.zone):
        counts[group(row)].update(articles=row["articles"], removed=row["removed"])
    lives: defaultdict[Group, Counter[int]] = defaultdict(Counter)
    for row in list_removed(engine, ask.span, ask.zone):
        lives[group(row)][row["life_minutes"]] += 1
        counts[group(row)]["back"] += row["state"] in {"live", "suspect"}
    rows = [
        (
            *(key if key != "" else None for key in own),
            counts[own]["articles"],
            counts[own]["removed"],
            counts[own]["back"],
            *(_share(curves[own], 24 * days) for days in DAYS),
            _hours(lives[own]),
        )
        for own in curves
    ]
    return cut(Table((*keys, *_SURVIVAL), tuple(rows), notes=(_SURVIVAL_NOTE,)), ask)


def _share(curve: tuple[list[Step], float], age: float) -> float | None:
    """Return the share still served at an age, None where nothing was watched for so long."""
    steps, oldest = curve
    return share_at(steps, age) if oldest >= age else None


def _hours(lives: Counter[int]) -> float | None:
    return round(quantile(sorted(lives.items()), 0.5) / 60, 1) if lives else None


_SURVIVAL = ("articles", "removed", "back", *(f"served_{d}d" for d in DAYS), "median_hours")
_SURVIVAL_NOTE = (
    "served_7d is the share still served 7 days after the first reading (Kaplan-Meier, articles "
    "still served counted up to the last step of age at which they were seen), removed ones until "
    "the first look that found them missing; back are served again; median_hours is the median "
    "life of removed ones."
)


def _delays(
    engine: Engine,
    ask: Ask,
    keys: tuple[str, ...],
    totals: Iterable[Mapping[str, Any]],
) -> Table:
    places = {"site": 0, "section": 1, "born_hour": 2}
    minutes: defaultdict[Group, Counter[int]] = defaultdict(Counter)
    for row in list_delays(engine, ask.span, ask.zone):
        minutes[tuple(row[places[key]] for key in keys)][row[3]] += row[4]
    articles: Counter[Group] = Counter()
    for total in totals:
        articles[tuple(total[key] for key in keys)] += total["articles"]
    rows = [
        (*(key if key != "" else None for key in own), *_delay(articles[own], minutes[own]))
        for own in sorted(articles)
    ]
    named = tuple("hour" if key == "born_hour" else key for key in keys)
    return cut(Table((*named, *_DELAYS), tuple(rows), notes=(_DELAYS_NOTE,)), ask)


def _delay(articles: int, minutes: Counter[int]) -> Sequence[Cell]:
    edited, counted = minutes.total(), sorted(minutes.items())
    share = rate(edited, articles)
    bounds = (share.share, share.low, share.high) if share else (None, None, None)
    quantiles = [_told_hours(counted, part) for part in (0.25, 0.5, 0.75, 0.9)]
    return articles, edited, *bounds, *quantiles


def _told_hours(counted: Sequence[tuple[int, int]], part: float) -> float | None:
    return round(quantile(counted, part) / 60, 1) if counted else None


_DELAYS = (
    "articles", "edited", "share_edited", "low", "high", "q25_hours", "median_hours", "q75_hours",
    "q90_hours",
)  # fmt: skip
_DELAYS_NOTE = (
    "Hours from publication (as printed to the minute, else our first reading) to the look that "
    "showed the first edit, of those that were edited; how soon an edit can be seen depends on how "
    "often we look."
)


def _by_site(engine: Engine, ask: Ask) -> Table:
    return _delays(engine, ask, ("site",), count_lives(engine, ask.span, ask.zone))


def _by_section(engine: Engine, ask: Ask) -> Table:
    return _delays(engine, ask, ("site", "section"), count_lives(engine, ask.span, ask.zone))


def _by_hour(engine: Engine, ask: Ask) -> Table:
    return _delays(engine, ask, ("site", "born_hour"), count_hours(engine, ask.span, ask.zone))


_SURVIVAL_BRIEF = ("articles", "removed", "back", "served_1d", "served_7d", "served_30d")
_DELAYS_BRIEF = ("articles", "edited", "share_edited", "q25_hours", "median_hours", "q90_hours")
_DELAYS_SHORT = ("articles", "edited", "share_edited", "median_hours", "q90_hours")

LIVES = (
    Report(
        "survival",
        "how long articles live before they are removed, by site",
        ("site", *_SURVIVAL),
        ("site", *_SURVIVAL_BRIEF, "median_hours"),
        lambda engine, ask: _survival(engine, ask, ("site",)),
    ),
    Report(
        "survival-by-section",
        "how long articles live before they are removed, by site and section",
        ("site", "section", *_SURVIVAL),
        ("site", "section", *_SURVIVAL_BRIEF),
        lambda engine, ask: _survival(engine, ask, ("site", "section")),
    ),
    Report(
        "delays",
        "time from publication to the first change, by site",
        ("site", *_DELAYS),
        ("site", *_DELAYS_BRIEF),
        _by_site,
    ),
    Report(
        "delays-by-section",
        "time from publication to the first change, by site and section",
        ("site", "section", *_DELAYS),
        ("site", "section", *_DELAYS_SHORT),
        _by_section,
    ),
    Report(
        "delays-by-hour",
        "time from publication to the first change, by site and hour of publication",
        ("site", "hour", *_DELAYS),
        ("site", "hour", *_DELAYS_SHORT),
        _by_hour,
    ),
)
