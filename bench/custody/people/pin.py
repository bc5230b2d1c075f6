"""A PIN: what is refused as one, what the file holds of it, and the check.

Held is Argon2id (RFC 9106) over HMAC-SHA256(pepper, "pin:" || PIN). Argon2 alone is not enough: all
PINs of six digits are tried in a day and a half on a small computer. The pepper is not in the file,
and argon2-cffi takes no secret of Argon2's own, hence the HMAC. A check takes some 120 ms and 64
MiB: call it in a thread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from bench.custody.people.badge import peppered

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 6, 12
PASSES, MEMORY_KIB, LANES = 3, 65_536, 4
_MOST_MEMORY_KIB, _MOST_PASSES = 1_048_576, 16
"""More than this no program of ours wrote: a changed file is not to exhaust the bench."""
_DIGITS = re.compile(rf"[0-9]{{{SHORTEST},{LONGEST}}}")
_REPEATED = re.compile(r"(\d{1,3})\1+")
_RUNS = ("0123456789" * 3, "9876543210" * 3)
_YEAR = re.compile(r"(?:19|20)\d\d\d+|\d+(?:19|20)\d\d")
_DAY = re.compile(r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d")


class PinError(ValueError):
    """This cannot be a PIN; the text says why and never what was typed."""


@dataclass(frozen=True, slots=True)
class Pin:
    """Digits that are not among the first a thief would try; never shown."""

    digits: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Take a new PIN; `PinError` for a weak one.

        Refused are blocks repeated (`111111`, `123123`), runs (`345678`, `098765`) and dates (a
        year of 1900 to 2099 at either end, or day, month and year in two digits each): what people
        choose first, and colleagues know each other's birthdays. They are 8 % of all PINs.
        """
        if not _DIGITS.fullmatch(text):
            raise PinError(f"A PIN has {SHORTEST} to {LONGEST} digits.")
        for pattern, name in ((_REPEATED, "digits repeated"), (_YEAR, "a year"), (_DAY, "a day")):
            if pattern.fullmatch(text):
                raise PinError(f"That PIN is easily guessed: {name}.")
        if any(text in run for run in _RUNS):
            raise PinError("That PIN is easily guessed: digits in a row.")
        return cls(text)


def encode(pin: Pin, pepper: bytes) -> str:
    """Return what the file holds of the PIN: Argon2's own encoding, its parameters included."""
    return _hasher().hash(peppered(pepper, "pin", pin.digits))


def check(encoded: str, pin: str, pepper: bytes) -> bool:
    """Whether what was typed is the PIN. Pure and slow: any thread; counting is `tries`'."""
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415 - as _hasher

    if not _DIGITS.fullmatch(pin) or not _is_bearable(encoded):
        return False
    try:
        return _hasher().verify(encoded, peppered(pepper, "pin", pin))
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(encoded: str) -> bool:
    """Whether the parameters have risen since: encode it anew while the PIN is at hand."""
    from argon2 import extract_parameters  # noqa: PLC0415 - as _hasher

    found = extract_parameters(encoded)
    kept = (found.memory_cost, found.time_cost, found.parallelism)
    return any(old < new for old, new in zip(kept, (MEMORY_KIB, PASSES, LANES), strict=True))


def _is_bearable(encoded: str) -> bool:
    from argon2 import extract_parameters  # noqa: PLC0415 - as _hasher
    from argon2.exceptions import InvalidHashError  # noqa: PLC0415 - as _hasher

    try:
        found = extract_parameters(encoded)
    except (InvalidHashError, ValueError):
        return False
    return found.memory_cost <= _MOST_MEMORY_KIB and found.time_cost <= _MOST_PASSES


def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # noqa: PLC0415 - nobody signs in before the window is there

    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
