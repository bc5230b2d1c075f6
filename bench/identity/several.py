"""One code that holds several identities, such as the 2-D code on a box: read whole or refused.

Its fields are GS1 element strings where the scanner says that it is a GS1 code, else parts between
separators, with or without a name in front. What is nobody's identity (a model, a colour, a date)
is passed over; what looks like an identity and is wrong refuses the whole code, and so do two
values where a handset has one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from bench.identity.identifiers import Eid, Gtin, Iccid, IdentifierError, Imei, SerialNumber

BoxIdentity: TypeAlias = Imei | SerialNumber | Eid | Iccid | Gtin
SEPARATORS = "\x1c\x1d\x1e\x1f\r\n\t,;|"
"""FS, GS, RS and US (ISO/IEC 646), line ends, and what people write lists with. Where there is none
of these, a space separates."""

_MOST_IMEIS = 2
"""A handset with two modems has two; whatever has more is a carton of several handsets."""
_RANK = (Imei, SerialNumber, Eid, Iccid, Gtin)
_NAMES = {
    Imei: "IMEI", SerialNumber: "Serial number", Eid: "EID", Iccid: "ICCID", Gtin: "Product number",
}  # fmt: skip
_TITLES: tuple[tuple[str, Callable[[str], BoxIdentity]], ...] = (
    (r"IMEI ?(?:[12]|\([12]\)|NO\.?)?", Imei.parse),
    (r"S/?N|SERIAL(?: (?:NO|NUMBER))?\.?", SerialNumber.parse),
    (r"EID", Eid.parse),
    (r"ICCID", Iccid.parse),
    (r"EAN|UPC|GTIN", Gtin.parse),
)
_SHAPES: tuple[tuple[str, Callable[[str], BoxIdentity]], ...] = (
    (r"[0-9]{14,16}", Imei.parse),
    (r"R[A-Z0-9]{10}", SerialNumber.parse_samsung),
    (r"[0-9]{32}", Eid.parse),
    (r"89[0-9]{17,18}[Ff]?", Iccid.parse),
)
"""What a part without a name is taken for, right or wrong."""
_GS1_FIELDS: dict[str, tuple[str, Callable[[str], BoxIdentity]]] = {
    "01": ("Product number", lambda text: Gtin.parse(text.removeprefix("0"))),
    "21": ("Serial number", SerialNumber.parse),
    "8002": ("IMEI", Imei.parse),
}
"""GS1 General Specifications, clause 3: GTIN, serial number, and the cellular mobile telephone
identifier. A GTIN of 14 digits that begins with 1 to 9 is a carton's."""
_CARTON = re.compile(r"[1-9]\d{13}")


class ContradictionError(ValueError):
    """The code holds identities, and they cannot all be one handset's; `format` is whose it is."""

    def __init__(self, format_name: str, reason: str) -> None:
        super().__init__(reason)
        self.format = format_name
        self.reason = reason


@dataclass(frozen=True, slots=True)
class BoxCode:
    """What a code with several identities says: the one that means the handset, and the others."""

    meaning: BoxIdentity
    also: tuple[BoxIdentity, ...] = ()


def read_list(body: str) -> BoxCode | None:
    """Return what a code of several parts says, or None where no part is an identity.

    Raises:
        ContradictionError: they are not one handset's.
    """
    parts = [part.strip() for part in re.split(f"[{re.escape(SEPARATORS)}]", body)]
    parts = [part for part in parts if part]
    if len(parts) == 1 and not _titled(parts[0]):
        parts = parts[0].split()
        parts = parts if len(parts) > 1 else []
    return _one_handset(found for part in parts if (found := _part(part)))


def read_gs1(body: str) -> BoxCode | None:
    """Return what GS1 element strings say, or None where none of them is an identity.

    Raises:
        ContradictionError: they are not one handset's.
        ValueError: these are no element strings.
    """
    # few codes are GS1's, and every program reads this
    from biip import ParseConfig, ParseError  # noqa: PLC0415 - as above
    from biip.gs1_messages import GS1Message  # noqa: PLC0415 - as above

    config = ParseConfig(gs1_element_strings_verify_date=False)
    try:
        elements = GS1Message.parse(body, config=config).element_strings
    except (ParseError, ArithmeticError, LookupError) as error:
        raise ValueError(str(error)) from error
    return _one_handset(
        _parsed(*_GS1_FIELDS[element.ai.ai], element.value)
        for element in elements
        if element.ai.ai in _GS1_FIELDS and not _is_carton(element.ai.ai, element.value)
    )


def _is_carton(identifier: str, value: str) -> bool:
    return identifier == "01" and bool(_CARTON.fullmatch(value))


def _part(part: str) -> BoxIdentity | None:
    if titled := _titled(part):
        return _parsed(*titled)
    for shape, parse in _SHAPES:
        if re.fullmatch(shape, part, re.ASCII):
            return _parsed("A part", parse, part)
    try:  # thirteen digits may be anything, but rarely with the right check digit
        return Gtin.parse(part) if len(part) > 8 else None  # noqa: PLR2004 - eight may be a date
    except IdentifierError:
        return None


def _titled(part: str) -> tuple[str, Callable[[str], BoxIdentity], str] | None:
    for title, parse in _TITLES:
        if found := re.fullmatch(rf"({title}) ?[:=] ?(.+)", part, re.ASCII | re.IGNORECASE):
            return found[1], parse, found[2]
    return None


def _parsed(name: str, parse: Callable[[str], BoxIdentity], text: str) -> BoxIdentity:
    try:
        return parse(text)
    except IdentifierError as error:
        raise ContradictionError(name, f"{text}: {error.reason}") from error


def _one_handset(found: Iterable[BoxIdentity]) -> BoxCode | None:
    identities = tuple(dict.fromkeys(found))
    for kind, count in Counter(type(identity) for identity in identities).items():
        if count > (_MOST_IMEIS if kind is Imei else 1):
            raise ContradictionError(
                _NAMES[kind], f"{count} different ones in one code: not one handset's."
            )
    ranked = sorted(identities, key=lambda identity: _RANK.index(type(identity)))
    return BoxCode(ranked[0], tuple(ranked[1:])) if ranked else None
