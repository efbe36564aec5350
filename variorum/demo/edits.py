"""The edits a desk makes to a published story: each a small change, with what it amounts to.

An edit takes a story and the seed's generator and returns the edited story with a note of what
was done, or None where it does not apply (no quotation to replace, no slip to put right).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from news.article import Article, Block, Credit, Image, PrintedTime, Role
from variorum.demo.newsroom import SLIPS, Staff, Story

# Facts a reader goes by: a number with what it counts. Dates and clock times are left out, for
# an edited digit could make a day that does not exist.
_FACT = re.compile(r"(\d+(?:\.\d+)?)(亿元|万元|人|名|户|家|%|公里|亩|吨|平方米|套|件|处|元)")
_NOTE = "更正："


@dataclass(frozen=True, slots=True)
class Edit:
    """What one edit did: the article's field, the kinds of change it is, and a sentence."""

    name: str
    field: str
    kinds: tuple[str, ...]
    what: str
    announced: bool = False


Draft = tuple[Story, Edit]
Editing = Callable[[Story, Random], Draft | None]


def _edited(story: Story, article: Article, edit: Edit) -> Draft:
    return replace(story, article=article), edit


def change_headline(story: Story, rng: Random) -> Draft | None:
    """Put another headline over the same text."""
    before = story.article.headline
    choices = [text for text in story.material.headlines if text != before]
    if not choices:
        return None
    after = rng.choice(choices)
    edit = Edit("headline", "headline", ("headline",), f"headline {before} became {after}")
    return _edited(story, replace(story.article, headline=after), edit)


def name_original_headline(story: Story, _rng: Random) -> Draft | None:
    """Add the headline that the text bore at its origin."""
    if story.article.original_headline:
        return None
    after = story.material.original_headline
    edit = Edit(
        "original_headline",
        "original_headline",
        ("original_headline",),
        f"original headline {after} was added",
    )
    return _edited(story, replace(story.article, original_headline=after), edit)


def back_date(story: Story, rng: Random) -> Draft | None:
    """Print an earlier time of publication."""
    printed = story.article.published_at
    if printed is None:
        return None
    earlier = PrintedTime(printed.at - timedelta(minutes=rng.randint(50, 900)), printed.precision)
    what = f"time of publication {printed.isoformat()} became {earlier.isoformat()}"
    edit = Edit("back_date", "published_at", ("published_at",), what)
    return _edited(story, replace(story.article, published_at=earlier), edit)


def move_section(story: Story, rng: Random) -> Draft | None:
    """File the story under a sub-section; its address stays."""
    deeper = rng.choice(("本地", "聚焦", "图文"))
    if len(story.article.section) > 4:
        return None
    section = (*story.article.section, deeper)
    edit = Edit("section", "section", ("section",), f"filed under {' > '.join(section)}")
    return _edited(story, replace(story.article, section=section), edit)


def change_number(story: Story, rng: Random) -> Draft | None:
    """Change one digit of one number in a paragraph."""
    found = [
        (index, match)
        for index, block in enumerate(story.article.body)
        for match in _FACT.finditer(block.text)
        if not block.heading and not _is_note(block)
    ]
    if not found:
        return None
    index, match = rng.choice(found)
    after = _other_digit(match.group(1), rng) + match.group(2)
    text = story.article.body[index].text
    edit = Edit("number", "body", ("fact",), f"{match.group()} became {after}")
    text = text[: match.start()] + after + text[match.end() :]
    return _edited(story, _with_block(story.article, index, text), edit)


def _other_digit(number: str, rng: Random) -> str:
    """Return the number with its last digit another one (never 0, so that 10 is not 0)."""
    choices = [digit for digit in "123456789" if digit != number[-1]]
    return number[:-1] + rng.choice(choices)


def correct(story: Story, rng: Random) -> Draft | None:
    """Change a number and say so in a note of correction at the end."""
    draft = change_number(story, rng)
    if draft is None or _is_note(story.article.body[-1]):
        return None
    story, edit = draft
    before, after = edit.what.split(" became ")
    note = f"{_NOTE}本文此前版本中的{before}有误，应为{after}，特此更正。"
    article = replace(story.article, body=(*story.article.body, Block(note)))
    kinds = ("fact", "correction")
    return _edited(
        story, article, Edit("correction", "body", kinds, f"{edit.what}, with a note", True)
    )


def add_paragraph(story: Story, rng: Random) -> Draft | None:
    """Add a paragraph that the story did not have."""
    body = story.article.body
    texts = {block.text for block in body}
    spare = [text for text in story.material.paragraphs if text not in texts]
    if not spare:
        return None
    text = rng.choice(spare)
    place = rng.randint(1, len(body))
    body = (*body[:place], Block(text), *body[place:])
    edit = Edit("addition", "body", ("addition",), f"paragraph added: {text[:18]}…")
    return _edited(story, replace(story.article, body=body), edit)


def delete_paragraph(story: Story, rng: Random) -> Draft | None:
    """Delete a paragraph that does not stand alone under its heading."""
    body = story.article.body
    places = [
        index
        for index in range(1, len(body))
        if not body[index].heading and not body[index - 1].heading and len(body[index].text) >= 40
    ]
    if not places or len(body) < 5:
        return None
    place = rng.choice(places)
    edit = Edit("deletion", "body", ("deletion",), f"paragraph cut: {body[place].text[:18]}…")
    return _edited(story, replace(story.article, body=body[:place] + body[place + 1 :]), edit)


def gut(story: Story, _rng: Random) -> Draft | None:
    """Cut everything but the lead."""
    body = story.article.body
    rest = sum(len(block.text) for block in body[1:])
    if rest < 1.5 * len(body[0].text):
        return None
    edit = Edit("gutted", "body", ("gutted",), f"cut down to its lead, {rest} characters gone")
    return _edited(story, replace(story.article, body=body[:1]), edit)


def change_quotation(story: Story, _rng: Random) -> Draft | None:
    """Let someone have said something a little different."""
    for index, block in enumerate(story.article.body):
        for before, after in story.material.quotes:
            if before in block.text:
                text = block.text.replace(before, after)
                what = f"quotation “{before}” became “{after}”"
                edit = Edit("quotation", "body", ("quotation",), what)
                return _edited(story, _with_block(story.article, index, text), edit)
    return None


def put_slip_right(story: Story, _rng: Random) -> Draft | None:
    """Put a slip of the pen right."""
    for index, block in enumerate(story.article.body):
        for right, wrong in SLIPS.items():
            if wrong in block.text:
                edit = Edit("typo", "body", ("typo",), f"{wrong} became {right}")
                text = block.text.replace(wrong, right, 1)
                return _edited(story, _with_block(story.article, index, text), edit)
    return None


def repunctuate(story: Story, rng: Random) -> Draft | None:
    """Put a semicolon where a comma stood."""
    found = [
        index
        for index, block in enumerate(story.article.body)
        if block.text.count("，") >= 2 and "“" not in block.text and not _is_note(block)
    ]
    if not found:
        return None
    index = rng.choice(found)
    head, _, tail = story.article.body[index].text.rpartition("，")
    edit = Edit("formatting", "body", ("formatting",), f"a comma became a semicolon: {tail[:12]}…")
    return _edited(story, _with_block(story.article, index, f"{head}；{tail}"), edit)


def change_heading(story: Story, _rng: Random) -> Draft | None:
    """Word a section heading differently."""
    for index, block in enumerate(story.article.body):
        for before, after in story.material.headings:
            if block.heading and block.text == before:
                what = f"section heading {before} became {after}"
                edit = Edit("section_heading", "body", ("rewritten",), what)
                return _edited(story, _with_block(story.article, index, after), edit)
    return None


def replace_image(story: Story, rng: Random) -> Draft | None:
    """Put another picture, with its own caption, in the place of the first."""
    if not story.article.images:
        return None
    first, *rest = story.article.images
    address = first.url.replace(".jpg", f"n{rng.randint(2, 9)}.jpg")
    images = (Image(address, story.material.caption), *rest)
    edit = Edit("image", "images", ("image",), f"picture {first.url} became {address}")
    return _edited(story, replace(story.article, images=images), edit)


def change_source(outlets: tuple[str, ...]) -> Editing:
    """Return the edit that names another outlet as origin."""

    def editing(story: Story, rng: Random) -> Draft | None:
        before = story.article.source
        after = rng.choice([name for name in outlets if name != before])
        edit = Edit("source", "source", ("source",), f"source {before} became {after}")
        return _edited(story, replace(story.article, source=after), edit)

    return editing


def replace_editor(staff: Staff) -> Editing:
    """Return the edit that names another editor."""

    def editing(story: Story, rng: Random) -> Draft | None:
        names = [credit.name for credit in story.article.credits if credit.role is Role.EDITOR]
        if not names:
            return None
        after = rng.choice([name for name in staff.editors if name not in names])
        named = tuple(
            Credit(Role.EDITOR, after) if credit.role is Role.EDITOR else credit
            for credit in story.article.credits
        )
        return _credit_edit(story, named, "editor", f"editor {names[0]} became {after}")

    return editing


def drop_reporter(story: Story, rng: Random) -> Draft | None:
    """Leave one of several reporters out."""
    reporters = [credit for credit in story.article.credits if credit.role is Role.REPORTER]
    if len(reporters) < 2:
        return None
    gone = rng.choice(reporters)
    named = tuple(credit for credit in story.article.credits if credit != gone)
    return _credit_edit(story, named, "reporter", f"reporter {gone.name} was dropped")


def add_reviewer(staff: Staff) -> Editing:
    """Return the edit that names a reviewer where none was named."""

    def editing(story: Story, rng: Random) -> Draft | None:
        if any(credit.role is Role.REVIEWER for credit in story.article.credits):
            return None
        name = rng.choice(staff.reviewers)
        named = (*story.article.credits, Credit(Role.REVIEWER, name))
        return _credit_edit(story, named, "reviewer", f"reviewer {name} was added")

    return editing


def _credit_edit(story: Story, named: tuple[Credit, ...], name: str, what: str) -> Draft:
    article = replace(story.article, credits=named)
    return _edited(story, article, Edit(name, "credits", ("credit",), what))


def _is_note(block: Block) -> bool:
    return block.text.startswith(_NOTE)


def _with_block(article: Article, index: int, text: str) -> Article:
    block = replace(article.body[index], text=text)
    return replace(article, body=(*article.body[:index], block, *article.body[index + 1 :]))


def all_edits(staff: Staff, outlets: tuple[str, ...]) -> dict[str, Editing]:
    """Return every edit by name."""
    return {
        "headline": change_headline,
        "original_headline": name_original_headline,
        "back_date": back_date,
        "section": move_section,
        "number": change_number,
        "correction": correct,
        "addition": add_paragraph,
        "deletion": delete_paragraph,
        "gutted": gut,
        "quotation": change_quotation,
        "typo": put_slip_right,
        "formatting": repunctuate,
        "section_heading": change_heading,
        "image": replace_image,
        "source": change_source(outlets),
        "editor": replace_editor(staff),
        "reporter": drop_reporter,
        "reviewer": add_reviewer(staff),
    }
