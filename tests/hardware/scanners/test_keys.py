"""Key presses of a scanner, read as a US layout: characters, or said that one is missing."""

from __future__ import annotations

import random
import string

import pytest
from evdev import ecodes
from hypothesis import given
from hypothesis import strategies as st

from hardware.scanners.framing import FRAME_LIMIT, Frame, Framer, Loss, Suffix
from hardware.scanners.keys import Keys, UnknownKeyError
from hardware.scanners.keystrokes import Keystrokes, Stroke
from hardware.simulator.strokes import held, pressed, typed

SHIFT, CONTROL, ALT, CAPS = (
    ecodes.KEY_LEFTSHIFT, ecodes.KEY_RIGHTCTRL, ecodes.KEY_LEFTALT, ecodes.KEY_CAPSLOCK,
)  # fmt: skip
PRINTED = string.ascii_letters + string.digits + string.punctuation + " "
KEYS = [code for code in ecodes.keys if code < ecodes.BTN_MISC]


def heard(strokes: list[Stroke], suffix: Suffix = Suffix.KEYS) -> list[Frame]:
    framer = Framer(suffix)
    return Keystrokes(framer).feed(strokes) + framer.flush()


def test_every_printed_character_of_ascii_comes_through() -> None:
    assert heard(typed(PRINTED)) == [PRINTED]


@given(st.text(PRINTED + "\x1d\x1e\x04", min_size=1, max_size=40))
def test_a_code_comes_through_with_its_group_separators(code: str) -> None:
    assert heard(typed(code), Suffix.CR) == ([code.strip("\x04")] if code.strip("\x04") else [])


@pytest.mark.parametrize("end", [ecodes.KEY_ENTER, ecodes.KEY_KPENTER, ecodes.KEY_TAB])
def test_enter_and_tab_end_a_scan_and_both_end_one(end: int) -> None:
    strokes = typed("PHN-000001", end=end)
    assert heard(strokes + pressed(ecodes.KEY_ENTER) + strokes) == ["PHN-000001"] * 2


@pytest.mark.parametrize(
    ("strokes", "said"),
    [
        (held(ecodes.KEY_RIGHTSHIFT, pressed(ecodes.KEY_A)), "A"),
        (pressed(CAPS) + pressed(ecodes.KEY_A) + pressed(ecodes.KEY_1), "A1"),
        (pressed(CAPS) + held(SHIFT, pressed(ecodes.KEY_A) + pressed(ecodes.KEY_1)), "a!"),
        (pressed(CAPS) + pressed(CAPS) + pressed(ecodes.KEY_A), "a"),
        ([(1, ecodes.KEY_A, 1), (1, ecodes.KEY_A, 2), (1, ecodes.KEY_A, 2)], "a"),
        ([(1, ecodes.KEY_A, 0), *pressed(ecodes.KEY_B)], "b"),
        (pressed(ecodes.KEY_KP7) + pressed(ecodes.KEY_KPMINUS) + pressed(ecodes.KEY_KPDOT), "7-."),
        (held(CONTROL, pressed(ecodes.KEY_RIGHTBRACE)), "\x1d"),
        (held(CONTROL, held(SHIFT, pressed(ecodes.KEY_6))), "\x1e"),
        (held(CONTROL, pressed(ecodes.KEY_6)), "\x1e"),
        (held(CONTROL, pressed(ecodes.KEY_J)), "\n"),
        (held(ALT, pressed(ecodes.KEY_KP2) + pressed(ecodes.KEY_KP9)), "\x1d"),
        (held(ALT, [s for k in (82, 82, 80, 73) for s in pressed(k)]), "\x1d"),
        (held(ALT, [s for k in (82, 80, 79, 76) for s in pressed(k)]), "\xd7"),
        (held(ALT, [s for k in (79, 80, 73) for s in pressed(k)]), "ü"),
        (held(ALT, []), ""),
        ([(0, 0, 0), (4, 4, 458756), (17, 1, 1), *pressed(ecodes.KEY_A)], "a"),
    ],
)
def test_what_the_keys_say(strokes: list[Stroke], said: str) -> None:
    keys = Keys()
    assert "".join(keys.press(code, value) for kind, code, value in strokes if kind == 1) == said


@pytest.mark.parametrize(
    "strokes",
    [
        pressed(ecodes.KEY_F5),
        held(CONTROL, pressed(ecodes.KEY_9)),
        held(ALT, pressed(ecodes.KEY_A)),
        held(ALT, pressed(ecodes.KEY_KP9) * 3),
        held(ALT, pressed(ecodes.KEY_KP1) * 5),
    ],
)
def test_a_key_that_says_nothing_spoils_the_scan_and_not_the_next(strokes: list[Stroke]) -> None:
    code = typed("PHN-000001")
    first, second, third = heard(code[:8] + strokes + code[8:] + typed("PHN-000002") + code)
    assert isinstance(first, Loss)
    assert "key" in first.why.lower() or "Alt" in first.why
    assert (second, third) == ("PHN-000002", "PHN-000001")


def test_keys_that_the_kernel_dropped_spoil_the_scan_up_to_the_next_report() -> None:
    code = typed("PHN-000001")
    dropped: list[Stroke] = [(0, 3, 0), *pressed(ecodes.KEY_1), (0, 0, 0)]
    first, second = heard(code[:9] + dropped + code[12:] + code)
    assert isinstance(first, Loss)
    assert "lost" in first.why
    assert second == "PHN-000001"


def test_a_shift_whose_release_was_lost_does_not_change_the_next_scan() -> None:
    strokes: list[Stroke] = [(1, SHIFT, 1), (0, 3, 0), (0, 0, 0), *pressed(ecodes.KEY_ENTER)]
    assert heard(strokes + typed("phn-1"))[1:] == ["phn-1"]


def noise_is_survived(count: int, seed: int) -> None:
    noise = random.Random(seed)
    framer = Framer(Suffix.KEYS)
    strokes = Keystrokes(framer)
    scans = 0
    for _ in range(count):
        kind, value = noise.choice((0, 1, 1, 1, 1, 4, 300)), noise.choice((0, 1, 2, -1))
        frames = strokes.feed([(kind, noise.choice((noise.randrange(768), 28, 30)), value)])
        scans += sum(isinstance(frame, str) for frame in frames)
        assert all(isinstance(frame, Loss) or len(frame) <= FRAME_LIMIT for frame in frames)
    assert scans


def test_a_hundred_thousand_random_keys_are_survived() -> None:
    noise_is_survived(100_000, 3)


@pytest.mark.soak
def test_a_million_random_keys_are_survived() -> None:
    noise_is_survived(1_000_000, 4)


@given(st.sampled_from(KEYS), st.sets(st.sampled_from([SHIFT, CONTROL, ALT, CAPS])))
def test_every_key_says_one_character_or_none_or_that_it_is_unknown(
    code: int, modifiers: set[int]
) -> None:
    keys = Keys()
    for modifier in modifiers:
        keys.press(modifier, 1)
    try:
        said = keys.press(code, 1)
    except UnknownKeyError:
        return
    assert len(said) <= 1
