"""Conditional requests: validators are used to ask, never to decide."""

from news.page import Page
from news.validators import ValidatorTrust
from news.visits import Validators
from storage.records import KnownAddress

BELIEVED = ValidatorTrust()


def conditional_headers(
    known: KnownAddress | None, trust: ValidatorTrust = BELIEVED
) -> dict[str, str]:
    """Return the headers that ask for an answer only if the page has changed since accepted.

    There are none where the site's validators lied; entity tags that are of no use are left out,
    for with one a server does not look at the date.
    """
    if known is None or known.body_digest is None or not trust.is_asked_conditionally:
        return {}
    asked = {
        "If-None-Match": known.validators.etag if trust.is_etag_of_use else None,
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
