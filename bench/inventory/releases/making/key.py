"""The publisher's key at the centre: a file that only its owner may read (PKCS 8 PEM, Ed25519)."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from bench.custody import durable
from bench.custody.key import BenchKey, new_pem
from bench.problems import Problem, ProblemCode, ProblemError

_OTHERS = 0o077


def open_key(path: Path) -> BenchKey:
    """Read the key; where there is none, make one. `ProblemError` KEY_UNUSABLE.

    A new one comes into being whole or not at all, for its owner only, and replaces no other.
    """
    try:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            durable.create(path, new_pem())
        return BenchKey.from_pem(_read(path), path.name)
    except OSError as error:
        raise _unusable(path, error.strerror or "it cannot be read") from error
    except ProblemError as error:
        raise _unusable(path, error.problem.detail) from None


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & _OTHERS:
            raise _unusable(path, "others may read the publisher's key: chmod 600 it")
        return file.read()


def _unusable(path: Path, detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.KEY_UNUSABLE, path.name, detail))
