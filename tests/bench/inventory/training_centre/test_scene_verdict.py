"""Whether a scene is as it has to be: each line that could be false is found false."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.inventory.training_centre.verdict import BenchEnd, Conflict, Due, Ends, faults

A = BenchEnd("a", ("1", "2"), ("1", "2"))
B = BenchEnd("b", ("3", "4"), ("3", "4"))
C = BenchEnd("c", ("5",), ("5",), frozen=True, alarms=("fork",))
TWICE = Conflict("004400070000078", ("b", "c"), quarantined=True)
GOOD = Ends(1, (A, B, C), (TWICE,))
DUE = Due("c", TWICE.imei)


def test_a_scene_as_it_has_to_be_has_no_fault() -> None:
    assert not faults(GOOD, DUE)


@pytest.mark.parametrize(
    ("ends", "fault"),
    [
        (replace(GOOD, cuts=0), "the cable was cut 0 times, not 1"),
        (replace(GOOD, cuts=2), "the cable was cut 2 times, not 1"),
        (
            replace(GOOD, benches=(replace(A, stored=("1",)), B, C)),
            "of a the centre has 1 of 2 events, or others",
        ),
        (
            replace(GOOD, benches=(replace(A, stored=("1", "1")), B, C)),
            "of a the centre has an event twice",
        ),
        (
            replace(GOOD, benches=(replace(A, stored=("1", "9")), B, C)),
            "of a the centre has 2 of 2 events, or others",
        ),
        (
            replace(GOOD, benches=(replace(A, stored=("2", "1")), B, C)),
            "of a the centre has 2 of 2 events, or others",
        ),
        (replace(GOOD, benches=(BenchEnd("a", (), ()), B, C)), "a recorded nothing"),
        (replace(GOOD, benches=(A, B, replace(C, frozen=False))), "c is not frozen"),
        (replace(GOOD, benches=(replace(A, frozen=True), B, C)), "a is frozen"),
        (replace(GOOD, benches=(A, B, replace(C, alarms=()))), "of c there are alarms: none"),
        (
            replace(GOOD, benches=(A, replace(B, alarms=("broken_chain",)), C)),
            "of b there are alarms: broken_chain",
        ),
        (replace(GOOD, conflicts=()), "the handset on two benches, …0078, is not quarantined"),
        (
            replace(GOOD, conflicts=(replace(TWICE, quarantined=False),)),
            "the handset on two benches, …0078, is not quarantined",
        ),
        (
            replace(GOOD, conflicts=(TWICE, replace(TWICE, imei="004400070000086"))),
            "b and c contradict each other about …0086",
        ),
    ],
)
def test_what_is_otherwise_is_said(ends: Ends, fault: str) -> None:
    assert list(faults(ends, DUE)) == [fault]
