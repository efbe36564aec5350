"""The difference of two versions as a page of its own: no script, nothing fetched, all escaped."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from news.article import Article
from news.diffs import BlockDiff, Hunk
from reporting.fields import FieldDiff
from reporting.page import document, link, text

_MOVES = (
    '<p class="note"><del class="left">Sentences that stood here</del> and '
    '<ins class="moved-here">stand here now</ins> have moved.</p>'
)


def render_page(titles: tuple[str, str], article: Article, fields: Sequence[FieldDiff]) -> str:
    """Return the whole page; `titles` name the older and the newer version."""
    body = render_fields(fields) or "<p>No difference.</p>"
    if 'class="left"' in body:
        body += "\n" + _MOVES
    head = f"""<h1>{text(article.headline)}</h1>
<p class="note">{link(article.url)}<br><del>{text(titles[0])}</del><br>
<ins>{text(titles[1])}</ins></p>"""
    return document(article.headline, [head, body])


def render_fields(fields: Iterable[FieldDiff]) -> str:
    """Return what differs, field by field, as part of a page."""
    return "\n".join(map(_field, fields))


def _field(field: FieldDiff) -> str:
    change = field.change
    told = ", ".join(change.kinds) + (", announced" if change.announced else "")
    head = f"<h2>{text(field.name)} <small>{text(told)}</small></h2>"
    lines = (
        f'<p><span class="what">{text(line.label)}</span> {_hunks(line.hunks)}</p>'
        for line in field.lines
    )
    return "\n".join([head, f'<p class="note">{text(change.rule)}</p>', *lines, *_blocks(field)])


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
        return text(hunk.after)
    if hunk.op == "moved":
        if hunk.before:
            return f'<del class="left" title="moved elsewhere">{text(hunk.before)}</del>'
        return f'<ins class="moved-here" title="moved here">{text(hunk.after)}</ins>'
    gone = f"<del>{text(hunk.before)}</del>" if hunk.before else ""
    return gone + (f"<ins>{text(hunk.after)}</ins>" if hunk.after else "")
