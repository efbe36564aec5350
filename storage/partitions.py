"""The monthly partitions of `visits` on PostgreSQL, made before the first look of a month."""

from collections.abc import Iterable
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from storage.engine import writing

_PARTITION_LOCK = 0x5661726900000002


class Partitions:
    """Makes months of `visits` where the database has partitions; remembers those it made."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._months: set[tuple[int, int]] = set()

    def ensure(self, moments: Iterable[datetime]) -> None:
        """Make the partitions these looks fall into, each in a short transaction of its own."""
        if self._engine.dialect.name != "postgresql":
            return
        in_utc = (moment.astimezone(UTC) for moment in moments)
        for month in sorted({(moment.year, moment.month) for moment in in_utc} - self._months):
            self._make(*month)
            self._months.add(month)

    def _make(self, year: int, month: int) -> None:
        name = f"visits_{year:04}_{month:02}"
        start = f"{year:04}-{month:02}-01"
        end = f"{year + month // 12:04}-{month % 12 + 1:02}-01"
        with writing(self._engine, settled=False) as connection:
            if connection.scalar(sa.select(sa.func.to_regclass(name))) is not None:
                return
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_PARTITION_LOCK)))
            # `IF NOT EXISTS`: another process may have made it while this one waited.
            connection.exec_driver_sql(
                f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF visits "
                f"FOR VALUES FROM ('{start} 00:00+00') TO ('{end} 00:00+00')"
            )
