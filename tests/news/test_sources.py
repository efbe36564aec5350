"""Which outlets a printed source names, and what each goes by."""

import pytest

from news.sources import outlet_name, split_sources


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("芦湾日报", ["芦湾日报"]),
        ("新华社、芦湾日报", ["新华社", "芦湾日报"]),
        ("新华社 芦湾日报 央视新闻", ["新华社", "芦湾日报", "央视新闻"]),
        ("新华社、芦湾日报等", ["新华社", "芦湾日报"]),
        ("新华社、新华社", ["新华社"]),
        ("中国经济网-《经济日报》", ["中国经济网-《经济日报》"]),
        ("China Daily", ["China Daily"]),
        ("芦湾 在线", ["芦湾 在线"]),
    ],
)
def test_several_sources_are_kept_apart(printed: str, names: list[str]) -> None:
    assert list(split_sources(printed)) == names


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("《芦湾日报》", "芦湾日报"),
        ("芦湾日报客户端", "芦湾日报"),
        ("芦湾日报 芦湾日报客户端", "芦湾日报"),
        ("芦湾日报微信公众号", "芦湾日报"),
        ("芦湾发布", "芦湾发布"),
        ("新华社、芦湾日报", "新华社、芦湾日报"),
        ("潮新闻客户端", "潮新闻"),
        ("微信公众号", "微信公众号"),
    ],
)
def test_the_names_of_one_outlet_are_one(printed: str, name: str) -> None:
    assert outlet_name(printed) == name
