"""What a named party did, where label, title and closing word each say something."""

from news.article import PartyKind, Role
from news.credit_fields import Party
from news.labels import LABELS, Closing, Label
from news.titles import CLOSINGS

_PICTURE_SOURCES = [LABELS[word] for word in ("图片来源", "图源")]
_YIELDING = frozenset({Role.WRITER, Role.REPORTER, Role.CORRESPONDENT})


def roles_of(party: Party, label: Label | None, default: Role | None) -> tuple[Role, ...]:
    """Return what a party did, by the rules of precedence.

    A label of writing yields to a title, a title to a photo function; 文/图 and 摄影报道 add
    their second role to the title's; an organisation supplies a picture, it does not take it.
    """
    prefix = party.prefix.closing if party.prefix else None
    label = None if party.apart else label
    title = party.title.title.roles if party.title and party.title.title else ()
    named = prefix.roles if prefix else (label.roles if label else ())
    roles = named
    if title and (not named or named[0] in _YIELDING):
        roles = title + tuple(role for role in named[1:] if role not in title)
    roles = roles or ((default,) if default else ())
    if roles == (Role.CONTRIBUTOR,) and label in _PICTURE_SOURCES and party.affiliation:
        roles = (Role.PHOTOGRAPHER,)  # 图片来源：某新闻 / 某某
    closing = party.closing.closing if party.closing else None
    if closing:
        roles = _closed_roles(closing, title or named)
    if party.kind is PartyKind.ORGANIZATION:
        if closing is CLOSINGS["报道"]:
            return ()  # 某社报道 says whose the text is, not who wrote it
        roles = tuple(Role.CONTRIBUTOR if r is Role.PHOTOGRAPHER else r for r in roles)
    return tuple(dict.fromkeys(roles))


def _closed_roles(closing: Closing, titled: tuple[Role, ...]) -> tuple[Role, ...]:
    if not closing.keeps_title:
        return closing.roles
    return (titled or closing.roles[:1]) + closing.roles[1:]
