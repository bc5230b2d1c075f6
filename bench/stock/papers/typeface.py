"""A typeface of a PDF: how wide a text is, how it is spelled, and what of it goes into the file.

Only letters that were used go in, once all pages are written; a glyph keeps its number, so a page
can be written before that is known. It loads fontTools: import it where it is used.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from bench.stock.papers.objects import Objects

_CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{}endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""
_NOT_TO_DRAW_WITH = {"FFTM", "GDEF", "GPOS", "GSUB", "kern", "gasp", "name", "post", "OS/2"}
"""Tables that a PDF has no use for (ISO 32000-1, 9.9); they are most of what there is to read."""
_AT_A_TIME = 100
"""Entries of a block of a CMap at most (Adobe Technical Note 5014, 1.4)."""


class Typeface:
    """A TrueType face; `OSError` where its file cannot be read."""

    def __init__(self, file: Path) -> None:
        self._file = file
        with TTFont(file, lazy=True) as font:
            glyphs: Mapping[int, str] = font.getBestCmap()
            order = font.getReverseGlyphMap()
            widths = font["hmtx"].metrics
            self._unit: float = 1000 / font["head"].unitsPerEm
            self._glyph = {chr(code): order[name] for code, name in glyphs.items()}
            self._width = {chr(code): widths[name][0] * self._unit for code, name in glyphs.items()}
        self._used: dict[str, int] = {}

    @property
    def glyphs(self) -> Collection[int]:
        """The code points it has."""
        return frozenset(map(ord, self._glyph))

    def width(self, text: str, size: float) -> float:
        """Return how wide a text is, in the unit of `size`; every letter must be among `glyphs`."""
        width = self._width
        total: float = sum(map(width.__getitem__, text))
        return total * size / 1000

    def spelled(self, text: str) -> bytes:
        """Return the operand of `Tj` for a text, and remember its letters."""
        used, glyph = self._used, self._glyph
        try:
            return b"<%b>" % "".join([f"{used[letter]:04X}" for letter in text]).encode()
        except KeyError:
            used.update({letter: glyph[letter] for letter in text})
            return self.spelled(text)

    def put_in(self, objects: Objects, number: int, name: str) -> None:
        """Write the face as a font of that number (ISO 32000-1, 9.7): Type 0, Identity-H."""
        options = Options(
            retain_gids=True, layout_features=[], hinting=False, notdef_outline=True,
            glyph_names=False, name_IDs=[],
        )  # fmt: skip
        with TTFont(self._file, recalcTimestamp=False) as font:
            for table in _NOT_TO_DRAW_WITH & set(font.keys()):
                del font[table]
            subset = Subsetter(options)
            subset.populate(unicodes=[ord(letter) for letter in self._used])
            subset.subset(font)
            out = io.BytesIO()
            font.save(out)
            described = self._described(font, name)
        data = out.getvalue()
        file = objects.stream(data, b"/Length1 %d" % len(data))
        descriptor = objects.write(described % file)
        spoken = objects.stream(_CMAP.format("".join(self._spoken())).encode())
        cid = objects.write(
            f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /CIDSystemInfo "
            "<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /CIDToGIDMap /Identity "
            f"/FontDescriptor {descriptor} 0 R /DW 600 /W [{self._widths()}] >>".encode()
        )
        objects.write(
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H "
            f"/DescendantFonts [{cid} 0 R] /ToUnicode {spoken} 0 R >>".encode(),
            number,
        )

    def _described(self, font: TTFont, name: str) -> bytes:
        head, unit = font["head"], self._unit
        box = " ".join(
            str(round(each * unit)) for each in (head.xMin, head.yMin, head.xMax, head.yMax)
        )
        up, down = round(font["hhea"].ascent * unit), round(font["hhea"].descent * unit)
        return (
            f"<< /Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [{box}] "
            f"/ItalicAngle 0 /Ascent {up} /Descent {down} /CapHeight 730 /StemV 80 "
            "/FontFile2 %d 0 R >>"
        ).encode()

    def _widths(self) -> str:
        known = {glyph: self._width[letter] for letter, glyph in self._used.items()}
        return " ".join(f"{glyph} [{round(width)}]" for glyph, width in sorted(known.items()))

    def _spoken(self) -> Iterator[str]:
        """Say which letter each glyph is, so that text can be searched and copied."""
        letters = {glyph: letter for letter, glyph in reversed(self._used.items())}
        pairs = [
            f"<{glyph:04X}> <{letter.encode('utf-16-be').hex().upper()}>\n"
            for glyph, letter in sorted(letters.items())
        ]
        for begin in range(0, len(pairs), _AT_A_TIME):
            block = pairs[begin : begin + _AT_A_TIME]
            yield f"{len(block)} beginbfchar\n{''.join(block)}endbfchar\n"
