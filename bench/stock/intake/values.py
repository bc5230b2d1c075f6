"""What a cell means: each function returns the one spelling that the book keeps, or says why not.

Pure; raises `ValueError` with a reason for a person. What a spreadsheet did to a number cannot be
undone by anybody: it is named, and the row waits for the true one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache

from bench.identity.identifiers import (
    AssetTag,
    Eid,
    Iccid,
    IdentifierError,
    Imei,
    SerialNumber,
)
from bench.identity.plain import plain

_LONGEST, _MOST = 80, 1_000_000
_MOST_PENCE = 10**13
_EXPONENT = re.compile(r"[0-9]+(?:[.,][0-9]+[eE]\+?|[eE]\+)[0-9]{1,3}")
"""As spreadsheets write it; a carton may be called 12E4."""
_EXPONENT_REASON = "A spreadsheet made a number of it (as 3.56E+14): have the column sent as text."
_NO_WORD = re.compile(r"[^a-z0-9]+")
_EXACT = 15
"""Digits that a spreadsheet keeps of a number; zeros stand in place of the others."""
_IMEI_DIGITS = 15
_SHORT = range(11, 15)
_TO_DIGITS = str.maketrans("", "", " -/.()")
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y",
         "%Y/%m/%d")  # fmt: skip
_TRUE, _FALSE = ("1", "yes", "true", "y"), ("0", "no", "false", "n")


# ── names and codes ─────────────────────────────────────────────────────────────────────────────
@lru_cache(4096)
def text(cell: str) -> str:
    """Return words of at most 80 characters."""
    if len(cell) > _LONGEST:
        raise ValueError(f"It is longer than {_LONGEST} characters.")
    return plain(cell)


@lru_cache(4096)
def code(cell: str) -> str:
    """Return a number or code that is also scanned: an order, a carton, a pallet."""
    _refuse_exponent(cell)
    return text(cell)


def pool(cell: str) -> str:
    """Return the name of a licence pool as profiles spell it: `NetMotion SE` is `netmotion-se`."""
    spelled = _NO_WORD.sub("-", text(cell).lower()).strip("-")
    if not spelled:
        raise ValueError("A pool is named by letters of the English alphabet or digits.")
    return spelled


def imei(cell: str) -> str:
    """Return the 15 digits of an IMEI."""
    try:
        return Imei.parse(cell).digits
    except IdentifierError as error:
        raise ValueError(_why_no_imei(cell) or error.reason) from None


def iccid(cell: str) -> str:
    """Return the digits of a SIM's number."""
    return _identifier(Iccid, cell)


def eid(cell: str) -> str:
    """Return the 32 digits of an embedded SIM's chip."""
    return _identifier(Eid, cell)


def serial(cell: str) -> str:
    """Return a maker's serial number."""
    return _identifier(SerialNumber, cell)


def asset_tag(cell: str) -> str:
    """Return an asset tag."""
    return _identifier(AssetTag, cell.upper())


def msisdn(cell: str) -> str:
    """Return a telephone number with its country: `+447700900123`; the country is 44 without one.

    Source: ITU-T E.164, at most 15 digits.
    """
    _refuse_exponent(cell)
    digits = cell.translate(_TO_DIGITS)
    if digits.startswith(("+", "00")):
        digits = digits.removeprefix("+").removeprefix("00")
    elif digits.startswith("0"):
        digits = f"44{digits[1:]}"
    elif not digits.startswith("44"):
        raise ValueError("It has neither a country (+44) nor the zero at its beginning.")
    if not (digits.isascii() and digits.isdigit() and 8 <= len(digits) <= _EXACT):  # noqa: PLR2004 - the shortest there are
        raise ValueError("A telephone number has 8 to 15 digits.")
    return f"+{digits}"


@lru_cache(256)
def tacs(cell: str) -> str:
    """Return type allocation codes of eight digits each, separated by spaces."""
    found = [part for part in re.split(r"[\s,;/|]+", cell) if part]
    for part in found:
        if not re.fullmatch(r"[0-9]{8}", part, re.ASCII):
            raise ValueError("A TAC has 8 digits.")
    return " ".join(dict.fromkeys(found))


# ── numbers and days ────────────────────────────────────────────────────────────────────────────
def count(cell: str) -> int:
    """Return a whole number from 0 to a million; `1,000` is one thousand."""
    if not re.fullmatch(r"[0-9]{1,7}(?:\.0+)?|[0-9]{1,3}(?:[, ][0-9]{3}){1,2}", cell, re.ASCII):
        raise ValueError("It is no whole number.")
    found = int(cell.partition(".")[0].replace(",", "").replace(" ", ""))
    if found > _MOST:
        raise ValueError("It is more than a million.")
    return found


def pence(cell: str) -> int:
    """Return pounds as whole pence: `£1,234.56`, `1234.5`."""
    digits = re.sub(r"^(?:GBP|£)\s*|\s*(?:GBP|£)$", "", cell.strip(), flags=re.IGNORECASE)
    if not re.fullmatch(
        r"(?:[0-9]{1,11}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.[0-9]{1,2})?", digits, re.ASCII
    ):
        raise ValueError("It is no sum in pounds and pence, such as 1,234.56.")
    pounds, _, rest = digits.replace(",", "").partition(".")
    found = int(pounds) * 100 + int(rest.ljust(2, "0"))
    if found > _MOST_PENCE:
        raise ValueError("It is more than a hundred thousand million.")
    return found


@lru_cache(4096)
def day(cell: str) -> str:
    """Return a day as `2026-11-24`; days come before months (24/11/2026)."""
    bare = re.sub(r"[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?Z?$", "", cell)
    for form in _DAYS:
        try:
            found = datetime.strptime(bare, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
        return _sensible(found).isoformat()
    if re.fullmatch(r"[0-9]{5}", bare, re.ASCII):
        raise ValueError("A spreadsheet made a number of this day: have it sent as 24/11/2026.")
    raise ValueError("It is no day such as 24/11/2026 or 2026-11-24.")


@lru_cache(256)
def financial_year(cell: str) -> str:
    """Return a financial year as `2022/23`."""
    found = re.fullmatch(r"(?:FY\s*)?(20[0-9]{2})\s*[/-]\s*(20)?([0-9]{2})", cell, re.IGNORECASE)
    if not found or (int(found[1]) + 1) % 100 != int(found[3]):
        raise ValueError("It is no financial year such as 2022/23.")
    return f"{found[1]}/{found[3]}"


def flag(cell: str) -> int:
    """Return 1 for yes, 0 for no."""
    if cell.casefold() in _TRUE:
        return 1
    if cell.casefold() in _FALSE:
        return 0
    raise ValueError("It is neither yes nor no.")


# ── words of a closed list ──────────────────────────────────────────────────────────────────────
_LINE_KINDS = {
    "handset": ("handset", "handsets", "phone", "smartphone", "device", "mobile", "mobile phone"),
    "sim": ("sim", "sims", "sim card", "airtime"),
    "licence": ("licence", "license", "licences", "licenses", "software", "subscription"),
    "accessory": ("accessory", "accessories", "case", "charger"),
    "service": ("service", "services", "delivery", "carriage", "support"),
}
_BUDGETS = {
    "capital": ("capital", "capex", "cap"),
    "revenue": ("revenue", "opex", "rev"),
    "refresh": ("refresh", "capital refresh", "replacement"),
}


@lru_cache(256)
def line_kind(cell: str) -> str:
    """Return what a line of an order buys."""
    return _word(_LINE_KINDS, cell)


@lru_cache(256)
def budget_kind(cell: str) -> str:
    """Return which budget pays."""
    return _word(_BUDGETS, cell)


def _word(words: Mapping[str, tuple[str, ...]], cell: str) -> str:
    said = cell.casefold().replace("-", " ")
    for word, its in words.items():
        if said in its:
            return word
    raise ValueError(f"It is none of {', '.join(words)}.")


# ── what a spreadsheet did ──────────────────────────────────────────────────────────────────────
def _identifier(kind: type[Iccid | Eid | SerialNumber | AssetTag], cell: str) -> str:
    try:
        return str(kind.parse(cell))
    except IdentifierError as error:
        _refuse_exponent(cell)
        raise ValueError(error.reason) from None


def _refuse_exponent(cell: str) -> None:
    if ("E" in cell or "e" in cell) and _EXPONENT.fullmatch(cell):
        raise ValueError(_EXPONENT_REASON)


def looks_rounded(cell: str) -> bool:
    """Whether a long number ends as one does of which a spreadsheet kept 15 digits.

    One in ten thousand SIMs truly does; many in one column do not.
    """
    return len(cell) > _EXACT and cell.isdigit() and not cell[_EXACT:].strip("0")


def _why_no_imei(cell: str) -> str:
    if _EXPONENT.fullmatch(cell):
        return _EXPONENT_REASON
    digits = cell.translate(_TO_DIGITS)
    if digits.isdigit() and len(digits) in _SHORT and _is_imei(digits.zfill(_IMEI_DIGITS)):
        lost = _IMEI_DIGITS - len(digits)
        return f"{lost} at its beginning may be lost (zeros): have the column sent as text."
    return ""


def _is_imei(digits: str) -> bool:
    try:
        Imei.parse(digits)
    except IdentifierError:
        return False
    return True


def _sensible(found: date) -> date:
    if not 2000 <= found.year < 2100:  # noqa: PLR2004 - handsets of this trade
        raise ValueError("It is no day of this century.")
    return found
