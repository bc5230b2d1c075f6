"""Which handset a scan is of, at the desk of SIMs: its box, its label, or its serial number."""

from __future__ import annotations

from bench.custody.entries import DeviceRecord
from bench.custody.phases import Phase
from bench.identity.identifiers import AssetTag, Imei, SerialNumber
from bench.identity.scans import Meaning
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.desk.means import Means

_OF_TAG = "SELECT uid FROM handset WHERE asset_tag = ? AND asset_tag <> '' ORDER BY seq DESC"
_OF_SERIAL = "SELECT uid FROM handset WHERE serial = ? AND serial <> '' ORDER BY seq DESC"


def is_of_handset(meaning: Meaning | None) -> bool:
    """Whether a scan can name a handset."""
    return isinstance(meaning, Imei | AssetTag | SerialNumber)


def named(means: Means, meaning: Meaning | None) -> DeviceRecord:
    """Return the handset that a scan names.

    Raises `ProblemError`: NOT_COUNTED_IN where the record has none, or one that is no more.
    """
    found = _found(means, meaning)
    if found is None:
        raise ProblemError(Problem(ProblemCode.NOT_COUNTED_IN))
    if found.phase is Phase.DISPOSED:
        raise ProblemError(Problem(ProblemCode.NOT_COUNTED_IN, detail="it was disposed of"))
    return found


def called(device: DeviceRecord | None) -> str:
    """Return what a person calls a handset: its label, else the end of its IMEI."""
    if device is None:
        return "a handset that is not on record"
    if device.asset_tag:
        return str(device.asset_tag)
    return f"handset …{device.imeis[0].tail}" if device.imeis else f"handset {device.serial}"


def _found(means: Means, meaning: Meaning | None) -> DeviceRecord | None:
    match meaning:
        case Imei():
            return means.ledger.device_by_imei(meaning)
        case AssetTag():
            return _by(means, _OF_TAG, str(meaning))
        case SerialNumber():
            return _by(means, _OF_SERIAL, str(meaning))
        case _:
            return None


def _by(means: Means, question: str, text: str) -> DeviceRecord | None:
    row = means.book.connection.execute(question, (text,)).fetchone()
    return means.ledger.device(row[0]) if row else None
