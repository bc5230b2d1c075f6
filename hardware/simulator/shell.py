"""The shell of a simulated handset: runs the commands of a line one after another."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from hardware.simulator.android import ANDROID
from hardware.simulator.faults import ExitCode, HangShell
from hardware.simulator.filters import filtered
from hardware.simulator.handset import SimulatedHandset
from hardware.simulator.packages import install
from hardware.simulator.shell_line import (
    Joint,
    Redirection,
    ShellCommand,
    ShellSyntaxError,
    parse_line,
)
from hardware.simulator.streams import ByteStream
from hardware.simulator.timing import Work
from hardware.simulator.toolbox import TOOLBOX, Reply, failed, unknown
from hardware.simulator.wifi_shell import without_password

_PROGRAMS = {**TOOLBOX, **ANDROID}
_IDENTITY = (("getprop",), ("service", "call", "iphonesubinfo"))


class Shell:
    """One run of the shell; `stdin` is the raw stream, for a streamed installation."""

    def __init__(self, handset: SimulatedHandset, stdin: ByteStream | None, work: Work) -> None:
        self._handset, self._stdin, self._work = handset, stdin, work
        self.asked_identity = False
        """Whether the line that was run asked who the handset is."""

    async def run(self, line: str) -> Reply:
        """Run a line; the exit code is that of the last command that ran."""
        self._handset.note(f"shell {without_password(line)}")
        if self._handset.faults.take(HangShell, lambda fault: fault.word in line):
            await asyncio.Event().wait()
        try:
            commands = parse_line(line)
            self.asked_identity = _ask_identity(commands)
            return await self._run_all(commands)
        except ShellSyntaxError as error:
            return failed(f"/system/bin/sh: {error}\n")

    async def _run_all(self, commands: Sequence[ShellCommand]) -> Reply:
        code, out, err = 0, b"", b""
        for command in commands:
            if not _is_due(command.joint, code):
                continue
            if command.words[0] == "exit":
                return Reply(_exit_code(command.words, code), out, err)
            reply = filtered(await self._command(command.words), command.filters)
            reply = self._redirected(reply, command.redirections)
            code, out, err = reply.code, out + reply.out, err + reply.err
        return Reply(code, out, err)

    async def _command(self, words: Sequence[str]) -> Reply:
        fault = self._handset.faults.take(ExitCode, lambda fault: fault.fits(words))
        if fault is not None:
            return failed(fault.err, fault.code)
        match words:
            case ["sleep", seconds] if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", seconds):
                await asyncio.sleep(float(seconds))
                return Reply()
            case ["pm", "install", *options] | ["cmd", "package", "install", *options]:
                return await install(self._handset, options, self._stdin, self._work)
            case [name, *arguments] if name in _PROGRAMS:
                return _PROGRAMS[name](self._handset, arguments)
            case _:
                return unknown(words[0])

    def _redirected(self, reply: Reply, redirections: Sequence[Redirection]) -> Reply:
        goes = {1: "&1", 2: "&2"}
        for output, target in redirections:
            goes[output] = goes[int(target[1])] if target in ("&1", "&2") else target
        kept = {"&1": b"", "&2": b""}
        for output, data in ((1, reply.out), (2, reply.err)):
            kept[goes[output]] = kept.get(goes[output], b"") + data
        try:
            for path in kept.keys() - {"&1", "&2", "/dev/null"}:
                self._handset.storage.write(path, kept[path])
        except OSError as error:
            return failed(f"/system/bin/sh: can't create {error.filename}: {error.strerror}\n")
        return Reply(reply.code, kept["&1"], kept["&2"])


def _ask_identity(commands: Sequence[ShellCommand]) -> bool:
    """Whether a line asks who the handset is: the whole property list, or an IMEI."""
    return any(c.words == _IDENTITY[0] or c.words[:3] == _IDENTITY[1] for c in commands)


def _is_due(joint: Joint, code: int) -> bool:
    match joint:
        case Joint.ALWAYS:
            return True
        case Joint.AFTER_SUCCESS:
            return code == 0
        case Joint.AFTER_FAILURE:
            return code != 0


def _exit_code(words: Sequence[str], code: int) -> int:
    match words:
        case [_, number] if re.fullmatch(r"[0-9]{1,3}", number):
            return int(number) & 0xFF
        case _:
            return code
