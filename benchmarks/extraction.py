"""How long `bytes → Article` takes, beside lxml's own parse and the other extractors."""

import platform
import statistics
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

import lxml.html
from lxml import etree

from benchmarks.child import Peer
from benchmarks.peers import PEERS
from benchmarks.saved import describe, load_pages
from benchmarks.timing import interleaved, ratios, render_table, spread, timed
from crawler.extraction.decode import UndecodableError, decode_page
from crawler.extraction.extract import extract_article
from crawler.extraction.rules import GENERIC
from news.page import Page

ROOT = Path(__file__).resolve().parent.parent
# Peers live beside our own environment: what they pin is not what we pin.
PEERS_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
ROUNDS = 7
REPEATS = 5  # of what is so short that one interruption would spoil the round
PARSE, OURS = "lxml parse", "bytes to Article"
HEAD = ["extractor", "ms a page", f"x {PARSE}", "spread", f"x {OURS}", "pages failed"]


def over(
    pages: list[Page], work: Callable[[Page], object], times: int = REPEATS
) -> Callable[[], float]:
    """Return the timed work on page after page; what it makes of one is dropped before the next."""

    def run() -> None:
        for page in pages:
            work(page)

    return timed(run, times)


def parse_all(pages: list[Page]) -> Callable[[], float]:
    """Return lxml's parse of all pages, the measure of everything else here."""
    return over(pages, lambda page: lxml.html.document_fromstring(page.body))


def read_all(pages: list[Page], times: int = REPEATS) -> Callable[[], float]:
    """Return our reading of all pages by generic rules."""
    return over(pages, lambda page: extract_article(page, GENERIC), times)


def text_of(page: Page) -> str:
    """Decode a page for the peers, which is spared them: some take no bytes."""
    try:
        return decode_page(page.body, None, None).utf8.decode("utf-8", "replace")
    except UndecodableError:
        return page.body.decode("utf-8", "replace")


def start_peers(pages: list[Page], stack: ExitStack) -> dict[str, Peer]:
    """Start a process a peer, by its name; none if they are not installed at all."""
    if not PEERS_PYTHON.exists():
        print(f"other extractors left out: no {PEERS_PYTHON.parent.parent.name}; see `make bench`")
        return {}
    # -P: the modules beside peers.py are none that a peer means to import.
    start = [str(PEERS_PYTHON), "-P", str(ROOT / "benchmarks" / "peers.py")]
    texts = [text_of(page) for page in pages]
    return {name: stack.enter_context(Peer([*start, name], texts)) for name in PEERS}


def render_rows(
    seconds: Mapping[str, list[float]], peers: Mapping[str, Peer], pages: int
) -> list[list[str]]:
    """Return the table's rows; a peer that gave up says why instead of figures."""
    rows = [HEAD]
    for name in [PARSE, OURS, *peers]:
        peer = peers.get(name)
        label = f"{name} {peer.version}".strip() if peer else name
        if name not in seconds:
            rows.append([label, "-", "-", "-", "-", peer.fault if peer else ""])
            continue
        parses = ratios(seconds[name], seconds[PARSE])
        ours = ratios(seconds[name], seconds[OURS])
        row = [f"{statistics.median(seconds[name]) / pages * 1000:.2f}"]
        row += [f"{statistics.median(parses):.2f}", spread(parses)]
        row += [f"{statistics.median(ours):.2f}", failed(peer)]
        rows.append([label, *row])
    return rows


def failed(peer: Peer | None) -> str:
    """Say on how many pages a peer failed, and with which errors."""
    if not peer or not peer.failures:
        return "0"
    return f"{sum(peer.failures.values())} ({', '.join(sorted(peer.failures))})"


def main(folder: Path) -> None:
    """Print one table: lxml's parse, ours and the peers, timed in turn on the same pages."""
    pages = load_pages(folder)
    print(f"extraction: {describe(pages)}, generic rules, medians of {ROUNDS} interleaved rounds")
    with ExitStack() as stack:
        peers = start_peers(pages, stack)
        works = {PARSE: parse_all(pages), OURS: read_all(pages)}
        works |= {name: peer.run for name, peer in peers.items()}
        seconds = interleaved(works, ROUNDS)
    theirs = ", ".join(sorted({peer.lxml for peer in peers.values() if peer.lxml})) or "none"
    print(
        f"Python {platform.python_version()}; lxml {etree.__version__} for `{PARSE}` and ours,"
        f" {theirs} for the others"
    )
    print(render_table(render_rows(seconds, peers, len(pages))))
