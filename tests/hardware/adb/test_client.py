"""The client against a server that says what no real one should: cut, garbled, silent, hostile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.ports import HandsetRefusalError
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.adb.client import AdbClient, Deadlines
from hardware.adb.devices import AdbDevice
from hardware.adb.server import free_port
from hardware.adb.shell import OUTPUT_LIMIT

Server: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
_T = TypeVar("_T")
_PATIENT = Deadlines()
_SHORT = Deadlines(answer=0.3, connect=0.3, shell=0.3, stall=0.3, install=0.3)
_OKAY2 = b"OKAYOKAY"


def _against(
    server: Server, work: Callable[[AdbClient], Awaitable[_T]], deadlines: Deadlines = _PATIENT
) -> _T:
    """Work with a client whose server behaves as told, and hangs up after that."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await server(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def run() -> _T:
        listener = await asyncio.start_server(behave, "127.0.0.1", 0)
        async with listener:
            port = listener.sockets[0].getsockname()[1]
            return await work(AdbClient(port, deadlines=deadlines))

    return asyncio.run(run())


async def _request(reader: asyncio.StreamReader) -> bytes:
    return await reader.readexactly(int(await reader.readexactly(4), 16))


def _saying(*answers: bytes) -> Server:
    """Answer each request in turn with raw bytes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            await _request(reader)
            writer.write(answer)
            await writer.drain()

    return serve


async def _silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()


def _problem(
    server: Server,
    work: Callable[[AdbClient], Awaitable[object]],
    deadlines: Deadlines = _PATIENT,
) -> Problem:
    with pytest.raises(ProblemError) as raised:
        _against(server, work, deadlines)
    return raised.value.problem


def _file(folder: Path, size: int = 300_000) -> Path:
    path = folder / "package.apk"
    path.write_bytes(b"PK" + bytes(size - 2))
    return path


def _ignore(_share: float) -> None:
    pass


def test_a_server_that_is_not_there_is_lost() -> None:
    with pytest.raises(ProblemError) as raised:
        asyncio.run(AdbClient(free_port()).version())
    assert raised.value.problem.code == ProblemCode.ADB_SERVER_LOST
    assert raised.value.problem.where == "ADB"


def test_a_server_that_says_nothing_does_not_answer() -> None:
    for work in (lambda adb: adb.version(), lambda adb: adb.shell(1, "true")):
        assert _problem(_silent, work, _SHORT).code == ProblemCode.NOT_ANSWERING


@pytest.mark.parametrize(
    "answer",
    [
        *(b"", b"OK", b"OKAY", b"OKAY00", b"OKAY0005abc", b"FAIL", b"FAIL0003no!"),
        *(b"HTTP/1.1 400", b"OKAYzzzz", b"OKAY-001x", b"OKAY0001g"),
    ],
)
def test_a_cut_or_garbled_version_is_a_lost_server(answer: bytes) -> None:
    problem = _problem(_saying(answer), lambda adb: adb.version())
    assert problem.code == ProblemCode.ADB_SERVER_LOST


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_no_answer_is_too_strange_for_the_list(answer: bytes) -> None:
    try:
        devices = _against(_saying(answer), lambda adb: adb.devices())
    except ProblemError as error:
        assert error.problem.code == ProblemCode.ADB_SERVER_LOST  # noqa: PT017 - either is good
    else:
        assert isinstance(devices, tuple)


def test_a_refusal_of_the_server_keeps_its_words() -> None:
    problem = _problem(_saying(b"FAIL0007no\x1b[2J!"), lambda adb: adb.devices())
    assert problem == Problem(ProblemCode.ADB_SERVER_LOST, "ADB", "no [2J!")


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (b"no device with transport id '9'", ProblemCode.LINK_LOST),
        (b"device offline", ProblemCode.LINK_LOST),
        (b"device unauthorized.\nThis adb server's ...", ProblemCode.UNAUTHORISED),
        (b"insufficient permissions for device", ProblemCode.NO_PERMISSION),
    ],
)
def test_a_handset_that_cannot_be_selected_says_why(reason: bytes, code: ProblemCode) -> None:
    answer = b"FAIL%04x%s" % (len(reason), reason)
    assert _problem(_saying(answer), lambda adb: adb.shell(9, "true")).code == code


def test_a_command_gives_its_code_and_both_outputs() -> None:
    packets = b"\x01\x03\0\0\0hi\n\x02\x02\0\0\0e\xff\x07\0\0\0\0\x03\x01\0\0\0\x07"
    reply = _against(_saying(b"OKAY", b"OKAY" + packets), lambda adb: adb.shell(1, "true"))
    assert (reply.code, reply.out, reply.err) == (7, "hi\n", "e\ufffd")


@pytest.mark.parametrize("packets", [b"", b"\x01\x05\0\0\0hi", b"\x01\x02\0\0\0hi", b"\x03\x01"])
def test_a_link_lost_before_the_exit_code_is_never_success(packets: bytes) -> None:
    server = _saying(b"OKAY", b"OKAY" + packets)
    problem = _problem(server, lambda adb: adb.shell(1, "true"))
    assert problem.code == ProblemCode.LINK_LOST


def test_a_command_that_never_ends_is_not_answering() -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            await _request(reader)
            writer.write(b"OKAY")
        await reader.read()

    problem = _problem(hang, lambda adb: adb.shell(1, "sleep 9"), _SHORT)
    assert problem.code == ProblemCode.NOT_ANSWERING


@pytest.mark.parametrize("length", [OUTPUT_LIMIT + 1, 0xFFFFFFFF])
def test_an_answer_without_end_is_refused_before_it_is_taken_in(length: int) -> None:
    header = b"\x01" + length.to_bytes(4, "little")
    with pytest.raises(HandsetRefusalError):
        _against(_saying(b"OKAY", b"OKAY" + header), lambda adb: adb.shell(1, "yes"))


def test_a_link_that_breaks_while_a_service_is_opened_is_lost() -> None:
    problem = _problem(_saying(b"OKAY", b"FAIL0006closed"), lambda adb: adb.shell(1, "true"))
    assert problem == Problem(ProblemCode.LINK_LOST, detail="closed")


def test_following_yields_every_list_and_ends_with_the_server() -> None:
    line = b"R58N00001XY            device usb:1-2 transport_id:1\n"
    server = _saying(b"OKAY0000%04x%s" % (len(line), line))
    seen: list[tuple[AdbDevice, ...]] = []

    async def follow(adb: AdbClient) -> None:
        async for devices in adb.track():
            seen.append(devices)  # noqa: PERF401 - what came before the end is what is asked

    assert _problem(server, follow).code == ProblemCode.ADB_SERVER_LOST
    assert [len(devices) for devices in seen] == [0, 1]


def test_following_has_no_time_limit_between_lists() -> None:
    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _request(reader)
        writer.write(b"OKAY0000")
        await asyncio.sleep(2 * _SHORT.answer)
        writer.write(b"0000")
        await reader.read()

    async def follow(adb: AdbClient) -> int:
        lists = adb.track()
        try:
            return len([await anext(lists), await anext(lists)])
        finally:
            await lists.aclose()

    assert _against(slow, follow, _SHORT) == 2


def _receiving(answer: bytes, after: int) -> Server:
    """Take a file up to so many bytes, then answer and hang up as adb does: without a reset."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            await _request(reader)
            writer.write(b"OKAY")
        await reader.readexactly(after)
        writer.write(answer)
        writer.write_eof()
        while await reader.read(1 << 20):
            pass

    return serve


def test_a_push_tells_how_far_it_is(tmp_path: Path) -> None:
    shares: list[float] = []
    source, name = _file(tmp_path), b"/sdcard/a,33188"
    length = 8 + len(name) + 5 * 8 + 300_000 + 8
    _against(
        _receiving(b"OKAY\0\0\0\0", length),
        lambda adb: adb.push(1, source, "/sdcard/a", shares.append),
    )
    assert shares == sorted(shares)
    assert (len(shares), shares[-1]) == (5, 1.0)


def test_a_refusal_in_mid_push_keeps_the_handsets_words(tmp_path: Path) -> None:
    source = _file(tmp_path, 30_000_000)
    answer = b"FAIL\x12\0\0\0No space\x1b[31m left!"
    with pytest.raises(HandsetRefusalError) as raised:
        _against(_receiving(answer, 100_000), lambda adb: adb.push(1, source, "/x", _ignore))
    assert raised.value.reason == "No space [31m left"


@pytest.mark.parametrize("answer", [b"", b"OK", b"FAIL\xff\xff\xff\xffno", b"WHAT\0\0\0\0"])
def test_a_push_without_a_verdict_has_lost_its_link(tmp_path: Path, answer: bytes) -> None:
    source = _file(tmp_path)
    server = _receiving(answer, 100_000)
    problem = _problem(server, lambda adb: adb.push(1, source, "/x", _ignore))
    assert problem.code == ProblemCode.LINK_LOST


def test_a_push_that_stands_still_is_not_answering(tmp_path: Path) -> None:
    async def stuck(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            await _request(reader)
            writer.write(b"OKAY")
        await asyncio.Event().wait()

    source = _file(tmp_path, 60_000_000)
    problem = _problem(stuck, lambda adb: adb.push(1, source, "/x", _ignore), _SHORT)
    assert problem.code == ProblemCode.NOT_ANSWERING


def test_a_file_that_is_not_there_is_the_profiles_problem(tmp_path: Path) -> None:
    missing = tmp_path / "missing.apk"
    problem = _problem(_silent, lambda adb: adb.install(1, missing, _ignore))
    assert problem.code == ProblemCode.PROFILE_UNUSABLE
    assert problem.where == str(missing)


def test_a_package_is_installed(tmp_path: Path) -> None:
    source, shares = _file(tmp_path), list[float]()
    server = _receiving(b"Success\n", 300_000)
    _against(server, lambda adb: adb.install(1, source, shares.append))
    assert shares[-1] == 1.0


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"Failure [INSTALL_FAILED_INVALID_APK: bad]\n", "INSTALL_FAILED_INVALID_APK: bad"),
        (b"cmd: Can't find service: package", "cmd: Can't find service: package"),
        (b"\x1b[2Jno", "[2Jno"),
        (b"y" * 100_000, "y" * 199 + "…"),
    ],
)
def test_a_refused_package_gives_the_reason(tmp_path: Path, answer: bytes, reason: str) -> None:
    source = _file(tmp_path)
    with pytest.raises(HandsetRefusalError) as raised:
        _against(_receiving(answer, 1000), lambda adb: adb.install(1, source, _ignore))
    assert raised.value.reason == reason


def test_an_installation_without_a_verdict_has_lost_its_link(tmp_path: Path) -> None:
    source = _file(tmp_path)
    problem = _problem(_receiving(b"", 1000), lambda adb: adb.install(1, source, _ignore))
    assert problem.code == ProblemCode.LINK_LOST


def test_an_address_that_nothing_answers_at_is_a_lost_link() -> None:
    text = b"failed to connect to '127.0.0.1:1': Connection refused"
    server = _saying(b"OKAY%04x%s" % (len(text), text))
    assert _problem(server, lambda adb: adb.connect("127.0.0.1:1")).code == ProblemCode.LINK_LOST
