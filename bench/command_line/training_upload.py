"""An upload file of a training day: made, kept, recorded, and handed in at a simulated portal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.custody.ledger import Ledger
from bench.enrolment.exports import batches
from bench.enrolment.exports.checking import Rules
from bench.enrolment.exports.handsets import HandsetRow
from bench.enrolment.exports.load import find_format
from bench.enrolment.exports.manifest import Made, Manifest
from bench.enrolment.exports.placed import Placements
from bench.enrolment.exports.planning import Source, plan
from bench.enrolment.exports.recording import Told, entry_of
from bench.identity.identifiers import Imei, SerialNumber

BY_FILE = "knox"
"""The service of the exercise that is told by a file."""
_BY = "training"


def upload(
    ledger: Ledger,
    formats: Path,
    identities: Sequence[tuple[str, tuple[str, ...], str]],
    hand_in: Callable[[str, bytes], int],
) -> None:
    """Make the handsets (serial number, IMEIs, model) known to the service by a file."""
    folder, now = ledger.path.with_name("uploads"), datetime.now(UTC)
    source = Source("the exercise", tuple(_row(*each) for each in identities))
    form = find_format(BY_FILE, formats)
    decided = plan(form, source, Rules(simulated=True), Placements(()))
    name = batches.next_name(folder, form.service)
    manifest = Manifest.of(name, decided, Made(now, _BY, ledger.header.origin))
    digest = batches.keep(folder, manifest, decided.files)
    ledger.append([entry_of(manifest, digest, Told.MADE)])
    for file in decided.files:
        hand_in(form.service, file.data)
    batches.hand_in(folder, batches.read(folder / name), now, _BY)
    ledger.append([entry_of(manifest, digest, Told.HANDED_IN)])


def _row(serial: str, imeis: tuple[str, ...], model: str) -> HandsetRow:
    named = tuple(map(Imei.parse, imeis))
    return HandsetRow(named, SerialNumber.parse(serial), model, where="exercise")
