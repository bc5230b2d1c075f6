"""The bench's signing key: whoever holds it can write custody events as this bench.

Its form is PKCS 8 PEM, so that other tools can read it too; `Vault` keeps it sealed where the
computer can, otherwise it lies in a file that only its owner may read.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from bench.custody import durable
from bench.problems import Problem, ProblemCode, ProblemError

_OTHERS = 0o077


class BenchKey:
    """An Ed25519 key pair."""

    __slots__ = ("_private",)

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read the key at `path`; where there is none, make one. `ProblemError` if unusable.

        A new key comes into being whole or not at all, and never replaces another.
        """
        try:
            if not path.exists():
                durable.create(path, new_pem())
            return cls.from_pem(_read(path), path.name)
        except OSError as error:
            raise _unusable(path.name, str(error)) from error

    @classmethod
    def from_pem(cls, pem: bytes, where: str) -> Self:
        """Read a key that was kept elsewhere; `where` names it in the `ProblemError`."""
        try:
            private = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise _unusable(where, str(error)) from error
        if not isinstance(private, Ed25519PrivateKey):
            raise _unusable(where, "not an Ed25519 key")
        return cls(private)

    @property
    def public(self) -> bytes:
        """The public key: 32 bytes (RFC 8032)."""
        return self._private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the signature: 64 bytes (RFC 8032, Ed25519)."""
        return self._private.sign(message)


def new_pem() -> bytes:
    """Make a key; return it as it is kept."""
    return Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & _OTHERS:
            raise _unusable(path.name, "others may read the bench's key: chmod 600 it")
        return file.read()


def _unusable(where: str, detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.LEDGER_UNUSABLE, where, detail))
