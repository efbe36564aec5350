"""Log lines: the name of an event and its keys, as `key=value` or as JSON, one line each."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any, Literal

LogFormat = Literal["text", "json"]

# What every record has; anything else was given with `extra` and is a key of the event.
_OWN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
_PLAIN = re.compile(
    r"[^\s\"'=\\\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+"
)
# Characters that break lines or turn them round, which JSON leaves as they are.
_ACTING = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_LONGEST = 2000  # characters of one value: an address may be as long as a site likes
# Libraries whose every step is of no interest to who runs this.
_NOISY = ("apscheduler", "scrapy", "twisted", "asyncio", "py.warnings")


def set_up_logs(form: LogFormat, level: int = logging.INFO) -> None:
    """Write all records of this process to standard error in that form, one line each."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # Each look that failed is in the archive, with its reason.
    logging.getLogger("scrapy.downloadermiddlewares.retry").setLevel(logging.CRITICAL)


def event_of(record: logging.LogRecord) -> dict[str, Any]:
    """Return a record as its keys: when, how grave, from where, which event, and what of it."""
    keys: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "event": record.getMessage(),
    }
    keys |= {name: _bounded(value) for name, value in vars(record).items() if name not in _OWN}
    if record.exc_info:
        keys["trace"] = logging.Formatter().formatException(record.exc_info)
    return keys


def _bounded(value: object) -> object:
    return value[:_LONGEST] if isinstance(value, str) else value


class TextLines(logging.Formatter):
    """`at level event key=value …`; a value that is not one plain word is quoted as in JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        keys = event_of(record)
        head = " ".join(_plain(keys.pop(name), spaced=True) for name in ("at", "level", "event"))
        return " ".join([head, *(f"{name}={_plain(value)}" for name, value in keys.items())])


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        return json.dumps(event_of(record), ensure_ascii=True, default=str)


def _plain(value: object, *, spaced: bool = False) -> str:
    text = str(value)
    bare = text.replace(" ", "") if spaced else text
    if bare and _PLAIN.fullmatch(bare):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _ACTING.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)
