"""The SQL door: questions in SQL that can read what is documented, and do nothing else."""

from collections.abc import Mapping

from sqlalchemy.engine import Engine

from storage.door import lite, postgres
from storage.door.answers import Answer, Limits, Parameter
from storage.door.statements import require_query

__all__ = ["Answer", "Limits", "Parameter", "ask"]


def ask(
    engine: Engine,
    query: str,
    parameters: Mapping[str, Parameter] | None = None,
    limits: Limits | None = None,
) -> Answer:
    """Return what one query says; `:name` in it stands for a parameter.

    On PostgreSQL the engine's role must be a reader, as `grant_reader` makes one. Raises
    QueryRefused where the statement is no query, may not do what it does, or goes past a limit.
    """
    require_query(query)
    answer = postgres.ask if engine.dialect.name == "postgresql" else lite.ask
    return answer(engine, query, dict(parameters or {}), limits or Limits())
