"""Questions to one modem port, on the bench's loop: written by the allowlist, answered or refused.

A modem that is busy or silent is asked again a few times; one that never answers has a deadline.
Who its handset is it has to say twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import TypeVar

from bench.events.modem import ModemIdentity
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.samsung import allowlist
from hardware.samsung.port import Port, opened
from hardware.samsung.refusals import port_error, refusal_error
from hardware.samsung.replies import (
    ATTENTION,
    IDENTITY,
    REACTIVATION,
    Question,
    Refusal,
    Refused,
    Reply,
    ReplyReader,
)
from hardware.usb.sysfs import SHORTAGES

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a handset is borne, in seconds, and how often it is asked.

    `appear`: its modem port after the configuration was chosen; `open`: opening the port, and
    closing it;
    `answer`: one whole reply; `pause`: between tries; `tries`: of a question to a modem that is
    busy or silent, and of choosing a configuration.
    """

    appear: float = 5.0
    open: float = 6.0
    answer: float = 2.0
    pause: float = 0.5
    tries: int = 3


async def read_modem(
    node: str,
    patience: Patience,
    *,
    reactivation: bool = False,
    is_still: Callable[[], Awaitable[bool]],
    threads: Executor | None = None,
) -> ModemIdentity:
    """Ask the modem at a device file who its handset is; raises `ProblemError`.

    Where this computer itself is short of something, that is an `OSError`, and says nothing of it.

    `reactivation` asks for the reactivation lock too; no answer to that spoils nothing. `is_still`
    is asked once the port is open and before anything is written: whether that device file is
    still the handset's, and not by now another device's. `threads` bear what blocks; None: those
    of the loop.
    """
    try:
        async with opened(node, patience.open, threads) as port:
            if not await is_still():
                raise ProblemError(Problem(ProblemCode.LINK_LOST))
            return await _conversation(port, patience, reactivation=reactivation)
    except OSError as error:
        if error.errno in SHORTAGES:
            raise
        raise port_error(error, node) from None


async def _conversation(port: Port, patience: Patience, *, reactivation: bool) -> ModemIdentity:
    await _answer(port, ATTENTION, patience)
    identity = await _agreed(port, patience)
    if identity.serial is None and identity.imei is None:
        raise refusal_error(Refused(Refusal.NAMELESS))
    if not reactivation:
        return identity
    try:
        is_locked = await _answer(port, REACTIVATION, patience)
    except ProblemError:
        return identity
    return replace(identity, reactivation_locked=is_locked)


async def _agreed(port: Port, patience: Patience) -> ModemIdentity:
    """Ask until two answers in a row are the same.

    Where bytes are lost the head of one number can run into the tail of another, and one time in
    ten the check digit of an IMEI fits the two by chance.
    """
    said = await _answer(port, IDENTITY, patience)
    for _ in range(patience.tries):
        again = await _answer(port, IDENTITY, patience)
        if again == said:
            return said
        said = again
    raise refusal_error(Refused(Refusal.DIFFERENT))


async def _answer(port: Port, question: Question[Value], patience: Patience) -> Value:
    """Ask until there is an answer, or the reason why not."""
    for is_last in [False] * (patience.tries - 1) + [True]:
        match await _asked(port, question, patience.answer):
            case Refused(Refusal.BUSY | Refusal.SILENT) if not is_last:
                await asyncio.sleep(patience.pause)
            case Refused() as refused:
                raise refusal_error(refused)
            case answered:
                return answered.value
    raise AssertionError("the last try returns or raises")


async def _asked(port: Port, question: Question[Value], limit: float) -> Reply[Value]:
    """Write a question once and read to the end of its reply."""
    reader = ReplyReader(question)
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[Reply[Value]] = loop.create_future()
    port.forget()
    try:
        allowlist.write(port, question.command)
    except BlockingIOError:  # it has not even taken what was written before
        return Refused(Refusal.SILENT)
    loop.add_reader(port.fileno(), _receive, port, reader, ended)
    try:
        async with asyncio.timeout(limit):
            return await ended
    except TimeoutError:
        return reader.finish()
    finally:
        loop.remove_reader(port.fileno())


def _receive(port: Port, reader: ReplyReader[Value], ended: asyncio.Future[Reply[Value]]) -> None:
    """Take what has come; behind the end, or without the handset, no more of it."""
    if ended.done():
        return
    try:
        reply = reader.feed(port.read())
    except OSError as error:
        ended.set_exception(error)
    else:
        if reply is not None:
            ended.set_result(reply)
