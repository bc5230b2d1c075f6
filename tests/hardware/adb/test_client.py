"""The client against a server that says what no real one should: cut, garbled, silent, hostile."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.identity.identifiers import UsbPath
from bench.ports import HandsetRefusalError
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.adb.client import AdbClient
from hardware.adb.devices import AdbDevice
from hardware.adb.server import free_port
from hardware.adb.shell import OUTPUT_LIMIT
from tests.hardware.adb.fake_server import (
    SHORT,
    against,
    problem_of,
    request,
    saying,
    silent,
)

_OF_THE_SERVER = (
    ProblemCode.ADB_SERVER_LOST, ProblemCode.ADB_PORT_TAKEN, ProblemCode.ADB_REFUSED,
)  # fmt: skip


def test_a_server_that_is_not_there_is_lost() -> None:
    with pytest.raises(ProblemError) as raised:
        asyncio.run(AdbClient(free_port()).version())
    assert raised.value.problem.code == ProblemCode.ADB_SERVER_LOST
    assert raised.value.problem.where == "ADB"


def test_a_server_that_says_nothing_is_silent() -> None:
    for work in (
        lambda adb: adb.version(),
        lambda adb: adb.devices(),
        lambda adb: anext(adb.track()),
    ):
        assert problem_of(silent, work, SHORT) == Problem(ProblemCode.ADB_SILENT, "ADB")


def test_work_on_a_handset_meets_silence_as_a_handset_that_does_not_answer() -> None:
    problem = problem_of(silent, lambda adb: adb.shell(1, "true"), SHORT)
    assert problem.code == ProblemCode.NOT_ANSWERING


@pytest.mark.parametrize(
    "answer", [b"", b"OK", b"OKAY", b"OKAY00", b"OKAY0005abc", b"FAIL", b"FAIL00", b"FAIL0003n"]
)
def test_a_version_that_was_cut_is_a_lost_server(answer: bytes) -> None:
    problem = problem_of(saying(answer), lambda adb: adb.version())
    assert problem.code == ProblemCode.ADB_SERVER_LOST


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 400", b"SSH-2.0-x", b"OKAYzzzz", b"OKAY-001x", b"OKAY0001g"]
)
def test_what_answers_otherwise_is_another_program(answer: bytes) -> None:
    problem = problem_of(saying(answer), lambda adb: adb.version())
    assert problem.code == ProblemCode.ADB_PORT_TAKEN


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_no_answer_is_too_strange_for_the_list(answer: bytes) -> None:
    try:
        devices = against(saying(answer), lambda adb: adb.devices())
    except ProblemError as error:
        assert error.problem.code in _OF_THE_SERVER  # noqa: PT017 - either is good
    else:
        assert isinstance(devices, tuple)


def test_a_refusal_of_the_server_keeps_its_words() -> None:
    problem = problem_of(saying(b"FAIL0007no\x1b[2J!"), lambda adb: adb.devices())
    assert problem == Problem(ProblemCode.ADB_REFUSED, "ADB", "no [2J!")


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (b"no device with transport id '9'", ProblemCode.LINK_LOST),
        (b"device offline", ProblemCode.LINK_LOST),
        (b"device unauthorized.\nThis adb server's ...", ProblemCode.UNAUTHORISED),
        (b"insufficient permissions for device: user", ProblemCode.LINK_LOST),  # another handset's
    ],
)
def test_a_handset_that_cannot_be_selected_says_why(reason: bytes, code: ProblemCode) -> None:
    answer = b"FAIL%04x%s" % (len(reason), reason)
    assert problem_of(saying(answer), lambda adb: adb.shell(9, "true")).code == code


def test_a_command_gives_its_code_and_both_outputs() -> None:
    packets = b"\x01\x03\0\0\0hi\n\x02\x02\0\0\0e\xff\x07\0\0\0\0\x03\x01\0\0\0\x07"
    reply = against(saying(b"OKAY", b"OKAY" + packets), lambda adb: adb.shell(1, "true"))
    assert (reply.code, reply.out, reply.err) == (7, "hi\n", "e\ufffd")


@pytest.mark.parametrize("packets", [b"", b"\x01\x05\0\0\0hi", b"\x01\x02\0\0\0hi", b"\x03\x01"])
def test_a_link_lost_before_the_exit_code_is_never_success(packets: bytes) -> None:
    server = saying(b"OKAY", b"OKAY" + packets)
    problem = problem_of(server, lambda adb: adb.shell(1, "true"))
    assert problem.code == ProblemCode.LINK_LOST


def test_a_command_that_never_ends_is_not_answering() -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            await request(reader)
            writer.write(b"OKAY")
        await reader.read()

    problem = problem_of(hang, lambda adb: adb.shell(1, "sleep 9"), SHORT)
    assert problem.code == ProblemCode.NOT_ANSWERING


@pytest.mark.parametrize("length", [OUTPUT_LIMIT + 1, 0xFFFFFFFF])
def test_an_answer_without_end_is_refused_before_it_is_taken_in(length: int) -> None:
    header = b"\x01" + length.to_bytes(4, "little")
    with pytest.raises(HandsetRefusalError):
        against(saying(b"OKAY", b"OKAY" + header), lambda adb: adb.shell(1, "yes"))


def test_a_link_that_breaks_while_a_service_is_opened_is_lost() -> None:
    problem = problem_of(saying(b"OKAY", b"FAIL0006closed"), lambda adb: adb.shell(1, "true"))
    assert problem == Problem(ProblemCode.LINK_LOST, detail="closed")


def test_following_wakes_for_whatever_is_said_and_ends_with_the_server() -> None:
    server = saying(b"OKAY0000" + b"11217R58N00001XY")

    async def follow(adb: AdbClient) -> None:
        wakes = adb.track()
        await anext(wakes)
        with pytest.raises(ProblemError) as raised:
            await anext(wakes)
        assert raised.value.problem.code == ProblemCode.ADB_SERVER_LOST

    against(server, follow)


@pytest.mark.parametrize("size", [0xFFF, 0xFFFF, 0x10000, 0x123456])
def test_a_list_may_be_longer_than_its_length_was_meant_to_say(size: int) -> None:
    begin, end = b"R58N00001XY            device usb:1-2 product:", b" transport_id:1\n"
    line = begin + b"x" * (size - len(begin + end)) + end
    devices = against(saying(b"OKAY%04x%s" % (size, line)), lambda adb: adb.devices())
    assert devices == (AdbDevice("R58N00001XY", "device", UsbPath(1, (2,)), 1),)


def test_following_has_no_time_limit_between_lists() -> None:
    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        writer.write(b"OKAY0000")
        await asyncio.sleep(2 * SHORT.answer)
        writer.write(b"0000")
        await reader.read()

    async def follow(adb: AdbClient) -> int:
        wakes = adb.track()
        try:
            await anext(wakes)
            await anext(wakes)
            return 2
        finally:
            await wakes.aclose()

    assert against(slow, follow, SHORT) == 2


def test_an_address_that_nothing_answers_at_is_a_lost_link() -> None:
    text = b"failed to connect to '127.0.0.1:1': Connection refused"
    server = saying(b"OKAY%04x%s" % (len(text), text))
    assert problem_of(server, lambda adb: adb.connect("127.0.0.1:1")).code == ProblemCode.LINK_LOST
