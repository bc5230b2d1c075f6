"""`secret set`, `list` and `forget` as somebody types them: the value is never shown."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pytest

from bench.command_line import secrets
from bench.command_line.people_desk import AnswerError
from bench.custody.keys.systemd_creds import SystemdCreds
from bench.enrolment.secrets.store import SecretStore

ROOT = Path(__file__).parents[4]
CANARY = "canary-Tr0ub4dor&3"


@dataclass
class Typing:
    """Someone at a terminal who types these lines."""

    lines: Iterator[str]
    asked: list[str] = field(default_factory=list)

    def line(self, prompt: str) -> str:
        raise AssertionError(f"{prompt} was asked for with an echo")

    def hidden(self, prompt: str) -> str:
        self.asked.append(prompt)
        return next(self.lines)


@pytest.fixture
def store(tmp_path: Path) -> SecretStore:
    return SecretStore(tmp_path / "secrets", SystemdCreds("no-such-program"))


def test_a_secret_is_asked_for_twice_and_then_kept(
    store: SecretStore, capsys: pytest.CaptureFixture[str]
) -> None:
    ask = Typing(iter([CANARY, CANARY]))
    assert secrets.set_secret(store, "bench-wifi", lambda: secrets.typed(ask)) == 0
    assert store.secret("bench-wifi") == CANARY
    assert len(ask.asked) == 2
    assert secrets.list_secrets(store) == 0
    shown = capsys.readouterr()
    assert "bench-wifi: kept, in a file that only its owner may read" in shown.out
    assert CANARY not in shown.out + shown.err


def test_two_that_differ_are_not_kept(
    store: SecretStore, capsys: pytest.CaptureFixture[str]
) -> None:
    ask = Typing(iter([CANARY, f"{CANARY}x"]))
    assert secrets.set_secret(store, "bench-wifi", lambda: secrets.typed(ask)) == 1
    assert store.kept() == ()
    shown = capsys.readouterr()
    assert "The two differ." in shown.err
    assert CANARY not in shown.out + shown.err


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (b"word\n", "word"), (b"word\r\n", "word"), (b"word", "word"),
        (b"two\nlines\n", "two\nlines"), (b" spaced \n", " spaced "),
    ],
)  # fmt: skip
def test_what_is_piped_in_is_taken_without_its_last_line_end(given: bytes, kept: str) -> None:
    assert secrets.read_to_end(BytesIO(given)) == kept


def test_what_is_piped_in_and_is_no_text_is_not_repeated(
    store: SecretStore, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe = BytesIO(CANARY.encode() + b"\xff")
    assert secrets.set_secret(store, "token", lambda: secrets.read_to_end(pipe)) == 1
    with pytest.raises(AnswerError) as raised:
        secrets.read_to_end(BytesIO(CANARY.encode() + b"\xff"))
    assert raised.value.__context__ is None
    assert CANARY not in capsys.readouterr().err


def test_a_secret_typed_where_its_name_belongs_is_not_repeated(
    store: SecretStore, capsys: pytest.CaptureFixture[str]
) -> None:
    assert secrets.set_secret(store, CANARY, lambda: "x") == 1
    assert secrets.forget_secret(store, CANARY) == 1
    shown = capsys.readouterr()
    assert "small letters, digits and hyphens" in shown.err
    assert CANARY not in shown.out + shown.err


def test_what_is_forgotten_is_said_and_what_was_never_there_too(
    store: SecretStore, capsys: pytest.CaptureFixture[str]
) -> None:
    store.keep("token", "x")
    assert secrets.forget_secret(store, "token") == 0
    assert secrets.forget_secret(store, "token") == 1
    assert secrets.list_secrets(store) == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines() == ["token: forgotten", "no secret is kept here"]
    assert "There is none of that name" in shown.err


TYPED = """
import os, sys
os.close(os.open(os.ttyname(0), os.O_RDWR))  # now it is this session's terminal
from pathlib import Path
from bench.command_line import secrets
from bench.command_line.people_desk import Terminal
store = secrets.store_of(Path(sys.argv[1]))
sys.exit(secrets.set_secret(store, "token", lambda: secrets.typed(Terminal())))
"""


def test_a_real_terminal_does_not_echo_the_secret(tmp_path: Path) -> None:
    near, far = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", TYPED, str(tmp_path / "ledger.db")],
        cwd=ROOT, stdin=far, stdout=far, stderr=far, start_new_session=True,
        env={**os.environ, "SYSTEMD_CREDENTIAL_SECRET": str(tmp_path / "host.secret")},
    )  # fmt: skip
    os.close(far)
    said = b""
    for prompt in (b"The secret: ", b"The same again: "):
        while prompt not in said:
            said += os.read(near, 4096)
        os.write(near, f"{CANARY}\n".encode())
    while child.poll() is None or b"kept" not in said:
        try:
            said += os.read(near, 4096)
        except OSError:
            break
    assert child.wait(20) == 0
    os.close(near)
    assert CANARY.encode() not in said
    assert secrets.store_of(tmp_path / "ledger.db").kept()[0].name == "token"
