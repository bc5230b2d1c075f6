"""At which ports handsets are asked over their modem who they are: where a profile lets them be."""

from __future__ import annotations

from collections.abc import Callable

from bench.enrolment.profiles.profile import EnrolmentProfile
from bench.identity.identifiers import UsbPath
from bench.settings import Settings
from hardware.equipment import Furniture, modems_asked
from main import _modems
from tests.bench.staging.test_label_desk import ScriptedPrinter

A1, B1, NO_SLOT = UsbPath(1, (1,)), UsbPath(1, (2,)), UsbPath(1, (9,))
TWIN_OF_A1, TWIN_OF_B1 = UsbPath(2, (1,)), UsbPath(2, (2,))


def profile(*, asks: bool) -> EnrolmentProfile:
    return EnrolmentProfile("made up", 1, True, (), "f" * 64, read_before_setup=asks)


def asked(*, usual: bool, row_b: bool, learned: bool = False) -> Callable[[UsbPath], bool] | None:
    fixed = {str(A1): "A1", str(B1): "B1"}
    settings = Settings.parse(
        {
            "hub": {} if learned else {"ports": fixed},
            "station": {"profiles": {"B": "own"}},
        }
    )
    return _modems(settings, (profile(asks=usual), profile(asks=row_b)))


def test_a_fixed_port_is_asked_as_the_profile_of_its_slot_says() -> None:
    at = asked(usual=False, row_b=True)
    assert at is not None
    assert (at(A1), at(B1)) == (False, True)


def test_a_port_that_is_learned_may_be_that_of_any_profile() -> None:
    learned = asked(usual=False, row_b=True, learned=True)
    assert learned is not None
    assert learned(A1)


def test_the_other_half_of_a_socket_is_asked_as_the_half_that_is_named() -> None:
    wanted = asked(usual=False, row_b=True)
    halves = {TWIN_OF_A1: A1, TWIN_OF_B1: B1}
    furniture = Furniture(ScriptedPrinter(), slots=frozenset({A1, B1}), reads_modems=wanted)
    at = modems_asked(furniture, halves.get)
    assert (at(TWIN_OF_A1), at(TWIN_OF_B1)) == (False, True)
    assert (at(A1), at(B1)) == (False, True)
    assert not at(NO_SLOT), "no other handset is touched"


def test_with_no_port_named_every_port_may_become_a_slot() -> None:
    furniture = Furniture(
        ScriptedPrinter(), reads_modems=asked(usual=False, row_b=True, learned=True)
    )
    assert modems_asked(furniture, lambda _: None)(NO_SLOT)
    assert not modems_asked(Furniture(ScriptedPrinter()), lambda _: None)(A1)


def test_nothing_is_asked_where_no_profile_of_the_bench_lets_it() -> None:
    assert asked(usual=False, row_b=False, learned=True) is None
