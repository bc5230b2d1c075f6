"""A manifest on paper: PDF/A-3u, its table attached, its digest in a code, room for two signatures.

It loads fpdf2: import it where it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fpdf.enums import Align, TableBordersLayout
from fpdf.fonts import TTFFont

from bench.custody.statement.content import SIMULATED
from bench.custody.statement.note_code import code_image, note_modules
from bench.custody.statement.sheet import SANS, Imprint, Sheet
from bench.custody.statement.words import moment
from bench.stock.consignments.manifest import Manifest, digest_of
from bench.stock.consignments.strokes import SPAN, Signed, Stroke

_CODE_MM, _SIGN_MM = 42, 30
_WIDTHS = (12, 30, 40, 36, 34, 34)
_HEADS = ("No.", "Asset tag", "IMEI", "Model", "Seal", "Bag")
_SIDES = (("from", "Handed over by"), ("to", "Taken over by"))
_ADVICE = (
    "The code holds the consignment, the version of this manifest and the SHA-256 of its table, "
    "which is attached to this document and stands in the custody record. IMEIs are shown by their "
    "last four digits; people appear under pseudonyms."
)


def manifest_sheet(
    manifest: Manifest,
    signed: Mapping[str, Signed],
    *,
    simulated: bool,
    fonts: Path,
    line_done: Callable[[int], None] = lambda _: None,
) -> bytes:
    """Return the document; `signed` is by side, `from` and `to`: a side that is not is for ink.

    `line_done` is told after each line how many are drawn. Raises `OSError` when a face cannot be
    read.
    """
    table = manifest.table(simulated=simulated)
    made_at = datetime.fromtimestamp(manifest.at / 1000, UTC)
    title = f"Manifest of {manifest.docket}, version {manifest.version}"
    sheet = Sheet(Imprint(title, manifest.name, made_at, simulated), fonts, "A4")
    with closing(_Faces(sheet)):
        sheet.heading(f"{title}: {SIMULATED}" if simulated else title, 13)
        _head(sheet, manifest, digest_of(table), made_at)
        _lines(sheet, manifest, line_done)
        _signatures(sheet, signed)
        sheet.embed_file(
            bytes=table, basename=f"{manifest.name}.csv", mime_type="text/csv",
            desc="The manifest as a table", associated_file_relationship="Source",
            creation_date=made_at, modification_date=made_at,
        )  # fmt: skip
        return bytes(sheet.output())


@dataclass(frozen=True, slots=True)
class _Faces:
    """The files of a document's faces, which fpdf2 leaves open."""

    sheet: Sheet

    def close(self) -> None:
        for face in self.sheet.fonts.values():
            if isinstance(face, TTFFont):
                face.ttfont.close()


def _head(sheet: Sheet, manifest: Manifest, digest: str, made_at: datetime) -> None:
    top = sheet.get_y()
    picture = code_image(note_modules(manifest.code(digest)), 6)
    left = sheet.w - sheet.r_margin - _CODE_MM
    sheet.image(picture, left, top, _CODE_MM, _CODE_MM, alt_text="QR code of the manifest's digest")
    rows = (
        ("To", manifest.destination),
        ("Handsets", str(len(manifest.lines))),
        ("Seal", manifest.seal),
        ("Sealed", moment(made_at)),
        ("SHA-256", f"{digest[:32]} {digest[32:]}"),
    )
    sheet.set_font(SANS, "", 9)
    with sheet.table(
        width=sheet.epw - _CODE_MM - 4, col_widths=(20, 110), align=Align.L, text_align=Align.L,
        line_height=5, first_row_as_headings=False, borders_layout=TableBordersLayout.NONE,
    ) as table:  # fmt: skip
        for name, text in rows:
            table.row((name, sheet.letters("manifest", text)))
    sheet.set_y(max(sheet.get_y(), top + _CODE_MM))
    sheet.paragraph(_ADVICE, 7)


def _lines(sheet: Sheet, manifest: Manifest, line_done: Callable[[int], None]) -> None:
    sheet.set_font(SANS, "", 8)
    with sheet.table(
        col_widths=_WIDTHS, text_align=Align.L, line_height=4.4,
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
    ) as table:  # fmt: skip
        table.row(_HEADS)
        for number, line in enumerate(manifest.lines, 1):
            cells = (str(number), line.tag, line.masked, line.model, line.seal, line.bag)
            table.row([sheet.letters("line", cell) or "—" for cell in cells])
            line_done(number)


def _signatures(sheet: Sheet, signed: Mapping[str, Signed]) -> None:
    if sheet.get_y() + _SIGN_MM > sheet.h - sheet.b_margin:
        sheet.add_page()
    top, half = sheet.get_y() + 3, sheet.epw / 2
    for column, (side, name) in enumerate(_SIDES):
        left = sheet.l_margin + column * half
        sheet.rect(left, top, half, _SIGN_MM)
        sheet.set_font(SANS, "B", 8)
        sheet.text(left + 1.5, top + 4, name)
        sheet.set_font(SANS, "", 6)
        by = signed.get(side)
        sheet.text(left + 1.5, top + _SIGN_MM - 1.5, _words(sheet, by))
        if by:
            _draw(sheet, by.strokes, left + 4, top + 5, half - 8, _SIGN_MM - 10)


def _words(sheet: Sheet, by: Signed | None) -> str:
    if by is None:
        return "Name, signature, date"
    erased = "" if by.strokes else ", signature erased"
    return sheet.letters("signed", f"On the screen, {moment(by.at)}, recorded by {by.who}{erased}")


def _draw(
    sheet: Sheet, strokes: tuple[Stroke, ...], left: float, top: float, wide: float, high: float
) -> None:
    with sheet.local_context(line_width=0.35):
        for stroke in strokes:
            points = [(left + x * wide / SPAN, top + y * high / SPAN) for x, y in stroke]
            sheet.polyline(points if len(points) > 1 else points * 2)
