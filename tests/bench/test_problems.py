"""The catalogue: every problem says where, what and what to do, in words that fit their place."""

from __future__ import annotations

import re

import pytest

from bench.problems import CATALOGUE, Clears, Fault, Problem, ProblemCode
from bench.settings import Settings


@pytest.mark.parametrize("code", ProblemCode)
def test_every_problem_has_words_that_fit_their_place(code: ProblemCode) -> None:
    advice = CATALOGUE[code]
    assert 1 <= len(advice.word.split()) <= 3
    assert len(advice.word) <= 16
    assert not advice.what.endswith(".")
    assert re.fullmatch(r"[A-Z].*\.", advice.do)
    assert isinstance(advice.fault, Fault)
    assert isinstance(advice.clears, Clears)


def test_a_key_that_an_advice_names_is_in_the_settings() -> None:
    advices = " ".join(advice.do for advice in CATALOGUE.values())
    named = re.findall(r"(\w+) under \[(\w+)\]", advices)
    assert ("address", "printer") in named
    for key, section in named:
        assert hasattr(getattr(Settings(), section), key), f"{key} under [{section}]"


def test_a_problem_is_said_in_one_form() -> None:
    problem = Problem(ProblemCode.UNPLUGGED, "B4", "step 2 of 5")
    assert str(problem) == (
        "B4 — The handset was unplugged before it was done (step 2 of 5). — "
        "Plug the same handset into any slot; it goes on by itself."
    )


def test_what_a_device_said_is_only_ever_text() -> None:
    said = str(Problem(ProblemCode.STEP_FAILED, "B4\x1b[31m", "<b>^XA\x00\n" + "x" * 500))
    assert "\x1b" not in said
    assert "\x00" not in said
    assert "\n" not in said
    assert len(said) < 400
