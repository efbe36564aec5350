"""A profile written as TOML: what is not said by default, as a person would write it."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from crawler.sites.profile import SiteProfile


def profile_toml(profile: SiteProfile) -> str:
    """Return a profile's TOML text with its family's facts in it, defaults left out."""
    values = profile.model_dump(mode="python", exclude_defaults=True)
    if values.get("reading") == {"time_zone": profile.time_zone}:
        values.pop("reading")
    if profile.article_path:
        values.pop("article_url")  # made of it
    return "\n".join(_lines(values, "")).strip() + "\n"


def _lines(values: Mapping[str, Any], path: str) -> Iterator[str]:
    tables = {key: value for key, value in values.items() if _is_table(value)}
    for key, value in values.items():
        if key not in tables:
            yield f"{key} = {_value(value)}"
    for key, value in tables.items():
        below = f"{path}.{key}" if path else key
        many = not isinstance(value, Mapping)
        for table in value if many else [value]:
            if many or not all(map(_is_table, table.values())):
                yield from ("", f"[[{below}]]" if many else f"[{below}]")
            yield from _lines(table, below)


def _is_table(value: object) -> bool:
    if isinstance(value, Mapping):
        return True
    return isinstance(value, list | tuple) and any(isinstance(item, Mapping) for item in value)


def _value(value: object) -> str:
    if isinstance(value, list | tuple):
        short = ", ".join(map(_value, value))
        if len(short) < 80:
            return f"[{short}]"
        return "[\n" + "".join(f"  {_value(item)},\n" for item in value) + "]"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and "\\" in value and "'" not in value:
        return f"'{value}'"  # a pattern is to be read as it is
    return json.dumps(value, ensure_ascii=False)
