"""The records of a scene of three benches: one is there already, two are made for it.

The second has worked more than one exchange's worth. Of the third an image was taken in the middle
of its work; later its disk is restored from it, and somebody goes on working with that. The third
had a handset in hand that the second has too.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bench.inventory.training_centre.records import (
    RECORD,
    Batch,
    copy_image,
    open_record,
    stage,
)

SECOND, THIRD = "training-2", "training-3"
_OF_SECOND, _OF_THIRD = Batch("00440007", "TRB"), Batch("00440008", "TRC")
_AT_SECOND, _AT_THIRD, _IN_IMAGE, _AFTER = 160, 40, 20, 5
"""Handsets: more than two exchanges' worth, forty, half of those, and those after the restore."""
_TWICE = 7
"""The handset of the second's that the third has too, by its number."""
_TRAY = 20
"""Handsets that are written in one transaction: a scene is not to wait for a disk."""


@dataclass(frozen=True, slots=True)
class Cast:
    """The records of three benches, and that of the third as it is after it was restored.

    `duplicate` is the IMEI of the handset on two benches.
    """

    first: Path
    second: Path
    third: Path
    restored: Path
    duplicate: str


def cast(first: Path, folder: Path) -> Cast:
    """Make the records of the second and third bench, in a folder of the scene's own."""
    duplicate = _OF_SECOND.handset(_TWICE)
    with closing(open_record(folder / SECOND, SECOND)) as ledger:
        stage(ledger, _OF_SECOND.handsets(1, _AT_SECOND), at_a_time=_TRAY)
    own = folder / THIRD
    with closing(open_record(own, THIRD)) as ledger:
        stage(ledger, _OF_THIRD.handsets(1, _IN_IMAGE), at_a_time=_TRAY)
    image = copy_image(own, folder / f"{THIRD}-image")
    with closing(open_record(own, THIRD)) as ledger:
        stage(ledger, [duplicate], at_a_time=_TRAY)
        stage(ledger, _OF_THIRD.handsets(_IN_IMAGE + 1, _AT_THIRD), at_a_time=_TRAY)
    return Cast(
        first, folder / SECOND / RECORD, own / RECORD, image / RECORD, duplicate.imeis[0].digits
    )


def work_on(image: Path) -> None:
    """Go on working with a record that was restored from an old image: another history begins."""
    with closing(open_record(image.parent, THIRD)) as ledger:
        stage(ledger, _OF_THIRD.handsets(_AT_THIRD + 1, _AT_THIRD + _AFTER), at_a_time=_TRAY)


def freeze(record: Path, bench: str, reason: str) -> None:
    """Write nothing more to a record: the centre knows another history of it."""
    with closing(open_record(record.parent, bench)) as ledger:
        ledger.freeze(reason)
