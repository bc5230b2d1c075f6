"""A PDF/A-3u file whose pages are written as soon as they are full.

ISO 19005-3 asks for embedded fonts that map to Unicode, an output intent and XMP metadata. The
number of pages stands on each: it is drawn by an object that is written behind the last of them.
It loads fontTools: import it where it is used.
"""

from __future__ import annotations

import hashlib
from datetime import UTC
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from bench.custody.statement.content import SIMULATED
from bench.custody.statement.lettering import lettered
from bench.stock.papers.objects import Objects
from bench.stock.papers.typeface import Typeface

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.stock.papers.report import Issue

MM = 72 / 25.4
PLAIN, BOLD = "F1", "F2"
_FACES = {PLAIN: "DejaVuSansCondensed.ttf", BOLD: "DejaVuSansCondensed-Bold.ttf"}
_PALE = 0.91
_SMALL = 7.0


class Document:
    """A document of pages `width` by `height` millimetres; texts must be `settled` before."""

    def __init__(
        self,
        sink: Callable[[bytes], object],
        fonts: Path,
        title: str,
        issue: Issue,
        size: tuple[float, float],
    ) -> None:
        self._faces = {name: Typeface(fonts / file) for name, file in _FACES.items()}
        self._glyphs = frozenset.intersection(
            *(frozenset(face.glyphs) for face in self._faces.values())
        )
        self._objects = Objects(sink)
        self._title, self._issue = title, issue
        self.width, self.height = size
        numbers = [self._objects.number() for _ in range(6)]
        self._root, self._tree, self._count, self._mark, *fonts_of = numbers
        self._fonts = dict(zip(self._faces, fonts_of, strict=True))
        self._pages: list[int] = []

    @property
    def page(self) -> int:
        """The number of the page that is drawn now."""
        return len(self._pages) + 1

    def settled(self, text: str, limit: int = 200) -> str:
        """Return a text from anywhere as it can be drawn: one line, only letters there are."""
        return lettered(text, self._glyphs, limit)

    def measured(self, text: str, size: float, face: str = PLAIN) -> float:
        """Return how wide a text is, in millimetres, at a size in points."""
        return self._faces[face].width(text, size) / MM

    def text(self, left: float, top: float, text: str, size: float, face: str = PLAIN) -> bytes:
        """Return what draws a text: millimetres from the page's left top to its base line."""
        at = b"%.2f %.2f" % (left * MM, (self.height - top) * MM)
        spelled = self._faces[face].spelled(text)
        return b"BT /%b %.1f Tf 1 0 0 1 %b Tm %b Tj ET\n" % (face.encode(), size, at, spelled)

    def rule(self, left: float, top: float, right: float, grey: float = 0.75) -> bytes:
        """Return what draws a thin line across."""
        height = (self.height - top) * MM
        return b"%.2f G 0.4 w %.2f %.2f m %.2f %.2f l S\n" % (
            grey, left * MM, height, right * MM, height,
        )  # fmt: skip

    def band(self, left: float, top: float, right: float, bottom: float, grey: float) -> bytes:
        """Return what fills a rectangle; what is drawn behind it in the stream stands on it."""
        at = left * MM, (self.height - bottom) * MM, (right - left) * MM, (bottom - top) * MM
        return b"%.2f g %.2f %.2f %.2f %.2f re f 0 g\n" % (grey, *at)

    def end_page(self, drawn: bytes, total_at: tuple[float, float]) -> None:
        """Write a page; the number of all pages is drawn at that place, in millimetres."""
        place = b"q 1 0 0 1 %.2f %.2f cm /N Do Q\n" % (
            total_at[0] * MM, (self.height - total_at[1]) * MM,
        )  # fmt: skip
        mark = b"/M Do\n" if self._issue.simulated else b""
        content = self._objects.stream(mark + drawn + place)
        fonts = " ".join(f"/{name} {number} 0 R" for name, number in self._fonts.items())
        self._pages.append(
            self._objects.write(
                f"<< /Type /Page /Parent {self._tree} 0 R /MediaBox [{self._box()}] "
                f"/Contents {content} 0 R /Resources << /Font << {fonts} >> "
                f"/XObject << /N {self._count} 0 R /M {self._mark} 0 R >> >> >>".encode()
            )
        )

    def end(self) -> None:
        """Write what all pages share, and close the file."""
        self._form(self._count, self._shown_count())
        self._form(self._mark, self._shown_mark())
        for (name, face), file in zip(self._faces.items(), _FACES.values(), strict=True):
            face.put_in(self._objects, self._fonts[name], f"AAAAAA+{file.removesuffix('.ttf')}")
        kids = " ".join(f"{page} 0 R" for page in self._pages)
        self._objects.write(
            f"<< /Type /Pages /Count {len(self._pages)} /Kids [{kids}] >>".encode(), self._tree
        )
        self._objects.write(self._catalogue(), self._root)
        made = f"{self._issue.bench} {self._title} {self._issue.at.isoformat()}"
        self._objects.end(self._root, hashlib.sha256(made.encode()).hexdigest()[:32].upper())

    def _catalogue(self) -> bytes:
        colours = (files("fpdf.data.color_profiles") / "sRGB2014.icc").read_bytes()
        profile = self._objects.stream(colours, b"/N 3")
        said = self._objects.stream(
            self._metadata().encode(), b"/Type /Metadata /Subtype /XML", packed=False
        )
        return (
            f"<< /Type /Catalog /Pages {self._tree} 0 R /Metadata {said} 0 R /Lang (en-GB) "
            "/ViewerPreferences << /DisplayDocTitle true >> /OutputIntents [<< /Type /OutputIntent "
            "/S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB) "
            f"/DestOutputProfile {profile} 0 R >>] >>"
        ).encode()

    def _form(self, number: int, drawn: bytes) -> None:
        fonts = " ".join(f"/{name} {of} 0 R" for name, of in self._fonts.items())
        said = (
            f"/Type /XObject /Subtype /Form /BBox [{self._box()}] "
            f"/Resources << /Font << {fonts} >> >>"
        )
        self._objects.stream(drawn, said.encode(), number)

    def _shown_count(self) -> bytes:
        spelled = self._faces[PLAIN].spelled(str(len(self._pages)))
        return b"BT /F1 %.1f Tf %b Tj ET\n" % (_SMALL, spelled)

    def _shown_mark(self) -> bytes:
        """Write right across the page, pale, that all of it is simulated."""
        size = self.width * MM / 14
        spelled = self._faces[BOLD].spelled(SIMULATED)
        return b"%.2f g BT /F2 %.1f Tf 0.883 0.469 -0.469 0.883 %.2f %.2f Tm %b Tj ET 0 g\n" % (
            _PALE, size, self.width * MM * 0.12, self.height * MM * 0.2, spelled,
        )  # fmt: skip

    def _box(self) -> str:
        return f"0 0 {self.width * MM:.2f} {self.height * MM:.2f}"

    def _metadata(self) -> str:
        """The metadata that ISO 19005-3, 6.6 asks for (XMP Specification, part 1)."""
        at = self._issue.at.astimezone(UTC).isoformat(timespec="seconds")
        return f"""<?xpacket begin="\N{ZERO WIDTH NO-BREAK SPACE}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(self._title)}</rdf:li></rdf:Alt></dc:title>
<xmp:CreatorTool>Staging Bench</xmp:CreatorTool>
<xmp:CreateDate>{at}</xmp:CreateDate><xmp:ModifyDate>{at}</xmp:ModifyDate>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""
