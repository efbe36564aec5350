"""A site's profile: everything the crawler knows of one site, declared and checked."""

import hashlib
import ipaddress
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, urljoin, urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    field_validator,
    model_validator,
)
from tldextract import TLDExtract

from crawler.extraction.rules import ReadingRules
from news.urls import canonical_url
from storage.records import SiteRecord

# Unknown keys are refused, so that a misspelt key is an error and not a silent no-op.
_STRICT = ConfigDict(frozen=True, extra="forbid")
# Of a sitemap that nobody has chosen: whoever names a news site does not ask for its archive.
_NEWS_DAYS = 7
_DEFAULT_PORT = {"http": 80, "https": 443}
# The copy of the public suffix list that tldextract ships; it never goes to the network for it.
# Private suffixes count, so that one tenant of a hosting service is not taken for all of them.
_SUFFIXES = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


_FIELD = re.compile(r"\{(yyyy|mm|dd)\}")


def _compiling(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from error
    return pattern


Pattern = Annotated[str, AfterValidator(_compiling)]


class Seed(BaseModel):
    """Where the site announces articles; `url` is absolute or relative to the home.

    `{yyyy}`, `{mm}` and `{dd}` in it stand for the day of the crawl, in the site's time zone.
    """

    model_config = _STRICT

    url: str
    kind: Literal["list", "feed", "sitemap"] = "list"

    def on(self, day: date) -> str:
        """Return the address of a day."""
        fields = {"yyyy": f"{day:%Y}", "mm": f"{day:%m}", "dd": f"{day:%d}"}
        return _FIELD.sub(lambda field: fields[field[1]], self.url)


class Paging(BaseModel):
    """How the further pages of a list are found, and how many pages of one list are looked at."""

    model_config = _STRICT

    url: Pattern | None = None  # the whole address of a list page
    css: tuple[str, ...] = ()  # elements that link to the next list page
    max_pages: int = Field(default=1, ge=1, le=1000)


class Politeness(BaseModel):
    """What the site is asked to bear: least delay between fetches in seconds, and the budget."""

    model_config = _STRICT

    delay: float = Field(default=1.0, ge=0, le=600)
    concurrency: int = Field(default=1, ge=1, le=16)
    looks_per_day: int = Field(default=2400, ge=1)  # at known articles, by the schedule
    max_pages: int = Field(default=1000, ge=1)  # fetches a crawl, list pages included


class Fact(BaseModel):
    """Where a statement of the profile comes from, and when it was true."""

    model_config = _STRICT

    date: str
    what: str


class SiteProfile(BaseModel):
    """One site: where it is, where it announces articles, how to read it, how to treat it.

    `hosts` holds `name` (default ports only), `name:port`, or `.name` for a name and all below it.
    """

    model_config = _STRICT

    key: str = Field(pattern=r"^[a-z0-9\[][a-z0-9._:\[\]-]{0,99}$")
    name: str = Field(min_length=1)
    home: str
    hosts: tuple[str, ...] = Field(min_length=1)
    outlet: str | None = None
    region: str | None = None  # the province, or 全国
    city: str | None = None
    family: str | None = None  # whose facts hold where the profile does not say otherwise
    time_zone: str = "Asia/Shanghai"
    seeds: tuple[Seed, ...] = Field(min_length=1)
    article_url: Pattern | None = None  # matched against the whole address; None: by its shape
    article_path: Pattern | None = None  # the same from the path on, for all hosts
    examples: tuple[str, ...] = ()  # addresses of articles as they were seen
    paging: Paging = Paging()
    sitemap_days: int = Field(default=30, ge=1)  # entries stated as older are left out
    discover: bool = False  # watch the feeds and sitemaps too that its pages and robots.txt name
    politeness: Politeness = Politeness()
    # Why its certificate is not checked; shown wherever the site's state is. None: it is checked.
    unchecked_certificate: str | None = Field(default=None, min_length=1)
    reading: ReadingRules = ReadingRules()
    confidence: Literal["low", "medium", "high"] = "low"
    facts: tuple[Fact, ...] = ()
    notes: str | None = None  # what else is known, for people
    _day: date | None = PrivateAttr(default=None)  # of the crawl; None: today
    demo: bool = False  # the bundled sample site, crawled by the demo alone

    @model_validator(mode="before")
    @classmethod
    def _zone_of_pages(cls, values: Any) -> Any:
        """Pages print times in the site's zone unless `reading` says otherwise."""
        zone = values.get("time_zone") if isinstance(values, dict) else None
        reading = values.get("reading", {}) if zone else None
        if isinstance(reading, dict):
            values = {**values, "reading": {"time_zone": zone, **reading}}
        return values

    @model_validator(mode="after")
    def _article_url_of_path(self) -> "SiteProfile":
        """Make one pattern of the hosts and the path of articles, where none is given."""
        if self.article_url is None and self.article_path is not None:
            pattern = _path_pattern(self.hosts, self.article_path)
            object.__setattr__(self, "article_url", pattern)  # frozen for everybody else
        return self

    @field_validator("home")
    @classmethod
    def _an_address(cls, value: str) -> str:
        return canonical_url(value)

    @field_validator("hosts")
    @classmethod
    def _lower_case(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(host.lower() for host in value)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, OSError, ValueError) as error:
            raise ValueError(f"unknown time zone {value!r}") from error
        return value

    @property
    def digest(self) -> str:
        """The SHA-256 of the profile's content, 32 hex digits: says which profile was in force."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:32]

    @property
    def seed_urls(self) -> tuple[str, ...]:
        """The absolute addresses of the seeds, in the profile's order."""
        day = self._day or self._day_of(datetime.now(UTC))
        spelled = self.reading.spelled
        return tuple(spelled(urljoin(self.home, seed.on(day))) for seed in self.seeds)

    def _day_of(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.time_zone)).date()

    def at(self, moment: datetime) -> "SiteProfile":
        """Return the profile as it stands at a moment: its dated seeds are those of that day."""
        found = self.model_copy()
        found._day = self._day_of(moment)  # noqa: SLF001 - a copy of its own
        return found

    def record(self, scope: str | None = None) -> SiteRecord:
        """Return what the archive keeps of the site; `scope` as there."""
        return SiteRecord(
            key=self.key,
            name=self.name,
            home_url=self.home,
            time_zone=self.time_zone,
            outlet=self.outlet,
            profile_digest=self.digest,
            scope=scope,
        )

    def canonical(self, url: str) -> str:
        """Return the one form of an article's address; raise ValueError as news.urls."""
        return self.reading.canonical(url)

    def is_article(self, url: str) -> bool:
        """Tell whether an address of the site fits the profile's pattern for articles."""
        pattern = self.article_url
        return bool(pattern and self.covers(url) and re.fullmatch(pattern, url))

    def covers(self, url: str) -> bool:
        """Tell whether an address lies on one of the site's hosts, its port included."""
        parts = urlsplit(url)
        return any(host_matches(host, parts) for host in self.hosts)

    def with_home(self, url: str) -> "SiteProfile":
        """Return the profile moved to another base address: its host and port become the only ones.

        Seeds that were absolute keep their path and query.
        """
        home = canonical_url(url)
        seeds = tuple(Seed(url=_below(home, seed.url), kind=seed.kind) for seed in self.seeds)
        hosts = (urlsplit(home).netloc,)
        changed: dict[str, Any] = {"home": home, "hosts": hosts, "seeds": seeds}
        if self.article_path:
            changed["article_url"] = _path_pattern(hosts, self.article_path)
        return self.model_copy(update=changed)


def _path_pattern(hosts: Iterable[str], path: str) -> str:
    return f"https?://(?:{'|'.join(map(_host_pattern, hosts))})(?:{path})"


def _host_pattern(host: str) -> str:
    name = re.escape(host.lstrip("."))
    return rf"(?:[a-z0-9-]+\.)*{name}" if host.startswith(".") else name


def _below(home: str, url: str) -> str:
    parts = urlsplit(url)
    if not parts.scheme:
        return url
    return urljoin(home, SplitResult("", "", parts.path, parts.query, "").geturl())


def host_matches(pattern: str, parts: SplitResult) -> bool:
    """Tell whether an address lies on a host as profiles name one, its port included."""
    host = (parts.hostname or "").rstrip(".")
    default = _DEFAULT_PORT.get(parts.scheme)
    try:
        port = parts.port or default
    except ValueError:
        return False
    name, wanted_port = _split_port(pattern.lower())
    below = name.startswith(".") and (host == name[1:] or host.endswith(name))
    named = bool(host) and (below or host == name)
    return named and (port == wanted_port if wanted_port else port == default)


def _split_port(pattern: str) -> tuple[str, int | None]:
    """Split `name:port`, `[v6]:port`, `name` or `[v6]`; the brackets do not come along."""
    match = re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::(\d+))?", pattern)
    if not match:
        return pattern, None
    return match[1].strip("[]"), int(match[2]) if match[2] else None


def registrable_domain(host: str) -> str:
    """Return the domain a host was registered under (public suffix list; offline).

    A host below an unknown suffix counts by its last two labels, as the list's rule `*` says;
    an address literal is its own domain.
    """
    if _is_address(host):
        return host
    return _SUFFIXES(host).top_domain_under_public_suffix or ".".join(host.split(".")[-2:])


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def generic_profile(url: str) -> SiteProfile:
    """Return the profile for an address of a site nobody has described; raise ValueError if bad.

    The address is the only seed. Links are followed on the same registrable domain whose shape
    is that of an article.
    """
    home = canonical_url(url)
    parts = urlsplit(home)
    hosts = tuple(_generic_hosts(parts))
    # Kept as the site's home, the address brings the same profile back from the archive.
    return SiteProfile(
        key=parts.netloc,
        name=parts.netloc,
        home=home,
        hosts=hosts,
        seeds=(Seed(url=home),),
        sitemap_days=_NEWS_DAYS,
        discover=True,
    )


def _generic_hosts(parts: SplitResult) -> Iterable[str]:
    host = parts.hostname or ""
    if parts.port or _is_address(host):
        yield parts.netloc
    if not _is_address(host):
        yield "." + registrable_domain(host)
