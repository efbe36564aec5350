"""Settings: where they come from, which wins, and what a mistake says."""

from datetime import timedelta
from pathlib import Path

import pytest

from variorum.config import ConfigError, load_settings


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DATABASE", "ALLOW_ADDRESSES", "CONFIG", "CONTACT", "CONFIRM_AFTER_MINUTES"):
        monkeypatch.delenv(f"VARIORUM_{name}", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_any_setting_the_database_is_a_file_in_the_users_data_folder() -> None:
    assert load_settings().database.startswith("sqlite:///")
    assert load_settings().database.endswith("variorum.db")


def test_no_private_address_is_let_through_by_default() -> None:
    assert load_settings().allow_addresses == ()


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(
    in_an_empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (in_an_empty_folder / "variorum.toml").write_text('database = "sqlite:///file.db"\n')
    assert load_settings().database == "sqlite:///file.db"
    monkeypatch.setenv("VARIORUM_DATABASE", "sqlite:///environment.db")
    assert load_settings().database == "sqlite:///environment.db"
    assert load_settings(database="sqlite:///given.db").database == "sqlite:///given.db"


def test_addresses_in_the_environment_are_separated_by_commas(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VARIORUM_ALLOW_ADDRESSES", "127.0.0.1:8000, [::1]:8001")
    assert load_settings().allow_addresses == ("127.0.0.1:8000", "[::1]:8001")


def test_minutes_of_confirmation_are_a_time_span(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VARIORUM_CONFIRM_AFTER_MINUTES", "45")
    assert load_settings().confirm_after == timedelta(minutes=45)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('databse = "x"', "databse"),  # a misspelt key is not ignored
        ('allow_addresses = ["localhost"]', "allow_addresses"),  # a pair needs its port
        ('allow_addresses = ["h:99999"]', "allow_addresses"),  # and the port must exist
        ("confirm_after_minutes = 0", "confirm_after_minutes"),  # confirmed at once is never
        ("database = [", "variorum.toml"),  # the file itself cannot be parsed
    ],
)
def test_a_mistake_in_the_file_is_one_line_that_names_the_key(
    in_an_empty_folder: Path, text: str, named: str
) -> None:
    (in_an_empty_folder / "variorum.toml").write_text(text + "\n")
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_named_settings_file_that_is_missing_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VARIORUM_CONFIG", "nowhere.toml")
    with pytest.raises(ConfigError, match=r"nowhere\.toml"):
        load_settings()
