"""Runs another program on the bench's loop: words and bytes in, bytes out, never by a shell."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from dataclasses import dataclass


class ProgramMissingError(Exception):
    """The program is not on this computer, or this account may not run it."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of a program: exit code (below 0: a signal), standard output, and error output."""

    code: int
    out: bytes
    err: str


async def run(*words: str, stdin: bytes = b"", deadline: float) -> Ended:
    """Run a program in plain English to its end.

    `TimeoutError` after `deadline` seconds; then, and when cancelled, the program is killed.
    """
    program = await _started(words)
    try:
        async with asyncio.timeout(deadline):
            out, err = await program.communicate(stdin)
    except BaseException:
        with suppress(ProcessLookupError):
            program.kill()
        await program.wait()
        raise
    assert program.returncode is not None, "it has ended"
    return Ended(program.returncode, out, err.decode(errors="replace").strip())


async def _started(words: tuple[str, ...]) -> asyncio.subprocess.Process:
    """Its own CUPS server is not for a user's setting to choose, nor the language it answers in."""
    environment = {name: value for name, value in os.environ.items() if name != "CUPS_SERVER"}
    try:
        return await asyncio.create_subprocess_exec(
            *words, stdin=-1, stdout=-1, stderr=-1, env=environment | {"LC_ALL": "C"}
        )
    except (FileNotFoundError, PermissionError) as error:
        raise ProgramMissingError(words[0]) from error
