"""The difference of two versions as a page of its own: no script, nothing fetched, all escaped."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby

from news.article import Article
from news.diffs import BlockDiff, Hunk
from reporting.fields import FieldDiff
from reporting.layout import harmless

_STYLE = """
body { font: 16px/1.7 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
  max-width: 46em; margin: 2em auto; padding: 0 1em; color: #1c1c1c; background: #fff; }
h1 { font-size: 1.4em; line-height: 1.4; }
h2 { font-size: 1em; margin: 2em 0 .5em; border-bottom: 1px solid #ddd; }
h2 small, .note, .what { color: #666; font-weight: normal; }
del { background: #ffe0e0; color: #8a1010; }
ins { background: #d9f5dc; color: #0b5a1c; text-decoration: none; }
.note del { text-decoration: none; }
.removed { opacity: .85; } .moved { border-left: 3px solid #bbb; padding-left: .8em; }
.heading { font-weight: bold; } details { color: #666; }
@media (prefers-color-scheme: dark) {
  body { color: #e6e6e6; background: #181818; } h2 { border-color: #444; }
  del { background: #4d1c1c; color: #ffb3b3; } ins { background: #16401f; color: #a9edb6; }
  h2 small, .note, .what, details { color: #aaa; }
}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def render_page(titles: tuple[str, str], article: Article, fields: Sequence[FieldDiff]) -> str:
    """Return the whole page; `titles` name the older and the newer version."""
    body = "\n".join(_field(field) for field in fields) or "<p>No difference.</p>"
    return f"""<!DOCTYPE html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>{_text(article.headline)}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{_text(article.headline)}</h1>
<p class="note">{_link(article.url)}<br><del>{_text(titles[0])}</del><br>
<ins>{_text(titles[1])}</ins></p>
{body}
</body>
</html>
"""


def _text(text: str) -> str:
    return escape(harmless(text), quote=True)


def _link(url: str) -> str:
    """Return an address as a link where it leads to the web, else as text."""
    if not url.startswith(("http://", "https://")):
        return _text(url)
    return f'<a rel="noreferrer noopener" href="{_text(url)}">{_text(url)}</a>'


def _field(field: FieldDiff) -> str:
    change = field.change
    told = ", ".join(change.kinds) + (", announced" if change.announced else "")
    head = f"<h2>{_text(field.name)} <small>{_text(told)}</small></h2>"
    lines = (
        f'<p><span class="what">{_text(line.label)}</span> {_hunks(line.hunks)}</p>'
        for line in field.lines
    )
    return "\n".join([head, f'<p class="note">{_text(change.rule)}</p>', *lines, *_blocks(field)])


def _blocks(field: FieldDiff) -> Iterator[str]:
    """Yield the paragraphs, runs of unchanged ones folded away."""
    for unchanged, run in groupby(field.blocks, key=lambda block: block.kind == "equal"):
        blocks = list(run)
        if unchanged:
            yield f"<details><summary>{len(blocks)} unchanged</summary>"
        yield from map(_block, blocks)
        if unchanged:
            yield "</details>"


def _block(block: BlockDiff) -> str:
    names = block.kind + (" heading" if block.heading else "")
    return f'<p class="{names}">{_hunks(block.hunks)}</p>'


def _hunks(hunks: Iterable[Hunk]) -> str:
    return "".join(_hunk(hunk) for hunk in hunks)


def _hunk(hunk: Hunk) -> str:
    if hunk.op == "equal":
        return _text(hunk.after)
    gone = f"<del>{_text(hunk.before)}</del>" if hunk.before else ""
    return gone + (f"<ins>{_text(hunk.after)}</ins>" if hunk.after else "")
