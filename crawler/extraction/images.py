"""The article's pictures: their addresses and captions."""

from urllib.parse import urljoin

from crawler.extraction.body import Body, Kind
from crawler.extraction.lines import Line, Node, Picture
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
    body: Body, after: tuple[Picture, ...], container: Node, base: str
) -> tuple[Image, ...]:
    """Return the pictures inside the container; `after` are those behind its last line."""
    found: list[Image] = []
    for line, kind in body.lines:
        if kind is Kind.OTHER:
            continue
        if line.pictures:
            found += _images_of(line.pictures, container, base)
        if kind is Kind.CAPTION and found and found[-1].caption is None:
            found[-1] = Image(found[-1].url, squeeze(line.text))
    found += _images_of(after, container, base)
    unique = {image.url: image for image in reversed(found)}
    return tuple(image for image in found if unique[image.url] is image)[:_MAX_IMAGES]


def pictures_behind(lines: list[Line], last: int, left: tuple[Picture, ...]) -> tuple[Picture, ...]:
    """Return the pictures between a line and the next one."""
    return lines[last + 1].pictures if last + 1 < len(lines) else left


def _images_of(pictures: tuple[Picture, ...], container: Node, base: str) -> list[Image]:
    inside = [picture for picture in pictures if picture.block.is_within(container)]
    urls = [_address(picture.attributes(), base) for picture in inside]
    return [Image(url) for url in urls if url]


def _address(picture: dict[str, str], base: str) -> str | None:
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
