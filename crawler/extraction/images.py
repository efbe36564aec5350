"""The article's pictures: their addresses and captions."""

from urllib.parse import urljoin

from lxml import etree

from crawler.extraction.body import Body, Kind
from crawler.extraction.lines import Line
from news.article import Image
from news.text import squeeze

# Pages that load pictures late keep the true address beside a placeholder.
_SOURCES = ("data-original", "data-src", "data-lazy-src", "data-actualsrc", "_src", "src")
_ORNAMENTS = (
    "icon", "logo", "qrcode", "erweima", "ewm", "share", "loading", "blank", "spacer", "space.",
    "emoji", "avatar", "placeholder", "grey.gif", "gray.gif", "pixel", "dot.",
)  # fmt: skip
_MIN_SIDE = 60
_MAX_IMAGES = 300


def find_images(
    body: Body, after: tuple[etree._Element, ...], container: etree._Element, base: str
) -> tuple[Image, ...]:
    """Return the pictures inside the container; `after` are those behind its last line."""
    found: list[Image] = []
    for line, kind in body.lines:
        if kind is Kind.OTHER:
            continue
        found += _images_of(line.pictures, container, base)
        if kind is Kind.CAPTION and found and found[-1].caption is None:
            found[-1] = Image(found[-1].url, squeeze(line.text))
    found += _images_of(after, container, base)
    unique = {image.url: image for image in reversed(found)}
    return tuple(image for image in found if unique[image.url] is image)[:_MAX_IMAGES]


def pictures_behind(
    lines: list[Line], last: int, left: tuple[etree._Element, ...]
) -> tuple[etree._Element, ...]:
    """Return the pictures between a line and the next one."""
    return lines[last + 1].pictures if last + 1 < len(lines) else left


def _images_of(
    pictures: tuple[etree._Element, ...], container: etree._Element, base: str
) -> list[Image]:
    urls = [_address(picture, base) for picture in pictures if _stands_in(picture, container)]
    return [Image(url) for url in urls if url]


def _stands_in(picture: etree._Element, container: etree._Element) -> bool:
    return any(above is container for above in picture.iterancestors())


def _address(picture: etree._Element, base: str) -> str | None:
    """Return a picture's absolute address, None for an ornament or no address at all."""
    if any(_is_small(picture.get(side)) for side in ("width", "height")):
        return None
    for name in _SOURCES:
        source = squeeze(picture.get(name) or "")
        if source and not source.lower().startswith(("data:", "javascript:", "about:")):
            try:
                url = urljoin(base, source)
            except ValueError:
                continue
            path = url.rsplit("/", 1)[-1].lower()
            return None if any(word in path for word in _ORNAMENTS) else url
    return None


def _is_small(side: str | None) -> bool:
    digits = (side or "").removesuffix("px")
    return digits.isascii() and digits.isdigit() and len(digits) < 5 and int(digits) < _MIN_SIDE
