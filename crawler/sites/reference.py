"""The table of bundled sites for the docs: `python -m crawler.sites.reference > docs/sites.md`."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator

from crawler.sites.families import family_names, find_family
from crawler.sites.load import Told, list_sites

_HEAD = """# Bundled sites

Written by `make docs`. `variorum sites list` shows the same, `variorum sites show KEY` one of them.

Nothing here was tried on the live sites: the facts were gathered from public sources, each at the
date in the last column. What a selector does not find, or finds as nonsense, is read by the
generic rules. Confidence is high where addresses were seen in 2023 or later and selectors in 2022
or later, medium where only one of them is so young, low for the rest.
"""


def render_sites() -> str:
    """Return the Markdown page of families, sites and electronic editions."""
    told = list_sites()
    papers = [site for site in told if site.is_paper]
    sites = [site for site in told if not site.is_paper]
    return "\n".join(
        [
            _HEAD,
            *_families(told),
            f"\n## Sites ({len(sites)})\n",
            *_table(sites),
            f"\n## Electronic editions of newspapers ({len(papers)})\n",
            "The seed of an edition is the day's first page. The region is that of the place that",
            "the paper's name begins with.\n",
            *_table(papers),
            "",
        ]
    )


def _families(told: Iterable[Told]) -> Iterator[str]:
    counts = Counter(site.family for site in told)
    yield "## Families\n"
    yield "| family | what it is | sites |\n|---|---|---:|"
    for name in family_names():
        yield f"| `{name}` | {find_family(name).title} | {counts[name]} |"


def _table(sites: Iterable[Told]) -> Iterator[str]:
    yield "| site | name | region | family | confidence | facts of |\n|---|---|---|---|---|---|"
    for site in sorted(sites, key=lambda site: (site.place, site.key)):
        cells = (f"`{site.key}`", site.name, site.place, site.family, site.confidence, site.facts)
        yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write(render_sites())
