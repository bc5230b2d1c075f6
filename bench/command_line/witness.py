"""Runs a witness until it is told to end, or says by which key it is known."""

from __future__ import annotations

import asyncio
import signal
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.clock import SystemClock
from bench.custody.proof.checkpoint import witness_key
from bench.custody.proof.note import NoteError, VerifierKey, key_name
from bench.problems import Problem, ProblemCode, ProblemError
from bench.witness.logs import read_logs
from bench.witness.opening import open_key_and_state
from bench.witness.server import WitnessServer
from bench.witness.witness import Witness


@dataclass(frozen=True)
class RunWitness:
    """Witness the logs that a policy file names, at `host` and `port` (0: any that is free).

    `name` goes into each signature and may never change; `certificate` and `tls_key` are PEM files.
    """

    name: str
    logs: Path
    key: Path
    state: Path
    host: str
    port: int
    certificate: Path | None = None
    tls_key: Path | None = None


@dataclass(frozen=True)
class ShowWitnessKey:
    """Say the verifier key of a witness, making its key and memory if there are none."""

    name: str
    key: Path
    state: Path


def serve(command: RunWitness) -> int:
    """Run the witness until SIGTERM or SIGINT; return the exit code. `ProblemError` if it cannot.

    Its first line is its verifier key; what it decides is said on standard error.
    """
    logs, tls = read_logs(command.logs), _tls(command)
    name = _name(command.name)
    key, state = open_key_and_state(command.key, command.state)
    try:
        witness = Witness(name, key, logs, state, SystemClock(), _say)
        asyncio.run(_serve(command, witness, WitnessServer(witness, _say, tls)))
    except OSError as error:
        raise _unusable(f"{command.host}:{command.port}", str(error)) from error
    finally:
        state.close()
    return 0


def show_key(command: ShowWitnessKey) -> int:
    """Say the verifier key on standard output; return the exit code. `ProblemError` if unusable."""
    name = _name(command.name)
    key, state = open_key_and_state(command.key, command.state)
    state.close()
    _tell(witness_key(name, key))
    return 0


async def _serve(command: RunWitness, witness: Witness, server: WitnessServer) -> None:
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)

    def ready(port: int) -> None:
        _tell(witness.vkey)
        _say(f"A witness listens on {command.host}, port {port}.")

    await server.serve(command.host, command.port, ended, ready)


def _tls(command: RunWitness) -> ssl.SSLContext | None:
    if command.certificate is None:
        if command.tls_key is not None:
            raise _unusable(command.tls_key.name, "a TLS key needs its certificate beside it")
        return None
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        tls.load_cert_chain(command.certificate, command.tls_key, password="")
    except (OSError, ValueError) as error:
        raise _unusable(command.certificate.name, str(error)) from error
    return tls


def _name(text: str) -> str:
    try:
        return key_name(text)
    except NoteError as error:
        raise _unusable("name", str(error)) from error


def _tell(vkey: VerifierKey) -> None:
    sys.stdout.write(f"{vkey}\n")
    sys.stdout.flush()


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _unusable(where: str, detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.WITNESS_UNUSABLE, where, detail))
