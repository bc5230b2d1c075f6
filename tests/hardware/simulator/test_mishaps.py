"""Which handset a mishap happens to, and what is made of it."""

from __future__ import annotations

from random import Random

import pytest

from hardware.simulator.faults import RestartWhileEnrolling
from hardware.simulator.handset import SimulatedHandset, make_handset
from hardware.simulator.mishaps import AT_THE_BENCH, LEFT_HELD, Mishap, befall


def handsets(over_adb: int, from_box: int) -> list[SimulatedHandset]:
    made = [make_handset(number) for number in range(over_adb + from_box)]
    for each in made[over_adb:]:
        each.debugging = False
    return made


def test_a_restart_in_mid_enrolment_happens_to_one_that_is_set_up_at_the_bench() -> None:
    for seed in range(20):
        some = handsets(6, 2)
        sufferers = befall(some, [Mishap.ENROLMENT_RESTART], Random(seed))
        (one,) = sufferers.values()
        assert not one.debugging
        assert one.faults.take(RestartWhileEnrolling) == RestartWhileEnrolling(once=True)
        assert sum(len(each.faults) for each in some) == 0


def test_where_none_is_set_up_at_the_bench_none_restarts_there() -> None:
    assert befall(handsets(4, 0), [Mishap.ENROLMENT_RESTART], Random(1)) == {}


@pytest.mark.parametrize("mishap", [
    Mishap.UNPLUG, Mishap.LINK_LOST, Mishap.INSTALL_REFUSED, Mishap.TAMPERED, Mishap.NO_IMEI,
    Mishap.DUPLICATE_IMEI, Mishap.DUPLICATE_SERIAL, Mishap.HOSTILE_TEXT,
])  # fmt: skip
def test_what_goes_wrong_over_adb_happens_to_a_handset_with_adb(mishap: Mishap) -> None:
    for seed in range(10):
        (one,) = befall(handsets(2, 6), [mishap], Random(seed)).values()
        assert one.debugging
    assert befall(handsets(0, 4), [mishap], Random(1)) == {}


def test_the_two_that_stay_held_happen_to_two_handsets() -> None:
    for seed in range(20):
        sufferers = befall(handsets(2, 2), LEFT_HELD, Random(seed))
        assert {*sufferers} == {*LEFT_HELD}
        assert len({*map(id, sufferers.values())}) == 2


def test_each_handset_suffers_once_as_long_as_there_are_enough() -> None:
    of_handsets = [mishap for mishap in Mishap if mishap not in AT_THE_BENCH]
    sufferers = befall(handsets(16, 4), of_handsets, Random(3))
    assert len({*map(id, sufferers.values())}) == len(of_handsets)
    crowded = befall(handsets(3, 0), of_handsets, Random(3))
    assert {*crowded} == {*of_handsets} - {Mishap.ENROLMENT_RESTART}


def test_a_duplicate_is_of_another_handset_however_few_can_have_one() -> None:
    for count in (2, 3, 4):
        kinds = [Mishap.UNPLUG, Mishap.TAMPERED, Mishap.LINK_LOST, Mishap.DUPLICATE_IMEI]
        some = handsets(count, 4)
        one = befall(some, kinds, Random(count))[Mishap.DUPLICATE_IMEI]
        assert sum(each.imeis == one.imeis for each in some) == 2
