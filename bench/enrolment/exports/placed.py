"""Which handset stands in which file and row: what is known of the uploads before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bench.enrolment.exports.handsets import HandsetRow


@dataclass(frozen=True, slots=True)
class Placed:
    """A handset in a row (from 1, a header not counted) of a file of a batch, as it was written."""

    service: str
    batch: str
    file: str
    row: int
    imeis: tuple[str, ...]
    serial: str = ""
    uid: str = ""

    def is_of(self, handset: HandsetRow) -> bool:
        """Whether it is that handset: by the record's own name for it, else by serial number.

        Where one side knows neither, sharing an IMEI is enough.
        """
        if self.uid and handset.uid:
            return self.uid == handset.uid
        if self.serial and handset.serial is not None:
            return self.serial == str(handset.serial)
        return True


class Placements:
    """Finds rows by IMEI and serial number; what was placed last comes last."""

    def __init__(self, placed: Iterable[Placed] = ()) -> None:
        self._all = tuple(placed)
        self._by_imei: dict[str, list[int]] = defaultdict(list)
        self._by_serial: dict[str, list[int]] = defaultdict(list)
        for number, each in enumerate(self._all):
            for imei in dict.fromkeys(each.imeis):
                self._by_imei[imei].append(number)
            if each.serial:
                self._by_serial[each.serial].append(number)

    def __iter__(self) -> Iterator[Placed]:
        return iter(self._all)

    def find(self, imeis: Iterable[str], serial: str = "") -> tuple[Placed, ...]:
        """Return the rows that share an IMEI; by serial number those where one side has no IMEI.

        Makers ship handsets with one serial number, so it never outweighs an IMEI.
        """
        wanted = tuple(imeis)
        found = {number for imei in wanted for number in self._by_imei.get(imei, ())}
        for number in self._by_serial.get(serial, ()):
            if not wanted or not self._all[number].imeis:
                found.add(number)
        return tuple(self._all[number] for number in sorted(found))

    def of_handset(self, handset: HandsetRow) -> tuple[Placed, ...]:
        """Return the rows that may be a handset's."""
        serial = "" if handset.serial is None else str(handset.serial)
        return self.find(map(str, handset.imeis), serial)
