"""Writes a manifest's files: its table and its paper, whole or not at all; for a thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from bench.custody import durable
from bench.custody.personal import table as personal
from bench.events.person import HiddenText
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.consignments import queries
from bench.stock.consignments.manifest import Manifest, digest_of
from bench.stock.consignments.queries import Signature
from bench.stock.consignments.strokes import Signed, Stroke, read_strokes
from bench.stock.desk.turns import Cancelled, Job, JobCancelledError, Progress

if TYPE_CHECKING:
    import sqlite3

    from bench.stock.desk.means import Means

FOLDER = "manifests"
SIDES = ("from", "to")


@dataclass(frozen=True, slots=True)
class ManifestWritten:
    """Where a manifest lies; `paper` is the signed one where both sides have signed."""

    docket: str
    table: Path
    paper: Path


def writing(means: Means, docket: str, version: int) -> Job:
    """Return the work of writing a manifest; what lies there already is left as it is."""

    def work(progress: Progress, cancelled: Cancelled) -> ManifestWritten:
        record = means.ledger
        with means.book.reader() as book, closing(record.opener.read(record.path)) as texts:
            manifest = found(book, docket, version, simulated=means.simulated)
            signatures = queries.signatures(book, docket, version)
            signed = drawn(texts, signatures)
        line_done = _told(progress, cancelled, len(manifest.lines))
        folder = means.papers / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        return _written(folder, manifest, signed, means, line_done)

    return Job(f"the manifest of {docket}", work)


def found(book: sqlite3.Connection, docket: str, version: int, *, simulated: bool) -> Manifest:
    """Return a manifest whose table is what the record has the digest of; `ProblemError`."""
    manifest = queries.manifest(book, docket, version)
    if manifest is None:
        raise ProblemError(Problem(ProblemCode.CONSIGNMENT_UNKNOWN, docket, f"manifest {version}"))
    if digest_of(manifest.table(simulated=simulated)) != manifest.digest:
        detail = "its manifest is not the one that was sealed: the digest in the record differs"
        raise ProblemError(Problem(ProblemCode.CONSIGNMENT_UNFIT, docket, detail))
    return manifest


def paper(
    manifest: Manifest,
    texts: sqlite3.Connection,
    signatures: tuple[Signature, ...],
    *,
    simulated: bool,
    fonts: Path,
) -> bytes:
    """Return the paper of a manifest with the signatures that the record still has."""
    from bench.stock.consignments.sheet import manifest_sheet  # noqa: PLC0415 - loads fpdf2

    return manifest_sheet(manifest, drawn(texts, signatures), simulated=simulated, fonts=fonts)


def _written(
    folder: Path,
    manifest: Manifest,
    signed: Mapping[str, Signed],
    means: Means,
    line_done: Callable[[int], None],
) -> ManifestWritten:
    by = signed if set(SIDES) <= signed.keys() else {}
    table = folder / f"{manifest.name}.csv"
    try:
        _keep(table, manifest.table(simulated=means.simulated))
        sheet = _sheet(folder, manifest, by, means, line_done)
    except OSError as error:
        raise ProblemError(Problem(ProblemCode.JOB_FAILED, folder.name, str(error))) from error
    return ManifestWritten(manifest.docket, table, sheet)


def _sheet(
    folder: Path,
    manifest: Manifest,
    signed: Mapping[str, Signed],
    means: Means,
    line_done: Callable[[int], None],
) -> Path:
    """Draw the paper; one that is signed anew lies beside the one before."""
    from bench.stock.consignments.sheet import manifest_sheet  # noqa: PLC0415 - loads fpdf2

    for path in _names(folder, manifest.name, is_signed=bool(signed)):
        if path.exists() and not signed:
            return path
        made = manifest_sheet(
            manifest, signed, simulated=means.simulated, fonts=means.fonts, line_done=line_done
        )
        if durable.create(path, made) or path.read_bytes() == made:
            return path
    raise AssertionError("there is always another name")


def _names(folder: Path, name: str, *, is_signed: bool) -> Iterator[Path]:
    if not is_signed:
        yield folder / f"{name}.pdf"
        return
    yield folder / f"{name}-signed.pdf"
    yield from (folder / f"{name}-signed-{number}.pdf" for number in count(2))


def _keep(path: Path, content: bytes) -> None:
    """Never write over another file: one that differs was changed by somebody."""
    if not durable.create(path, content) and path.read_bytes() != content:
        detail = "a file of that name lies there and differs: set it aside"
        raise ProblemError(Problem(ProblemCode.JOB_FAILED, path.name, detail))


def drawn(texts: sqlite3.Connection, signatures: tuple[Signature, ...]) -> Mapping[str, Signed]:
    """Return the last signature of each side where it left, drawn where it was not erased."""
    return {
        each.side: Signed(
            each.actor, datetime.fromtimestamp(each.at / 1000, UTC), _strokes(texts, each.ref)
        )
        for each in signatures
        if not each.place
    }


def _strokes(texts: sqlite3.Connection, ref: str) -> tuple[Stroke, ...]:
    kept = [text.text for text in personal.read(texts, ref) if text.field == "signature"]
    return read_strokes(HiddenText(kept[0])) if kept else ()


def _told(progress: Progress, cancelled: Cancelled, total: int) -> Callable[[int], None]:
    def line_done(number: int) -> None:
        if cancelled():
            raise JobCancelledError
        progress(number / max(total, 1))

    return line_done
