from __future__ import annotations

import pytest

from bench.identity.cells import neutral


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
