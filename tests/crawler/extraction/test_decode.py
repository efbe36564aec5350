"""Facts about finding out what encoding a page is really in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.decode import (
    UndecodableError,
    declared_charset,
    decode_page,
    is_mojibake,
)

TEXT = (
    "平陵港今年完成集装箱吞吐量四十八万标箱，同比增长一成，创历史同期新高，港口新开通三条近洋航线。"
)
RARE = "乡邮员朱镕喆骑坏了九辆自行车，㐂气洋洋的锣鼓一直响到村口，没有丢失过一封信。"
TRADITIONAL = "營業超過半世紀的港邊老市場，將在本月底熄燈，六十八家攤商陸續搬遷，盼望原地重建。"


def _page(text: str, charset: str | None = None) -> str:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'
    return f"<html><head>{meta if charset else ''}</head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("body", "header", "wanted", "reason"),
    [
        (_page(TEXT).encode(), None, TEXT, "UTF-8 without any declaration"),
        (_page(TEXT, "gb2312").encode(), None, TEXT, "strict UTF-8 wins over a wrong meta"),
        (_page(TEXT).encode(), "text/html; charset=gbk", TEXT, "and over a wrong header"),
        (_page(RARE, "gb2312").encode("gb18030"), None, RARE, "gb2312 is read as gb18030"),
        (_page(RARE, "gbk").encode("gb18030"), None, RARE, "gbk is read as gb18030"),
        (_page(TEXT).encode("gbk"), None, TEXT, "GBK without any declaration"),
        (_page(TEXT, "utf-8").encode("gbk"), None, TEXT, "GBK that declares UTF-8"),
        (_page(TEXT).encode("gbk"), "text/html; charset=ISO-8859-1", TEXT, "a server's default"),
        (_page(TEXT, "no-such-thing").encode("gbk"), None, TEXT, "an unknown encoding"),
        (_page(TRADITIONAL, "big5").encode("big5"), None, TRADITIONAL, "Big5 declared"),
        (_page(TRADITIONAL * 4).encode("big5"), None, TRADITIONAL, "Big5 undeclared"),
        (_page(TEXT).encode("utf-16"), None, TEXT, "UTF-16 with its mark"),
        (_page(TEXT).encode("utf-16-le"), None, TEXT, "UTF-16 without its mark"),
        (_page(TEXT).encode("utf-16-be"), None, TEXT, "and the other way round"),
        (_page(TEXT).encode("utf-8-sig"), None, TEXT, "UTF-8 with its mark"),
        (_page(TEXT + "�", "utf-8").encode()[:-20] + b"\xe4\xb8</p>", None, TEXT, "cut"),
    ],
)
def test_a_page_is_read_in_the_encoding_it_is_in(
    body: bytes, header: str | None, wanted: str, reason: str
) -> None:
    decoded = decode_page(body, header, None)
    assert wanted in decoded.utf8.decode(), f"{reason}: {decoded.encoding}"


def test_a_few_broken_bytes_do_not_change_the_encoding() -> None:
    body = _page(TEXT * 5, "utf-8").encode().replace("港".encode(), b"\xe6\xb8", 1)
    decoded = decode_page(body, None, None)
    assert decoded.encoding == "utf-8"
    assert "平陵�今年" in decoded.utf8.decode()


def test_a_profile_s_charset_stands_above_the_page_s_own() -> None:
    decoded = decode_page(_page(TEXT, "big5").encode("gbk"), None, "gbk")
    assert decoded.learned_from == "rules"
    assert TEXT in decoded.utf8.decode()


def test_the_charset_of_a_script_or_in_a_comment_is_none_of_the_page_s() -> None:
    body = b'<!-- <meta charset="big5"> --><script charset="utf-8"></script><meta charset=gbk>'
    assert declared_charset(body) == "gbk"
    assert declared_charset(b'<script src="x" charset="utf-8"></script>') is None


def test_nul_and_control_characters_are_taken_out_of_the_text() -> None:
    text = decode_page(b"<p>a\x00b\x08c\td\ne</p>", None, None).utf8
    assert text == b"<p>abc\td\ne</p>"


def test_bytes_that_no_encoding_reads_are_refused() -> None:
    with pytest.raises(UndecodableError):
        decode_page(b"<html>" + bytes(range(128, 256)) * 40 + b"</html>", None, None)


@pytest.mark.parametrize(
    ("text", "wrong", "reason"),
    [
        (TEXT, False, "proper text"),
        (TRADITIONAL, False, "proper traditional text"),
        (TEXT.encode().decode("gbk", "replace"), True, "UTF-8 read as GBK"),
        (TEXT.encode().decode("cp1252", "replace"), True, "UTF-8 read as Latin-1"),
        (TEXT.encode().decode("latin-1"), True, "UTF-8 read as Latin-1, controls and all"),
        (TEXT.encode("gbk").decode("latin-1"), True, "GBK read as Latin-1"),
        (TEXT.encode("gbk").decode("big5", "replace"), True, "GBK read as Big5"),
        (TRADITIONAL.encode("big5").decode("gbk", "replace"), True, "Big5 read as GBK"),
        (TEXT.encode("ascii", "replace").decode(), True, "question marks for letters"),
        (TEXT.encode("gbk").decode("utf-8", "replace"), True, "GBK read as UTF-8"),
        ("王晓琳 赵梓涵 欧阳致远 沈一禾 陆予安 程朗 马啸 林致远 周游 许静怡", False, "names"),
        ("Le congrès a été préparé à l’école, où l’élève a préféré étudier.", False, "French"),
        ("Как сообщили в мэрии, завтра откроется новая выставка.", False, "Russian"),
        ("政府は明日から新しい支援制度を始めると発表した。", False, "Japanese"),
        ("정부는 내일부터 새로운 지원 제도를 시작한다고 발표했다.", False, "Korean"),
        ("锟斤拷" * 20, True, "replacement characters read as GBK"),
        ("上海浜北路的居民说，横浜河的水清了，泗泾镇涓涓细流汇入大江，市民都来看。", False, "rare"),
        ("", False, "nothing"),
    ],
)
def test_text_that_was_decoded_wrongly_is_known_by_its_characters(
    text: str, wrong: bool, reason: str
) -> None:
    assert is_mojibake(text) is wrong, reason


@given(st.binary(max_size=400), st.none() | st.text(max_size=30), st.none() | st.text(max_size=12))
def test_any_bytes_are_decoded_or_refused(
    body: bytes, header: str | None, charset: str | None
) -> None:
    try:
        decoded = decode_page(body, header, charset)
    except UndecodableError:
        return
    assert b"\x00" not in decoded.utf8
    decoded.utf8.decode("utf-8")


@pytest.mark.parametrize("charset", ["undefined", "idna", "punycode"])
def test_a_codec_that_is_for_no_texts_is_passed_over(charset: str) -> None:
    body = "<p>大桥今日通车，沿线居民出行将更加方便。</p>".encode("gb18030")
    assert "大桥今日通车" in decode_page(body, None, charset).text
