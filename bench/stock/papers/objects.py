"""The objects of a PDF, written one behind the other: nothing is held but where each begins.

Source: ISO 32000-1, 7.5 (file structure) and 7.3 (objects). Numbers are given out before their
objects are written, so that a page can name what comes at the end.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
"""Four bytes above 127 in a comment say that the file is binary (ISO 19005-3, 6.1.2)."""
_FREE = b"0000000000 65535 f \n"


class Objects:
    """A PDF as it grows; `sink` takes its bytes in order."""

    def __init__(self, sink: Callable[[bytes], object]) -> None:
        self._sink = sink
        self._at = 0
        self._begins: list[int] = []
        self._put(_HEADER)

    def number(self) -> int:
        """Give out the number of an object that is written later."""
        self._begins.append(0)
        return len(self._begins)

    def write(self, body: bytes, number: int | None = None) -> int:
        """Write an object; return its number."""
        number = number or self.number()
        self._begins[number - 1] = self._at
        self._put(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        return number

    def stream(
        self, data: bytes, said: bytes = b"", number: int | None = None, *, packed: bool = True
    ) -> int:
        """Write a stream, deflated unless told otherwise; `said` stands in its dictionary."""
        filtered = b"/Filter /FlateDecode " if packed else b""
        data = zlib.compress(data) if packed else data
        head = b"<< %b%b /Length %d >>" % (filtered, said, len(data))
        return self.write(b"%b\nstream\n%b\nendstream" % (head, data), number)

    def end(self, root: int, name: str) -> None:
        """Write the table of objects and the trailer; `name` is the file's id, 32 hex digits."""
        at, count = self._at, len(self._begins) + 1
        self._put(b"xref\n0 %d\n%b" % (count, _FREE))
        for begin in self._begins:
            self._put(b"%010d 00000 n \n" % begin)
        identity = f"[<{name}><{name}>]".encode()
        self._put(b"trailer\n<< /Size %d /Root %d 0 R /ID %b >>\n" % (count, root, identity))
        self._put(b"startxref\n%d\n%%%%EOF\n" % at)

    def _put(self, piece: bytes) -> None:
        self._sink(piece)
        self._at += len(piece)
