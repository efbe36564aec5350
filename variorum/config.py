"""Settings, read here only and passed down as arguments.

They come, strongest first, from the command line, from `VARIORUM_*` in the environment, from
`variorum.toml` (in the working folder, else in the user's configuration folder, or the file that
`VARIORUM_CONFIG` names), and from the defaults below.
"""

import os
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_config_path, user_data_path
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)


class ConfigError(Exception):
    """A setting cannot be used; the message names the file or variable, the key and the fault."""


def _check_pair(pair: str) -> None:
    host, colon, port = pair.rpartition(":")
    if not (colon and host and port.isdigit() and int(port) < 65536):
        raise ValueError(f"{pair!r} is no host:port pair")


def default_database() -> str:
    """Return the address of the SQLite file in the user's data folder."""
    return f"sqlite:///{user_data_path('variorum', appauthor=False) / 'variorum.db'}"


class Settings(BaseSettings):
    """All settings with their defaults. A name here is `VARIORUM_NAME` in the environment."""

    model_config = SettingsConfigDict(env_prefix="VARIORUM_", extra="forbid", frozen=True)

    database: str = Field(
        default_factory=default_database,
        description="Where articles are stored: sqlite:///FILE or postgresql+psycopg://…",
    )
    sql_database: str | None = Field(
        default=None,
        description="Where `variorum sql` asks: the address of a reader's role on PostgreSQL.",
    )
    allow_addresses: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Exact host:port pairs the guard against private addresses lets through.",
    )
    contact: str | None = Field(
        default=None,
        description="A mail or web address sites may write to; sent within the User-Agent.",
    )
    sites_dir: Path | None = Field(
        default=None, description="A folder of further site profiles (*.toml)."
    )
    confirm_after_minutes: int = Field(
        default=30,
        ge=1,
        description="How long a missing article is suspect before a second look may confirm it.",
    )
    crawl_every_minutes: int = Field(
        default=60,
        ge=1,
        description="How often the daemon reads lists of which nothing has been learned yet.",
    )
    looks_every_minutes: int = Field(
        default=15,
        ge=1,
        le=60,
        description="Looks at known articles of so many minutes are made in one crawl.",
    )
    sites_at_once: int = Field(
        default=8, ge=1, le=100, description="How many sites the daemon crawls at once."
    )
    crawl_deadline_minutes: int = Field(
        default=60, ge=1, description="After so long a crawl is ended; the next one goes on."
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="Form of the daemon's log lines."
    )
    monitor_address: str = Field(
        default="127.0.0.1:9464",
        description="Where the daemon answers /healthz and /metrics; empty is nowhere.",
    )

    @field_validator("allow_addresses", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("allow_addresses")
    @classmethod
    def _host_and_port(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pair in value:
            _check_pair(pair)
        return value

    @field_validator("monitor_address")
    @classmethod
    def _host_and_port_or_nothing(cls, value: str) -> str:
        if value:
            _check_pair(value)
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: arguments, environment, then the file."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, InitSettingsSource(settings_cls, load_settings_file())

    @property
    def confirm_after(self) -> timedelta:
        """`confirm_after_minutes` as a time span."""
        return timedelta(minutes=self.confirm_after_minutes)


def settings_file() -> Path | None:
    """Return the settings file in use, or None when there is none."""
    named = os.environ.get("VARIORUM_CONFIG")
    if named:
        return Path(named)
    places = (
        Path("variorum.toml"),
        user_config_path("variorum", appauthor=False) / "variorum.toml",
    )
    return next((place for place in places if place.is_file()), None)


def load_settings_file() -> dict[str, Any]:
    """Return what the settings file says; raise `ConfigError` when it cannot be read."""
    path = settings_file()
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error


def load_settings(**given: Any) -> Settings:
    """Return the settings in force; `given` are those of the command line, None meaning not given.

    Raises `ConfigError` with one line that names the key and what is wrong with it.
    """
    try:
        return Settings(**{key: value for key, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"])) or "settings"
        place = settings_file()
        where = f" (from the environment or {place})" if place else ""
        raise ConfigError(f"{key}: {first['msg']}{where}") from error
