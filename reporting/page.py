"""Pages for a browser: self-contained, without scripts, nothing fetched, all text escaped."""

import base64
from collections.abc import Iterable, Sequence
from html import escape

from reporting.layout import harmless
from reporting.render import Table, html_table

STYLE = """
body { font: 16px/1.7 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
  max-width: 46em; margin: 2em auto; padding: 0 1em; color: #1c1c1c; background: #fff; }
h1 { font-size: 1.4em; line-height: 1.4; }
h2 { font-size: 1em; margin: 2em 0 .5em; border-bottom: 1px solid #ddd; }
h2 small, .note, .what { color: #666; font-weight: normal; }
del { background: #ffe0e0; color: #8a1010; }
ins { background: #d9f5dc; color: #0b5a1c; text-decoration: none; }
del.left { background: #e8ecf8; color: #5a6a90; }
ins.moved-here { background: #dde6ff; color: #173a8a; }
.note del { text-decoration: none; }
.removed { opacity: .85; } .moved { border-left: 3px solid #bbb; padding-left: .8em; }
.heading { font-weight: bold; } details { color: #666; }
table { border-collapse: collapse; font-size: .85em; line-height: 1.5; }
.wide { overflow-x: auto; }
th, td { text-align: left; vertical-align: top; padding: .25em .9em .25em 0;
  border-bottom: 1px solid #eee; }
th { font-weight: 600; white-space: nowrap; } .number { text-align: right; }
.link { max-width: 24em; overflow-wrap: anywhere; }
img { max-width: 100%; }
@media (prefers-color-scheme: dark) {
  body { color: #e6e6e6; background: #181818; } h2 { border-color: #444; }
  th, td { border-color: #333; } a { color: #8ab8ff; } img { background: #fff; }
  del { background: #4d1c1c; color: #ffb3b3; } ins { background: #16401f; color: #a9edb6; }
  del.left { background: #262c3d; color: #8c9cc4; }
  ins.moved-here { background: #1d2c55; color: #b9ccff; }
  h2 small, .note, .what, details { color: #aaa; }
}
"""
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)


def text(words: str) -> str:
    """Return text that no browser takes for markup, without characters that act."""
    return escape(harmless(words), quote=True)


def link(url: str, words: str | None = None) -> str:
    """Return an address as a link where it leads to the web, else as text."""
    if not url.startswith(("http://", "https://")):
        return text(words or url)
    return f'<a rel="noreferrer noopener" href="{text(url)}">{text(words or url)}</a>'


def document(title: str, body: Iterable[str], style: str = "") -> str:
    """Return a whole page around parts that are HTML already."""
    inner = "\n".join(body)
    return f"""<!DOCTYPE html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>{text(title)}</title>
<style>{STYLE}{style}</style>
</head>
<body>
{inner}
</body>
</html>
"""


def picture(svg: bytes, words: str) -> str:
    """Return a drawing as part of a page; `words` say what it shows to those who cannot see it."""
    data = base64.b64encode(svg).decode()
    return f'<p><img alt="{text(words)}" src="data:image/svg+xml;base64,{data}"></p>'


def report_page(table: Table, heading: str, period: str, pictures: Sequence[str] = ()) -> str:
    """Return a report as a page of its own."""
    head = f"<h1>{text(heading)}</h1>\n<p class='note'>{text(period)}</p>"
    wide = "body { max-width: 72em; }"
    return document(heading, [head, *pictures, html_table(table)], wide)
