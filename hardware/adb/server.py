"""The ADB server on this machine: found where it runs, started where it does not.

A server that someone else started is used and never ended; nor is anything else on its port. Our
own is a plain child, in our own session: a server that led one would take the first terminal it
opens for its own.
"""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import suppress
from pathlib import Path

from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.adb.client import AdbClient, Deadlines
from hardware.adb.wire import ADB

DEFAULT_PORT = 5037
"""Where every ADB tool looks for the server."""
OLDEST = 40
"""The oldest protocol version that can address a handset by its connection."""
_START_LIMIT = 10.0
_END_LIMIT = 5.0
_LOOK_AGAIN = 0.05


def free_port() -> int:
    """Return a TCP port that was free on loopback a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class AdbServer:
    """The server on `port`; `home` is where it keeps its key, when not in the person's home.

    `patience` is how long whoever holds the port may take to answer, in seconds.
    """

    def __init__(
        self,
        port: int = DEFAULT_PORT,
        home: Path | None = None,
        executable: str = "adb",
        patience: float = 2.0,
    ) -> None:
        self.port = port
        self._home = home
        self._executable = executable
        self._client = AdbClient(port, deadlines=Deadlines(answer=patience))
        self._child: asyncio.subprocess.Process | None = None

    async def ensure(self) -> None:
        """Return once a server answers.

        Not installed: `ProblemError` ADB_MISSING; not to be started: ADB_SERVER_LOST. What holds
        the port is ADB_OUTDATED, ADB_REFUSED, ADB_SILENT, or ADB_PORT_TAKEN when it is no ADB.
        """
        version = await self._version_there()
        if version is None:
            await self.stop()
            self._child = await self._start()
            version = await self._first_answer(self._child)
        if version < OLDEST:
            detail = f"the server on port {self.port} is version {version}, needed is {OLDEST}"
            raise ProblemError(Problem(ProblemCode.ADB_OUTDATED, ADB, detail))

    async def stop(self) -> None:
        """End the server if it is a child of ours."""
        child, self._child = self._child, None
        if child is None or child.returncode is not None:
            return
        with suppress(ProcessLookupError):
            child.terminate()
        try:
            async with asyncio.timeout(_END_LIMIT):
                await child.wait()
        except TimeoutError:
            child.kill()
            await child.wait()

    async def _version_there(self) -> int | None:
        """Return the version of who answers; None when nobody does, or only a hung child."""
        try:
            return await self._client.version()
        except ProblemError as error:
            is_ours = self._child is not None and self._child.returncode is None
            if is_ours or error.problem.code is ProblemCode.ADB_SERVER_LOST:
                return None
            raise

    async def _version(self) -> int | None:
        try:
            return await self._client.version()
        except ProblemError:
            return None

    async def _start(self) -> asyncio.subprocess.Process:
        silent = asyncio.subprocess.DEVNULL
        try:
            return await asyncio.create_subprocess_exec(
                self._executable, "-P", str(self.port), "server", "nodaemon",
                stdin=silent, stdout=silent, stderr=silent, env=self._environment(),
            )  # fmt: skip
        except OSError as error:
            detail = plain(error.strerror or "")
            raise ProblemError(Problem(ProblemCode.ADB_MISSING, ADB, detail)) from None

    def _environment(self) -> dict[str, str]:
        environment = dict(os.environ, ADB_MDNS="0")
        if self._home is not None:
            self._home.mkdir(parents=True, exist_ok=True)
            environment["HOME"] = str(self._home)
        return environment

    async def _first_answer(self, child: asyncio.subprocess.Process) -> int:
        with suppress(TimeoutError):
            async with asyncio.timeout(_START_LIMIT):
                while child.returncode is None:
                    if (version := await self._version()) is not None:
                        return version
                    await asyncio.sleep(_LOOK_AGAIN)
        await self.stop()
        is_taken = await self._is_taken()
        code = ProblemCode.ADB_PORT_TAKEN if is_taken else ProblemCode.ADB_SERVER_LOST
        detail = f"the server on port {self.port} could not be started"
        raise ProblemError(Problem(code, ADB, detail))

    async def _is_taken(self) -> bool:
        """Return whether something else listens on the port: it hung up on every question."""
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.transport.abort()
        return True
