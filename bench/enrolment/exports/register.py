"""The register of uploads: which handset is in which file, read from the batches' manifests.

It reads the folder once and follows what changes in it; what it is asked costs the same with one
batch and with forty thousand handsets. A batch that is damaged or was never finished counts for
nothing. `listed` may be asked on any thread, the rest on one.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from bench.enrolment.exports import batches
from bench.enrolment.exports.batches import BatchState, KeptBatch
from bench.enrolment.exports.placed import Placed, Placements
from bench.identity.identifiers import Imei, SerialNumber

_Seen: TypeAlias = tuple[tuple[str, int, int], ...]
_COUNTED = (BatchState.MADE, BatchState.HANDED_IN)


class UploadRegister:
    """Implements `bench.ports.Uploads` over the folder of batches.

    `counts_made` lets batches count that nobody has said were handed in.
    """

    def __init__(self, folder: Path, *, counts_made: bool = False) -> None:
        self._folder = folder
        self._states = _COUNTED if counts_made else (BatchState.HANDED_IN,)
        self._read: dict[str, tuple[_Seen, KeptBatch]] = {}
        self._indexed: dict[tuple[str, bool], Placements] = {}
        self._turn = threading.Lock()

    def listed(self, service: str, imeis: tuple[Imei, ...], serial: SerialNumber | None) -> str:
        """Return the name of the last file for `service` that the handset is in, or ""."""
        text = "" if serial is None else str(serial)
        with self._turn:
            self._follow()
            found = self._index(service, self._states).find(map(str, imeis), text)
        return found[-1].file if found else ""

    def placed(self, service: str = "") -> Placements:
        """Return the rows of all batches that were made for a service, or for any."""
        self._follow()
        return self._index(service, _COUNTED)

    def batches(self) -> tuple[KeptBatch, ...]:
        """Return the batches as they lie there now, the unusable ones too, by name."""
        self._follow()
        return tuple(batch for _, (_, batch) in sorted(self._read.items()))

    def _index(self, service: str, states: tuple[BatchState, ...]) -> Placements:
        key = (service, states == _COUNTED)
        if key not in self._indexed:
            self._indexed[key] = Placements(self._rows(service, states))
        return self._indexed[key]

    def _rows(self, service: str, states: tuple[BatchState, ...]) -> Iterator[Placed]:
        usable = (batch for _, batch in self._read.values() if batch.state in states)
        manifests = [batch.manifest for batch in usable if batch.manifest]
        for manifest in sorted(manifests, key=lambda each: (each.made.at, each.batch)):
            if service in ("", manifest.service):
                yield from manifest.rows

    def _follow(self) -> None:
        """Read what is new or not as it was; forget what is gone."""
        seen = dict(self._seen())
        before = {name: at for name, (at, _) in self._read.items()}
        changed = [name for name, at in seen.items() if before.get(name) != at]
        if not changed and len(seen) == len(self._read):
            return
        self._read = {name: each for name, each in self._read.items() if name in seen}
        self._indexed.clear()
        for name in changed:
            self._read[name] = (seen[name], batches.read(self._folder / name))

    def _seen(self) -> Iterator[tuple[str, _Seen]]:
        for place in batches.places(self._folder):
            with suppress(OSError):  # it went in this moment, or may not be read: as if not there
                yield place.name, tuple(sorted(_entries(place)))


def _entries(place: Path) -> Iterator[tuple[str, int, int]]:
    with os.scandir(place) as entries:
        for each in entries:
            if not each.name.startswith("."):  # a name that a file has while it is written
                told = each.stat(follow_symlinks=False)
                yield each.name, told.st_size, told.st_mtime_ns
