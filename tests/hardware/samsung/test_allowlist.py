"""Nothing but a closed list of whole lines is ever written to a modem: by structure, and tried."""

from __future__ import annotations

import ast
import asyncio
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.problems import ProblemError
from hardware.samsung.allowlist import Command, write
from hardware.samsung.modem import Patience
from hardware.simulator.modem import ModemFaults
from tests.hardware.samsung.asking import ALLOWED, INFO, ask, plugged

_ROOT = Path(__file__).parents[3]
_SAMSUNG = _ROOT / "hardware" / "samsung"
FORBIDDEN = (
    "AT+IMEINUM", "AT+SERIALNO", "AT+FACTORST", "AT+FUS?", "AT+SUDDLMOD", "AT+SWATD",
    "AT+ACTIVATE", "AT+KSTRINGB", "AT+DUMPCTRL", "AT+DEBUGLVC", "AT+SYSSCOPE", "AT+PRECONFG",
    "AT+CFUN", "ATD", "AT+CMGS", "AT+CTSA", "AT+EGMR",
)  # fmt: skip
"""Writes, resets and unlocking that the same port takes."""


class Pipe:
    """Something with a descriptor, and what arrived through it."""

    def __init__(self) -> None:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)

    def fileno(self) -> int:
        return self._writer

    def arrived(self) -> bytes:
        try:
            return os.read(self._reader, 1 << 16)
        except BlockingIOError:
            return b""

    def close(self) -> None:
        os.close(self._reader)
        os.close(self._writer)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    pipe = Pipe()
    yield pipe
    pipe.close()


def test_each_command_is_one_whole_line(pipe: Pipe) -> None:
    lines = []
    for command in Command:
        write(pipe, command)
        lines.append(pipe.arrived())
    assert lines == [b"AT\r", b"AT+DEVCONINFO\r", b"AT+REACTIVE=1,0,0\r"]


anything = st.one_of(
    st.text(), st.binary(), st.integers(), st.none(), st.booleans(), st.floats(),
    st.sampled_from([*FORBIDDEN, *(command.value for command in Command), *Command.__members__]),
    st.sampled_from([line.encode() + b"\r" for line in FORBIDDEN]),
    st.tuples(st.sampled_from(Command), st.text()),
)  # fmt: skip


@given(anything)
def test_whatever_is_no_command_is_not_written(said: object) -> None:
    pipe = Pipe()
    with pytest.raises((KeyError, TypeError)):
        write(pipe, cast(Any, said))
    assert pipe.arrived() == b""
    pipe.close()


def test_what_pretends_to_be_a_command_writes_at_most_that_command(pipe: Pipe) -> None:
    class Pretender:
        value = "AT+FACTORST=0,0"

        def __hash__(self) -> int:
            return hash(Command.ATTENTION)

        def __eq__(self, _: object) -> bool:
            return True

    write(pipe, cast(Any, Pretender()))
    assert pipe.arrived() == b"AT\r"


def test_the_list_cannot_be_changed() -> None:
    from hardware.samsung import allowlist  # noqa: PLC0415 - its private table

    with pytest.raises(TypeError):
        cast(Any, allowlist._LINES)[Command.ATTENTION] = b"ATD\r"
    with pytest.raises(ValueError, match="not a valid"):
        Command("AT+FACTORST")


replies = st.lists(
    st.one_of(
        st.binary(max_size=60),
        st.sampled_from([f"{line}\r\n".encode() for line in FORBIDDEN]),
        st.sampled_from([b"+DEVCONINFO: " + INFO.encode() + b"\r\n", b"\r\nOK\r\n", b"ERROR\r\n"]),
        st.sampled_from([b"BUSY\r\n", b"> ", b"CONNECT\r\n", b"+REACTIVE:1,LOCK\r\n", b"\x11\x13"]),
    ),
    max_size=8,
).map(b"".join)


@settings(max_examples=60, deadline=None)
@given(
    replies,
    st.booleans(),
    st.booleans(),
    st.integers(0, 40),
    st.integers(1, 3),
    st.integers(0, 3),
)
def test_whatever_a_modem_replies_nothing_else_is_ever_written(
    reply: bytes, is_instead: bool, reactivation: bool, chunk: int, tries: int, busy: int
) -> None:
    """`plugged` compares every byte that arrived with the list, as it does in each other test."""
    faults = ModemFaults(
        garbage=reply if is_instead else None, unasked=reply, chunk=chunk, busy=busy
    )

    async def story(folder: str) -> None:
        async with plugged(Path(folder), faults) as modem:
            with suppress(ProblemError):
                await ask(modem, Patience(5, 5, 0.005, 0, tries), reactivation=reactivation)
            assert modem.written.startswith(b"AT\r")

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(story(folder))


def test_the_check_of_what_was_written_would_find_anything_else() -> None:
    for line in (*FORBIDDEN, "AT+DEVCONINFO=1", "AT+REACTIVE=1,0,1", "at", "AT+REACTIVE=1,0,0,"):
        assert not ALLOWED.fullmatch(line.encode() + b"\r")
        assert not ALLOWED.fullmatch(b"AT\r" + line.encode() + b"\rAT\r")


# ── by structure ────────────────────────────────────────────────────────────────────────────────
WRITING = {
    "write", "writelines", "writev", "pwrite", "pwritev", "send", "sendall", "sendmsg", "sendfile",
    "sendbreak", "send_break", "write_text", "write_bytes", "splice", "sendto", "write_through",
}  # fmt: skip
"""Calls that put bytes somewhere."""
IOCTLS = {
    "port.py": {"TIOCEXCL", "TIOCNXCL"},
    "choosing.py": {"_CALL_DRIVER", "_SET_CONFIGURATION"},
}
"""Requests to a driver, by module; none of them puts a byte on a terminal, as TIOCSTI would."""


def calls(module: Path) -> Iterator[tuple[str, ast.Call]]:
    yield from calls_in(ast.parse(module.read_text("utf-8")))


def calls_in(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func
            if isinstance(name, ast.Attribute):
                yield name.attr, node
            elif isinstance(name, ast.Name):
                yield name.id, node


def modules(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((_ROOT / folder).rglob("*.py"))]


def test_one_call_in_the_whole_room_writes_and_it_is_the_allowlists() -> None:
    found = [
        (module.name, ast.unparse(call))
        for module in modules("hardware/samsung")
        for name, call in calls(module)
        if name in WRITING
    ]
    assert found == [
        ("allowlist.py", "os.write(port.fileno(), line)"),
        ("modem.py", "allowlist.write(port, question.command)"),
    ]


def test_the_rooms_requests_to_drivers_put_nothing_on_a_terminal() -> None:
    found: dict[str, set[str]] = {}
    for module in modules("hardware/samsung"):
        for name, call in calls(module):
            if name == "ioctl":
                request = ast.unparse(call.args[1]).removeprefix("termios.")
                found.setdefault(module.name, set()).add(request)
    assert found == IOCTLS


def test_nothing_writes_but_through_what_was_looked_for() -> None:
    """No alias of a writing function, no file object made of a descriptor, no import by name."""
    for module in modules("hardware/samsung"):
        tree = ast.parse(module.read_text("utf-8"))
        called = {id(call.func) for _, call in calls_in(tree)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in WRITING:
                assert id(node) in called, (module.name, ast.unparse(node))
            if isinstance(node, ast.ImportFrom):
                assert not {alias.name for alias in node.names} & WRITING, module.name
        names = {name for name, _ in calls(module)}
        assert not names & {"fdopen", "FileIO", "getattr", "exec", "eval", "__import__"}, (
            module.name
        )
        assert "open" not in names or module.name == "choosing.py", module.name


def test_no_command_is_ever_made_of_a_text() -> None:
    for module in modules("hardware/samsung"):
        tree = ast.parse(module.read_text("utf-8"))
        assert "Command" not in {name for name, _ in calls_in(tree)}, module.name
        subscripted = {ast.unparse(n.value) for n in ast.walk(tree) if isinstance(n, ast.Subscript)}
        assert "Command" not in subscripted, module.name


def test_only_this_room_and_its_tests_know_the_modems_writer() -> None:
    knowing = {
        module.relative_to(_ROOT).as_posix()
        for module in modules("hardware", "bench", "app")
        if "samsung.allowlist" in module.read_text("utf-8")
        or "import allowlist" in module.read_text("utf-8")
    }
    assert knowing == {"hardware/samsung/modem.py", "hardware/samsung/replies.py"}


def test_no_other_command_is_spelt_anywhere_in_the_product() -> None:
    for module in modules("hardware", "bench", "app"):
        source = module.read_text("utf-8")
        if not any(line in source for line in FORBIDDEN):
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
                text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
                is_prose = " " in text
                assert is_prose or not text.startswith(FORBIDDEN), (module, text)
