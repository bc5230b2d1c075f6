"""The paper as a PDF: page one to set a scanner up and to try it, then slot cards, then commands.

It loads fpdf2: import it where it is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from fpdf.enums import Align, XPos, YPos

from bench.custody.statement.sheet import SANS, Imprint, Sheet
from bench.identity.commands import CARD, Command, CommandCode
from bench.identity.identifiers import SlotCode
from bench.identity.trial import TEST_CARD, TrialCode
from bench.scanner_setup.codes import Matrix, bars, matrix_of
from bench.scanner_setup.makers import GUIDES, MakersGuide

_TITLE = "Set up a scanner"
_MODULE = 0.42
"""Millimetres of a module: what cheap scanners read at arm's length (X-dimension)."""
_LINEAR_MM = 16.0
_CARD = (58.0, 34.0)
"""Width and height of a slot card in millimetres, the line to cut along included."""
_ACROSS = 3
_SLOTS = "Slot cards: cut them out and stick them to the slots"
_COMMANDS = "Commands: scan one in place of a key"
_SAID: Mapping[Command, str] = {
    Command.GO: "Go to {}",
    Command.CHOOSE: "Answer {}",
    Command.BACK: "Back to the beginning",
}
_WHAT = (
    "A bench reads scanners best as serial ports: then a scan lands whatever has the focus, and "
    "the separators of 2-D codes come through. Scan the maker's own codes for three things: USB "
    "serial mode (CDC), AIM identifiers sent in front, and CR behind. They stand in its manual:"
)
_TYPING = (
    "A scanner that types like a keyboard works too, as long as its keyboard layout is US (the "
    "maker's setting for the country). It loses the separators of 2-D codes and letters beyond "
    "ASCII; the second code below tells whether yours does."
)
_TRY = (
    "Then scan these two. The bench says that the scanner works, what kind of code it named, and "
    "whether the separator came through. They are made up and belong to no handset."
)


def set_up_paper(slots: Sequence[SlotCode], made_at: datetime, *, fonts: Path) -> bytes:
    """Return the paper for a bench with these slots; `fonts` is the folder with the DejaVu faces.

    The same arguments make the same bytes. Raises `OSError` when a face cannot be read.
    """
    sheet = Sheet(Imprint(_TITLE, _TITLE, made_at, simulated=False), fonts, "A4")
    sheet.heading(_TITLE, 16)
    sheet.paragraph(_WHAT)
    for guide in GUIDES:
        _guide(sheet, guide)
    sheet.ln(2)
    sheet.paragraph(_TYPING)
    sheet.heading("Try it")
    sheet.paragraph(_TRY)
    _test_card(sheet)
    _cards(sheet, _SLOTS, [(slot, str(slot), 22) for slot in slots])
    _cards(sheet, _COMMANDS, [(code, _said(code), 12) for code in CARD])
    return bytes(sheet.output())


def _guide(sheet: Sheet, guide: MakersGuide) -> None:
    sheet.heading(f"{guide.maker}: see {guide.book}", 9)
    sheet.paragraph(f"Serial mode: {guide.serial}. AIM identifiers: {guide.aim}.")
    sheet.paragraph(f"Suffix: {guide.suffix}. {guide.remark}".strip())


def _test_card(sheet: Sheet) -> None:
    top = sheet.get_y() + 3
    left = sheet.l_margin
    for code in TEST_CARD:
        width, height = _drawn(sheet, matrix_of(code), left, top)
        sheet.set_xy(left, top + height + 1)
        sheet.set_font(SANS, "", 7)
        sheet.cell(width, 3.5, _name(code), align=Align.C)
        left += width + 10


def _name(code: TrialCode) -> str:
    return f"Test: {code.symbol}{', with a separator' if code.has_separator else ''}"


def _said(code: CommandCode) -> str:
    return _SAID[code.command].format(code.argument)


def _cards(
    sheet: Sheet, heading: str, cards: Sequence[tuple[SlotCode | CommandCode, str, int]]
) -> None:
    """Put each code on a card with its words, in letters of so many points."""
    for card, (page, column, row) in zip(cards, _places(sheet, len(cards)), strict=True):
        if not column and not row:
            sheet.add_page()
            sheet.heading(heading if not page else f"{heading}, continued")
        _card(sheet, *card, column, row)


def _places(sheet: Sheet, count: int) -> Iterator[tuple[int, int, int]]:
    """Yield page, column and row of each card."""
    down = int((sheet.eph - 12) // _CARD[1])
    for number in range(count):
        page, on_page = divmod(number, _ACROSS * down)
        yield page, on_page % _ACROSS, on_page // _ACROSS


def _card(
    sheet: Sheet, code: SlotCode | CommandCode, words: str, points: int, column: int, row: int
) -> None:
    left = sheet.l_margin + column * (_CARD[0] + 2)
    top = sheet.t_margin + 10 + row * _CARD[1]
    with sheet.local_context(draw_color=180):
        sheet.rect(left, top, *_CARD)
    matrix = matrix_of(code)
    _drawn(sheet, matrix, left + (_CARD[0] - len(matrix[0]) * _MODULE) / 2, top + 3)
    sheet.set_xy(left, top + _LINEAR_MM + 5)
    sheet.set_font(SANS, "B", points)
    sheet.cell(_CARD[0], 10, words, align=Align.C, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _drawn(sheet: Sheet, matrix: Matrix, left: float, top: float) -> tuple[float, float]:
    """Draw a code; return its width and height in millimetres, quiet zone included."""
    high = _LINEAR_MM if len(matrix) == 1 else _MODULE
    with sheet.local_context(fill_color=0):
        for number, row in enumerate(matrix):
            for start, width in bars(row):
                at = left + start * _MODULE, top + number * high
                sheet.rect(*at, width * _MODULE, high, style="F")
    return len(matrix[0]) * _MODULE, len(matrix) * high
