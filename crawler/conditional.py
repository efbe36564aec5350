"""Conditional requests: validators are used to ask, never to decide."""

from news.page import Page
from news.visits import Validators
from storage.records import KnownAddress


def conditional_headers(known: KnownAddress | None) -> dict[str, str]:
    """Return the headers that ask for an answer only if the page has changed since accepted."""
    if known is None or known.body_digest is None:
        return {}
    asked = {
        "If-None-Match": known.validators.etag,
        "If-Modified-Since": known.validators.last_modified,
    }
    # A validator came from the site: what could not be sent back safely is not sent.
    return {name: value for name, value in asked.items() if value and _is_sendable(value)}


def validators_of(page: Page) -> Validators:
    """Return what a page that was read gives to ask with."""
    return Validators(page.header("ETag"), page.header("Last-Modified"))


def _is_sendable(value: str) -> bool:
    return len(value) <= 1024 and value.isascii() and value.isprintable()


def is_same_reading(known: KnownAddress | None, digest: str, extractor: str) -> bool:
    """Tell whether these bytes were read before by this extractor, so that parsing tells nothing.

    `digest` is the SHA-256 of the body just received, in hex.
    """
    return known is not None and known.body_digest == digest and known.extractor == extractor
