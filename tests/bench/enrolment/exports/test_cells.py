from __future__ import annotations

from bench.enrolment.exports.cells import Quoting, as_csv, cell


def test_lines_end_in_crlf_and_nothing_stands_before_the_first() -> None:
    assert as_csv([["a", "b"], ["c,d", 'e"f']]) == b'a,b\r\n"c,d","e""f"\r\n'


def test_a_table_for_a_reader_without_quotes_has_none() -> None:
    assert as_csv([["1", 'A "B", C']], Quoting.NEVER) == b"1,A B C\r\n"


def test_no_cell_reaches_into_another_line_or_direction() -> None:
    assert cell("SM\r\n=cmd\N{RIGHT-TO-LEFT OVERRIDE}XY\0") == "SM =cmd XY"


def test_a_formula_that_came_of_dropping_a_comma_is_none() -> None:
    assert cell(",=1", Quoting.NEVER) == "'=1"
