"""`variorum credits`: what is read in credit lines, as JSON."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from news.article import credit_json
from news.credits import CreditLine, parse_credit_line
from variorum.commands.console import Exit, fail


def credit_line_json(line: CreditLine) -> dict[str, Any]:
    """Return a parsed credit line in the shape of the command line."""
    return {
        "source": line.source,
        "published_at": line.published_at.isoformat() if line.published_at else None,
        "original_headline": line.original_headline,
        "credits": [credit_json(credit) for credit in line.credits],
        "contact": {"email": line.contact_email, "phone": line.contact_phone},
    }


def _credit_records(path: Path) -> Iterator[dict[str, Any]]:
    try:
        for number, text in enumerate(path.read_text("utf-8").splitlines(), 1):
            if not text.strip():
                continue
            record = json.loads(text)
            if not (isinstance(record, dict) and isinstance(record.get("text"), str)):
                fail(f"{path}:{number}: each line is an object with a text")
            yield record
    except (OSError, ValueError) as error:
        fail(f"{path}: {error}")


def credits_(
    text: Annotated[str | None, typer.Argument(help="One credit line.")] = None,
    jsonl: Annotated[
        Path | None,
        typer.Option(
            "--jsonl", metavar="FILE", help="Objects with id, text and position, a line each."
        ),
    ] = None,
) -> None:
    """Parse credit lines: source, time, and everyone they name with a role, as JSON.

    \b
    Examples:
      variorum credits '来源:嘉禾日报 | 撰稿:记者 丁一 通讯员 钱三 | 责编:王二 审核:李四'
      variorum credits --jsonl lines.jsonl > parsed.jsonl
    """
    if (text is None) == (jsonl is None):
        fail("give one credit line as TEXT, or a file of them by --jsonl", Exit.USAGE)
    if jsonl is None:
        parsed = credit_line_json(parse_credit_line(text or ""))
        sys.stdout.write(json.dumps(parsed, ensure_ascii=False, indent=2) + "\n")
        return
    for record in _credit_records(jsonl):
        line = parse_credit_line(record["text"], position=record.get("position") or "foot")
        parsed = {"id": record.get("id"), **credit_line_json(line)}
        sys.stdout.write(json.dumps(parsed, ensure_ascii=False) + "\n")
