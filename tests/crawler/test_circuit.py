"""A host that says so, or does not answer for a while, is left alone."""

from crawler.circuit import LOOKS_IN_A_ROW, Circuit
from news.visits import Finding


def test_one_429_is_enough() -> None:
    circuit = Circuit()
    circuit.note("a", Finding.BLOCKED, "http_429")
    assert circuit.given_up("a") == "http_429"


def test_other_hosts_are_not_given_up_with_it() -> None:
    circuit = Circuit()
    circuit.note("a", Finding.BLOCKED, "http_429")
    assert circuit.given_up("b") is None


def test_a_row_of_looks_that_do_not_get_through_is_enough() -> None:
    circuit = Circuit()
    for _ in range(LOOKS_IN_A_ROW - 1):
        circuit.note("a", Finding.FAILED, "timeout")
    assert circuit.given_up("a") is None
    circuit.note("a", Finding.FAILED, "refused")
    assert circuit.hosts == {"a": "refused"}


def test_an_answer_in_between_starts_the_row_anew() -> None:
    circuit = Circuit()
    for finding in [Finding.FAILED, Finding.READ] * LOOKS_IN_A_ROW:
        circuit.note("a", finding, "timeout" if finding is Finding.FAILED else None)
    assert circuit.given_up("a") is None


def test_missing_articles_and_login_walls_say_nothing_about_the_host() -> None:
    circuit = Circuit()
    for _ in range(LOOKS_IN_A_ROW):
        circuit.note("a", Finding.MISSING, "not_found")
        circuit.note("a", Finding.BLOCKED, "login")
    assert circuit.given_up("a") is None
