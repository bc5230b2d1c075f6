"""Scanners that type, on a real X server with a window manager: every scan, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.wedge import BROKEN, HOLD
from bench.identity.identifiers import Imei
from tests.peers.wedge.typing_room import PERSON, TypingRoom, typing_room

IMEIS = [str(Imei.with_check_digit(f"00440000{number:06d}")) for number in range(1, 21)]
ENDS = (["Return"], ["Tab"], ["Return", "Return"], ["Tab", "Return"], ["KP_Enter"])


@pytest.fixture(scope="module")
def room() -> Iterator[TypingRoom]:
    with typing_room() as room:
        yield room


def test_twenty_scans_of_twenty_land_and_no_character_leaks(room: TypingRoom) -> None:
    room.focus_field()
    heard = [room.scan(imei, "Return") for imei in IMEIS]
    assert [each.scans for each in heard] == [(imei,) for imei in IMEIS]
    assert {each.field for each in heard} == {""}


@pytest.mark.parametrize("ends", ENDS)
def test_every_suffix_ends_a_scan_and_moves_nothing(room: TypingRoom, ends: list[str]) -> None:
    room.focus_field()
    for imei in IMEIS[:2]:
        heard = room.scan(imei, *ends)
        assert (heard.scans, heard.field) == ((imei,), "")
    room.type("still here", delay=PERSON)
    assert room.heard().field == "still here"


@pytest.mark.parametrize(
    "code", ["]C0AST-000017", "SLOT-B4", "~TRIAL:yZ-09/Code128", "R00TEST0001", "a,B;c|D e"]
)
def test_codes_with_capitals_and_signs_come_whole(room: TypingRoom, code: str) -> None:
    room.focus_field()
    heard = room.scan(code, "Return")
    assert (heard.scans, heard.field) == ((code,), "")


def test_a_separator_inside_a_code_comes_through_where_the_scanner_sends_it(
    room: TypingRoom,
) -> None:
    room.focus_field()
    for _ in range(30):
        room.tool(
            "type", "--delay", "2", "--args", "1", "]d2010000", "key", "--delay", "2",
            "ctrl+bracketright", "type", "--delay", "2", "--args", "1", "21R00TEST0001",
            "key", "Return",
        )  # fmt: skip
        heard = room.heard()
        if heard.gap <= HOLD:
            break
    assert (heard.scans, heard.field) == (("]d2010000\x1d21R00TEST0001",), "")


def test_a_scan_without_an_end_stands_in_the_field_until_someone_presses_enter(
    room: TypingRoom,
) -> None:
    room.focus_field()
    heard = room.scan(IMEIS[0])
    assert (heard.scans, heard.field) == ((), IMEIS[0])
    room.type(IMEIS[0])
    room.tool("key", "Return")
    heard = room.heard()
    assert (heard.scans, heard.field) == ((IMEIS[0],), "")


def test_what_a_person_types_is_what_stands_there(room: TypingRoom) -> None:
    room.focus_field()
    room.type("water damage, B4 (twice)", delay=PERSON)
    assert room.heard().field == "water damage, B4 (twice)"


def test_a_scan_between_two_words_of_a_person_leaves_the_words(room: TypingRoom) -> None:
    room.focus_field()
    room.type("wet ", delay=PERSON)
    assert room.heard().field == "wet "
    assert room.scan(IMEIS[0], "Return").field == ""
    room.type("inside", delay=PERSON)
    assert room.heard().field == "inside"


def test_two_scanners_at_the_same_moment_leak_nothing_and_are_no_third_handset(
    room: TypingRoom,
) -> None:
    room.focus_field()
    for one, other in zip(IMEIS[::2], IMEIS[1::2], strict=True):
        room.type_at_once([one, other])
        heard = room.heard()
        assert not set(heard.scans) & (set(IMEIS) - {one, other})
        assert heard.field == "" or heard.gap > HOLD, heard


def test_a_scan_that_pauses_is_never_taken_for_its_second_half(room: TypingRoom) -> None:
    room.focus_field()
    whole = 0
    for imei in IMEIS:  # where this machine is busy, a pause may be longer than a scanner's
        room.tool(
            "type", "--delay", "2", "--args", "1", "8949", "sleep", "0.15",
            "type", "--delay", "2", "--args", "1", imei, "key", "Return",
        )  # fmt: skip
        heard = room.heard()
        if heard.gap < BROKEN:
            assert (heard.scans, heard.field) == ((f"8949{imei}",), "")
            whole += 1
        if whole == 3:
            return
    raise AssertionError("this machine is too busy to type like a scanner")
