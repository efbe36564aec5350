"""Noise rules: learned from many articles at once; they hide, never drop, and can be taken back."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from news.article import Article, Block, Credit, Image, Role
from storage.archive import Archive
from storage.engine import reading
from storage.errors import ArchiveError
from storage.integrity import check
from storage.records import Lease
from storage.tables import changes, events, versions
from tests.storage.newsroom import SITE, article, at, never_reread, read_visit

TEXTS = (
    "大桥今日通车，两岸群众往来更加便捷。",
    "粮站开仓收粮，农户排起长队。",
    "图书馆延长开放，学生有了去处。",
    "渡口恢复航班，商贩赶早过江。",
    "古镇修缮老街，匠人重拾手艺。",
    "茶园迎来采摘，山路车来车往。",
    "校园种下新树，孩子挂上名牌。",
    "医院开设夜诊，病人少跑一趟。",
    "市场更换棚顶，摊主不再淋雨。",
    "水库清理漂浮物，鱼鹰飞回湾口。",
    "车站增设座椅，老人歇脚方便。",
    "广场铺上新砖，傍晚人来人往。",
)


def told(number: int, *lines: str, **fields: object) -> Article:
    """An article of its own text, with lines of the template at its end."""
    blocks = tuple(map(Block, (TEXTS[number], *lines)))
    return article(str(number), body=blocks, headline=f"新闻{TEXTS[number][:4]}", **fields)


def look(
    archive: Archive, lease: Lease, articles: list[Article], minutes: float, *, stock: bool = True
) -> None:
    visits = [read_visit(one, minutes + i / 60, noise=repr(one)) for i, one in enumerate(articles)]
    archive.record_many(visits, never_reread, lease)
    if stock:
        archive.take_stock(lease, at(minutes + 1))


def hidden(engine: Engine) -> list[str | None]:
    with reading(engine) as connection:
        return list(connection.scalars(sa.select(changes.c.hidden_by).order_by(changes.c.id)))


def event_kinds(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        site_wide = events.c.article_id.is_(None)
        return list(connection.scalars(sa.select(events.c.kind).where(site_wide)))


def test_a_line_that_comes_in_many_articles_at_once_becomes_a_rule_with_its_evidence(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    look(archive, lease, [told(n) for n in range(8)], 1)
    look(
        archive,
        lease,
        [told(n, "扫码领红包，惊喜等着你") if n < 6 else told(n) for n in range(8)],
        60,
    )
    (rule,) = archive.noise_rules(SITE.key)
    assert (rule.kind, rule.pattern) == ("line", "扫码领红包,惊喜等着你")
    assert (rule.articles, rule.looked_at, rule.crawls, rule.hides) == (6, 8, 1, 6)
    assert rule.samples[0] == (told(0).url, "", "扫码领红包,惊喜等着你")
    assert set(hidden(engine)) == {f"noise:{rule.id}"}, "the changes of the evidence are hidden"
    assert event_kinds(engine) == ["noise_learned"]
    with reading(engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(versions)) == 14
    assert check(engine) == []


def test_a_rule_hides_later_changes_as_they_are_written(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    look(archive, lease, [told(n) for n in range(6)], 1)
    look(archive, lease, [told(n, "扫码领红包") for n in range(6)], 60)
    look(archive, lease, [told(n) for n in range(6)], 3000, stock=False)
    assert set(hidden(engine)) == {"noise:1"}
    assert len(hidden(engine)) == 12


def test_a_rule_is_taken_back_and_put_back_without_a_fetch(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    look(archive, lease, [told(n) for n in range(6)], 1)
    look(archive, lease, [told(n, "扫码领红包") for n in range(6)], 60)
    archive.switch_noise_rule(1, on=False, now=at(70))
    assert set(hidden(engine)) == {None}
    look(archive, lease, [told(n) for n in range(6)], 80)
    assert set(hidden(engine)) == {None}, "a rule that was taken back is not learned again"
    archive.switch_noise_rule(1, on=True, now=at(90))
    assert set(hidden(engine)) == {"noise:1"}
    with pytest.raises(ArchiveError, match="no noise rule 9"):
        archive.switch_noise_rule(9, on=True, now=at(90))


def test_a_real_edit_beside_the_noise_is_shown(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    look(archive, lease, [told(n) for n in range(7)], 1)
    edited = [told(n, "扫码领红包") for n in range(6)]
    both = told(6, "扫码领红包", "镇里随后发来一份补充材料，说明了改造的先后次序。")
    look(archive, lease, [*edited, both], 60)
    assert hidden(engine) == ["noise:1"] * 6 + [None]


def test_a_label_whose_words_differ_in_each_article_is_learned_by_its_label(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    first, second = "荷塘月色、松间晚风、石桥流水", "竹林听雨、渔火晚归、山寺钟声"
    names = [*first.split("、"), *second.split("、")]
    look(archive, lease, [told(n, f"猜您爱看：{names[n]}") for n in range(6)], 1)
    look(archive, lease, [told(n, f"猜您爱看：{names[n - 1]}漫谈") for n in range(6)], 60)
    (rule,) = archive.noise_rules(SITE.key)
    assert (rule.kind, rule.pattern, rule.hides) == ("label", "猜您爱看", 6)


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("全市共有3人获救", "全市共有13人获救", "a fact differs in the line"),
        ("", "更正：本文此前报道有误。", "a correction is announced"),
        ("“大家很放心。”居民说。", "“大家很满意。”居民说。", "a quotation differs"),
    ],
)
def test_facts_quotations_and_corrections_are_never_hidden(
    archive: Archive, lease: Lease, engine: Engine, before: str, after: str, why: str
) -> None:
    look(archive, lease, [told(n, *filter(None, [before])) for n in range(8)], 1)
    look(archive, lease, [told(n, after) for n in range(8)], 60)
    assert archive.noise_rules(SITE.key) == [], why
    assert set(hidden(engine)) == {None}


@pytest.mark.parametrize(
    "fields",
    [
        {"headline": "同一个标题用在各处"},
        {"source": "山城晚报"},
        {"credits": (Credit(Role.EDITOR, "丁小兰", label="责编"),)},
        {"published_at": None},
        {"kicker": "图片新闻"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_headline_credits_source_and_time_are_never_hidden_whoever_moves_them(
    archive: Archive, lease: Lease, engine: Engine, fields: dict[str, object]
) -> None:
    look(archive, lease, [told(n) for n in range(12)], 1)
    look(archive, lease, [replace(told(n), **fields) for n in range(12)], 60)  # type: ignore[arg-type]
    assert set(hidden(engine)) == {None}
    assert event_kinds(engine) == ["template_changed"], "and the site has one event for all"


def test_few_articles_or_a_small_share_of_them_teach_nothing(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    look(archive, lease, [told(n) for n in range(4)], 1)
    look(archive, lease, [told(n, "扫码领红包") for n in range(4)], 60)
    assert archive.noise_rules(SITE.key) == []
    assert set(hidden(engine)) == {None}


def test_an_image_and_a_caption_of_the_template_are_noise_a_fact_in_a_caption_is_not(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    advert = Image("http://img.example.com/ad/spring.jpg", "点击进入专区")
    autumn = replace(advert, url="http://img.example.com/ad/autumn.jpg")
    told_caption = replace(advert, caption="欢迎进入专区")
    counted = replace(advert, caption="13人进入专区")
    for minutes, image in ((1, advert), (60, autumn), (120, advert), (180, told_caption)):
        look(archive, lease, [told(n, images=(image,)) for n in range(6)], minutes)
    kinds = {(rule.kind, rule.pattern) for rule in archive.noise_rules(SITE.key)}
    assert kinds >= {("image", "/ad/spring.jpg"), ("image", "/ad/autumn.jpg")}
    assert kinds >= {("caption", "点击进入专区"), ("caption", "欢迎进入专区")}
    assert None not in hidden(engine)
    look(archive, lease, [told(n, images=(counted,)) for n in range(6)], 240)
    assert hidden(engine)[-6:] == [None] * 6


def test_a_new_template_is_one_event_of_the_site_and_its_sections_are_hidden(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    look(archive, lease, [told(n) for n in range(12)], 1)
    moved = [told(n, section=("首页", f"频道{n % 3}", "要闻")) for n in range(12)]
    look(archive, lease, moved, 60)
    look(archive, lease, moved, 120)
    assert event_kinds(engine) == ["template_changed"]
    assert set(hidden(engine)) == {"noise:1"}
    archive.switch_noise_rule(1, on=False, now=at(130))
    assert set(hidden(engine)) == {None}
    archive.switch_noise_rule(1, on=True, now=at(140))
    assert set(hidden(engine)) == {"noise:1"}
    back = [replace(told(0), section=("首页", "湖滨"))]
    look(archive, lease, back, 3000)
    assert hidden(engine)[-1] is None, "what a template did is no licence for later"
