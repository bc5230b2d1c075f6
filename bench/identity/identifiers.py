"""The identifiers of the trade, each a type with one way in.

`X.parse(text)` returns an `X` or raises `IdentifierError` with the one reason; inside the bench
nobody checks again. Each has `str(x)`: the canonical text. No I/O, any thread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

_SEPARATORS = str.maketrans("", "", " -/.")
_COUNTING = "01234567890123456789"
_DOUBLED = str.maketrans("0123456789", "0246813579")
"""Twice each digit, its two digits added."""


class IdentifierError(ValueError):
    """A text is not the identifier it was read as; `reason` says why, for a person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Digits:
    """Digits that were proven to be what their type says; equal only to a value of that very type.

    Making a dataclass is half a millisecond of every start, so the four kinds share this one.
    """

    digits: str

    def __str__(self) -> str:
        return self.digits


class Imei(_Digits):
    """International Mobile Equipment Identity: 15 digits, the last a Luhn digit.

    Source: 3GPP TS 23.003, clause 6.2.1 and annex B. The 14 digits without check digit and the
    16 digits of an IMEISV (clause 6.2.2) name a handset too, but are refused: one prints no check
    digit, the other carries a software version in its place, so neither can be proven read right.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the IMEI; spaces, hyphens, stops and slashes of a printed form are dropped."""
        digits = text.strip().translate(_SEPARATORS)
        if not _is_digits(digits):
            raise IdentifierError("An IMEI has only digits.")
        if len(digits) != 15:  # noqa: PLR2004 - the length is the definition
            raise IdentifierError(_imei_length_reason(len(digits)))
        if _is_placeholder(digits):
            raise IdentifierError("This is a placeholder, not a handset's own IMEI.")
        if not _passes_luhn(digits):
            raise IdentifierError("The check digit does not fit: a digit was misread.")
        return cls(digits)

    @classmethod
    def with_check_digit(cls, fourteen: str) -> Self:
        """Complete a type allocation code and serial number (14 digits) with its Luhn digit."""
        return cls.parse(fourteen + str(-_luhn_sum(fourteen + "0") % 10))

    @property
    def tac(self) -> str:
        """Type Allocation Code: the 8 digits that name the model (GSMA TS.06)."""
        return self.digits[:8]

    @property
    def tail(self) -> str:
        """The last four digits: what a person compares at a glance."""
        return self.digits[-4:]

    @property
    def is_test(self) -> bool:
        """Whether the reporting body is 00: reserved for test equipment (GSMA TS.06)."""
        return self.digits.startswith("00")


class Iccid(_Digits):
    """Integrated Circuit Card Identifier of a SIM: 19 or 20 digits from 89, the last a Luhn digit.

    Source: ITU-T E.118, clause 4. A filler F behind 19 digits, as stored on the card, is dropped.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the ICCID."""
        digits = text.strip().translate(_SEPARATORS).removesuffix("F").removesuffix("f")
        if not _is_digits(digits) or len(digits) not in (19, 20):
            raise IdentifierError("An ICCID has 19 or 20 digits.")
        if not digits.startswith("89"):
            raise IdentifierError("An ICCID begins with 89.")
        if not _passes_luhn(digits):
            raise IdentifierError("The check digit does not fit: a digit was misread.")
        return cls(digits)


class Eid(_Digits):
    """eUICC identifier of an embedded SIM: 32 digits from 89, a number that is 1 modulo 97.

    Source: GSMA SGP.02, clause 2.2.2 (check digits after ISO/IEC 7064 MOD 97-10).
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the EID."""
        digits = text.strip().translate(_SEPARATORS)
        if not _is_digits(digits) or len(digits) != 32:  # noqa: PLR2004 - the definition
            raise IdentifierError("An EID has 32 digits.")
        if not digits.startswith("89"):
            raise IdentifierError("An EID begins with 89.")
        if int(digits) % 97 != 1:
            raise IdentifierError("The check digits do not fit: a digit was misread.")
        return cls(digits)


class Gtin(_Digits):
    """The product number on a box (EAN-8, UPC-A, EAN-13): the same on every box of a model."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the product number; source: GS1 General Specifications, clause 7.9."""
        digits = text.strip()
        if not _is_digits(digits) or len(digits) not in (8, 12, 13):
            raise IdentifierError("A product number has 8, 12 or 13 digits.")
        weighted = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(reversed(digits)))
        if weighted % 10:
            raise IdentifierError("The check digit does not fit: a digit was misread.")
        return cls(digits)


@dataclass(frozen=True, slots=True)
class SerialNumber:
    """A maker's serial number. Not unique across handsets: some makers ship duplicates."""

    text: str

    def may_be(self, other: SerialNumber) -> bool:
        """Whether both may be of one handset: the same, or one that nobody could tell."""
        return not self.text or not other.text or self == other

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return any maker's serial number, as a device reports it: up to 64 plain characters."""
        text = text.strip()
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", text, re.ASCII):
            raise IdentifierError("A serial number has 1 to 64 letters, digits, . _ : or -.")
        return cls(text)

    @classmethod
    def parse_samsung(cls, text: str) -> Self:
        """Return a Samsung serial number as printed on a box: R and 10 capitals or digits."""
        text = text.strip()
        if not re.fullmatch(r"R[A-Z0-9]{10}", text, re.ASCII):
            raise IdentifierError("A Samsung serial number is R and 10 capitals or digits.")
        return cls(text)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class AssetTag:
    """The organisation's own number for a handset: 2 to 5 capitals, a hyphen, 6 to 8 digits."""

    prefix: str
    number: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the asset tag."""
        found = re.fullmatch(r"([A-Z]{2,5})-([0-9]{6,8})", text.strip(), re.ASCII)
        if not found:
            raise IdentifierError("An asset tag is 2 to 5 capitals, a hyphen and 6 to 8 digits.")
        return cls(*found.groups())

    @classmethod
    def numbered(cls, prefix: str, number: int) -> Self:
        """Return the tag of that number, zero-filled to six digits."""
        return cls.parse(f"{prefix}-{number:06d}")

    def __str__(self) -> str:
        return f"{self.prefix}-{self.number}"


@dataclass(frozen=True, slots=True, order=True)
class SlotCode:
    """A place on the bench as its sticker says it: row letter and column number, `B4`."""

    row: str
    column: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the slot; its printed barcode may carry the prefix `SLOT-`."""
        found = re.fullmatch(r"(?:SLOT-)?([A-Z])([1-9][0-9]?)", text.strip().upper(), re.ASCII)
        if not found:
            raise IdentifierError("A slot is a letter and a number from 1 to 99.")
        return cls(found[1], int(found[2]))

    def __str__(self) -> str:
        return f"{self.row}{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class UsbPath:
    """A physical USB port by its chain of ports: `1-1.3.2` is bus 1, port 1, its 3, its 2.

    It is the kernel's name of the device (udev `sys_name`) and what an ADB server prints behind
    `usb:`. It stays with the socket, whatever is plugged in: the key of a slot.
    """

    bus: int
    ports: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the path; the prefix `usb:` of an ADB server is dropped."""
        found = re.fullmatch(r"(?:usb:)?([1-9][0-9]{0,2})-([0-9.]{1,40})", text.strip(), re.ASCII)
        ports = found[2].split(".") if found else []
        if not found or not all(re.fullmatch(r"[1-9][0-9]{0,2}", port) for port in ports):
            raise IdentifierError("A USB path is a bus, a hyphen and ports joined by stops.")
        return cls(int(found[1]), tuple(map(int, ports)))

    def __str__(self) -> str:
        return f"{self.bus}-{'.'.join(map(str, self.ports))}"


def bench_name(text: str) -> str:
    """Return a bench's name, which goes into signed texts: 1 to 63 characters of a closed set."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", text, re.ASCII):
        raise IdentifierError("A bench's name is 1 to 63 letters, digits, . _ or -.")
    return text


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _passes_luhn(digits: str) -> bool:
    """Whether the last digit checks the others (ISO/IEC 7812-1, annex B)."""
    return _luhn_sum(digits) % 10 == 0


def _luhn_sum(digits: str) -> int:
    """Add up digits as bytes: files bring a hundred thousand of them at a time."""
    added = digits[::-2] + digits[-2::-2].translate(_DOUBLED)
    return sum(added.encode()) - ord("0") * len(added)


def _is_placeholder(digits: str) -> bool:
    """Whether the part before the check digit is one digit repeated, or counts up."""
    body = digits[:14]
    return len(set(body)) == 1 or body in _COUNTING or len(set(body[:8])) == 1 == len(set(body[8:]))


def _imei_length_reason(length: int) -> str:
    match length:
        case 14:
            return "14 digits: an IMEI without its check digit. Scan the code with all 15."
        case 16:
            return "16 digits: an IMEISV, whose end is a software version. Scan the IMEI."
        case _:
            return f"An IMEI has 15 digits, got {length}."
