"""The lines to printers: bytes in pieces, answers without an end, and hanging up."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.problems import ProblemCode, ProblemError
from hardware.printers.lines import Lines
from hardware.printers.transports.descriptor import DescriptorLine
from hardware.printers.transports.inbox import Inbox
from hardware.printers.transports.line import ANSWER_LIMIT, Line
from hardware.printers.transports.network import TcpLine
from hardware.printers.transports.usb_device import UsbDeviceLine

Opened = tuple[Line, socket.socket]


@asynccontextmanager
async def over_a_descriptor() -> AsyncIterator[Opened]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with theirs:
        line = DescriptorLine(ours.detach(), empty_is_end=True)
        yield line, theirs
        line.abort()


@asynccontextmanager
async def over_tcp() -> AsyncIterator[Opened]:
    ours, theirs = socket.socketpair()
    with theirs:
        line = TcpLine(*await asyncio.open_connection(sock=ours))
        yield line, theirs
        line.abort()


KINDS = pytest.mark.parametrize("opened", [over_a_descriptor, over_tcp])
Kind = Callable[[], AbstractAsyncContextManager[Opened]]


def on(opened: Kind, story: Callable[[Line, socket.socket], Awaitable[None]]) -> None:
    async def told() -> None:
        async with opened() as (line, far):
            await story(line, far)

    asyncio.run(told())


@KINDS
def test_an_answer_in_pieces_is_read_whole(opened: Kind) -> None:
    async def story(line: Line, far: socket.socket) -> None:
        answer = asyncio.create_task(line.read_until(b"\r\n"))
        for piece in (b"ab", b"c\r", b"\nde", b"f"):
            far.send(piece)
            await asyncio.sleep(0.01)
        assert await answer == b"abc\r\n"
        assert await line.read_exactly(3) == b"def"

    on(opened, story)


@KINDS
def test_an_answer_without_an_end_is_none(opened: Kind) -> None:
    async def story(line: Line, far: socket.socket) -> None:
        reading = asyncio.create_task(line.read_until(b"\x03"))
        far.setblocking(False)
        while not reading.done():
            with suppress(BlockingIOError):
                far.send(b"x" * 4096)
            await asyncio.sleep(0)
        with pytest.raises(EOFError):
            await reading

    on(opened, story)


@KINDS
def test_a_printer_that_hangs_up_ends_every_wait(opened: Kind) -> None:
    async def story(line: Line, far: socket.socket) -> None:
        waiting = asyncio.create_task(line.read_until(b"\x03"))
        await asyncio.sleep(0.01)
        far.close()
        with pytest.raises((EOFError, OSError)):
            await waiting
        with pytest.raises((EOFError, OSError)):
            await send_for_ever(line)

    on(opened, story)


async def send_for_ever(line: Line) -> None:
    while True:
        await line.send(b"more")


@KINDS
def test_what_was_sent_arrives_before_the_line_is_closed(opened: Kind) -> None:
    sent = bytes(range(256)) * 4000

    async def story(line: Line, far: socket.socket) -> None:
        loop, got = asyncio.get_running_loop(), bytearray()
        far.setblocking(False)

        async def receive() -> None:
            while piece := await loop.sock_recv(far, 65536):
                got.extend(piece)
                await asyncio.sleep(0.0005)

        receiving = asyncio.create_task(receive())
        await line.send(sent)
        await line.close()
        await receiving
        assert bytes(got) == sent

    on(opened, story)


@KINDS
def test_hanging_up_twice_is_hanging_up(opened: Kind) -> None:
    async def story(line: Line, _: socket.socket) -> None:
        await line.close()
        line.abort()
        with pytest.raises((EOFError, OSError)):
            await line.read_exactly(1)

    on(opened, story)


def test_a_usb_printer_with_nothing_to_say_is_waited_for_and_one_that_is_gone_is_not() -> None:
    """The driver gives empty reads for empty packets; a pipe at its end does as well."""

    async def story() -> None:
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        line = UsbDeviceLine(reading)
        os.write(writing, b"ready")
        assert await line.read_exactly(5) == b"ready"
        os.close(writing)
        with pytest.raises(EOFError):
            await line.read_exactly(1)
        line.abort()

    asyncio.run(story())


def test_settling_drops_what_an_earlier_question_left() -> None:
    async def story(line: Line, far: socket.socket) -> None:
        far.send(b"stale")
        await line.settle(0.05)
        far.send(b"fresh")
        assert await line.read_exactly(5) == b"fresh"

    on(over_a_descriptor, story)


class _Counting:
    """Opens lines to nobody, and counts how often one was settled."""

    def __init__(self) -> None:
        self.settled = 0
        self.open = 0

    async def __call__(self) -> Line:
        self.open += 1
        assert self.open == 1, "one line at a time"
        outer = self

        class _Line(TcpLine):
            async def settle(self, _: float) -> None:
                outer.settled += 1

            async def close(self) -> None:
                outer.open -= 1
                await super().close()

            def abort(self) -> None:
                outer.open = 0
                super().abort()

        ours, theirs = socket.socketpair()
        self._theirs = theirs
        return _Line(*await asyncio.open_connection(sock=ours))


def test_a_line_is_settled_at_first_and_after_one_that_was_given_up() -> None:
    async def story() -> None:
        counting = _Counting()
        lines = Lines(counting, "P", 5)
        for failing, settled in ((False, 1), (False, 1), (True, 1), (False, 2), (False, 2)):
            with suppress(EOFError):
                async with lines.open():
                    if failing:
                        raise EOFError
            counting._theirs.close()
            assert counting.settled == settled

    asyncio.run(story())


def test_a_line_that_takes_too_long_to_open_is_a_printer_that_is_off() -> None:
    async def never() -> Line:
        await asyncio.sleep(60)
        raise AssertionError

    async def story() -> None:
        with pytest.raises(ProblemError) as caught:
            async with Lines(never, "P", 0.05).open():
                pass
        assert caught.value.problem.code is ProblemCode.PRINTER_UNREACHABLE

    asyncio.run(story())


@given(st.lists(st.binary(max_size=20), max_size=12), st.binary(min_size=1, max_size=3))
def test_an_inbox_gives_what_came_whatever_the_pieces(pieces: list[bytes], end: bytes) -> None:
    inbox, answers = Inbox(), list[bytes]()
    for piece in pieces:
        inbox.add(piece)
        while (answer := inbox.until(end)) is not None:
            answers.append(answer)
    whole = b"".join(pieces)
    expected = []
    while (place := whole.find(end)) >= 0:
        expected.append(whole[: place + len(end)])
        whole = whole[place + len(end) :]
    assert answers == expected
    assert inbox.exactly(len(whole)) == whole


def test_an_inbox_takes_no_more_than_an_answer_can_be_long() -> None:
    inbox = Inbox()
    inbox.add(b"x" * ANSWER_LIMIT)
    assert inbox.until(b"\x03") is None
    inbox.add(b"x")
    with pytest.raises(EOFError):
        inbox.until(b"\x03")
