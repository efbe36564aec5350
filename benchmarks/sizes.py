"""What twenty versions of a lightly edited page take: ours beside gzip, zstd and a git pack."""

import gzip
import random
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.saved import load_pages
from benchmarks.timing import render_table
from storage.captures import KEY_FRAME_EVERY, LEVEL, Base, Frame, compress, decompress

VERSIONS = 20
SIZES = (40_000, 90_000)  # of the saved pages that are taken, about 60 KB
MOST = 12  # saved pages; the table shows their median
_HAN = re.compile("[\u4e00-\u9fff]{12,}")
METHODS = ("as they came", "gzip -6 each", f"zstd -{LEVEL} each", "git pack after gc", "captures")


def invented_page(draw: random.Random) -> str:
    """Return a page of 60 KB: a frame of links, and an article of 1,200 characters."""
    words = ["".join(chr(draw.randrange(0x4E00, 0x5E00)) for _ in range(2)) for _ in range(900)]

    def prose(length: int) -> str:
        return "".join(draw.choice(words) for _ in range(length // 2))

    links = "".join(
        f'<li><a href="/zj/{draw.choice("abcdef")}/2026-11-{draw.randrange(10, 31)}/'
        f'{draw.randrange(10**6)}.html" target="_blank">{prose(20)}</a></li>\n'
        for _ in range(440)
    )
    text = "".join(f"<p>{prose(150)}。</p>\n" for _ in range(8))
    return (
        f"<html><head><title>{prose(16)}</title></head><body><ul>{links}</ul>{text}</body></html>"
    )


def edited(html: str, draw: random.Random) -> list[bytes]:
    """Return versions of a page: in each a few characters of one sentence more are others.

    Each has a counter and a token of its own as well, as pages have at every fetch.
    """
    versions = []
    for number in range(VERSIONS):
        places = list(_HAN.finditer(html))
        if number and places:
            start = draw.choice(places).start() + draw.randrange(6)
            new = "".join(chr(draw.randrange(0x4E00, 0x5E00)) for _ in range(4))
            html = html[:start] + new + html[start + 4 :]
        noise = f"<!-- {draw.randrange(10**6)} {draw.getrandbits(64):016x} -->"
        versions.append((html + noise).encode())
    return versions


def stored(versions: Sequence[bytes]) -> list[Frame]:
    """Return the frames that the archive keeps of an article's captures."""
    frames: list[Frame] = []
    for number, body in enumerate(versions):
        base = Base(number - 1, frames[-1].depth, versions[number - 1]) if frames else None
        frames.append(compress(body, base))
    return frames


def git_pack(versions: Sequence[bytes]) -> int:
    """Return the bytes of a git pack that holds each version as a commit of one file."""
    with tempfile.TemporaryDirectory() as folder:

        def git(*arguments: str) -> None:
            own = ["-c", "user.name=b", "-c", "user.email=b@example.com", "-c", "gc.auto=0"]
            subprocess.run(["git", *own, *arguments], cwd=folder, check=True, capture_output=True)

        git("init", "-q")
        for version in versions:
            Path(folder, "page.html").write_bytes(version)
            git("add", "page.html")
            git("commit", "-q", "-m", "v")
        git("gc", "-q", "--prune=now")
        return sum(p.stat().st_size for p in Path(folder, ".git/objects/pack").glob("*.pack"))


def measure(versions: Sequence[bytes]) -> dict[str, int]:
    """Return the bytes that the versions of one page take by each method."""
    return {
        "as they came": sum(map(len, versions)),
        "gzip -6 each": sum(len(gzip.compress(v, 6)) for v in versions),
        f"zstd -{LEVEL} each": sum(len(compress(v, None).content) for v in versions),
        "git pack after gc": git_pack(versions) if shutil.which("git") else 0,
        "captures": sum(len(frame.content) for frame in stored(versions)),
    }


def slowest_reading(versions: Sequence[bytes]) -> float:
    """Return the milliseconds that the last of the versions takes, the deepest in its frames."""
    frames = [frame.content for frame in stored(versions)]
    started = time.perf_counter()
    for _ in range(20):
        decompress(frames)
    return (time.perf_counter() - started) / 20 * 1000


def saved_pages(folder: Path) -> list[str]:
    """Return saved pages of about 60 KB as text."""
    found = (page.body for page in load_pages(folder))
    fitting = [body for body in found if SIZES[0] <= len(body) <= SIZES[1]]
    return [body.decode("utf-8", "replace") for body in fitting[:MOST]]


def _column(found: Sequence[Mapping[str, int]]) -> list[str]:
    medians = {name: statistics.median(sizes[name] for sizes in found) for name in METHODS}
    own = medians["captures"]
    return [f"{size / 1000:,.1f} KB ({size / own:.1f} x)" for size in medians.values()]


def main(pages: Path) -> None:
    """Print the table."""
    draw = random.Random(60)
    invented = edited(invented_page(draw), draw)
    columns = {"invented page": [measure(invented)]}
    saved = saved_pages(pages)
    if saved:
        name = f"median of {len(saved)} saved pages"
        columns[name] = [measure(edited(html, draw)) for html in saved]
    print(f"sizes: {VERSIONS} versions of a lightly edited page of 60 KB")
    cells = [_column(found) for found in columns.values()]
    rows = [["", *columns], *(list(row) for row in zip(METHODS, *cells, strict=True))]
    print(render_table(rows))
    depth = max(frame.depth for frame in stored(invented))
    print(
        f"a key frame every {KEY_FRAME_EVERY} captures; the last of these lies {depth} frames deep "
        f"and is read in {slowest_reading(invented):.1f} ms"
    )
