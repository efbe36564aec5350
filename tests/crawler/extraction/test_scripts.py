"""Facts about scripts and styles taken out of a page before it is parsed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.scripts import without_scripts


@pytest.mark.parametrize(
    ("page", "left"),
    [
        ("甲<script>var a = '<p>';</script>乙", "甲乙"),
        ("甲<SCRIPT type='x'>a</SCRIPT >乙<style>p{}</style>丙", "甲乙丙"),
        ("<style>a</style><script>b</script><style>c</style>丁", "丁"),
        ("<script>'<style>'</script>甲<style>b</style>", "甲"),
        ("甲<scripture>乙</scripture>", "甲<scripture>乙</scripture>"),
        ("甲<script>乙", "甲<script>乙"),
        ("甲</script>乙", "甲</script>乙"),
        ('<script type="application/ld+json">{}</script>', None),
        ("<!-- <script> -->甲<script>a</script>乙", None),
        ("<script><!--\na\n//--></script>甲", None),
    ],
)
def test_whole_scripts_and_styles_go_and_all_else_stays(page: str, left: str | None) -> None:
    """None: the page is left as it is."""
    assert without_scripts(page.encode()).decode() == (page if left is None else left)


PIECES = ["<script>", "</script>", "<style a='b'>", "</style>", "<!--", "-->", "甲", "<p>", "x"]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_what_is_left_is_the_page_with_parts_cut_out(page: str) -> None:
    left = without_scripts(page.encode()).decode()
    rest = iter(page)
    assert all(char in rest for char in left)


@given(st.binary(max_size=200))
def test_any_bytes_are_taken(page: bytes) -> None:
    assert len(without_scripts(page)) <= len(page)
