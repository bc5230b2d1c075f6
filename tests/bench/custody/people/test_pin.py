from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher, extract_parameters

from bench.custody.people import pin
from bench.custody.people.badge import Badge, peppered
from bench.custody.people.pin import Pin, PinError

PEPPER = bytes(range(32))


@pytest.fixture(scope="module")
def encoded() -> str:
    return pin.encode(Pin.parse("482915"), PEPPER)


@pytest.mark.parametrize(
    "text",
    [
        "", "48291", "4829157382910", "48291a", "\uff14\uff18\uff12\uff19\uff11\uff15",
        "482915\n", " 482915",
        "111111", "123123", "474747", "47474747", "123456", "345678", "987654", "890123", "098765",
        "198247", "471982", "200312", "24122003", "240371", "010199",
    ],
)  # fmt: skip
def test_a_pin_that_is_easily_guessed_is_refused_without_saying_it(text: str) -> None:
    with pytest.raises(PinError) as refused:
        Pin.parse(text)
    assert not text or text not in str(refused.value)


@pytest.mark.parametrize("text", ["482915", "907361", "112358", "736190254817"])
def test_any_other_pin_is_taken_and_never_shown(text: str) -> None:
    taken = Pin.parse(text)
    assert taken.digits == text
    assert text not in repr(taken)


def test_the_right_pin_is_told_from_every_other(encoded: str) -> None:
    assert pin.check(encoded, "482915", PEPPER)
    assert not pin.check(encoded, "482916", PEPPER)
    assert not pin.check(encoded, "", PEPPER)
    assert not pin.check(encoded, "48\ud8002915", PEPPER)


def test_without_the_pepper_the_file_gives_no_pin_away(encoded: str) -> None:
    assert not pin.check(encoded, "482915", bytes(32))
    with pytest.raises(ValueError, match="32 bytes"):
        pin.check(encoded, "482915", b"")


def test_what_is_held_is_argon2id_with_its_parameters(encoded: str) -> None:
    found = extract_parameters(encoded)
    assert (found.type.name, found.memory_cost, found.time_cost, found.parallelism) == (
        "ID", 65_536, 3, 4,
    )  # fmt: skip
    assert not pin.is_outdated(encoded)


def test_the_hash_is_over_the_peppered_pin_so_that_another_tool_can_check_it(encoded: str) -> None:
    assert PasswordHasher().verify(encoded, peppered(PEPPER, "pin", "482915"))


def test_a_pin_of_weaker_parameters_is_right_and_outdated() -> None:
    old = PasswordHasher(time_cost=2, memory_cost=8192, parallelism=4)
    encoded = old.hash(peppered(PEPPER, "pin", "482915"))
    assert pin.check(encoded, "482915", PEPPER)
    assert pin.is_outdated(encoded)


@pytest.mark.parametrize(
    "encoded",
    [
        "", "482915", "$argon2id$", "$argon2id$v=19$m=65536,t=3,p=4$AA$", "\x00", "Æ",
        "$argon2id$v=19$m=4294967295,t=3,p=4$GZkeQSlxe78JUe9BbU$SC5upi77zRrE5O4pnr",
        "$argon2id$v=19$m=65536,t=4000000000,p=4$GZkeQSlxe78JUe9BbU$SC5upi77zRrE5O4pnr",
    ],
)  # fmt: skip
def test_a_file_that_was_changed_neither_lets_in_nor_exhausts_the_bench(encoded: str) -> None:
    assert not pin.check(encoded, "482915", PEPPER)


def test_pins_are_checked_on_other_threads_at_once(encoded: str) -> None:
    tried = ["482915", "482916", "482915", "000000"]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda typed: pin.check(encoded, typed, PEPPER), tried))
    assert found == [True, False, True, False]


def test_a_badge_reads_alike_from_every_reader_and_is_never_shown() -> None:
    assert Badge.parse(" 04:a2-1b.ff\n") == Badge.parse("04A21BFF")
    assert "04A21BFF" not in repr(Badge.parse("04A21BFF"))


@pytest.mark.parametrize("text", ["", "04A", "04A2_1B", "x" * 65, "04A2Æ1", "'; DROP TABLE"])
def test_what_is_no_badge_is_refused_without_saying_it(text: str) -> None:
    with pytest.raises(ValueError, match="4 to 64") as refused:
        Badge.parse(text)
    assert not text or text not in str(refused.value)


def test_a_badge_and_a_pin_of_the_same_digits_have_nothing_in_common_in_the_file() -> None:
    assert Badge.parse("482915").code(PEPPER) != peppered(PEPPER, "pin", "482915")
    assert Badge.parse("482915").code(PEPPER) != Badge.parse("482915").code(bytes(32))
