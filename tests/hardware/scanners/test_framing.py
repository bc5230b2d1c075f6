"""Frames cut from any stream of bytes: whole, or dropped and said."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.scanners.framing import FRAME_LIMIT, Frame, Framer, Loss, Suffix


@pytest.mark.parametrize(
    ("sent", "scans"),
    [
        (b"A\r", ["A"]),
        (b"A\r\n", ["A"]),
        (b"A\n\r\nB\r\n", ["A", "B"]),
        (b"\x02A\x03", ["A"]),
        (b"\x02A\x03\x02B\x03", ["A", "B"]),
        (b"A\x04", ["A"]),
        (b"]d201A\x1d21B\r", ["]d201A\x1d21B"]),
        (b"\r\n\r\n\x02\x03", []),
        (b"\xc3\xa4\xff\r", ["ä\ufffd"]),
        (b"A", []),
    ],
)
def test_a_scan_ends_where_its_suffix_says(sent: bytes, scans: list[str]) -> None:
    assert Framer().feed(sent) == scans


frames = st.lists(st.text("AB12-]\x1dä", min_size=1, max_size=20), max_size=6)
wrappings = st.sampled_from(
    [(b"", b"\r"), (b"", b"\r\n"), (b"\x02", b"\x03"), (b"\x02", b"\x03\r\n")]
)


@given(frames, wrappings, st.lists(st.integers(0, 200)))
def test_scans_are_the_same_however_the_bytes_are_split(
    texts: list[str], wrapping: tuple[bytes, bytes], cuts: list[int]
) -> None:
    sent = b"".join(wrapping[0] + text.encode() + wrapping[1] for text in texts)
    places = [0, *sorted(cuts), len(sent)]
    framer = Framer()
    scans = [scan for start, end in pairwise(places) for scan in framer.feed(sent[start:end])]
    assert scans == texts
    assert not framer.pending


@pytest.mark.parametrize(
    ("suffix", "sent", "scans"),
    [
        (Suffix.CR, b"A\nB\r", ["A\nB"]),
        (Suffix.CR, b"A\r\nB\r\n", ["A", "B"]),
        (Suffix.LF, b"A\rB\n", ["A\rB"]),
        (Suffix.CRLF, b"A\nB\rC\r\nD\r\n", ["A\nB\rC", "D"]),
        (Suffix.TAB, b"A\nB\tC\t", ["A\nB", "C"]),
        (Suffix.ETX, b"\x02A\r\nB\x03\x02C\x03", ["A\r\nB", "C"]),
        (Suffix.EOT, b"A\x03B\x04", ["A\x03B"]),
        (Suffix.NONE, b"A\r\nB\r\n", []),
    ],
)
@pytest.mark.parametrize("piece", [1, 2, 100])
def test_a_suffix_that_is_set_is_the_only_end(
    suffix: Suffix, sent: bytes, scans: list[str], piece: int
) -> None:
    framer = Framer(suffix)
    heard = [framer.feed(sent[at : at + piece]) for at in range(0, len(sent), piece)]
    assert [frame for frames in heard for frame in frames] == scans


@pytest.mark.parametrize("suffix", [Suffix.AUTO, Suffix.NONE, Suffix.KEYS])
def test_a_scan_without_a_suffix_ends_in_silence(suffix: Suffix) -> None:
    framer = Framer(suffix)
    assert framer.feed(b"PHN-") == []
    assert framer.pending
    assert framer.feed(b"000001") == []
    assert framer.ends_in_silence
    assert framer.flush() == ["PHN-000001"]
    assert not framer.pending
    assert framer.flush() == []


@pytest.mark.parametrize("framer", [Framer(Suffix.CR), Framer(Suffix.ETX)])
def test_half_a_scan_is_none_where_an_end_is_due(framer: Framer) -> None:
    framer.feed(b"004400000000018")
    assert not framer.ends_in_silence
    (loss,) = framer.flush()
    assert isinstance(loss, Loss)
    assert "15" in loss.why
    assert not framer.pending


def test_a_scanner_that_once_sent_an_end_always_does() -> None:
    framer = Framer()
    assert framer.feed(b"PHN-000001\r") == ["PHN-000001"]
    framer.feed(b"PHN-00")
    assert [type(frame) for frame in framer.flush()] == [Loss]
    assert framer.feed(b"PHN-000002\r") == ["PHN-000002"]


@pytest.mark.parametrize("suffix", [Suffix.AUTO, Suffix.KEYS])
@pytest.mark.parametrize(
    ("end", "inside"),
    [(b"\r", b"\n"), (b"\n", b"\r"), (b"\r\n", b"\n"), (b"\r\n", b"\r"), (b"\x03", b"\r\n")],
)
@pytest.mark.parametrize("piece", [1, 2, 100])
def test_the_end_of_the_first_scan_is_learned_and_the_others_are_inside_a_code(
    suffix: Suffix, end: bytes, inside: bytes, piece: int
) -> None:
    box = inside.join((b"004400000000018", b"004400000000026", b"R00TEST0001"))
    framer, sent = Framer(suffix), b"PHN-000001" + end + box + end + b"PHN-000002" + end
    heard = [framer.feed(sent[at : at + piece]) for at in range(0, len(sent), piece)]
    assert [frame for frames in heard for frame in frames] == [
        "PHN-000001", box.decode(), "PHN-000002",
    ]  # fmt: skip
    assert not framer.pending


def test_a_scanner_of_a_keyboard_that_ends_in_tab_may_have_enter_inside_a_code() -> None:
    assert Framer(Suffix.KEYS).feed(b"A\tB\rC\t") == ["A", "B\rC"]


def test_a_scanner_that_was_set_to_another_suffix_is_heard_again_after_one_scan() -> None:
    framer = Framer()
    framer.feed(b"PHN-000001\r\n")
    assert framer.feed(b"PHN-000002\r") == []
    assert [type(frame) for frame in framer.flush()] == [Loss]
    assert framer.feed(b"PHN-000003\r") == ["PHN-000003"]


@pytest.mark.parametrize("end", [b"\r", b""])
def test_a_first_code_of_several_lines_does_not_leave_the_scanner_unheard(end: bytes) -> None:
    framer = Framer()
    framer.feed(b"004400000000018\n004400000000026\nR00TEST0001" + end)
    assert [type(frame) for frame in framer.flush()] == [Loss]
    for number in (1, 2, 3):
        last = framer.feed(b"PHN-%06d" % number + end) or framer.flush()
    assert last == ["PHN-000003"]


def test_a_scan_that_broke_off_teaches_nothing() -> None:
    framer = Framer()
    framer.feed(b"PHN-000001\r")
    framer.feed(b"004400000000018\n0044")
    assert [type(frame) for frame in framer.flush()] == [Loss]
    assert framer.feed(b"004400000000018\n004400000000026\r") == [
        "004400000000018\n004400000000026"
    ]


def test_a_scanner_that_is_known_to_send_no_suffix_may_have_lines_in_a_code() -> None:
    framer = Framer()
    framer.feed(b"PHN-000001")
    assert not framer.ends_at_once
    assert framer.flush() == ["PHN-000001"]
    assert framer.ends_at_once
    framer.feed(b"004400000000018\n004400000000026")
    assert framer.flush() == ["004400000000018\n004400000000026"]
    assert framer.ends_at_once


def test_a_scanner_whose_first_scan_broke_off_is_not_taken_for_one_without_a_suffix() -> None:
    framer = Framer()
    framer.feed(b"PHN-0000")
    framer.flush()
    framer.feed(b"PHN-000001\r")
    assert framer.flush() == ["PHN-000001"]
    assert framer.feed(b"PHN-000002\r") == ["PHN-000002"]
    assert not framer.ends_in_silence


def test_what_lies_around_a_scan_is_no_scan() -> None:
    framer = Framer()
    assert framer.feed(b"\x02\r\n\x03\n") == []
    assert framer.feed(b"\x02") == []
    assert not framer.pending
    assert framer.flush() == []


def test_a_scan_of_which_a_part_is_missing_is_dropped_whole_and_the_next_is_not() -> None:
    framer = Framer()
    framer.feed(b"PHN-0")
    framer.spoil("keys were lost")
    assert framer.pending
    assert framer.feed(b"00001\rPHN-000002\r") == [Loss("keys were lost"), "PHN-000002"]


def test_an_endless_frame_is_dropped_whole_and_the_next_scan_is_whole() -> None:
    framer = Framer()
    for _ in range(100):
        assert framer.feed(b"x" * 1000) == []
        assert framer.pending
    too_long, scan = framer.feed(b"y\rPHN-000001\r")
    assert isinstance(too_long, Loss)
    assert scan == "PHN-000001"


@pytest.mark.parametrize("suffix", [Suffix.AUTO, Suffix.CRLF, Suffix.NONE])
@pytest.mark.parametrize("size", [FRAME_LIMIT + 1, 1 << 20])
def test_a_frame_too_long_is_dropped_at_once_or_in_silence(suffix: Suffix, size: int) -> None:
    framer = Framer(suffix)
    framer.feed(b"x" * size)
    assert [type(frame) for frame in framer.flush()] == [Loss]
    assert [type(frame) for frame in framer.feed(b"x" * size + b"\r\n")] in ([Loss], [])
    framer.flush()
    assert (framer.feed(b"A\r\n") or framer.flush()) == ["A"]


def test_the_longest_frame_is_taken() -> None:
    assert Framer().feed(b"x" * FRAME_LIMIT + b"\r") == ["x" * FRAME_LIMIT]
    assert Framer(Suffix.CRLF).feed(b"x" * FRAME_LIMIT + b"\r\n") == ["x" * FRAME_LIMIT]


@pytest.mark.parametrize("suffix", [Suffix.CR, Suffix.CRLF, Suffix.ETX])
@given(st.text("0123456789", min_size=15, max_size=20))
def test_a_scan_cut_at_any_character_is_never_a_shorter_scan(suffix: Suffix, code: str) -> None:
    for length in range(len(code)):
        framer = Framer(suffix)
        framer.feed(code[:length].encode())
        assert not any(isinstance(frame, str) for frame in framer.flush())


def garbage_is_survived(count: int, seed: int) -> None:
    noise = random.Random(seed)
    framers = [Framer(suffix) for suffix in Suffix]
    for framer in framers:
        frames: list[Frame] = []
        for _ in range(count // 1000 // len(framers)):
            frames += framer.feed(noise.randbytes(noise.randrange(2001)))
            frames += framer.flush() if noise.random() < 0.1 else []
            assert len(framer._frame) <= FRAME_LIMIT
        scans = [frame for frame in frames if isinstance(frame, str)]
        assert all(len(scan) <= FRAME_LIMIT for scan in scans)
        assert scans
        framer.flush()
        assert (framer.feed(b"PHN-000001\r\n\t\x03\x04") or framer.flush())[0] == "PHN-000001"


def test_a_million_bytes_of_garbage_are_survived() -> None:
    garbage_is_survived(1_000_000, 1)


@pytest.mark.soak
def test_twenty_million_bytes_of_garbage_are_survived() -> None:
    garbage_is_survived(20_000_000, 2)
