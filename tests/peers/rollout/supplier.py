"""A supplier, an operator and a force, their files as they send them, and what is in the cartons.

All of it is made up: the handsets are those of the simulator, whose IMEIs are of the reporting body
for tests (00), numbers of Ofcom's range for drama (07700 900000 to 900999), ICCIDs of nobody.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook

from bench.identity.identifiers import Iccid, Imei

MODEL = "SM-A325F"
ORDER, OTHER_ORDER = "PO-7001", "PO-7002"
DESPATCH, OTHER_DESPATCH = "D-501", "D-502"
OTHER_TYPE = 5_000_000
"""Numbers from here on have a type allocation code that is no model's here."""
EARLIER = 90_000
"""Numbers from here on are those of the earlier fleet."""
SPARE = 80_000
"""SIMs from here on are in no box: for swaps."""
POOL = "vpn"
_SECOND = 1_000_000
"""What a handset's second IMEI is above its first: the next type allocation code."""
_PER_CARTON, _CARTONS_OF_PALLET = 6, 10
_NUMBERS, _SPARES = 1000, 5


@dataclass(frozen=True)
class Supplier:
    """Announces `count` handsets, numbers 1 to `count`, and one more for another order."""

    count: int

    @property
    def stray(self) -> int:
        """The handset of the other order, which lies among these."""
        return self.count + 1

    @property
    def fleet(self) -> range:
        """The handsets that were in use before; the last of them carries no tag."""
        return range(EARLIER, EARLIER + max(2, self.count // 10))

    @property
    def cartons(self) -> tuple[range, ...]:
        """The numbers in each carton as it was announced."""
        firsts = range(1, self.count + 1, _PER_CARTON)
        return tuple(range(n, min(n + _PER_CARTON, self.count + 1)) for n in firsts)

    def write(self, folder: Path) -> Sequence[Path]:
        """Write the files; return them in the order in which they are taken in."""
        return (
            _write_sheet(folder / "orders.xlsx", _ORDER, self._orders()),
            _write(folder / f"{DESPATCH}.csv", _DESPATCH, self._announced()),
            _write(folder / "sims.csv", _SIMS, self._sims()),
            _write(folder / "licences.csv", _LICENCES, self._licences()),
            _write(folder / "fleet.csv", _FLEET, self._fleet()),
            _write(folder / "programme.csv", _PROGRAMME, self._programme()),
            _write(folder / "budget.csv", _BUDGET, _LINES),
        )

    def _orders(self) -> Iterable[Sequence[object]]:
        tac = imei(1).tac
        for number, day, quantity, price in (
            (ORDER, "2026-03-02", self.count, "189.50"),
            (OTHER_ORDER, "2026-03-09", 10, "191.00"),
        ):
            yield (
                number, "Example Mobile", day, MODEL, tac, quantity, price, "2025/26", "capital",
            )  # fmt: skip

    def _announced(self) -> Iterable[Sequence[object]]:
        for place, carton in enumerate(self.cartons):
            pallet = f"P-{place // _CARTONS_OF_PALLET + 1:02d}"
            for number in carton:
                yield self._row(number, ORDER, DESPATCH, pallet, carton_code(place))
        yield self._row(self.stray, OTHER_ORDER, OTHER_DESPATCH, "P-90", carton_code(900))

    def _row(self, number: int, *where: str) -> Sequence[object]:
        second = imei(number + _SECOND).digits
        return imei(number).digits, second, serial(number), MODEL, *where

    def _sims(self) -> Iterable[Sequence[object]]:
        spares = range(SPARE, SPARE + _SPARES)
        for number in (*range(1, self.stray + 1), *self.fleet, *spares):
            msisdn = f"07700{900_000 + number % _NUMBERS}"
            yield iccid(number).digits, msisdn, "Example Network", "AIR-1"

    def _licences(self) -> Iterable[Sequence[object]]:
        yield POOL.upper(), "LIC-1", self.count, "2026-01-05", ""
        yield POOL, "LIC-2", self.count, "2026-02-05", ""

    def _fleet(self) -> Iterable[Sequence[object]]:
        for number in self.fleet:
            tag = "" if number == self.fleet[-1] else earlier_tag(number)
            yield imei(number).digits, serial(number), MODEL, tag, "2023-05-04"

    def _programme(self) -> Iterable[Sequence[object]]:
        target, core = self.count + 1, 3 * self.count
        yield "Example roll-out", target, "2026-03-02", "2027-03-31", core, len(self.fleet)


_ORDER = ("Order", "Supplier", "Order date", "Model", "TAC", "Quantity", "Unit price",
          "Financial year", "Budget")  # fmt: skip
_DESPATCH = ("IMEI", "IMEI 2", "Serial number", "Model", "Order", "Despatch note", "Pallet",
             "Carton")  # fmt: skip
_SIMS = ("ICCID", "MSISDN", "Network", "Contract")
_LICENCES = ("Licence", "Reference", "Quantity", "Bought", "Until")
_FLEET = ("IMEI", "Serial number", "Model", "Asset tag", "Issued")
_PROGRAMME = ("Programme", "Target", "Begins", "Deadline", "Capacity", "In service")
_BUDGET = ("Financial year", "Budget", "Line", "Amount")
_LINES = (("2025/26", "capital", "Handsets", "75000.00"), ("2026/27", "revenue", "Airtime", "900"))


def imei(number: int) -> Imei:
    """Return the IMEI of a handset, its first."""
    return Imei.with_check_digit(f"0044{number:010d}")


def serial(number: int) -> str:
    """Return the serial number of a handset."""
    return f"R58N{number:05d}XY"


def iccid(number: int) -> Iccid:
    """Return the number of a SIM, with its check digit."""
    body = f"894400{number:012d}"
    return Iccid(body + _luhn(body))


def earlier_tag(number: int) -> str:
    """Return the tag that a handset of the earlier fleet carries."""
    return f"OLD-{number:06d}"


def carton_code(place: int) -> str:
    """Return the code on a carton."""
    return f"CTN-{place + 1:04d}"


def _luhn(body: str) -> str:
    """Return the check digit behind a body (ISO/IEC 7812-1, annex B)."""
    doubled = [int(d) * (2 if n % 2 == 0 else 1) for n, d in enumerate(reversed(body))]
    return str(-sum(d // 10 + d % 10 for d in doubled) % 10)


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(head)
        out.writerows(rows)
    return path


def _write_sheet(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Orders")
    for row in (head, *rows):
        sheet.append(row)
    book.save(path)
    return path
