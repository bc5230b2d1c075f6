"""A PDF/A-3u document with nothing on it yet: fonts inside, colours named, page feet, watermark.

ISO 19005-3 asks for embedded fonts that map to Unicode, an output intent and XMP metadata; fpdf2
sees to the first two. Two renderings of the same content are the same bytes: nothing is taken from
the clock or from chance. It loads fpdf2: import it where it is used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import escape

from fpdf import FPDF
from fpdf.enums import Align, WrapMode, XPos, YPos
from fpdf.fonts import TTFFont

from bench.custody.statement.content import SIMULATED
from bench.custody.statement.lettering import lettered
from bench.custody.statement.words import moment

SANS, MONO = "sans", "mono"
_FACES: tuple[tuple[str, Literal["", "B"], str], ...] = (
    (SANS, "", "DejaVuSansCondensed.ttf"),
    (SANS, "B", "DejaVuSansCondensed-Bold.ttf"),
    (MONO, "", "DejaVuSansMono.ttf"),
)
_PAPERS = {"A4": (210, 297), "A5": (148, 210)}
"""Width and height in millimetres, upright (ISO 216)."""
_PAGES_ALIAS = "\ue000" * 3
"""Stands for the number of pages until it is known; no shown text has a private-use character."""
_FOOT = 12
"""Millimetres that the foot of a page takes."""
_PALE = 232
_FIXED_PITCH = ("vkey",)
_USUAL = 200
_ROOM = {"document": 80, "docket": 120, "reason": 300, "why": 300, "remarks": 600, "vkey": 4000}
"""Characters of a field at most: a table's row stays far shorter than a page."""


@dataclass(frozen=True, slots=True)
class Imprint:
    """What stands on every page and in the metadata: title, id, time, whether all is simulated."""

    title: str
    document: str
    made_at: datetime
    simulated: bool


class Sheet(FPDF):
    """A document to draw on, in millimetres; every text is our own or went through `letters`."""

    def __init__(
        self,
        imprint: Imprint,
        fonts: Path,
        paper: Literal["A4", "A5"],
        orientation: Literal["portrait", "landscape"] = "portrait",
    ) -> None:
        super().__init__(orientation, "mm", _PAPERS[paper], enforce_compliance="PDF/A-3U")
        self._imprint = imprint
        for family, style, file in _FACES:
            self.add_font(family, style, fonts / file)
        self._glyphs = {family: _glyphs(self, family) for family in (SANS, MONO)}
        title = self.letters("title", imprint.title)
        self.set_margins(12, 12)
        self.set_auto_page_break(auto=True, margin=_FOOT + 4)
        self.alias_nb_pages(_PAGES_ALIAS)
        self.set_lang("en-GB")
        self.set_title(title)
        self.set_creation_date(imprint.made_at)
        self.set_xmp_metadata(_xmp(title, imprint.made_at))
        self.add_page()

    def letters(self, field: str, text: str) -> str:
        """Return a field's text as it can be drawn, one line, cut to the field's room."""
        family = MONO if field in _FIXED_PITCH else SANS
        return lettered(text, self._glyphs[family], _ROOM.get(field, _USUAL))

    def file_id(self) -> str:
        """Return the trailer's ID (ISO 32000-1, 14.4) from the document's own id."""
        name = hashlib.sha256(self._imprint.document.encode()).hexdigest()[:32].upper()
        return f"<{name}><{name}>"

    def header(self) -> None:
        """Lay the watermark under whatever the page will hold."""
        if not self._imprint.simulated:
            return
        with self.local_context(text_color=_PALE), self.rotation(28, self.w / 2, self.h / 2):
            self.set_font(SANS, "B", self.w / 5)
            width = self.get_string_width(SIMULATED)
            self.text((self.w - width) / 2, self.h / 2, SIMULATED)

    def footer(self) -> None:
        """Say on every page what it belongs to and which of how many it is."""
        self.set_y(-_FOOT)
        self.set_font(SANS, "", 7)
        made = self._imprint
        mark = f"{SIMULATED} · " if made.simulated else ""
        about = f"{mark}{self.letters('document', made.document)} · made {moment(made.made_at)}"
        self.cell(self.epw * 0.8, 4, about)
        self.cell(0, 4, f"Page {self.page_no()} of {_PAGES_ALIAS}", align=Align.R)

    def heading(self, text: str, size: float = 11) -> None:
        """Write a line in bold."""
        self.set_font(SANS, "B", size)
        self.ln(1)
        self.multi_cell(0, size * 0.5, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(0.5)

    def paragraph(self, text: str, size: float = 8.5) -> None:
        """Write running text."""
        self.set_font(SANS, "", size)
        self.multi_cell(
            0, size * 0.48, text, align=Align.L,
            new_x=XPos.LMARGIN, new_y=YPos.NEXT,
        )  # fmt: skip

    def verbatim(self, lines: Iterable[str], width: float, size: float = 6) -> None:
        """Write lines in a fixed pitch, broken anywhere when too long; text of `vkey` fields."""
        self.set_font(MONO, "", size)
        for line in lines:
            self.multi_cell(
                width, size * 0.46, line or " ", align=Align.L, wrapmode=WrapMode.CHAR,
                new_x=XPos.LEFT, new_y=YPos.NEXT,
            )  # fmt: skip


def _glyphs(sheet: FPDF, family: str) -> Collection[int]:
    """The code points that every style of a family has."""
    faces = [font for name, font in sheet.fonts.items() if name.startswith(family)]
    return frozenset.intersection(
        *(frozenset(face.cmap) for face in faces if isinstance(face, TTFFont))
    )


def _xmp(title: str, made_at: datetime) -> str:
    """The metadata that ISO 19005-3, 6.6 asks for (XMP Specification, part 1)."""
    at = made_at.astimezone(UTC).isoformat(timespec="seconds")
    return f"""<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>U</pdfaid:conformance>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>
<xmp:CreatorTool>Staging Bench</xmp:CreatorTool>
<xmp:CreateDate>{at}</xmp:CreateDate>
<xmp:ModifyDate>{at}</xmp:ModifyDate>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>"""
