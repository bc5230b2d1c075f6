from __future__ import annotations

import pytest

from bench.inventory.central.form import Form, forms, wanting
from bench.problems import ProblemCode, ProblemError

FIRST, SECOND, THIRD = (Form(n, f"{n:04d}-made-up.sql", bytes([n]) * 32) for n in (1, 2, 3))


def refused(known: tuple[Form, ...], applied: tuple[Form, ...]) -> ProblemError:
    with pytest.raises(ProblemError) as found:
        wanting(known, applied)
    return found.value


def test_an_empty_database_wants_every_form_in_order() -> None:
    assert wanting((FIRST, SECOND), ()) == (FIRST, SECOND)


def test_a_store_wants_only_what_came_after_it() -> None:
    assert wanting((FIRST, SECOND, THIRD), (FIRST,)) == (SECOND, THIRD)


def test_the_newest_store_wants_nothing() -> None:
    assert wanting((FIRST, SECOND), (FIRST, SECOND)) == ()


def test_a_store_of_a_newer_form_is_left_alone() -> None:
    error = refused((FIRST, SECOND), (FIRST, SECOND, THIRD))
    assert error.problem.code is ProblemCode.STORE_NEWER
    assert "form 3" in str(error)


def test_a_form_that_was_applied_by_another_text_is_named() -> None:
    other = Form(1, "0001-made-up.sql", b"x" * 32)
    error = refused((FIRST, SECOND), (other,))
    assert error.problem.code is ProblemCode.CENTRE_UNUSABLE
    assert "another text than 0001-made-up.sql" in str(error)


def test_a_form_left_out_in_between_is_named() -> None:
    error = refused((FIRST, SECOND, THIRD), (FIRST, THIRD))
    assert "it lacks form 2" in str(error)


def test_the_forms_of_this_program_begin_with_the_first_and_rise() -> None:
    numbers = [form.number for form in forms()]
    assert numbers[0] == 1
    assert numbers == sorted(set(numbers))
