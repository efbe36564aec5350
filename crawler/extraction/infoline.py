"""Time, source and credits: the lines around and inside the article, read one by one."""

from __future__ import annotations

import re
from typing import Literal

from crawler.extraction import phrases
from crawler.extraction.body import Body, Kind, is_credit_in_parts, text_in_parts
from crawler.extraction.info import Info, Place
from crawler.extraction.lines import Line
from crawler.extraction.marks import Mark
from news.article import Credit, PartyKind, Role
from news.credits import (
    clean_source,
    find_inline_credits,
    is_credit_line,
    parse_credit_line,
    parse_signature,
)
from news.dates import CHINA_TIME, find_times, parse_time
from news.names import is_common_name, is_organization, is_person
from news.places import is_place
from news.text import words

_POSITIONS: dict[bool, Literal["head", "foot"]] = {True: "head", False: "foot"}
_WRITING = frozenset({Role.WRITER, Role.REPORTER, Role.CORRESPONDENT})
_MAX_INFO = 240
_MAX_DATED = 120
# A date that a page builds of pieces: 2019 over 09/07.
_PARTED_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)\s+(\d{1,2})\s?[/-]\s?(\d{1,2})(?!\d)")
_SOURCE_LABEL = re.compile(r"(?:稿件|信息|新闻|文章)?(?:来源|來源)\s?[:：]")
_EMPTY_SOURCE = re.compile(r"(?:来源|來源)\s?[:：]\s{0,3}(?:[|｜]|$)")
_BY = re.compile(r"^(?:由|文|作者|[Bb]y)[\s:：/]+")
_WORD_GAP = re.compile(r"[\s|·]+")
_NO_NAME = re.compile(
    r"\d+$|第?[A-Z]?\d{1,3}版$|[^:：]{0,60}[:：]|(?:发布|发表|发稿|更新|最后|时间|日期)|(?:星期|[周週])[一二三四五六日天]$"
)
_NO_OUTLET = re.compile("[。！？，,；]|[摄攝]")  # a sentence, or who took a picture
_NAME_OF_OUTLET = re.compile(
    r"(?:^|[.!?]\s)([A-Z][\w.'’-]{1,20}(?: [A-Z][\w.'’-]{0,20}){1,3})\s?/\s?"
    r"([A-Z][\w.'’-]{1,20}(?: [A-Z]\w{1,20}){0,3})$"
)
_LATIN_NAME = re.compile(r"[A-Z][A-Za-z.'’-]{1,20}(?: [A-Z][A-Za-z.'’-]{0,20}){1,3}")
# What an account's owner is, and what a person does.
_DESCRIPTIONS = words("创作者 作者 博主 达人 自媒体人 官方账号 记者 記者 编辑 編輯 通讯员")
_TAG = re.compile(r"[\[【(（][^\])）】]{1,8}[\])）】]$")
_LABELLED = re.compile(
    r"[:：|｜丨/／]|[记記]者|編輯|编辑|責編|责编|校对|校對|审核|審核|作者"
    r"|通[讯訊][员員]|[摄攝]影|撰[稿文]|供稿"
)
# What foot lines say among other things that are not ours.
_FACTS = re.compile(
    r"(?:版权声明\s?)?(?:(?:发布日期|发布时间|发表时间|时间|来源|稿件来源|信息来源)\s?[:：]"
    r"|(?:发布|发表|编辑|更新)于\s?(?:19|20)\d\d)"
)
_LINES_ABOVE = 8
_LINES_BELOW = 20
_MAX_NAME = 24
_MAX_ACCOUNT = 16


def read_info(lines: list[Line], body: Body, place: Place) -> Info:
    """Return what info line, body and foot line say, in page order."""
    info = Info()
    head = head_lines(lines, body, place)
    for line in head:
        _read_head_line(info, line, place)
    _find_pieces(info, lines, head, place)
    if info.published_at is None:
        _find_issue(info, lines[: place.first], place)
    _find_writers(info, head, place)
    _read_body(info, body, place)
    start = place.headline.last if place.headline.last is not None else place.first
    _find_original(info, lines[min(start, place.first) : place.last + 1])
    for line in _foot_lines(lines, place):
        text = line.text if _is_credit(line.text) else line.parted()
        found = parse_credit_line(text, position="foot", zone=place.zone)
        info.take(found, "line below the text", line)
    if info.source is None:
        _guess_source(info, head, place)
    info.source_url = _source_url(info.source, head)
    return info


def head_lines(lines: list[Line], body: Body, place: Place) -> list[Line]:
    """Return the visible lines between headline and text that are no buttons."""
    prose = body.of_kind(Kind.PARAGRAPH, Kind.HEADING)
    end = prose[0].index if prose else place.first
    last = place.headline.last
    start = last + 1 if last is not None and last < end else max(0, place.first - _LINES_ABOVE)
    return [line for line in lines[start:end] if _may_inform(line)]


def _may_inform(line: Line) -> bool:
    """Tell whether a line may hold time, source or credits: short, shown, no button."""
    if line.marks & (Mark.HIDDEN | Mark.COMMENT) or len(line.text) > _MAX_INFO:
        return False
    text = line.text
    if not phrases.has_words(text) or phrases.is_tool(text) or phrases.is_teaser(text):
        return False
    return not phrases.is_today(text)


def _read_head_line(info: Info, line: Line, place: Place) -> None:
    if line.marks & Mark.CAPTION or (line.pictures and phrases.ends_as_caption(line.text)):
        info.add(_caption_credits(line.text), "caption", line)
        return
    text = text_in_parts(line)
    if info.source is None and _EMPTY_SOURCE.search(text):
        info.name_source(_pictured_name(line), "name of the picture behind the label", line)
    if _is_dated(text, place) or _is_credit(text):
        label = _SOURCE_LABEL.search(text)
        if label and label.start():  # what a label says goes before an unlabelled name
            labelled = parse_credit_line(text[label.start() :], position="head", zone=place.zone)
            info.name_source(labelled.source, "label in the info line", line)
        found = parse_credit_line(text, position="head", zone=place.zone)
        info.take(found, "info line", line)
        if info.source is None and text != line.text:
            found = parse_credit_line(line.text, position="head", zone=place.zone)
            info.take(found, "info line", line)
        if info.published_at is None:
            time = parse_time(text, zone=place.zone, now=place.now)
            info.date(time, "words for a time in the info line", line)
    _take_parted(info, line, place)


def _take_parted(info: Info, line: Line, place: Place) -> None:
    """Part a source from what a page sets apart from it by its style alone: `某网见习记者`."""
    parted = line.parted()
    if parted == line.text or len(_SOURCE_LABEL.findall(parted)) != 1:
        return
    found = parse_credit_line(parted, position="head", zone=place.zone)
    if found.source and (info.source is None or info.source.startswith(found.source)):
        info.source = None
        info.name_source(found.source, "info line, parted at its elements", line)
        info.add(found.credits, "info line, parted at its elements", line)


def _pictured_name(line: Line) -> str | None:
    """Return the name under a picture that stands where a source is printed: an outlet's mark."""
    names = (picture.attributes().get("alt", "") for picture in line.pictures)
    return next((clean_source(name) for name in names if 2 <= len(name) <= _MAX_NAME), None)


def _is_credit(text: str) -> bool:
    return phrases.may_be_credit(text) and is_credit_line(text)


def _is_dated(text: str, place: Place) -> bool:
    """Tell whether a line shows a time as info lines do, and is no sentence."""
    if len(text) > _MAX_DATED or "。" in text:
        return False
    return parse_time(text, zone=place.zone, now=place.now) is not None


def _find_pieces(info: Info, lines: list[Line], head: list[Line], place: Place) -> None:
    """Look further for time and source: above the headline, across lines, by element names."""
    if info.published_at is None:
        joined = " ".join(line.text for line in head[:12])
        joined = _PARTED_DATE.sub(r"\1/\2/\3", joined)
        time = parse_time(joined, zone=place.zone, now=place.now)
        info.date(time, "across the lines below the headline")
    first = place.headline.first
    above = lines[max(0, first - _LINES_ABOVE) : first] if first is not None else []
    if info.published_at is None:
        for line in [*above, *head[:12]]:  # each part of the date in an element of its own
            joined = _PARTED_DATE.sub(r"\1/\2/\3", line.parted())
            time = parse_time(joined, zone=place.zone) if joined != line.text else None
            info.date(time, "a date in parts", line)
    if info.published_at is None or info.source is None:
        for line in reversed([line for line in above if _may_inform(line)]):
            if parse_time(line.text, zone=place.zone) or _is_credit(line.text):
                found = parse_credit_line(line.text, position="head", zone=place.zone)
                info.name_source(found.source, "line above the headline", line)
                info.date(found.published_at, "line above the headline", line)
    if info.source is None:
        info.name_source(_named_source(info, head, Mark.SOURCE), "element named for a source")


def _find_issue(info: Info, above: list[Line], place: Place) -> None:
    """Take the day in the masthead of a paper's electronic edition, which tells its page too."""
    if not any(phrases.names_paper_page(line.text) for line in above):
        return
    for line in above:
        if phrases.is_masthead_day(line.text):
            info.date(parse_time(line.text, zone=place.zone), "day of the paper's issue", line)


def _guess_source(info: Info, head: list[Line], place: Place) -> None:
    """Take an account's name, or a bare name beside the time, where no label names a source."""
    account = _named_source(info, head, Mark.AUTHOR)
    if account not in {credit.name for credit in info.credits if credit.label == "作者"}:
        info.name_source(account, "element named for an account")
    if info.source is None:
        info.name_source(_source_beside_time(head, place), "the one word beside the time")
    if info.source is None:
        info.name_source(_neighbour_source(head, place), "the line beside that of the time")


def _source_beside_time(head: list[Line], place: Place) -> str | None:
    """Return the one word that stands on a line with nothing but a time, and perhaps a person."""
    for line in head:
        words = [word for word in _words_beside_time(line, place) if _may_be_outlet(word)]
        if len(words) == 1 and 2 <= len(words[0]) <= _MAX_NAME:
            return clean_source(_TAG.sub("", words[0]))
    return None


def _may_be_outlet(word: str) -> bool:
    """Tell whether a word may name an outlet: no person, and no region that a writer is in."""
    return not (is_person(word) or is_place(word) or word.endswith(_DESCRIPTIONS))


def _words_beside_time(line: Line, place: Place) -> list[str]:
    """Return the words of a short line with a time that are no labels, figures or buttons."""
    if len(line.text) >= 60:
        return []
    text = line.parted()
    times = find_times(text, zone=place.zone, now=place.now)
    for (start, end), _ in reversed(times):
        text = f"{text[:start]} {text[end:]}"
    words = [word for word in _WORD_GAP.split(text) if word and not _NO_NAME.match(word)]
    return [word for word in words if times and not phrases.is_tool(word)]


def _find_writers(info: Info, head: list[Line], place: Place) -> None:
    """Take the people that stand under no label beside the time, or in an element for authors."""
    if any(credit.role in _WRITING for credit in info.credits):
        return
    for line in head:
        named = [text for mark, text in line.named if mark & Mark.AUTHOR]
        role = Role.EDITOR if line.marks & Mark.EDITOR else Role.WRITER
        for word in [*named, _unpadded(line.text), *_words_beside_time(line, place)]:
            if is_common_name(word):
                info.add((Credit(role, word),), "name that stands alone", line)
        by_line = line.text if line.marks & Mark.AUTHOR else ""
        if _LATIN_NAME.fullmatch(by_line) and not is_organization(by_line):
            info.add((Credit(role, by_line),), "name in an element for authors", line)
        if phrases.ends_as_caption(line.text):
            continue
        stated = place.authors.intersection(line.parted().split()) if place.authors else ()
        writers = tuple(Credit(Role.WRITER, name) for name in sorted(stated))
        info.add(writers, "name that the page's data call its author", line)


def _unpadded(name: str) -> str:
    return "".join(name.split()) if len(name) <= 4 else name


def _named_source(info: Info, head: list[Line], wanted: int) -> str | None:
    """Return the text of an element with a mark for sources or accounts; a person is a credit."""
    longest = _MAX_NAME if wanted == Mark.SOURCE else _MAX_ACCOUNT
    for line in head:
        spans = [text for mark, text in line.named if mark & wanted]
        spans += [line.text] if line.marks & wanted else []
        for text in (_BY.sub("", span) for span in spans):
            if not 2 <= len(text) <= longest or any(char.isdigit() for char in text):
                continue
            people = parse_credit_line(text, position="head").credits
            info.add(people, "element named for an author", line)
            found = None if people or is_place(text) else clean_source(text)
            if found:
                return found
    return None


def _neighbour_source(head: list[Line], place: Place) -> str | None:
    """Return a bare name on the line before or after the one that holds the time."""
    for i, line in enumerate(head):
        if parse_time(line.text, zone=place.zone, now=place.now) is None:
            continue
        for near in [*head[max(0, i - 1) : i], *head[i + 1 : i + 2]]:
            button = near.linked and near.block.tag == "li"
            name = not button and not any(char.isdigit() for char in near.text)
            name = name and not _NO_OUTLET.search(near.text) and _may_be_outlet(near.text)
            if name and 2 <= len(near.text) <= _MAX_ACCOUNT and not _is_person_line(near.text):
                return clean_source(near.text)
    return None


def _is_person_line(text: str) -> bool:
    return phrases.is_byline(text) or _is_credit(text)


def _read_body(info: Info, body: Body, place: Place) -> None:
    """Read credit lines, captions and credits in running text, in page order."""
    seen_text = False
    paragraphs = body.of_kind(Kind.PARAGRAPH)
    first, last = next(iter(paragraphs), None), paragraphs[-1:]
    for line, kind in body.lines:
        if kind is Kind.CREDIT:
            _read_credit_line(info, line, place, above=not seen_text)
        elif kind is Kind.CAPTION:
            info.add(_caption_credits(line.text), "caption", line)
        elif kind is Kind.PARAGRAPH:
            seen_text = True
            if phrases.may_hold_credits(line.text):
                found = find_inline_credits(line.text)
                info.add(found.credits, "running text", line)
                if line is first and info.source is None:
                    info.name_source(found.source, "dateline", line)
            if line in last:
                info.add(parse_signature(line.text), "signature", line)


def _read_credit_line(info: Info, line: Line, place: Place, above: bool) -> None:
    if above and is_common_name(_unpadded(line.text)):
        return  # read with the head, which knows whose name stands where
    text = text_in_parts(line)
    text = text if _is_credit(text) else line.parted()
    head = above and (info.published_at is not None or text.startswith("原创"))
    found = parse_credit_line(text, position=_POSITIONS[head], zone=place.zone)
    info.take(found, "credit line in the text", line)


def _caption_credits(text: str) -> tuple[Credit, ...]:
    """Return the people that a caption names, in its last words if nowhere else."""
    text = _without_date(text)
    by = _NAME_OF_OUTLET.search(text)
    if by and not is_organization(by[1]):
        return (Credit(Role.PHOTOGRAPHER, by[1], affiliation=by[2]),)
    found = find_inline_credits(text).credits
    if not found and phrases.ends_as_caption(text):
        found = find_inline_credits(" ".join(text.split()[-2:])).credits
    return _people(found)


def _without_date(caption: str) -> str:
    """Return a caption without the day on which its picture was taken: `…攝 111年11月15日`."""
    times = find_times(caption[-24:], zone=CHINA_TIME)
    if not times or caption[-24:][times[-1][0][1] :].strip(" 。.)）"):
        return caption
    return caption[: len(caption) - len(caption[-24:]) + times[-1][0][0]].rstrip()


def _people(found: tuple[Credit, ...]) -> tuple[Credit, ...]:
    """Return the people credited in a caption; picture agencies and libraries are sources."""
    return tuple(
        credit
        for credit in found
        if credit.kind is PartyKind.PERSON and (not credit.name.isascii() or " " in credit.name)
    )


def _find_original(info: Info, inside: list[Line]) -> None:
    """Find the original headline, which some pages carry without showing it."""
    for line in inside:
        if info.original_headline is None:
            headline = phrases.original_headline(line.text)
            info.name_original(headline, "line that names it", line)


def _foot_lines(lines: list[Line], place: Place) -> list[Line]:
    """Return the credit lines close below the container, up to the next stories.

    Between them and the text links to the stories before and after it may stand.
    """
    found, passed = [], False
    for line in lines[place.last + 1 : place.last + 1 + _LINES_BELOW]:
        if phrases.is_related_heading(line.text):
            break
        labelled = _LABELLED.search(line.text) is not None
        told = labelled and (is_credit_in_parts(line) or _FACTS.match(line.text))
        if _may_inform(line) and told and (not passed or phrases.names_editor(line.text)):
            found.append(line)
        elif _is_story(line):
            if not phrases.is_teaser(line.text):
                break
            passed = True
    return found


def _is_story(line: Line) -> bool:
    """Tell whether a line is a link to another story, not one in a notice."""
    linked = line.linked >= 10 and line.linked > 0.6 * len(line.text) and len(line.anchors) == 1
    return linked and not phrases.is_notice(line.text)


def _source_url(source: str | None, head: list[Line]) -> str | None:
    """Return where the printed source links to."""
    for line in head:
        for text, address in line.links:
            if source and text == source and address.startswith(("http://", "https://")):
                return address
    return None
