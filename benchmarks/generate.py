"""Fill a new database with invented data of any size: `python -m benchmarks.generate --help`.

Rows go in by the thousand, past `record`, with the shape that years of watching have: sites of
unequal size, looks that get rarer as articles age, edits, removals, returns, outages. The
summaries are then made from the rows, as an upgrade makes them.
"""

import argparse
import hashlib
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from news.article import DESK_ROLES
from storage.engine import open_engine, writing
from storage.migrate import upgrade
from storage.partitions import Partitions
from storage.summaries import rebuild
from storage.tables import metadata
from storage.triggers import create_triggers, drop_triggers

START = datetime(2026, 8, 1, tzinfo=UTC)
CHINA = timedelta(hours=8)
BLOCK = 2000  # articles written at once
VERSIONS_AN_ARTICLE = 1.26
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN = "一二三四五六安宁岸澈桐蕴遥舟川岚禾青白景行思齐若溪以书怀瑾晚晴柏年"
_PLACES = tuple("湖滨 山城 禾城 云塘 石笕 青塍 鹤洲 临溪 白苎 桐川 柳浦 松岭".split())
_PAPERS = tuple("日报 晚报 发布 融媒 新闻网 广播电视台".split())
_SECTIONS = tuple("要闻 社会 经济 文化 教育 健康".split())
_WORDS = tuple("大桥 学校 公园 医院 水库 展览 比赛 市场 工厂 车站 街道 村庄".split())
_DONE = tuple("开工 通车 启用 开幕 落成 改造 扩建 验收 搬迁 投产".split())
_STEPS = [0.5, 1, 2, 3, 5, 7, 10, 14, 20, 30, 44, 60, 80, 105, 135, 170, 215, 270, 340, 430, 540,
          680, 860, 1080, 1360, 1700, 2100, 2600]  # fmt: skip


@dataclass(slots=True)
class Site:
    """One invented site: who works there, whom it reprints, how it was watched."""

    number: int
    key: str
    weight: float
    outlet: int
    people: dict[str, list[tuple[int, str]]]  # by role: person and name
    sources: list[str]
    seeds: list[int]
    crawls: list[int] = field(default_factory=list)  # crawl numbers by hour
    away: set[int] = field(default_factory=set)  # hours in which nothing was looked at


class Writer:
    """Collects rows by table and writes them in bulk."""

    def __init__(self, engine: Engine) -> None:
        self._raw = engine.raw_connection()
        self._on_postgres = engine.dialect.name == "postgresql"
        self.rows: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self._columns = {t.name: [c.name for c in t.columns] for t in metadata.sorted_tables}
        self._defaults = {
            t.name: {c.name: _default(c) for c in t.columns} for t in metadata.sorted_tables
        }
        if not self._on_postgres:
            for pragma in ("foreign_keys=OFF", "synchronous=OFF", "journal_mode=OFF"):
                self._raw.cursor().execute(f"PRAGMA {pragma}")

    def add(self, table: str, **values: Any) -> None:
        """Add one row; what is not given is as the database would have it."""
        row = {**self._defaults[table], **values}
        self.rows[table].append(tuple(row[name] for name in self._columns[table]))

    def flush(self) -> None:
        """Write and commit all rows."""
        for table in metadata.sorted_tables:
            rows = self.rows.pop(table.name, [])
            if rows:
                self._write(table.name, rows)
        self._raw.commit()

    def _write(self, name: str, rows: Sequence[tuple[Any, ...]]) -> None:
        columns, cursor = self._columns[name], self._raw.cursor()
        if self._on_postgres:
            bits = [isinstance(c.type, sa.Boolean) for c in metadata.tables[name].columns]
            with cursor.copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([bool(v) if b and v is not None else v
                                    for v, b in zip(row, bits, strict=True)])  # fmt: skip
            return
        marks = ", ".join("?" * len(columns))
        cursor.executemany(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})", rows)


def _default(column: sa.Column[Any]) -> Any:
    given = str(getattr(column.server_default, "arg", "")).strip("'")
    return int(given) if given.isdigit() else given or None


def told(hours: float) -> str:
    """Return a moment, in hours from the start, as both databases take it."""
    at = START + timedelta(hours=hours)
    return at.strftime("%Y-%m-%dT%H:%M:%S.000000Z")


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Season:
    """All the data of a number of days, drawn from a seed."""

    def __init__(self, engine: Engine, versions: int, visits: int, sites: int, days: int) -> None:
        self.writer, self.draw = Writer(engine), random.Random(20261101)
        self.articles, self.days = int(versions / VERSIONS_AN_ARTICLE), days
        self.looks_each = 1.14 * visits / self.articles  # some fall after the end
        self.count = dict.fromkeys(("person", "reading", "change", "event", "crawl"), 0)
        self.outlets: dict[str, int] = {}
        self.persons: dict[tuple[int, str], int] = {}
        self.sites = [self._site(number, sites) for number in range(1, sites + 1)]

    def _outlet(self, name: str) -> int:
        if name not in self.outlets:
            number = self.outlets[name] = len(self.outlets) + 1
            self.writer.add("outlets", id=number, name=name)
            self.writer.add("outlet_aliases", alias=name, outlet_id=number)
        return self.outlets[name]

    def _names(self, outlet: int, count: int) -> list[tuple[int, str]]:
        found = []
        for _ in range(count):
            name = self.draw.choice(_SURNAMES) + "".join(self.draw.sample(_GIVEN, 2))
            if (outlet, name) not in self.persons:
                number = self.persons[outlet, name] = len(self.persons) + 1
                self.writer.add("people", id=number, outlet_id=outlet, name=name)
            found.append((self.persons[outlet, name], name))
        return found

    def _site(self, number: int, of: int) -> Site:
        own = f"{_PLACES[number % 12]}{_PAPERS[number // 12 % 6]}{number}"
        outlet, key = self._outlet(own), f"site_{number:02}"
        sources = [own] * 3
        sources += [f"{self.draw.choice(_PLACES)}{self.draw.choice(_PAPERS)}" for _ in range(20)]
        for name in sources:
            self._outlet(name)
        self.writer.add(
            "sites", id=number, key=key, name=own, home_url=f"http://{key}.example.com/",
            time_zone="Asia/Shanghai", outlet_id=outlet, profile_digest="p",
            first_seen_at=told(0),
        )  # fmt: skip
        self.writer.add("site_state", site_id=number)
        seeds = [number * 10 + n for n in range(4)]
        for seed in seeds:
            url = f"http://{key}.example.com/list/{seed}/"
            self.writer.add("seeds", id=seed, site_id=number, url=url, kind="list", origin="found")
        people = {
            "reporter": self._names(outlet, 40),
            "correspondent": self._names(outlet, 60),
            "editor": self._names(outlet, 14),
            "reviewer": self._names(outlet, 7),
        }
        weight = 1 / (number + of / 10)
        return Site(number, key, weight, outlet, people, sources, seeds)

    def run(self) -> None:
        """Write everything."""
        started = time.monotonic()
        for site in self.sites:
            self._crawls(site)
        self.writer.flush()
        article, total = 0, sum(site.weight for site in self.sites)
        for site in self.sites:
            number = round(self.articles * site.weight / total)
            moments = sorted(self._published() for _ in range(number))
            for place, hour in enumerate(moments):
                article += 1
                seen = next(h for h in range(int(hour), 10**6) if h not in site.away)
                self._article(site, article, max(hour, seen))
                if place % BLOCK == 0:
                    self.writer.flush()
            self.writer.flush()
            passed = time.monotonic() - started
            print(f"{site.key}: {article:,} articles, {self.count['reading']:,} versions, "
                  f"{passed:.0f} s", file=sys.stderr, flush=True)  # fmt: skip

    def _published(self) -> float:
        """Return a moment of first reading: more by day than by night on the sites' clock."""
        day, hour = self.draw.randrange(self.days), self.draw.triangular(0, 24, 10)
        return day * 24 + (hour - 8) % 24

    def _crawls(self, site: Site) -> None:
        """Write a crawl an hour with its looks at seeds; some fail, and some hours have none."""
        blind = {self.draw.randrange(self.days * 24) for _ in range(5)}
        site.away = {hour + n for hour in blind for n in range(self.draw.randrange(3, 30))}
        for hour in range(self.days * 24 + 1):
            if hour in site.away:
                site.crawls.append(site.crawls[-1] if site.crawls else 0)
                continue
            self.count["crawl"] += 1
            number = self.count["crawl"]
            status = self.draw.choices(["success", "partial", "failure"], [95, 4, 1])[0]
            self.writer.add(
                "crawls", id=number, site_id=site.number, kind="scheduled",
                started_at=told(hour), ended_at=told(hour + 0.2), status=status, token=number,
            )  # fmt: skip
            site.crawls.append(number)
            for seed in site.seeds:
                failed = status == "failure"
                self.writer.add(
                    "seed_visits", seed_id=seed, visited_at=told(hour), crawl_id=number,
                    outcome="failed" if failed else "read", status=None if failed else 200,
                    reason="timeout" if failed else None, links=40, new_links=1,
                )  # fmt: skip
        if site.crawls[0] == 0:
            site.crawls[0] = next(number for number in site.crawls if number)

    def _article(self, site: Site, article: int, hour: float) -> None:
        draw, add = self.draw, self.writer.add
        url = f"http://{site.key}.example.com/a/{article}.html"
        add("articles", id=article, site_id=site.number, url=url, first_seen_at=told(hour))
        add("article_urls", id=article, article_id=article, url=url, valid_from=told(hour))
        looks = self._looks(site, hour)
        edits = 0
        if draw.random() < 0.2:
            edits = min(1 + int(draw.expovariate(1.4)), max(len(looks) - 1, 0))
        edited = sorted(draw.sample(range(1, len(looks)), edits)) if edits else []
        gone = draw.randrange(1, len(looks)) if draw.random() < 0.02 and len(looks) > 2 else None
        edited = [place for place in edited if gone is None or place < gone]
        versions = self._versions(site, article, url, [hour, *(looks[p] for p in edited)])
        back = gone is not None and draw.random() < 0.2 and gone + 2 < len(looks)
        if gone is not None:
            self._removal(site, article, looks, gone, back)
        seen = self._visits(site, article, looks, set(edited), gone, back)
        add(
            "article_state", article_id=article, site_id=site.number,
            state="removed" if gone is not None and not back else "live",
            last_visit_at=told(looks[-1]), last_outcome="unchanged", open_version_id=versions,
            last_seen_at=told(seen), posterior_k=0.5, posterior_b=1.6, next_key=hour,
        )  # fmt: skip
        for seed in draw.sample(site.seeds, 1 + (draw.random() < 0.3)):
            end = hour + (75 if draw.random() < 0.99 else 7)  # what came first leaves first
            add(
                "listings", seed_id=seed, article_id=article, first_seen_at=told(hour),
                last_seen_at=told(int(end)),
            )  # fmt: skip

    def _looks(self, site: Site, hour: float) -> list[float]:
        """Return when the article was looked at: first, and at growing ages until the end."""
        scale = len(_STEPS) / self.looks_each
        last = self.days * 24
        ages = (step * scale * self.draw.uniform(0.8, 1.2) for step in _STEPS)
        later = [hour + age for age in ages]
        extra = max(0, round(self.looks_each) - len(_STEPS))
        later += [hour + self.draw.uniform(1, 600) for _ in range(extra)]
        found = sorted(round(moment * 3600) / 3600 for moment in later if moment < last)
        found = [moment for moment in found if int(moment) not in site.away]
        return [hour, *dict.fromkeys(moment for moment in found if moment > hour + 0.01)]

    def _versions(self, site: Site, article: int, url: str, moments: Sequence[float]) -> int:
        """Write versions with readings, captures, texts, credits and changes; return the last."""
        draw, add = self.draw, self.writer.add
        source = draw.choice(site.sources)
        section = f"首页 > {_PLACES[site.number % 12]} > {draw.choice(_SECTIONS)}"
        headline = f"{draw.choice(_PLACES)}{draw.choice(_WORDS)}{draw.choice(_DONE)}{article}"
        original = f"{headline}纪实" if draw.random() < 0.15 else None
        people = self._credited(site)
        for number, hour in enumerate(moments, start=1):
            self.count["reading"] += 1
            reading = self.count["reading"]
            text = f"{headline}。今年共有{reading}处完成，投入{draw.randrange(9999)}万元。" * 5
            digest = _sha(text)
            if number > 1 and draw.random() < 0.2:
                headline = f"{headline[:-1]}{draw.choice(_DONE)}"
            add("texts", digest=digest, text=text)
            add(
                "captures", id=reading, site_id=site.number, article_id=article, digest=digest,
                body=draw.randbytes(600), frame_depth=0, size=60_000, headers="[]", status=200,
                url=url, final_url=url, captured_at=told(hour), seq=1,
            )  # fmt: skip
            printed = START + timedelta(hours=moments[0]) - timedelta(minutes=20)
            add(
                "readings", id=reading, capture_id=reading, article_id=article, extractor="e",
                seq=1, read_at=told(hour), content_digest=f"2:{digest[:32]}",
                fields_digest=digest, url=url, headline=headline, original_headline=original,
                section=section, published_at=told(moments[0] - 1 / 3),
                published_text=(printed + CHINA).strftime("%Y-%m-%dT%H:%M+08:00"),
                published_offset=28800, published_precision="minute", published_approximate=0,
                source=source, body_digest=digest,
            )  # fmt: skip
            for position, (role, person, name) in enumerate(people):
                add(
                    "credits", reading_id=reading, position=position, role=role, name=name,
                    kind="person", person_id=person, label=role,
                )  # fmt: skip
            last = number == len(moments)
            add(
                "versions", id=reading, article_id=article, number=number, reading_id=reading,
                content_digest=f"2:{digest[:32]}", first_seen_at=told(hour),
                last_seen_at=None if last else told(moments[number] - 0.5),
            )  # fmt: skip
            if number > 1:
                self._changes(article, reading, moments[number - 2], hour)
            else:
                self._event(site, article, "first_read", hour)
        return self.count["reading"]

    def _credited(self, site: Site) -> list[tuple[str, int, str]]:
        draw = self.draw
        counts = {
            "reporter": draw.choice((0, 0, 1, 1, 2)),
            "correspondent": draw.choice((0, 0, 0, 1, 1)),
            "editor": 1,
            "reviewer": draw.choice((0, 1, 1)),
        }
        assert {"editor", "reviewer"} <= {role.value for role in DESK_ROLES}
        return [
            (role, *person)
            for role, count in counts.items()
            for person in draw.sample(site.people[role], count)
        ]

    def _changes(self, article: int, reading: int, before: float, hour: float) -> None:
        kinds = {"body": ["addition", "fact", "fact,addition", "typo", "quotation", "correction"],
                 "headline": ["headline"], "credits": ["credit"]}  # fmt: skip
        for name in self.draw.choice((["body"], ["body"], ["headline"], ["body", "credits"])):
            self.count["change"] += 1
            kind = self.draw.choice(kinds[name])
            self.writer.add(
                "changes", id=self.count["change"], article_id=article,
                from_version_id=reading - 1, to_version_id=reading, field=name, kinds=kind,
                announced=int("correction" in kind), significance=0.5,
                rule=f"{kind} (0.50): 3人→13人", last_seen_at=told(before),
                first_seen_at=told(hour),
                hidden_by="noise:1" if self.draw.random() < 0.03 else None,
            )  # fmt: skip

    def _event(self, site: Site, article: int, kind: str, hour: float, seen: float = 0) -> None:
        self.count["event"] += 1
        self.writer.add(
            "events", id=self.count["event"], site_id=site.number, article_id=article, kind=kind,
            occurred_at=told(hour), last_seen_at=told(seen) if seen else None,
            first_missing_at=told(hour - 0.5) if kind == "removed" else None,
        )  # fmt: skip

    def _removal(
        self, site: Site, article: int, looks: Sequence[float], gone: int, back: bool
    ) -> None:
        self._event(site, article, "removed", looks[gone] + 0.5, looks[gone - 1])
        if back:
            self._event(site, article, "returned", looks[gone + 2])

    def _visits(
        self,
        site: Site,
        article: int,
        looks: Sequence[float],
        edited: set[int],
        gone: int | None,
        back: bool,
    ) -> float:
        """Write the looks; return the last that saw the article."""
        add, seen = self.writer.rows["visits"].append, looks[0]
        digest = article.to_bytes(16)
        for place, hour in enumerate(looks):
            missing = gone is not None and place >= gone and not (back and place >= gone + 2)
            outcome, status, reason = _outcome(self.draw.random())
            if missing:
                outcome, status, reason = "missing", 404, "not_found"
            elif place == 0 or place in edited:
                outcome, status, reason = "changed" if place else "new", 200, None
            if outcome in {"new", "unchanged", "changed", "not_modified"}:
                seen = hour
            crawl = site.crawls[min(int(hour), len(site.crawls) - 1)]
            add((article, told(hour), 1, crawl, outcome, status, reason, digest))
        return seen


def _outcome(chance: float) -> tuple[str, int | None, str | None]:
    """Return what a look at an article as it was comes to: outcome, status, reason."""
    if chance < 0.01:
        return "failed", None, "timeout" if chance < 0.007 else "reset"
    if chance < 0.013:
        return "blocked", 403, "challenge"
    return ("not_modified", 304, None) if chance < 0.4 else ("unchanged", 200, None)


def months(days: int) -> Iterable[datetime]:
    """Yield a moment of each month that has looks."""
    return (START + timedelta(days=day) for day in range(0, days + 1, 20))


def generate(url: str, *, versions: int, visits: int, sites: int = 60, days: int = 90) -> Engine:
    """Make a database of about that many versions and visits, and return it open."""
    engine = open_engine(url)
    upgrade(engine)
    Partitions(engine).ensure(months(days))
    with writing(engine, settled=False) as connection:
        drop_triggers(connection)
    Season(engine, versions, visits, sites, days).run()
    engine.dispose()
    engine = open_engine(url)
    for step in _finishing(engine):
        print(step, file=sys.stderr, flush=True)
    return engine


def _finishing(engine: Engine) -> Iterator[str]:
    started = time.monotonic()
    with writing(engine, settled=False) as connection:
        rebuild(connection)
        create_triggers(connection)
    yield f"summaries made in {time.monotonic() - started:.0f} s"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    yield f"analysed after {time.monotonic() - started:.0f} s"


def main() -> None:
    """Read the command line and generate."""
    parser = argparse.ArgumentParser("python -m benchmarks.generate", description=__doc__)
    parser.add_argument("database", help="sqlite:///FILE or postgresql+psycopg://…, empty")
    parser.add_argument("--versions", type=int, default=1_000_000)
    parser.add_argument("--visits", type=int, default=20_000_000)
    parser.add_argument("--sites", type=int, default=60)
    parser.add_argument("--days", type=int, default=90)
    options = parser.parse_args()
    generate(
        options.database,
        versions=options.versions,
        visits=options.visits,
        sites=options.sites,
        days=options.days,
    ).dispose()


if __name__ == "__main__":
    main()
