"""Facts about single fields of what is read on a page."""

import re
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from crawler.extraction.extract import extract_article
from crawler.extraction.files import declared_url, page_from_bytes, placeholder_url
from crawler.extraction.identity import extractor_id, reading_modules
from crawler.extraction.rules import GENERIC, ReadingRules, Selectors, TemplateRules
from news.article import Article
from news.page import Page

LOOKED_AT = datetime(2023, 6, 1, 4, 0, tzinfo=UTC)
PARAGRAPHS = [
    "6月1日，临溪市园林部门公布，今年全市新添十二处口袋公园，总面积2.4万平方米。",
    "这些公园大多由边角地改建，最小的一处只有一个篮球场大，却种下了六十棵梧桐。",
    "市民可以在手机地图上找到它们的位置，步行十分钟之内都有一处，老人和孩子常去。",
]
LINKED_DATA = """<script type="application/ld+json">{"@graph": [{"@type": ["NewsArticle"],
"datePublished": "2023-06-01T09:02:03+08:00"}]}</script>"""
TEXT = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)


def read(
    body: str = TEXT, info: str = "2023-06-01 09:30 来源：临溪发布", head: str = "", url: str = ""
) -> Article:
    """Read a plain page with these parts."""
    page = (
        f"<html><head><meta charset=utf-8><title>临溪新添十二处口袋公园_东岚网</title>{head}</head>"
        f"<body><h1>临溪新添十二处口袋公园</h1><div>{info}</div>"
        f"<div class=c>{body}</div></body></html>"
    )
    found = extract_article(
        page_from_bytes(page.encode(), url or "http://n.example/1", LOOKED_AT), GENERIC
    )
    assert isinstance(found, Article), found
    return found


def texts(article: Article) -> list[str]:
    """Return the article's body as texts."""
    return [block.text for block in article.body]


@pytest.mark.parametrize(
    ("info", "head", "printed", "reason"),
    [
        ("2023-06-01 09:30", "", "2023-06-01T09:30+08:00", "as printed"),
        ("2023-06-01", "", "2023-06-01", "a day stays a day"),
        (
            "2023-06-01",
            '<meta name=PubDate content="2023-06-01 09:30">',
            "2023-06-01T09:30+08:00",
            "a day becomes finer where page data has the same day",
        ),
        (
            "2023-06-01 09:30",
            '<meta property="article:published_time" content="2023-06-01T09:30:12+08:00">',
            "2023-06-01T09:30:12+08:00",
            "a minute becomes finer where page data has the same minute",
        ),
        (
            "2023-06-01 09:30",
            '<meta property="article:published_time" content="2023-06-01T09:41:12+08:00">',
            "2023-06-01T09:30+08:00",
            "what the reader sees stands against page data that disagrees",
        ),
        (
            "",
            '<meta property="article:published_time" content="2023-06-01T01:30:12Z">',
            "2023-06-01T09:30:12+08:00",
            "page data alone, its UTC in the readers' zone",
        ),
        (
            "3小时前",
            LINKED_DATA,
            "2023-06-01T09:02:03+08:00",
            "a relative time gives way to JSON-LD",
        ),
        (
            '<span data-ptime="2023-06-01 09:30:00">06-01</span>',
            "",
            "2023-06-01T09:30:00+08:00",
            "an attribute",
        ),
        ("<i>2023</i> <b>06/01</b> 09:30", "", "2023-06-01T09:30+08:00", "a date built of pieces"),
    ],
)
def test_the_published_time_is_what_the_reader_sees(
    info: str, head: str, printed: str, reason: str
) -> None:
    published = read(info=info, head=head).published_at
    assert published is not None, reason
    assert published.isoformat() == printed, reason


def test_a_relative_time_alone_is_marked_as_worked_out() -> None:
    published = read(info="3小时前 临溪发布").published_at
    assert published is not None
    assert published.approximate


@pytest.mark.parametrize(
    "line",
    [
        "（原标题：口袋公园里的春天）",
        "责任编辑：温子衿",
        "扫描下方二维码关注临溪发布",
        "特别声明：本文为用户上传，仅代表该用户观点。",
        '<a href="/2">口袋公园评选结果揭晓 快来看有没有你家附近那一处</a>',
        "分享到：微信 微博",
        "阅读 1.2万",
        "* * *",
        "▲梧桐树下的口袋公园",
        '<span class="caption">梧桐树下的口袋公园</span>',
        '<span style="display:none">看不见的一句话，看不见的一句话。</span>',
    ],
)
def test_lines_that_are_not_the_article_are_left_out_of_the_body(line: str) -> None:
    assert texts(read(body=f"{TEXT}<p>{line}</p>")) == PARAGRAPHS


def test_a_list_of_other_stories_inside_the_text_is_left_out() -> None:
    others = "<div>相关阅读</div><ul><li><a href=/2>口袋公园评选结果揭晓</a></li></ul>"
    first, *rest = PARAGRAPHS
    body = f"<p>{first}</p>{others}" + "".join(f"<p>{text}</p>" for text in rest)
    assert texts(read(body=body)) == PARAGRAPHS


@pytest.mark.parametrize("tags", [("<p><strong>", "</strong></p>"), ("<h3>", "</h3>")])
def test_a_short_bold_line_without_sentence_end_is_a_heading(tags: tuple[str, str]) -> None:
    article = read(body=f"{tags[0]}公园从哪里来{tags[1]}{TEXT}")
    assert [block.heading for block in article.body] == [True, False, False, False]


def test_comments_below_are_not_the_article_even_where_they_are_longer() -> None:
    words = "我家门口那一处特别好，每天带孩子去玩，希望多建一些，再多种些树。"
    comment = f"<div class=item><p>{words}</p><a>回复</a></div>"
    body = f"<div>{TEXT}</div><div class=list>{comment * 30}</div>"
    assert texts(read(body=body)) == PARAGRAPHS


def test_a_picture_has_its_absolute_address_and_its_caption() -> None:
    body = '<p><img src="blank.gif" data-original="/i/1.jpg"></p><p>图为口袋公园。李未晚摄</p>'
    article = read(body=body + TEXT)
    assert [(image.url, image.caption) for image in article.images] == [
        ("http://n.example/i/1.jpg", "图为口袋公园。李未晚摄")
    ]
    assert texts(article) == PARAGRAPHS


def test_ornaments_are_no_pictures_of_the_article() -> None:
    body = '<p><img src="/icon/share.png"><img src="/i/2.jpg" width="16"><img src="data:x"></p>'
    assert read(body=body + TEXT).images == ()


def test_the_source_links_to_where_it_says() -> None:
    info = '2023-06-01 09:30 来源: <a href="https://lx.example/">临溪发布</a> <a href="#">举报</a>'
    article = read(info=info)
    assert (article.source, article.source_url) == ("临溪发布", "https://lx.example/")


def test_the_address_is_canonical_and_the_declared_one_is_kept_apart() -> None:
    article = read(
        head='<link rel=canonical href="/other/1">', url="HTTP://N.example:80/1?utm_source=a#x"
    )
    assert article.url == "http://n.example/1"
    assert article.declared_canonical == "http://n.example/other/1"


def test_keywords_and_language_come_from_the_head() -> None:
    article = read(head='<meta name=keywords content="公园，临溪;梧桐,公园">')
    assert article.keywords == ("公园", "临溪", "梧桐")
    assert article.language == "zh"


def test_a_page_is_read_in_the_encoding_that_its_header_names() -> None:
    html = f"<title>临溪新添口袋公园</title><h1>临溪新添口袋公园</h1>{TEXT}".encode("gbk")
    headers = (("Content-Type", "text/html; charset=GBK"),)
    page = Page("http://n.example/1", "http://n.example/1", 200, headers, html, LOOKED_AT)
    article = extract_article(page, GENERIC)
    assert isinstance(article, Article)
    assert texts(article) == PARAGRAPHS


def test_a_misspelt_selector_is_an_error_and_not_a_page_read_by_half() -> None:
    with pytest.raises(ValidationError, match="div\\["):
        Selectors(body=("div[",))
    with pytest.raises(ValidationError, match="heading"):
        Selectors.model_validate({"heading": ["h1"]})


def test_the_extractor_s_name_changes_with_the_rules_and_only_with_them() -> None:
    other = ReadingRules(templates=(TemplateRules(selectors=Selectors(body=("div.c",))),))
    assert extractor_id(GENERIC) == extractor_id(ReadingRules())
    assert extractor_id(GENERIC) != extractor_id(other)
    assert len(extractor_id(other)) == 16
    int(extractor_id(other), 16)


def test_the_extractor_s_name_covers_the_modules_that_read_and_not_those_that_decide() -> None:
    names = {f"{path.parent.name}.{path.stem}" for path in reading_modules()}
    assert {"extraction.lines", "extraction.body", "news.credits", "news.dates"} <= names
    assert not names & {"news.versions", "news.changes", "news.revisit", "news.visits"}


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ('<link rel="canonical" href="http://N.example/1">', "http://n.example/1"),
        ('<meta property="og:url" content="http://n.example/2">', "http://n.example/2"),
        ('<link rel="canonical" href="/1">', None),
        ("", None),
    ],
)
def test_a_file_s_address_is_the_one_that_the_page_declares(head: str, url: str | None) -> None:
    assert declared_url(f"<html><head>{head}</head><body>x</body>".encode()) == url
    assert placeholder_url("页.html") == "http://localhost/%E9%A1%B5.html"


@pytest.mark.parametrize(
    ("title", "heading", "headline"),
    [
        ("青塘镇停电三小时_民生要闻_禾苗县新闻网", "<h1>青塘镇停电三小时，另有五村停水</h1>", None),
        ("青塘镇停电三小时", "<h1>青塘镇停电三小时，另有五村停水</h1>", None),
        (
            "青塘镇停电三小时_民生要闻_禾苗县新闻网",
            "<h1>快讯｜青塘镇停电三小时，五村停水</h1>",
            None,
        ),
        (
            "青塘镇停电三小时_民生要闻_禾苗县新闻网",
            "<p><b>青塘镇停电三小时，另有五村停水</b></p>",
            None,
        ),
        (
            "青塘镇停电三小时_民生要闻_禾苗县新闻网",
            "<h1>青塘镇停电三小时<br><span>2023-06-01 09:30 来源：禾苗网</span></h1>",
            "青塘镇停电三小时",
        ),
        (
            "青塘镇停电三小时_民生要闻_禾苗县新闻网",
            "<p>青塘镇停电三小时，另有五村停水。</p>",
            "青塘镇停电三小时",
        ),
    ],
)
def test_a_heading_that_goes_on_where_the_title_was_cut_is_the_headline(
    title: str, heading: str, headline: str | None
) -> None:
    menu = "<ul>" + "".join(f"<li><a href=/{i}>第{i}版</a></li>" for i in range(60)) + "</ul>"
    page = (
        f"<html><head><meta charset=utf-8><title>{title}</title></head><body>{heading}"
        f"<div>2023-06-01 09:30 来源：禾苗网</div>{menu}<div>{TEXT}</div></body></html>"
    )
    found = extract_article(
        page_from_bytes(page.encode(), "http://n.example/1", LOOKED_AT), GENERIC
    )
    assert isinstance(found, Article), found
    assert found.headline == (headline or re.sub("<.*?>", "", heading))
