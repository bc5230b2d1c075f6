"""A statement as pages: values in, PDF/A-3u bytes out, the bundle inside byte for byte.

The pages are for reading; what proves anything is the attachment, and the pages say so. It loads
fpdf2: import it where it is used.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from fpdf.enums import Align, TableBordersLayout, VAlign, XPos, YPos
from fpdf.table import Table

from bench.custody.statement import words
from bench.custody.statement.content import EventRow, StatementContent
from bench.custody.statement.lettering import settled
from bench.custody.statement.note_code import NoteTooLongError, code_image, note_modules
from bench.custody.statement.sheet import SANS, Imprint, Sheet

BUNDLE_NAME = "bundle.json"
_WIDTHS = (12, 45, 52, 32, 36, 48, 48)
_HEADS = ("No.", "Bench's clock", "Provably between", "What", "Who", "From → to", "Reason")
_CODE_MM = 62


def statement(content: StatementContent, bundle: bytes, *, fonts: Path) -> bytes:
    """Return the statement, not signed yet; `fonts` is the folder with the DejaVu faces.

    `bundle` is attached as `bundle.json` (application/json; AFRelationship Source, ISO 19005-3,
    annex E). Raises `OSError` when a face cannot be read.
    """
    title = f"Statement of custody: {content.handset.asset_tag or content.handset.uid}"
    imprint = Imprint(title, content.document, content.made_at, content.simulated)
    sheet = Sheet(imprint, fonts, "A4", "landscape")
    shown = settled(content, sheet.letters)
    sheet.heading(sheet.letters("title", title), 16)
    _subject(sheet, shown)
    _meaning(sheet, shown, bundle)
    _keys(sheet, content, shown)
    _events(sheet, shown.events)
    _checkpoint(sheet, content.note)
    _attach(sheet, bundle, content.made_at)
    return bytes(sheet.output())


def _subject(sheet: Sheet, content: StatementContent) -> None:
    handset = content.handset
    rows = (
        ("Device uid", handset.uid),
        ("IMEI", ", ".join(handset.imeis) or words.NOTHING),
        ("Serial number", handset.serial),
        ("Model", handset.model),
        ("Asset tag", handset.asset_tag or words.NOTHING),
        ("Record", content.origin),
        ("Made", words.moment(content.made_at)),
    )
    sheet.set_font(SANS, "", 8.5)
    with sheet.table(
        width=190, col_widths=(30, 160), align=Align.L, text_align=Align.L, line_height=4.2,
        first_row_as_headings=False, borders_layout=TableBordersLayout.NONE,
    ) as table:  # fmt: skip
        for name, text in rows:
            table.row((name, text or words.NOTHING))


def _meaning(sheet: Sheet, content: StatementContent, bundle: bytes) -> None:
    sheet.heading("What this is")
    for sentence in (*words.meaning(content), *content.remarks):
        sheet.paragraph(sentence)
    sheet.heading("How to check it without this program")
    digest = hashlib.sha256(bundle).hexdigest()
    for step, sentence in enumerate(words.steps(content, digest, BUNDLE_NAME), start=1):
        sheet.paragraph(f"{step}. {sentence}")


def _keys(sheet: Sheet, content: StatementContent, shown: StatementContent) -> None:
    sheet.heading("Keys to check with")
    for key, line in zip(content.keys, shown.keys, strict=True):
        fingerprint = hashlib.sha256(key.vkey.encode()).hexdigest()
        sheet.paragraph(f"{line.role}; SHA-256 of the line below: {fingerprint}", 7.5)
        sheet.verbatim((line.vkey,), sheet.epw)


def _events(sheet: Sheet, events: tuple[EventRow, ...]) -> None:
    sheet.heading(f"Events ({len(events)})")
    sheet.set_font(SANS, "", 7)
    with sheet.table(
        col_widths=_WIDTHS, line_height=3.3, text_align=Align.L, v_align=VAlign.T,
        padding=(0.6, 1.2), borders_layout=TableBordersLayout.HORIZONTAL_LINES,
    ) as table:  # fmt: skip
        table.row(_HEADS)
        for event in events:
            table.row(words.cells(event))
            _what_followed(table, event)


def _what_followed(table: Table, event: EventRow) -> None:
    """Right under the event that was corrected or signed off; what did so has its own row too."""
    for said in (
        *(words.signed_off(sign_off) for sign_off in event.sign_offs),
        *(words.corrected(correction) for correction in event.corrections),
    ):
        row = table.row()
        row.cell("")
        row.cell(said, colspan=len(_WIDTHS) - 1)


def _checkpoint(sheet: Sheet, note: bytes) -> None:
    if sheet.will_page_break(_CODE_MM + 15):
        sheet.add_page()
    sheet.heading("The checkpoint that covers these events")
    sheet.paragraph(words.CHECKPOINT)
    top = sheet.get_y() + 1
    sheet.set_xy(sheet.l_margin + _CODE_MM + 6, top + 3)
    lines = note.decode("utf-8", "replace").split("\n")
    sheet.verbatim((sheet.letters("vkey", line) for line in lines), sheet.epw - _CODE_MM - 6, 7)
    _code(sheet, note, top)


def _code(sheet: Sheet, note: bytes, top: float) -> None:
    try:
        picture = code_image(note_modules(note), 8)
    except NoteTooLongError:
        sheet.set_xy(sheet.l_margin, top + 3)
        sheet.multi_cell(_CODE_MM, 4, words.NO_CODE, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        return
    sheet.image(picture, sheet.l_margin, top, _CODE_MM, _CODE_MM, alt_text=words.CODE)


def _attach(sheet: Sheet, bundle: bytes, at: datetime) -> None:
    sheet.embed_file(
        bytes=bundle, basename=BUNDLE_NAME, mime_type="application/json", desc=words.ATTACHED,
        associated_file_relationship="Source", creation_date=at, modification_date=at,
        compress=True,
    )  # fmt: skip
