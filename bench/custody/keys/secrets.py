"""The secrets of a bench as what they are for: a key that signs, a pepper, a record's key."""

from __future__ import annotations

import secrets

from bench.custody.key import BenchKey, new_pem
from bench.custody.keys.sealing import Sealing, Secret
from bench.custody.keys.vault import Vault
from bench.problems import Problem, ProblemCode, ProblemError

_SIZE = 32


def bench_key(vault: Vault) -> tuple[BenchKey, Sealing]:
    """Return the key that signs, made where there is none; `ProblemError` if unusable."""
    opened = vault.open(Secret.BENCH_KEY, new_pem)
    return BenchKey.from_pem(opened.secret, Secret.BENCH_KEY.credential), opened.sealing


def pepper(vault: Vault, *, may_make: bool) -> tuple[bytes, Sealing]:
    """Return the pepper of the PINs: 32 bytes; `ProblemError` if unusable.

    It may be made only while nobody has a PIN: with another pepper none of them fits any more.
    """
    return _bytes(vault, Secret.PEPPER, may_make=may_make)


def record_key(vault: Vault, *, may_make: bool) -> tuple[bytes, Sealing]:
    """Return the key that encrypts the record: 32 bytes; `ProblemError` if unusable.

    It may be made only while there is no encrypted record: nothing else opens that.
    """
    return _bytes(vault, Secret.RECORD_KEY, may_make=may_make)


def _bytes(vault: Vault, secret: Secret, *, may_make: bool) -> tuple[bytes, Sealing]:
    opened = vault.open(secret, _random if may_make else None)
    if len(opened.secret) != _SIZE:
        detail = f"it is {len(opened.secret)} bytes long, not {_SIZE}"
        raise ProblemError(Problem(ProblemCode.KEY_UNUSABLE, secret.credential, detail))
    return opened.secret, opened.sealing


def _random() -> bytes:
    return secrets.token_bytes(_SIZE)
