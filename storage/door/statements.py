"""SQL as text: is it a query, and which parameters does it name."""

import re
from collections.abc import Iterator

from storage.door.answers import QueryRefused

# Commands that only read. The databases themselves hold to that; here it is said in one line.
_QUERIES = {"SELECT", "WITH", "VALUES", "EXPLAIN", "PRAGMA", "TABLE", "SHOW"}
_PART = re.compile(
    r"""
    (?P<comment> --[^\n]* | /\*.*?(?:\*/|\Z) )
  | (?P<text> [eE]?'(?:[^']|'')*' | "(?:[^"]|"")*" | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$ )
  | (?P<cast> ::+ )
  | : (?P<name> [^\W\d]\w* )
  | (?P<word> \w+ )
  | (?P<end> ; )
  | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)


def _parts(sql: str) -> Iterator[tuple[str, str]]:
    """Yield kind and text of each part; the parts put together are the statement."""
    for found in _PART.finditer(sql):
        yield found.lastgroup or "other", found[0]


def require_query(sql: str) -> None:
    """Raise QueryRefused unless a text is one query."""
    told = [(kind, part) for kind, part in _parts(sql) if kind != "comment" and not part.isspace()]
    while told and told[-1][0] == "end":
        told.pop()
    first = next((part for _, part in told if part != "("), "")
    if first.upper() not in _QUERIES:
        raise QueryRefused(
            f"only queries are answered (SELECT, WITH, VALUES, EXPLAIN), not {first[:20]!r}"
            if first
            else "there is no query"
        )
    if any(kind == "end" for kind, _ in told):
        raise QueryRefused("one statement at a time")


def numbered(sql: str, names: list[str]) -> str:
    """Return SQL with `$1`, `$2` for the parameters of these names, in their order.

    Names in texts and comments, casts, and names that are not given stay as they are.
    """

    def said(kind: str, part: str) -> str:
        given = kind == "name" and part[1:] in names
        return f"${names.index(part[1:]) + 1}" if given else part

    return "".join(said(kind, part) for kind, part in _parts(sql))


def named_parameters(sql: str) -> list[str]:
    """Return the names of the parameters in a statement, each once, in their order."""
    return list(dict.fromkeys(part[1:] for kind, part in _parts(sql) if kind == "name"))


def require_given(sql: str, given: set[str]) -> None:
    """Raise QueryRefused where a parameter lacks its value, or a value its parameter."""
    named = named_parameters(sql)
    for name in named:
        if name not in given:
            raise QueryRefused(f"the query names :{name}; give it with -p {name}=…")
    for name in sorted(given - set(named)):
        raise QueryRefused(f"the query has no parameter :{name}")
