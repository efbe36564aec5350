"""Pictures: volume by day, delay to the first change, survival, an article's timeline."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from reporting.ask import Ask
from reporting.canvas import PlotError, figure_of
from reporting.layout import harmless
from reporting.reports.lives import load_curves
from reporting.reports.watch import with_gaps
from reporting.times import render_zone
from storage.activity import count_by_day
from storage.engine import Engine
from storage.history import ArticleHistory
from storage.lives import Looked, count_lives, list_delays

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_SITES = 7  # lines in one drawing that can still be told apart
_DAY = 24.0
_BLUE, _ORANGE, _RED, _GREY = "#4878a8", "#c06020", "#a01818", "#555555"
_COUNTS = ("first_reads", "changes", "fact_changes", "removals", "hours_watched")


def draw(engine: Engine, name: str, ask: Ask) -> "Figure":
    """Return a report as a figure. PlotError where there is nothing to draw or to draw with."""
    return figure_of(lambda figure: PLOTS[name](figure, engine, ask))


def _title(words: str, ask: Ask) -> str:
    span, zone = ask.span, ask.zone
    parts = [words, *([span.site] if span.site else [])]
    parts += [f"from {span.since.astimezone(zone):%Y-%m-%d %H:%M}"] if span.since else []
    parts += [f"to {span.until.astimezone(zone):%Y-%m-%d %H:%M}"] if span.until else []
    return ", ".join(parts)


def _volume(figure: "Figure", engine: Engine, ask: Ask) -> None:
    days = list(with_gaps(count_by_day(engine, ask.span, ask.zone)))
    if not days:
        raise PlotError("nothing was seen in this period")
    added: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for day in days:
        added[day["day"]].update({name: day[name] for name in _COUNTS})
    dates = sorted(added)
    at = [datetime.fromisoformat(day) for day in dates]

    def counts(name: str) -> list[int]:
        return [added[day][name] for day in dates]

    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    upper.bar(at, counts("first_reads"), color=_BLUE, label="articles read first")
    for name, colour, words in (
        ("changes", _ORANGE, "changed fields"),
        ("fact_changes", _RED, "facts, unannounced"),
        ("removals", _GREY, "removals"),
    ):
        lower.plot(at, counts(name), color=colour, marker=".", label=words)
    blind = [moment for moment, hours in zip(at, counts("hours_watched"), strict=True) if not hours]
    for axes, words in ((upper, "articles a day"), (lower, "a day")):
        _shade(axes, blind)
        axes.set(ylabel=words, ylim=(0, axes.get_ylim()[1] * 1.25))  # room for the legend
        axes.legend(loc="upper left", fontsize=8, ncols=4)
    _date_axis(lower)
    upper.set_title(_title(f"Articles and changes by day ({render_zone(ask.zone)})", ask))


def _shade(axes: "Axes", blind: Sequence[datetime]) -> None:
    half = timedelta(hours=12)
    for place, day in enumerate(blind):
        words = None if place else "no look told"
        axes.axvspan(day - half, day + half, color="#ffd8d8", zorder=0, label=words)  # type: ignore[arg-type]


def _date_axis(axes: "Axes") -> None:
    from matplotlib import dates  # noqa: PLC0415 - an extra, loaded when it is needed

    locator = dates.AutoDateLocator(minticks=3, maxticks=9)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]


def _groups(engine: Engine, ask: Ask) -> Callable[[str], str]:
    """Return under which name a site is drawn: the largest by their keys, the others as one."""
    articles: Counter[str] = Counter()
    for row in count_lives(engine, ask.span, ask.zone):
        articles[row["site"]] += row["articles"]
    ranked = sorted(articles, key=lambda site: (-articles[site], site))
    if not ranked:
        raise PlotError("no article was first read in this period")
    shown = set(ranked if len(ranked) <= _MOST_SITES + 1 else ranked[:_MOST_SITES])
    return lambda site: site if site in shown else f"{len(ranked) - len(shown)} other sites"


def _survival(figure: "Figure", engine: Engine, ask: Ask) -> None:
    named = _groups(engine, ask)
    curves = load_curves(engine, ask, lambda row: (named(row["site"]),))
    axes = figure.subplots()
    for (name,), (steps, oldest) in curves.items():
        ages = [0.0, *(step.age / _DAY for step in steps), oldest / _DAY]
        shares = [1.0, *(step.share for step in steps)]
        (line,) = axes.step(ages, [*shares, shares[-1]], where="post", label=harmless(name))
        if len(curves) == 1:
            low = [1.0, *(step.low for step in steps)]
            high = [1.0, *(step.high for step in steps)]
            bounds = [*low, low[-1]], [*high, high[-1]]
            axes.fill_between(ages, *bounds, step="post", alpha=0.15, color=line.get_color())
    lowest = min((step.low for steps, _ in curves.values() for step in steps), default=0.9)
    axes.set(
        xlabel="days since the first reading",
        ylabel="share still served",
        ylim=(max(0.0, min(lowest, 0.99) - 0.02), 1.002),
        xlim=(0, None),
    )
    axes.legend(loc="lower left", fontsize=8)
    axes.set_title(_title("Survival of articles (Kaplan-Meier)", ask))


def _delays(figure: "Figure", engine: Engine, ask: Ask) -> None:
    named = _groups(engine, ask)
    minutes: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for site, _section, _hour, delay, count in list_delays(engine, ask.span, ask.zone):
        minutes[named(site)][delay] += count
    if not minutes:
        raise PlotError("no article was edited in this period")
    axes = figure.subplots()
    for name, counted in sorted(minutes.items()):
        ordered, so_far, total = sorted(counted.items()), 0, counted.total()
        hours, shares = [], []
        for delay, count in ordered:
            so_far += count
            hours.append(max(delay, 1) / 60)
            shares.append(so_far / total)
        axes.step(hours, shares, where="post", label=f"{harmless(name)} ({total:,} edited)")
    axes.set_xscale("log")
    ticks = {1 / 6: "10 min", 1: "1 h", 6: "6 h", 24: "1 d", 72: "3 d", 168: "7 d", 720: "30 d"}
    axes.set_xticks(list(ticks), list(ticks.values()))
    axes.minorticks_off()
    axes.set(
        xlabel="from publication to the look that showed the first change",
        ylabel="share of edited articles",
        ylim=(0, 1.02),
    )
    axes.legend(loc="upper left", fontsize=8)
    axes.set_title(_title("Delay to the first change", ask))


PLOTS: Mapping[str, Callable[["Figure", Engine, Ask], None]] = {
    "volume": _volume,
    "changes": _volume,
    "survival": _survival,
    "survival-by-section": _survival,
    "delays": _delays,
    "delays-by-section": _delays,
    "delays-by-hour": _delays,
}

_LOOKS: Mapping[str, tuple[str, str, str]] = {  # colour, marker, words
    "seen": (_BLUE, "|", "look that saw it"),
    "missing": (_RED, "x", "look that found it missing"),
    "other": (_GREY, "1", "look that failed or was refused"),
}
_SEEN = frozenset({"new", "changed", "unchanged", "not_modified"})


def draw_timeline(history: ArticleHistory, looks: Sequence[Looked], zone: tzinfo) -> "Figure":
    """Return one article's versions, looks and removals as a figure, on the clock of a zone."""
    return figure_of(lambda figure: _timeline(figure, history, looks, zone), height=3.8)


def _timeline(
    figure: "Figure", history: ArticleHistory, looks: Sequence[Looked], zone: tzinfo
) -> None:
    if not looks:
        raise PlotError(f"{history.url} was never looked at")

    def local(moment: datetime) -> datetime:
        return moment.astimezone(zone).replace(tzinfo=None)

    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    rows = _draw_versions(upper, history, local, looks[-1].visited_at)
    _draw_events(upper, history, local, rows)
    sorts: defaultdict[str, list[datetime]] = defaultdict(list)
    for look in looks:
        sort = "seen" if look.outcome in _SEEN else look.outcome
        sorts[sort if sort in _LOOKS else "other"].append(local(look.visited_at))
    for sort, moments in sorts.items():
        colour, marker, words = _LOOKS[sort]
        place = list(_LOOKS).index(sort)
        lower.plot(moments, [place] * len(moments), marker, color=colour, label=words)
    lower.set(yticks=[], ylim=(-0.8, 2.8), ylabel="looks")
    lower.legend(loc="upper center", bbox_to_anchor=(0.5, -0.35), fontsize=8, ncols=3)
    _date_axis(lower)
    headline = history.versions[-1].article.headline if history.versions else "(not read yet)"
    short = harmless(headline) if len(headline) <= 44 else f"{harmless(headline[:43])}…"
    upper.set_title(f"{short}\n{history.site}, times in {render_zone(zone)}", fontsize=11)


def _draw_versions(
    axes: "Axes",
    history: ArticleHistory,
    local: Callable[[datetime], datetime],
    last: datetime,
) -> int:
    """Draw a bar a version from first to last seen; equal content in equal colour."""
    for place, version in enumerate(history.versions):
        start = version.first_seen_at
        end = max(version.last_seen_at or history.last_seen_at or last, start)
        colour = f"C{((version.same_as or version.number) - 1) % 10}"
        hollow = version.retracted_at is not None
        bounds = [local(start), local(end)]
        style = {"linestyle": ":", "alpha": 0.5} if hollow else {}
        axes.plot(bounds, [place, place], color=colour, linewidth=9, solid_capstyle="butt", **style)  # type: ignore[arg-type]
        axes.plot([local(start)], [place], marker="o", color=colour)  # type: ignore[arg-type]
    names = [_version_name(version.number, version.same_as) for version in history.versions]
    rows = max(1, len(names))
    axes.set(yticks=range(len(names)), yticklabels=names, ylim=(rows - 0.4, -0.6))
    return rows


def _version_name(number: int, same_as: int | None) -> str:
    return f"version {number}" + (f" (= {same_as})" if same_as else "")


def _draw_events(
    axes: "Axes", history: ArticleHistory, local: Callable[[datetime], datetime], rows: int
) -> None:
    """Shade the spans of removal, from the first look that found it missing to its return."""
    gone: datetime | None = None
    spans: list[tuple[datetime, datetime | None]] = []
    for event in history.events:
        if event.kind == "removed":
            gone = event.first_missing_at or event.occurred_at
        elif event.kind == "returned" and gone:
            spans.append((gone, event.occurred_at))
            gone = None
    spans += [(gone, None)] if gone else []
    for start, end in spans:
        until = local(end or history.last_visit_at or start)
        axes.axvspan(local(start), until, color="#ffd8d8", zorder=0)  # type: ignore[arg-type]
        axes.text(local(start), rows - 0.5, " removed", color=_RED, fontsize=8, va="bottom")  # type: ignore[arg-type]
        if end:
            axes.text(until, rows - 0.5, " back", color=_GREY, fontsize=8, va="bottom")  # type: ignore[arg-type]
