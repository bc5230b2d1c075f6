"""The witness as a program: started, asked, killed, started again."""

from __future__ import annotations

import re
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.command_line.witness import RunWitness, serve
from bench.custody.proof.checkpoint import COSIGNATURE_V1, cosigned_at
from bench.custody.proof.note import VerifierKey
from bench.problems import ProblemError
from bench.witness.client import WitnessClient, WitnessRefusedError
from bench.witness.cosigning import RolledBackError, cosign
from tests.bench.custody.proof.signers import ORIGIN
from tests.bench.witness.standing import LoggingBench, head_in, known_logs

_PROGRAM = Path(__file__).with_name("run_witness.py")
_HOME = Path(__file__).parents[3]
_NAME = "witness.example/police/w1"


@dataclass
class Program:
    process: subprocess.Popen[str]
    vkey: VerifierKey
    port: int

    @property
    def client(self) -> WitnessClient:
        return WitnessClient(f"http://127.0.0.1:{self.port}", self.vkey, 20)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (vkey,) = known_logs(ORIGIN)[ORIGIN]
    (tmp_path / "logs").write_text(f"# the benches of one site\nlog {vkey}\nquorum none\n")
    return tmp_path


def _started(folder: Path, *more: str, name: str = _NAME) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(_PROGRAM), "serve", name, str(folder), *more],
        cwd=_HOME,
        env={"PYTHONPATH": str(_HOME)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def _running(folder: Path) -> Iterator[Program]:
    process = _started(folder)
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        vkey = process.stdout.readline().strip()
        said = process.stderr.readline()
        listening = re.search(r"port ([0-9]+)", said)
        assert listening, said + process.stderr.read()
        yield Program(process, VerifierKey.parse(vkey), int(listening[1]))
    finally:
        process.kill()
        process.communicate()


def _refusal(folder: Path, *more: str, name: str = _NAME) -> str:
    process = _started(folder, *more, name=name)
    try:
        said, complaint = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, said) == (1, "")
    assert "Traceback" not in complaint
    return complaint


def _bench(count: int, mark: str = "") -> LoggingBench:
    bench = LoggingBench()
    bench.grow(count, mark)
    return bench


def test_a_witness_says_its_key_and_is_always_the_same_one(folder: Path) -> None:
    said = subprocess.run(
        [sys.executable, str(_PROGRAM), "key", _NAME, str(folder)],
        cwd=_HOME,
        env={"PYTHONPATH": str(_HOME)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    vkey = VerifierKey.parse(said.strip())
    assert (vkey.name, vkey.algorithm) == (_NAME, COSIGNATURE_V1)
    with _running(folder) as program:
        assert program.vkey == vkey
    assert stat.S_IMODE((folder / "witness.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "witness.db").stat().st_mode) == 0o600


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_witness_ends_when_told_to(folder: Path, number: signal.Signals) -> None:
    with _running(folder) as program:
        bench = _bench(5)
        note = cosign(program.client, bench.note, bench.tree, 0)
        assert cosigned_at(note, program.vkey) is not None
        program.process.send_signal(number)
        said, minutes = program.process.communicate(timeout=60)
        assert program.process.returncode == 0
    assert (said, minutes) == ("", f"{ORIGIN} 0 → 5: 200\n")


def test_a_witness_that_is_killed_has_forgotten_nothing(folder: Path) -> None:
    bench = LoggingBench()
    for size in range(1, 6):
        with _running(folder) as program:
            if size > 1:
                with pytest.raises(RolledBackError):
                    cosign(program.client, _bench(size - 1, "x").note, bench.tree, size)
                fork = _bench(size, "fork ")
                with pytest.raises(WitnessRefusedError, match="422"):
                    cosign(program.client, fork.note, fork.tree, size - 1)
            bench.grow(1)
            cosign(program.client, bench.note, bench.tree, size - 1)
            program.process.send_signal(signal.SIGKILL)
            program.process.wait(60)
    assert head_in(folder / "witness.db") == (5, bench.tree.root(5))


def test_two_programs_with_one_memory_never_cosign_two_histories(folder: Path) -> None:
    with _running(folder) as one, _running(folder) as other:
        assert one.vkey == other.vkey
        bench = LoggingBench()
        for number in range(15):
            forks = [bench.clone(), bench.clone()]
            for which, fork in enumerate(forks):
                fork.grow(2 - which, f"{number} {which} ")
            with ThreadPoolExecutor(2) as pool:
                done = list(pool.map(_is_cosigned, (one, other), forks))
            assert sum(done) == 1
            bench = forks[done.index(True)]
    assert head_in(folder / "witness.db")[0] == len(bench.hashes)


def _is_cosigned(program: Program, bench: LoggingBench) -> bool:
    try:
        cosign(program.client, bench.note, bench.tree, 0)
    except (RolledBackError, WitnessRefusedError):
        return False
    return True


def test_a_key_whose_memory_is_gone_signs_no_more(folder: Path) -> None:
    with _running(folder):
        pass
    (folder / "witness.db").rename(folder / "elsewhere")
    assert "memory is gone" in _refusal(folder)
    assert not (folder / "witness.db").exists()


def test_a_memory_does_not_serve_another_key(folder: Path) -> None:
    with _running(folder):
        pass
    (folder / "witness.key").unlink()
    assert "memory of another key" in _refusal(folder)


@pytest.mark.parametrize("logs", [None, b"", b"quorum none\n", b"log x\nquorum none\n", b"\xff\n"])
def test_a_list_of_logs_that_names_none_is_a_known_problem(
    folder: Path, logs: bytes | None
) -> None:
    (folder / "logs").unlink()
    if logs is not None:
        (folder / "logs").write_bytes(logs)
    assert _refusal(folder).startswith("logs — ")
    assert not (folder / "witness.key").exists()


@pytest.mark.parametrize("name", ["", "with space", "with+plus"])
def test_a_name_that_can_sign_nothing_is_a_known_problem(folder: Path, name: str) -> None:
    assert "name" in _refusal(folder, name=name)
    assert not (folder / "witness.key").exists()


def test_a_certificate_that_is_none_is_a_known_problem(folder: Path) -> None:
    (folder / "cert.pem").write_text("no certificate")
    assert _refusal(folder, str(folder / "cert.pem")).startswith("cert.pem — ")
    assert _refusal(folder, str(folder / "nowhere.pem")).startswith("nowhere.pem — ")


def test_an_address_that_is_taken_is_a_known_problem(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        key, state = folder / "witness.key", folder / "witness.db"
        with pytest.raises(ProblemError) as refused:
            serve(RunWitness(_NAME, folder / "logs", key, state, "127.0.0.1", port))
    assert refused.value.problem.where == f"127.0.0.1:{port}"
