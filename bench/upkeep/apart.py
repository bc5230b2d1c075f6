"""Proves a copy of the record in a process of its own, so that the bench's loop is not held up.

On a thread beside it the proof takes the interpreter from the loop: with a record of 100 MB one
tick in a hundred was some 20 ms late.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from contextlib import suppress
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path

from bench.custody.backup.trial import Form, Verify
from bench.custody.verification import Progress, Verdict

_LOOK = 0.1
_NICE = 10
"""How much more important everything else is."""


def apart(form: Form) -> Form:
    """Return the form of records whose verification is a process of its own."""
    return replace(form, verify=partial(_verify_apart, form.verify))


def _verify_apart(
    verify: Verify,
    path: Path,
    *,
    public_key: bytes | None = None,
    progress: Progress = lambda _: None,
) -> Verdict:
    """As `verify`; `progress` is told 0 now and then, and may end it by raising."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(theirs, verify, path, public_key))
    process.start()
    theirs.close()
    try:
        while not ours.poll(_LOOK):
            progress(0)
        return _verdict(ours)
    finally:
        _end(process)
        ours.close()


def _verdict(ours: Connection) -> Verdict:
    try:
        verdict = ours.recv()
    except EOFError:
        return Verdict(0, 0, "its verification was cut short")
    assert isinstance(verdict, Verdict)
    return verdict


def _work(told: Connection, verify: Verify, path: Path, public_key: bytes | None) -> None:
    """In the process: leads a group of its own, so that its own helpers end with it."""
    os.setpgid(0, 0)
    os.nice(_NICE)
    told.send(verify(path, public_key=public_key))


def _end(process: SpawnProcess) -> None:
    assert process.pid is not None, "it was started"
    with suppress(ProcessLookupError):  # it has not come so far, or has ended
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join()
