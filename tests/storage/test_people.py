"""People are names within outlets, and can be derived anew from credits at any time."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from news.article import Credit, PartyKind, Role
from storage.archive import Archive
from storage.engine import reading, writing
from storage.outlets import name_outlets
from storage.people import Mention, outlet_named, rebuild_people
from storage.records import Lease
from storage.tables import credits, outlet_aliases, outlets, people  # noqa: A004
from tests.storage.newsroom import article, never_reread, read_visit


@pytest.mark.parametrize(
    ("role", "affiliation", "source", "outlet", "why"),
    [
        (Role.REPORTER, "山城晚报", "湖滨日报", "山城晚报", "printed with the name"),
        (Role.EDITOR, "山城晚报", "湖滨日报", "山城晚报", "printed with the name"),
        (Role.REPORTER, None, "湖滨日报", "湖滨日报", "who wrote the text is of its origin"),
        (Role.PHOTOGRAPHER, None, "湖滨日报", "湖滨日报", "so is who took the picture"),
        (Role.EDITOR, None, "湖滨日报", None, "who edits the page is of the site"),
        (Role.REVIEWER, None, "湖滨日报", None, "so is who reviews it"),
        (Role.PROOFREADER, None, "湖滨日报", None, "and who proofreads it"),
        (Role.REPORTER, None, None, None, "no source: the site's own text"),
        (Role.REPORTER, "", "", None, "empty is none"),
    ],
)
def test_a_name_is_read_within_an_outlet(
    role: Role, affiliation: str | None, source: str | None, outlet: str | None, why: str
) -> None:
    row = {"role": role.value, "affiliation": affiliation}
    assert outlet_named(Mention(row, source, 1)) == outlet, why


def who(engine: Engine) -> list[tuple[object, ...]]:
    """Return role, name, and the person and outlet behind it."""
    query = (
        sa.select(credits.c.role, credits.c.name, people.c.name, outlets.c.name)
        .outerjoin_from(credits, people, credits.c.person_id == people.c.id)
        .outerjoin(outlets, people.c.outlet_id == outlets.c.id)
        .order_by(credits.c.reading_id, credits.c.position)
    )
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_credits_find_their_people(archive: Archive, lease: Lease, engine: Engine) -> None:
    read = article()
    company = Credit(Role.CONTRIBUTOR, "湖滨桥梁公司", PartyKind.ORGANIZATION, label="供图")
    read = replace(read, credits=(*read.credits, company))
    archive.record(read_visit(read, 1), never_reread, lease)
    assert who(engine) == [
        ("reporter", "甲小明", "甲小明", "湖滨日报"),
        ("editor", "乙小红", "乙小红", "湖滨新闻网"),
        ("correspondent", "丙小刚", "丙小刚", "山城晚报"),
        ("contributor", "湖滨桥梁公司", None, None),
    ]


def test_one_name_in_two_articles_is_one_person(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    archive.record_many([read_visit(article(name), 1) for name in "12"], never_reread, lease)
    archive.record(read_visit(article("3"), 2), never_reread, lease)
    with reading(engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(people)) == 3


def test_people_are_rebuilt_as_they_were(archive: Archive, lease: Lease, engine: Engine) -> None:
    archive.record_many([read_visit(article(name), 1) for name in "123"], never_reread, lease)
    before = who(engine)
    with writing(engine) as connection:
        connection.execute(sa.update(credits).values(person_id=None))
        connection.execute(sa.delete(people))
    rebuild_people(engine)
    assert who(engine) == before


def test_an_alias_entered_later_moves_people_on_rebuilding(
    archive: Archive, lease: Lease, engine: Engine
) -> None:
    archive.record(read_visit(article(), 1), never_reread, lease)
    with writing(engine) as connection:
        daily = connection.scalar(sa.select(outlets.c.id).where(outlets.c.name == "湖滨新闻网"))
        moved = sa.update(outlet_aliases).where(outlet_aliases.c.alias == "湖滨日报")
        connection.execute(moved.values(outlet_id=daily))
    rebuild_people(engine)
    assert who(engine)[0] == ("reporter", "甲小明", "甲小明", "湖滨新闻网")


def test_decorated_names_of_an_outlet_are_aliases_of_it(engine: Engine) -> None:
    printed = ["湖滨日报客户端", "《湖滨日报》", "湖滨日报", "新华社、湖滨日报"]
    with writing(engine) as connection:
        first = name_outlets(connection, printed)
        again = name_outlets(connection, [*printed, "湖滨日报微信公众号"])
    assert len({first[name] for name in printed[:3]}) == 1
    assert first["新华社、湖滨日报"] != first["湖滨日报"]
    assert again["湖滨日报微信公众号"] == again["湖滨日报"] == first["湖滨日报"]
    with reading(engine) as connection:
        names = connection.scalars(sa.select(outlets.c.name).order_by(outlets.c.name)).all()
    assert {"湖滨日报", "新华社、湖滨日报"} <= set(names)
    assert not {"湖滨日报客户端", "《湖滨日报》"} & set(names)
