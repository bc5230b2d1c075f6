"""One conversation with the ADB server: framing, and what it means when it breaks.

The server side of the protocol is described in AOSP `packages/modules/adb/OVERVIEW.TXT` and
`SERVICES.TXT`: four hexadecimal digits of length and a service; OKAY, or FAIL and a reason.
"""

from __future__ import annotations

import asyncio
from typing import NoReturn, Self

from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError

ADB = "ADB"
"""Where a problem of the server itself is."""
_LONGEST = 0xFFFF
_FEWEST_DIGITS, _MOST_DIGITS = 4, 8
_UNAUTHORISED = "unauthorized"


class ServerRefusalError(Exception):
    """The server answered FAIL; `reason` is its text."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Wire:
    """A connection to the server, on which one service is asked for and used.

    What breaks it is the server's loss until a handset is selected, and the link's after that.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        deadline: asyncio.Timeout,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._deadline = deadline
        self._loss = Problem(ProblemCode.ADB_SERVER_LOST, ADB)

    @classmethod
    async def connect(cls, host: str, port: int, deadline: asyncio.Timeout) -> Self:
        """Connect to the server; `deadline` is the time limit the conversation runs under."""
        try:
            reader, writer = await asyncio.open_connection(host, port)
        except OSError as error:
            problem = Problem(ProblemCode.ADB_SERVER_LOST, ADB, plain(error.strerror or ""))
            raise ProblemError(problem) from None
        return cls(reader, writer, deadline)

    def close(self) -> None:
        """Hang up at once; what was not sent yet is dropped."""
        self._writer.transport.abort()

    def allow(self, seconds: float | None) -> None:
        """Move the time limit: so many seconds from now, or none."""
        now = asyncio.get_running_loop().time()
        self._deadline.reschedule(None if seconds is None else now + seconds)

    async def ask(self, service: str) -> None:
        """Ask for a service; FAIL raises `ServerRefusalError`."""
        request = service.encode("utf-8", "replace")
        if len(request) > _LONGEST:
            raise ValueError("A service of the ADB server is at most 65,535 bytes.")
        await self.send(b"%04x%s" % (len(request), request))
        match await self.exactly(4):
            case b"OKAY":
                return
            case b"FAIL":
                raise ServerRefusalError((await self.block()).decode("utf-8", "replace"))
            case _:
                self.garbled()

    async def use(self, transport: int, service: str) -> None:
        """Open a service on a handset; what breaks from now on is its link.

        A link that breaks just now is refused as `closed`, as is a service that the handset does
        not offer; the bench asks only for what every Android offers.
        """
        try:
            await self.ask(f"host:transport-id:{transport}")
            self._loss = Problem(ProblemCode.LINK_LOST)
            await self.ask(service)
        except ServerRefusalError as refusal:
            raise ProblemError(_unreachable(refusal.reason)) from None

    async def send(self, data: bytes) -> None:
        """Send, waiting for room."""
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError:
            raise ProblemError(self._loss) from None

    async def exactly(self, count: int) -> bytes:
        """Read so many bytes."""
        try:
            return await self._reader.readexactly(count)
        except (asyncio.IncompleteReadError, OSError):
            raise ProblemError(self._loss) from None

    async def block(self) -> bytes:
        """Read a text of the server: four hexadecimal digits of length, then the text."""
        length = _number(await self.exactly(_FEWEST_DIGITS))
        if length is None:
            self.garbled()
        return await self.exactly(length)

    async def last_block(self, limit: int) -> bytes:
        """Read a text behind which the server hangs up, of at most `limit` bytes.

        The server writes the length with at least four digits and does not mind if it needs more:
        one handset with a long product name makes its list longer than 65,535 bytes.
        """
        data = await self.rest(limit)
        lengths = range(_FEWEST_DIGITS, _MOST_DIGITS + 1)
        whole = (data[n:] for n in lengths if _number(data[:n]) == len(data) - n)
        if (text := next(whole, None)) is not None:
            return text
        claimed = _number(data[:_FEWEST_DIGITS])
        if claimed is None and len(data) >= _FEWEST_DIGITS:
            self.garbled()
        raise ProblemError(self._loss)

    async def some(self) -> bytes:
        """Read whatever comes next, at least one byte."""
        try:
            data = await self._reader.read(_LONGEST)
        except OSError:
            data = b""
        if not data:
            raise ProblemError(self._loss)
        return data

    async def rest(self, limit: int) -> bytes:
        """Read to the end, keeping at most `limit` bytes; a reset behind an answer is an end."""
        kept = bytearray()
        try:
            while data := await self._reader.read(_LONGEST):
                kept += data[: limit - len(kept)]
        except OSError:
            if not kept:
                raise ProblemError(self._loss) from None
        return bytes(kept)

    def garbled(self) -> NoReturn:
        """Give up: what came is not of this protocol, so who answers may be no ADB server."""
        is_server = self._loss.code is ProblemCode.ADB_SERVER_LOST
        code = ProblemCode.ADB_PORT_TAKEN if is_server else self._loss.code
        raise ProblemError(Problem(code, self._loss.where, "the answer was garbled"))


def _number(digits: bytes) -> int | None:
    """Return what hexadecimal digits say; None when they are none."""
    is_number = bool(digits) and all(digit in b"0123456789abcdefABCDEF" for digit in digits)
    return int(digits, 16) if is_number else None


def _unreachable(reason: str) -> Problem:
    """Return why a handset cannot be selected.

    `insufficient permissions` is not believed: AOSP `acquire_one_transport` says it of a connection
    that is gone as soon as any other handset may not be opened. The list tells which one that is.
    """
    is_untrusted = _UNAUTHORISED in reason.lower()
    code = ProblemCode.UNAUTHORISED if is_untrusted else ProblemCode.LINK_LOST
    return Problem(code, detail=plain(reason))
