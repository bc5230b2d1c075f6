"""A checkpoint on one A5 sheet: the code, what it says, and room for two signatures.

It goes with the handsets. It loads fpdf2: import it where it is used.
"""

from __future__ import annotations

from pathlib import Path

from fpdf.enums import Align, TableBordersLayout

from bench.custody.statement import docket_words as words
from bench.custody.statement.content import SIMULATED, DocketDetails
from bench.custody.statement.docket_words import Line, docket_lines
from bench.custody.statement.note_code import code_image, note_modules
from bench.custody.statement.sheet import SANS, Imprint, Sheet

_CODE_MM = 92
_SIGN_MM = 22


def docket(note: bytes, details: DocketDetails, *, fonts: Path) -> bytes:
    """Return the docket, PDF/A-3u on one page; the exact note is in its code and attached.

    Raises `NoteError` when `note` is no signed checkpoint, `NoteTooLongError` when no code holds
    it, `OSError` when a face in the folder `fonts` cannot be read.
    """
    lines, modules = docket_lines(note, details), note_modules(note)
    title = f"{words.TITLE}: {details.reason}"
    imprint = Imprint(title, details.document, details.made_at, details.simulated)
    sheet = Sheet(imprint, fonts, "A5")
    sheet.heading(f"{words.TITLE}: {SIMULATED}" if details.simulated else words.TITLE, 13)
    left = (sheet.w - _CODE_MM) / 2
    picture = code_image(modules, 8)
    sheet.image(picture, left, sheet.get_y(), _CODE_MM, _CODE_MM, alt_text="QR code of the note")
    sheet.set_y(sheet.get_y() + _CODE_MM + 2)
    _say(sheet, lines)
    _signatures(sheet)
    sheet.embed_file(
        bytes=note, basename="checkpoint.txt", mime_type="text/plain", desc="The signed note",
        associated_file_relationship="Source", creation_date=details.made_at,
        modification_date=details.made_at,
    )  # fmt: skip
    return bytes(sheet.output())


def _say(sheet: Sheet, lines: tuple[Line, ...]) -> None:
    sheet.set_font(SANS, "", 8)
    with sheet.table(
        col_widths=(24, 100), text_align=Align.L, line_height=3.9, first_row_as_headings=False,
        borders_layout=TableBordersLayout.NONE,
    ) as table:  # fmt: skip
        for line in lines:
            table.row((line.name, sheet.letters("docket", line.text) or "—"))
    sheet.paragraph(words.ADVICE, 7)


def _signatures(sheet: Sheet) -> None:
    top = sheet.h - 16 - _SIGN_MM
    half = sheet.epw / 2
    for column, name in enumerate(words.SIGN):
        left = sheet.l_margin + column * half
        sheet.rect(left, top, half, _SIGN_MM)
        sheet.set_font(SANS, "B", 8)
        sheet.text(left + 1.5, top + 4, name)
        sheet.set_font(SANS, "", 6)
        sheet.text(left + 1.5, top + _SIGN_MM - 1.5, words.DATED)
