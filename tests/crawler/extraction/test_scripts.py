"""Facts about scripts, styles and comments taken out of a page before it is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.scripts import head_elements, shown_part, without_scripts


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
        ("<!-- <script> -->甲<script>a</script>乙", "甲乙"),
        ("<script><!--\na\n//--></script>甲", "甲"),
        ("<script><!-- <script> --></script>甲", None),
        ("甲<!-- 乙 --!> 丙 -->", None),
        ("甲<!-- 乙", None),
        ("甲<!-->乙<!--->丙", "甲乙丙"),
        ("<script>a</scripts>b</script>甲", "甲"),
        ("<script>a</script", None),
    ],
)
def test_whole_scripts_and_styles_go_and_all_else_stays(page: str, left: str | None) -> None:
    """None: the page is left as it is."""
    assert without_scripts(page) == (page if left is None else left)


PIECES = ["<script>", "</script>", "<style a='b'>", "</style>", "<!--", "-->", "甲", "<p>", "x"]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_what_is_left_is_the_page_with_parts_cut_out(page: str) -> None:
    left = without_scripts(page)
    rest = iter(page)
    assert all(char in rest for char in left)


def test_what_speaks_of_the_page_is_found_again_below_its_head() -> None:
    page = (
        "<head><meta name=a></head><!-- <meta name=b> --><body><script>'<meta name=c>'</script>"
        "<META content='x>y'><p>甲</p><script type='application/ld+json'>{}</script>"
    )
    shown = shown_part(page)
    assert shown.text.startswith("<head><meta name=a></head><body><META")
    assert head_elements(shown, shown.text.index("<body>")) == (
        "<META content='x>y'><script type='application/ld+json'>{}</script>"
    )
