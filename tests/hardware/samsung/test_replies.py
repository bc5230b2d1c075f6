"""A modem's bytes become one reply however they come, and never another handset's."""

from __future__ import annotations

import random
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.events.modem import ModemIdentity
from bench.identity.identifiers import Imei, SerialNumber
from hardware.samsung.replies import (
    ATTENTION,
    IDENTITY,
    REACTIVATION,
    REPLY_LIMIT,
    Answered,
    Refusal,
    Refused,
    Reply,
    ReplyReader,
)
from hardware.simulator.modem import device_info

IMEI = str(Imei.with_check_digit("00440000000001"))
SERIAL = "R58N00001XY"
INFO = b"+DEVCONINFO: " + device_info(serial=SERIAL, imei=IMEI, phone_number="x").encode()
WHOLE = b"AT+DEVCONINFO\r\r\n" + INFO + b"\r\n\r\nOK\r\n"


def read(*pieces: bytes) -> Reply[ModemIdentity]:
    reader = ReplyReader(IDENTITY)
    for piece in pieces:
        if reply := reader.feed(piece):
            return reply
    return reader.finish()


def is_this_handset(reply: Reply[ModemIdentity]) -> bool:
    match reply:
        case Answered(ModemIdentity(serial=SerialNumber(serial), imei=Imei(imei))):
            return (serial, imei) == (SERIAL, IMEI)
    return False


@given(st.lists(st.integers(0, len(WHOLE))))
def test_an_answer_is_the_same_however_its_bytes_are_split(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(WHOLE)]
    assert is_this_handset(read(*(WHOLE[start:end] for start, end in pairwise(places))))


@pytest.mark.parametrize(
    "reply",
    [
        WHOLE.replace(b"OK", b"ok"),
        WHOLE.replace(b"\r\n", b"\n"),
        WHOLE.replace(b"\r\n\r\nOK", b"#OK#\r\n\r\nOK"),
        WHOLE.replace(b"\r\n\r\nOK", b";#OK#\r\n\r\nOK"),
        WHOLE.replace(b"\r\n\r\nOK\r\n", b"\r\n#OK#\r\n"),
        b"\r\nOK\r\n" + WHOLE,
        b"AT\r\r\nOK\r\n" + WHOLE,
        b"\r\n+CIEV: 1,4\r\n" + WHOLE,
        WHOLE.replace(b"\r\n\r\nOK", b"\r\n+CIEV: 1,4\r\n\r\nOK"),
        WHOLE.replace(b"+DEVCONINFO: ", b"+devconinfo:"),
        b"\x00\xff~~~\r\n" + WHOLE,
        b"a line that says OK and ERROR in its middle\r\n" + WHOLE,
    ],
)
def test_an_answer_is_found_among_what_stands_around_it(reply: bytes) -> None:
    assert is_this_handset(read(reply))


def test_a_reply_cut_at_any_byte_names_no_handset() -> None:
    for length in range(len(WHOLE) - 1):
        reply = read(WHOLE[:length])
        assert isinstance(reply, Refused), length
        assert reply.refusal in (Refusal.SILENT, Refusal.CUT_SHORT)
    assert is_this_handset(read(WHOLE[:-1]))


def test_a_reply_cut_at_any_byte_and_ended_by_ok_names_this_handset_or_none() -> None:
    for length in range(len(WHOLE)):
        match read(WHOLE[:length] + b"\r\n\r\nOK\r\n"):
            case Answered(ModemIdentity(serial=serial, imei=imei)):
                assert serial in (None, SerialNumber(SERIAL)), length
                assert imei in (None, Imei(IMEI)), length
            case Refused(refusal):
                assert refusal in (Refusal.EMPTY, Refusal.CUT_SHORT), length


def test_an_answer_broken_by_an_unasked_line_at_any_byte_names_this_handset_or_none() -> None:
    for length in range(len(WHOLE)):
        reply = read(WHOLE[:length] + b"\r\n+CIEV: 1,4\r\n" + WHOLE[length:])
        if isinstance(reply, Answered):
            assert reply.value.imei in (None, Imei(IMEI)), length
            assert reply.value.serial in (None, SerialNumber(SERIAL)), length


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b"ERROR\r\n", Refused(Refusal.ERROR)),
        (b"error\r\n", Refused(Refusal.ERROR)),
        (b"+CME ERROR: 100\r\n", Refused(Refusal.ERROR, "100")),
        (b"+cme error: operation not allowed\r\n", Refused(Refusal.ERROR)),
        (b"+CMS ERROR:302\r\n", Refused(Refusal.ERROR, "302")),
        (b"+CME ERROR: 07700900123\r\n", Refused(Refusal.ERROR)),
        (b"PACM(AP),NOT_ALLOWED_CRO\r\n\r\nOK\r\n",
         Refused(Refusal.NOT_ALLOWED, "NOT_ALLOWED_CRO")),
        (b"+DEVCONINFO: PACM(AP),NOT_ALLOWED\r\nOK\r\n",
         Refused(Refusal.NOT_ALLOWED, "NOT_ALLOWED")),
        (b"pacm(ap)\r\nok\r\n", Refused(Refusal.NOT_ALLOWED)),
        (b"+CME Error:PACM(AP),UNREGISTED\r\n\r\nOK\r\n", Refused(Refusal.UNREGISTERED)),
        (b"PACM(AP),UNREGISTERED\r\n", Refused(Refusal.UNREGISTERED)),
        (b"BUSY\r\n", Refused(Refusal.BUSY)),
        (b"+DEVCONINFO: BUSY\r\n\r\nOK\r\n", Refused(Refusal.BUSY)),
        (b"OK\r\n", Refused(Refusal.EMPTY)),
        (b"#OK#\r\n", Refused(Refusal.SILENT)),
        (b"", Refused(Refusal.SILENT)),
        (b"AT+DEV", Refused(Refusal.SILENT)),
        (b"AT+DEVCONINFO\r\r\n", Refused(Refusal.SILENT)),
        (b"+CIEV: 1,4\r\n", Refused(Refusal.SILENT)),
        (b"\xff\xfe\r\n", Refused(Refusal.CUT_SHORT)),
        (b"+DEVCONINFO: MN(SM-A3", Refused(Refusal.CUT_SHORT)),
    ],
)  # fmt: skip
def test_each_refusal_is_told_apart(said: bytes, expected: Refused) -> None:
    assert read(said) == expected


def test_a_refusal_that_is_followed_by_ok_is_a_refusal() -> None:
    assert read(b"PACM(AP),NOT_ALLOWED_CRO\r\n" + WHOLE) == Refused(
        Refusal.NOT_ALLOWED, "NOT_ALLOWED_CRO"
    )


def test_of_two_answers_the_first_counts() -> None:
    other = str(Imei.with_check_digit("00440000000002")).encode()
    assert is_this_handset(
        read(INFO + b"\r\n" + INFO.replace(IMEI.encode(), other) + b"\r\nOK\r\n")
    )


def test_a_value_that_looks_like_a_refusal_is_none() -> None:
    assert is_this_handset(read(WHOLE.replace(b"BASE(UNKNOWN)", b"BASE(NOT_ALLOWED)")))


def test_the_other_questions_have_answers_of_their_own() -> None:
    assert ReplyReader(ATTENTION).feed(b"AT\r\r\nOK\r\n") == Answered(None)
    asked = b"AT+REACTIVE=1,0,0\r\r\n+REACTIVE:1,LOCK\r\n\r\nOK\r\n"
    assert ReplyReader(REACTIVATION).feed(asked) == Answered(value=True)
    assert ReplyReader(REACTIVATION).feed(WHOLE) is None


@pytest.mark.parametrize("piece", [b"x" * 64, b"+CIEV: 1\r\n", b"\r\n", b"MN(" * 20, b";" * 64])
def test_a_mebibyte_is_borne_without_keeping_it(piece: bytes) -> None:
    reader = ReplyReader(IDENTITY)
    fed = 0
    tracemalloc.start()
    try:
        while not (reply := reader.feed(piece)):
            fed += len(piece)
            assert fed <= REPLY_LIMIT
        assert tracemalloc.get_traced_memory()[1] < 3 * REPLY_LIMIT
    finally:
        tracemalloc.stop()
    assert reply == Refused(Refusal.TOO_LONG)


words = st.sampled_from([WHOLE, INFO, b"OK", b"\r\n", b"BUSY", b"ERROR", b"IMEI(", b")", b"#OK#"])


@given(st.lists(st.binary(max_size=40) | words, max_size=12))
def test_garbage_never_names_another_handset(pieces: list[bytes]) -> None:
    reply = read(*pieces)
    if isinstance(reply, Answered):
        assert reply.value.imei in (None, Imei(IMEI))
        assert reply.value.serial in (None, SerialNumber(SERIAL))


def noise_is_survived(count: int, seed: int) -> None:
    """Bytes lost, and noise in their place: no digits and no capitals, as a serial number has."""
    noise = random.Random(seed)
    bytes_of_noise = bytes(set(range(256)) - set(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    for _ in range(count):
        damaged = bytearray(WHOLE)
        for _ in range(noise.randrange(1, 6)):
            place = noise.randrange(len(damaged))
            put = bytes(noise.choices(bytes_of_noise, k=noise.randrange(3)))
            damaged[place : place + noise.randrange(3)] = put
        reply = read(bytes(damaged))
        if isinstance(reply, Answered):
            assert reply.value.imei in (None, Imei(IMEI)), damaged
            assert reply.value.serial in (None, SerialNumber(SERIAL)), damaged


def test_two_thousand_damaged_replies_name_no_other_handset() -> None:
    noise_is_survived(2_000, 3)


@pytest.mark.soak
def test_a_million_damaged_replies_name_no_other_handset() -> None:
    noise_is_survived(1_000_000, 4)
