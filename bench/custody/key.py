"""The bench's signing key: whoever holds it can write custody events as this bench.

It lies in a file that only its owner may read, as PKCS 8 PEM, so that other tools can read it too.
"""

from __future__ import annotations

import os
import secrets
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

from bench.problems import Problem, ProblemCode, ProblemError

_OWNER_ONLY = 0o600
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
                _create(path)
            return cls(_read(path))
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise _unusable(path, str(error)) from error

    @property
    def public(self) -> bytes:
        """The public key: 32 bytes (RFC 8032)."""
        return self._private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the signature: 64 bytes (RFC 8032, Ed25519)."""
        return self._private.sign(message)


def _read(path: Path) -> Ed25519PrivateKey:
    with path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & _OTHERS:
            raise _unusable(path, "others may read the bench's key: chmod 600 it")
        private = load_pem_private_key(file.read(), password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise _unusable(path, "not an Ed25519 key")
    return private


def _create(path: Path) -> None:
    """Write beside the place and link into it: a link, unlike a rename, never overwrites."""
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        _write_through(draft, pem)
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _write_through(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unusable(path: Path, detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.LEDGER_UNUSABLE, path.name, detail))
