"""Saved pages changed in known ways: noise makes no version, an edit is told as what it is."""

from pathlib import Path

import pytest

from benchmarks.metamorphic import meaning, noise
from benchmarks.metamorphic.run import meaning_failure, noise_failure
from benchmarks.metamorphic.sheet import Sheet

PAGES = Path(__file__).parent / "pages"
CASES = ("channel/template_2022", "press/date_in_pieces", "taiwan/agency", "government/br_table")


def sheet_of(case: str) -> Sheet:
    """Return the sheet of a saved page."""
    sheet = Sheet.of((PAGES / case / "page.html").read_bytes())
    assert sheet is not None
    return sheet


SHEETS = {case: sheet_of(case) for case in CASES}


@pytest.mark.parametrize("operator", noise.OPERATORS, ids=lambda operator: operator.__name__)
def test_noise_makes_no_version(operator: noise.Noise) -> None:
    failures = {case: noise_failure(operator, sheet, 3) for case, sheet in SHEETS.items()}
    assert not {case: failure for case, failure in failures.items() if failure}


@pytest.mark.parametrize("name", meaning.OPERATORS)
def test_an_edit_is_told_as_exactly_its_kinds(name: str) -> None:
    operator = meaning.OPERATORS[name]
    failures = {case: meaning_failure(operator, sheet, 3) for case, sheet in SHEETS.items()}
    assert not {case: failure for case, failure in failures.items() if failure}


def test_the_operators_find_something_to_change() -> None:
    applied = {
        name: sum(meaning_failure(operator, sheet, 3) is None for sheet in SHEETS.values())
        for name, operator in meaning.OPERATORS.items()
    }
    idle = {name for name, count in applied.items() if not count}
    assert idle <= {"original headline changed", "gutted", "shortened", "image replaced"}, idle
