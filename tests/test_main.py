"""The program from outside: what it answers to whom, in how many lines, with which exit code."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from bench.custody.verification import verify_file
from hardware.adb.server import free_port

ROOT = Path(__file__).parents[1]
NO_SCREEN = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}


def run(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "main.py", *words], cwd=ROOT, env={**os.environ, **environment},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def one_line(done: subprocess.CompletedProcess[str], code: int) -> str:
    """Return the one line that the program said before it ended with that exit code."""
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    (line,) = done.stderr.splitlines()
    return line


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record of one staged handset."""
    folder = tmp_path_factory.mktemp("record")
    assert run("demo", "--alone", "--headless", "--handsets", "1", "--out", folder).returncode == 0
    return folder / "ledger.db"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["stage"], "stage"),
        (["--frobnicate"], "--frobnicate"),
        (["demo", "--handsets", "0"], "1 to 400"),
        (["demo", "--handsets", "-1"], "--handsets"),
        (["demo", "--handsets", "x"], "1 to 400"),
        (["demo", "--handsets", "401"], "1 to 400"),
        (["demo", "--handsets"], "--handsets"),
        (["demo", "--seed", "x"], "--seed"),
        (["demo", "--faults", "unplug,gremlins"], "gremlins"),
        (["ledger"], "COMMAND"),
        (["ledger", "burn"], "burn"),
        (["ledger", "verify"], "FILE"),
        (["ledger", "verify", "/nonexistent/ledger.db"], "/nonexistent/ledger.db"),
        (["ledger", "verify", "/"], "/"),
        (["demo", "--out", "/dev/null"], "/dev/null"),
        (["--settings", "/nonexistent/settings.toml"], "/nonexistent/settings.toml"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else None,
)
def test_bad_arguments_are_refused_in_one_line(words: Sequence[str], named: str) -> None:
    line = one_line(run(*words), 2)
    assert line.startswith("staging-bench")
    assert named in line


def test_help_is_no_error() -> None:
    done = run("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "demo" in done.stdout


def test_a_record_verifies(record: Path) -> None:
    done = run("ledger", "verify", record)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("events, every one verifies\n")


def test_a_record_with_an_edited_event_does_not_verify_from_there_on(
    record: Path, tmp_path: Path
) -> None:
    edited = tmp_path / "ledger.db"
    with dbapi2.connect(f"file:{record}?mode=ro", uri=True) as source:
        source.execute(f"VACUUM INTO '{edited}'")
    source.close()
    with dbapi2.connect(edited) as connection:
        connection.execute("DROP TRIGGER event_never_changes")
        changed = connection.execute(
            "UPDATE event SET body = replace(body, 'technician', 'somebodyelse') WHERE seq = 5"
        )
        assert changed.rowcount == 1
    connection.close()
    done = run("ledger", "verify", edited)
    assert (done.returncode, done.stderr) == (1, "")
    assert f"{edited}: event 5 does not verify" in done.stdout
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize("content", [b"", b"no record\n", b"SQLite format 3\0" + b"x" * 5000])
def test_a_file_that_is_no_record_does_not_verify(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "ledger.db"
    file.write_bytes(content)
    done = run("ledger", "verify", file)
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (1, "", 1)
    assert file.read_bytes() == content


def test_a_demo_does_not_touch_a_file_that_is_no_record(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"my diary\n" * 1000)
    line = one_line(run("demo", "--alone", "--headless", "--out", tmp_path), 1)
    assert line.startswith("staging-bench: ledger.db — ")
    assert (tmp_path / "ledger.db").read_bytes() == b"my diary\n" * 1000


def test_a_demo_without_adb_says_what_to_install(tmp_path: Path) -> None:
    line = one_line(run("demo", "--alone", "--headless", "--out", tmp_path, PATH=str(tmp_path)), 1)
    assert "Install the package adb" in line


def test_a_window_without_a_display_is_refused_in_one_line(tmp_path: Path) -> None:
    line = one_line(run(HOME=str(tmp_path), **NO_SCREEN), 2)
    assert "demo --headless" in line


def test_settings_that_cannot_be_read_are_refused_in_one_line(tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text("[station]\nnaem = 'bench-01'\n")
    line = one_line(run("--settings", settings, HOME=str(tmp_path), **NO_SCREEN), 2)
    assert f"{settings}: station.naem is not known; did you mean station.name?" in line


def test_a_demo_without_a_display_runs_headless(tmp_path: Path) -> None:
    done = run("demo", "--alone", "--json", "--handsets", "1", "--out", tmp_path, **NO_SCREEN)
    assert done.returncode == 0, done.stderr
    assert '"staged": 1' in done.stdout


def test_the_window_opens_in_an_empty_home_and_ends_when_asked_to(tmp_path: Path) -> None:
    home, settings = tmp_path / "home", tmp_path / "settings.toml"
    home.mkdir()
    port = free_port()
    settings.write_text(f"[adb]\nport = {port}\n")  # the usual one may be somebody's
    account = {name: text for name, text in os.environ.items() if not name.startswith("XDG_")}
    with subprocess.Popen(
        [sys.executable, "main.py", "--settings", settings], cwd=ROOT, text=True,
        env={**account, "HOME": str(home), "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    ) as child:  # fmt: skip
        try:
            record = begun(child, home)
            child.terminate()
            out, err = child.communicate(timeout=30)
            is_over = not_listened_on(port)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
    assert (child.returncode, out) == (0, ""), err
    assert "Traceback" not in err
    assert is_over, "the ADB server it started goes on"
    assert run("ledger", "verify", record).returncode == 0


def not_listened_on(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def begun(child: subprocess.Popen[str], home: Path) -> Path:
    """Wait until the window's bench has begun its record, which says that a session began."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert child.poll() is None, child.communicate()
        for record in home.rglob("ledger.db"):
            if verify_file(record).events > 1:
                return record
        time.sleep(0.05)
    pytest.fail("no record was begun")
