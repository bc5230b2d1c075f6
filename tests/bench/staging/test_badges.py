from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.custody.people.badge import Badge
from bench.problems import ProblemCode, ProblemError
from bench.staging.badges import BadgeFormat
from tests.bench.staging.bench_talk import imei

USUAL = BadgeFormat()
BARE = BadgeFormat("", "[0-9A-F]{14}")


@pytest.mark.parametrize(
    "text", ["BADGE:04A21BFF", "badge:04:a2:1b:ff", " BADGE:04-A2-1B-FF\r\n", "]C0BADGE:04A21BFF"]
)
def test_a_badge_is_told_by_its_prefix_however_the_reader_spells_it(text: str) -> None:
    assert USUAL.is_badge(text)
    assert USUAL.read(text) == Badge("04A21BFF")


@pytest.mark.parametrize("text", [str(imei(1)), "SLOT-A1", "A1", "SIM-000001", "04A21BFF", "", "B"])
def test_every_other_code_is_none(text: str) -> None:
    assert not USUAL.is_badge(text)


@pytest.mark.parametrize("text", ["BADGE:", "BADGE:#", "BADGE:" + "A" * 5000, "BADGE:\u2028"])
def test_a_badge_that_cannot_be_read_is_still_one_and_is_not_repeated(text: str) -> None:
    assert USUAL.is_badge(text)
    with pytest.raises(ProblemError) as refused:
        USUAL.read(text)
    assert refused.value.problem.code is ProblemCode.BADGE_UNKNOWN
    assert refused.value.problem.detail == ""


def test_a_reader_without_a_prefix_is_told_by_a_pattern_that_fits_the_whole() -> None:
    assert BARE.read("04A21BFFCCDDEE") == Badge("04A21BFFCCDDEE")
    assert not BARE.is_badge("04A21BFFCCDDEE0")
    assert not BARE.is_badge(str(imei(1)))


@pytest.mark.parametrize(
    ("prefix", "pattern", "says"),
    [
        ("", "", "prefix or a pattern"),
        ("  ", "", "prefix or a pattern"),
        ("", "[0-9", "no regular expression"),
        ("", r"\d+", "takes 004400000000018 for one"),
        ("SLOT", "", "takes SLOT-A1 for one"),
        ("", ".*", "takes"),
    ],
)
def test_a_format_that_would_take_other_codes_for_badges_is_refused(
    prefix: str, pattern: str, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        BadgeFormat(prefix, pattern)


def test_what_a_reader_sends_is_read_back() -> None:
    assert USUAL.read(USUAL.spelled("04A21BFF")) == Badge("04A21BFF")
    assert BARE.read(BARE.spelled("04A21BFFCCDDEE")) == Badge("04A21BFFCCDDEE")
    with pytest.raises(ValueError, match="does not fit"):
        BARE.spelled("04A2")


@given(st.text())
def test_no_text_is_a_bug(text: str) -> None:
    for badges in (USUAL, BARE):
        if badges.is_badge(text):
            with suppress(ProblemError):
                badges.read(text)
