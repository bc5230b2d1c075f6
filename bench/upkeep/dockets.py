"""The docket of a shift: its checkpoint on paper, for whoever takes the handsets over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path

from bench.custody import durable
from bench.custody.entries import LedgerHeader
from bench.custody.proof.checkpoint import Checkpoint
from bench.custody.proof.note import SignedNote
from bench.custody.statement.content import DocketDetails
from bench.problems import Problem, ProblemCode, ProblemError
from bench.upkeep.plan import DocketPlan


def write(
    plan: DocketPlan, note: SignedNote, header: LedgerHeader, at: datetime, reason: str
) -> Path:
    """Write the docket of a checkpoint and return where it lies; one that lies there stays.

    Raises `ProblemError` (DOCKET_UNWRITTEN). It draws for a second: on a thread.
    """
    name = f"docket-{header.bench}-e{header.epoch}-{Checkpoint.parse(note.text).size}"
    path = plan.folder / f"{name}.{plan.kind}"
    details = DocketDetails(name, at, reason, header.simulated)
    draw = _DRAWN[plan.kind]
    try:
        durable.create(path, draw(str(note).encode(), details, plan.fonts))
    except (OSError, ValueError) as error:
        detail = f"{path.name}: {error}"
        problem = Problem(ProblemCode.DOCKET_UNWRITTEN, plan.folder.name, detail)
        raise ProblemError(problem) from error
    return path


def _sheet(note: bytes, details: DocketDetails, fonts: Path) -> bytes:
    from bench.custody.statement.docket import docket  # noqa: PLC0415 - loads fpdf2

    return docket(note, details, fonts=fonts)


def _label(note: bytes, details: DocketDetails, fonts: Path) -> bytes:
    from bench.custody.statement.docket_label import docket_bitmap  # noqa: PLC0415 - loads Pillow
    from bench.labels.render import to_image  # noqa: PLC0415 - loads Pillow

    picture = BytesIO()
    to_image(docket_bitmap(note, details, fonts=fonts)).save(picture, "PNG")
    return picture.getvalue()


_DRAWN: dict[str, Callable[[bytes, DocketDetails, Path], bytes]] = {"pdf": _sheet, "png": _label}
