"""The shared metadata, and short ways to say the columns that recur in every table."""

from datetime import datetime

import sqlalchemy as sa

from storage.columns import ByteText, Identifier, UtcDateTime

# One rule for names, so that both databases and every migration agree on them.
metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def row_id(comment: str) -> sa.Column[int]:
    """Return the surrogate key of a table."""
    return sa.Column("id", Identifier, primary_key=True, comment=comment)


def text(
    name: str, comment: str, *, null: bool = False, key: bool = False, default: str | None = None
) -> sa.Column[str]:
    """Return a text column, ordered by its bytes on both databases."""
    return sa.Column(
        name, ByteText, nullable=null, primary_key=key, server_default=default, comment=comment
    )


def moment(
    name: str, comment: str, *, null: bool = False, key: bool = False
) -> sa.Column[datetime]:
    """Return a column for an aware time in UTC."""
    return sa.Column(name, UtcDateTime, nullable=null, primary_key=key, comment=comment)


def count(
    name: str, comment: str, *, null: bool = False, key: bool = False, default: str | None = None
) -> sa.Column[int]:
    """Return a column for a number that fits 32 bits."""
    return sa.Column(
        name, sa.Integer, nullable=null, primary_key=key, server_default=default, comment=comment
    )


def big(
    name: str, comment: str, *, key: bool = False, default: str | None = None
) -> sa.Column[int]:
    """Return a column for a number that only grows."""
    return sa.Column(
        name,
        Identifier,
        primary_key=key,
        autoincrement=False,
        nullable=False,
        server_default=default,
        comment=comment,
    )


def real(
    name: str, comment: str, *, null: bool = True, default: str | None = None
) -> sa.Column[float]:
    """Return a column for a measure."""
    return sa.Column(name, sa.Double, nullable=null, server_default=default, comment=comment)


def flag(name: str, comment: str, *, null: bool = False) -> sa.Column[bool]:
    """Return a column for yes or no."""
    return sa.Column(name, sa.Boolean, nullable=null, comment=comment)


def blob(name: str, comment: str, *, null: bool = False) -> sa.Column[bytes]:
    """Return a column for bytes."""
    return sa.Column(name, sa.LargeBinary, nullable=null, comment=comment)


def ref(
    name: str, target: str, comment: str, *, null: bool = False, key: bool = False
) -> sa.Column[int]:
    """Return a column that points to another table's row."""
    return sa.Column(
        name,
        Identifier,
        sa.ForeignKey(target),
        nullable=null,
        primary_key=key,
        autoincrement=False,
        comment=comment,
    )


def text_ref(name: str, target: str, comment: str, *, null: bool = False) -> sa.Column[str]:
    """Return a column that points to a row named by a text."""
    return sa.Column(name, ByteText, sa.ForeignKey(target), nullable=null, comment=comment)
