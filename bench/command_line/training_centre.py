"""The scene at the end of a demo: three benches and a centre, which ends with each event once.

The centre is a PostgreSQL that the demo begins and ends itself, or a drop where there is none.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.events.orders import Json
from bench.inventory.training_centre.postgres import OLDEST, programs
from bench.inventory.training_centre.verdict import Due, Ends, faults

if TYPE_CHECKING:
    from bench.inventory.training_centre.cast import Cast

_BOOKS = "the centre's books do not agree"
_SHOWN = ("benches", "frozen", "quarantined")
"""The sections of the report that are shown; the whole of it is kept."""


@dataclass(frozen=True, slots=True)
class SceneResult:
    """What a scene came to; it is in order where there are no `faults` (words for each).

    `centre` says what the centre was. `events` are those that it has of all benches, `cuts` how
    often a cable broke, `frozen` the benches, `quarantined` the IMEIs; `report` is what
    `central report` says of it. `folder` holds the records, `seconds` of wall clock.
    """

    centre: str
    folder: Path
    events: int
    cuts: int
    frozen: tuple[str, ...]
    quarantined: tuple[str, ...]
    faults: tuple[str, ...]
    report: str
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether all is as it has to be."""
        return not self.faults


def run_scene(record: Path, out: Path) -> SceneResult:
    """Play the scene with the demo's record, which nobody has open; its files go below `out`.

    `ProblemError` where it cannot be played at all.
    """
    from bench.inventory.training_centre.cast import cast  # noqa: PLC0415 - where it is done

    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="centre-", dir=out))
    its = cast(record, folder)
    played = _at_drop(its, folder) if programs() is None else _at_store(its, folder)
    ends = played.ends
    return SceneResult(
        centre=played.centre,
        folder=folder,
        events=sum(len(each.stored) for each in ends.benches),
        cuts=ends.cuts,
        frozen=tuple(each.bench for each in ends.benches if each.frozen),
        quarantined=tuple(each.imei for each in ends.conflicts if each.quarantined),
        faults=(*faults(ends, played.due), *(() if played.agree else (_BOOKS,))),
        report=played.report,
        seconds=round(time.monotonic() - began, 3),
    )


def summary(scene: SceneResult) -> dict[str, Json]:
    """Return what a scene came to, for a program."""
    return {
        "centre": scene.centre,
        "events": scene.events,
        "cuts": scene.cuts,
        "frozen": list(scene.frozen),
        "quarantined": list(scene.quarantined),
        "faults": list(scene.faults),
    }


def tell(scene: SceneResult) -> None:
    """Say on standard output what a scene came to, in a few lines."""
    cable = "One cable was cut in mid-sync" if scene.cuts else "No cable was cut"
    frozen, aside = ", ".join(scene.frozen) or "none", len(scene.quarantined)
    sys.stdout.write(
        f"Then three benches synced with {scene.centre}. {cable}, one bench was restored from an "
        f"old image, one handset was at two benches: {scene.events} events at the centre, "
        f"frozen: {frozen}; quarantined: {aside} ({scene.seconds:.1f} s).\n{scene.report}"
    )
    sys.stdout.writelines(f"NOT AS IT HAS TO BE: {each}\n" for each in scene.faults)


@dataclass(frozen=True, slots=True)
class _Played:
    centre: str
    due: Due
    ends: Ends
    report: str
    agree: bool = True
    """Whether the centre's books agree, as its report says."""


def _at_store(cast: Cast, folder: Path) -> _Played:
    from bench.command_line.central import reporting  # noqa: PLC0415 - as above
    from bench.command_line.central.reporting import Form  # noqa: PLC0415 - as above
    from bench.inventory.training_centre.cast import THIRD  # noqa: PLC0415 - as above
    from bench.inventory.training_centre.scene import at_store  # noqa: PLC0415 - as above
    from bench.inventory.training_centre.store import training_store  # noqa: PLC0415 - as above

    keys = folder / "keys"
    keys.mkdir(mode=0o700)
    with training_store(keys) as store:
        ends = at_store(cast, store)
        disagree = reporting.report(store.administrator, Form.MARKDOWN, folder / "report.md")
        shown = _shown(store.administrator)
    due = Due(THIRD, cast.duplicate)
    return _Played("a PostgreSQL of its own", due, ends, shown, agree=not disagree)


def _shown(database: str) -> str:
    """Return what `central report` says of benches, frozen ones, and handsets set aside."""
    from bench.inventory.central.connecting import administrator  # noqa: PLC0415 - as above
    from bench.inventory.reports import writing  # noqa: PLC0415 - as above
    from bench.inventory.reports.reading import report  # noqa: PLC0415 - as above

    with administrator(database) as connection, report(connection) as sections:
        few = ((section, rows) for section, rows in sections if section.name in _SHOWN)
        _, *pieces = writing.markdown("", few)
        return "".join(pieces)


def _at_drop(cast: Cast, folder: Path) -> _Played:
    from bench.inventory.training_centre.cast import THIRD  # noqa: PLC0415 - as above
    from bench.inventory.training_centre.scene import at_drop  # noqa: PLC0415 - as above

    drop = folder / "drop"
    ends = at_drop(cast, drop)
    told = (
        f"No PostgreSQL {OLDEST} or newer is installed: what the benches sent lies in {drop}, to "
        "be carried to a centre; only that could tell which handsets are at two benches.\n"
    )
    return _Played("a drop", Due(THIRD, "", cuts=0), ends, told)
