"""Files as suppliers and operators send them, of handsets, SIMs and orders that nobody has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.identity.identifiers import Iccid
from tests.bench.stock.counter import made_up_imei

DESPATCH = ("IMEI", "Serial number", "Model", "PO number", "Delivery note", "Pallet", "Carton")
SIMS = ("ICCID", "MSISDN", "Operator", "Contract")
ORDER = (
    "PO",
    "Supplier",
    "Line",
    "Description",
    "Model",
    "TAC",
    "Qty",
    "Unit price",
    "FY",
    "Budget",
)


def write(path: Path, rows: Iterable[Sequence[object]], delimiter: str = ",") -> Path:
    """Write a CSV as it stands, without any quoting."""
    path.write_text("".join(delimiter.join(map(str, row)) + "\r\n" for row in rows))
    return path


def handset(number: int, carton: str = "C1", model: str = "SM-A325F") -> tuple[str, ...]:
    imei = str(made_up_imei(number))
    return (imei, f"RZ8N{number:07d}", model, "PO-1", "DN-1", "P1", carton)


def despatched(path: Path, numbers: Iterable[int]) -> Path:
    return write(path, (DESPATCH, *map(handset, numbers)))


def iccid(number: int) -> str:
    """Return a made-up number of a SIM."""
    for last in "0123456789":
        try:
            return str(Iccid.parse(f"894411{number:012d}{last}"))
        except ValueError:
            continue
    raise AssertionError("one of ten digits fits")


def sim(number: int, contract: str = "VC-1") -> tuple[str, ...]:
    return (iccid(number), f"07700900{number % 1000:03d}", "Operator One", contract)
