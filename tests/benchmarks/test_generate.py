"""Generated data are what they claim to be, and reports can be run on them."""

from pathlib import Path

import sqlalchemy as sa

from benchmarks.generate import generate
from reporting.report import REPORTS, run_report
from storage.engine import reading, run_unit
from storage.summaries import SUMMARIES, rebuild
from storage.tables import site_hours, versions, visits


def test_every_report_tells_something_of_generated_data(tmp_path: Path) -> None:
    engine = generate(
        f"sqlite:///{tmp_path / 'a.db'}", versions=1500, visits=20_000, sites=2, days=20
    )
    with reading(engine) as connection:
        counts = [
            connection.scalar(sa.select(sa.func.count()).select_from(table))
            for table in (versions, visits)
        ]
        looks = connection.scalar(sa.select(sa.func.sum(site_hours.c.looks)))
        before = {t.name: sorted(connection.execute(sa.select(t)).all()) for t in SUMMARIES}
        last = connection.scalar(sa.select(sa.func.max(versions.c.first_seen_at)))
    assert 1200 < counts[0] < 1800
    assert looks == counts[1]
    for name in REPORTS:
        assert run_report(engine, name, now=last).rows, name
    run_unit(engine, rebuild)
    with reading(engine) as connection:
        after = {t.name: sorted(connection.execute(sa.select(t)).all()) for t in SUMMARIES}
    assert before == after
    engine.dispose()
