from __future__ import annotations

import pytest

from bench.enrolment.exports.cells import Quoting, as_csv, cell, neutral


@pytest.mark.parametrize(
    "first",
    [
        "=",
        "+",
        "-",
        "@",
        "\t",
        "\r",
        "\n",
        "\N{FULLWIDTH EQUALS SIGN}",
        "\N{FULLWIDTH PLUS SIGN}",
        "\N{FULLWIDTH HYPHEN-MINUS}",
        "\N{FULLWIDTH COMMERCIAL AT}",
        "\N{SMALL EQUALS SIGN}",
        "\N{MINUS SIGN}",
    ],
)
def test_a_cell_that_would_be_a_formula_begins_with_an_apostrophe(first: str) -> None:
    assert neutral(f"{first}1+1") == f"'{first}1+1"


@pytest.mark.parametrize("before", [" ", "\N{NO-BREAK SPACE}", "\N{IDEOGRAPHIC SPACE}"])
def test_spaces_hide_no_formula(before: str) -> None:
    assert neutral(f"{before}=1+1") == f"'{before}=1+1"


@pytest.mark.parametrize(
    "text", ["", " ", "004400000000017", "R58N00001XY", "SM-A325F", "'=1", "a=1"]
)
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert neutral(text) == text


def test_a_neutral_cell_is_not_made_neutral_twice() -> None:
    assert neutral(neutral("=1")) == neutral("=1")


def test_lines_end_in_crlf_and_nothing_stands_before_the_first() -> None:
    assert as_csv([["a", "b"], ["c,d", 'e"f']]) == b'a,b\r\n"c,d","e""f"\r\n'


def test_a_table_for_a_reader_without_quotes_has_none() -> None:
    assert as_csv([["1", 'A "B", C']], Quoting.NEVER) == b"1,A B C\r\n"


def test_no_cell_reaches_into_another_line_or_direction() -> None:
    assert cell("SM\r\n=cmd\N{RIGHT-TO-LEFT OVERRIDE}XY\0") == "SM =cmd XY"


def test_a_formula_that_came_of_dropping_a_comma_is_none() -> None:
    assert cell(",=1", Quoting.NEVER) == "'=1"
