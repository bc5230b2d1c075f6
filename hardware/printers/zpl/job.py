"""A label as one ZPL graphic: compressed, in base 64, with its checksum.

No text of a label ever reaches the printer's language, so nothing on it can be a command.
Source: Zebra, ZPL II Programming Guide, `^GF` and "Alternative Data Compression Scheme".
"""

from __future__ import annotations

import base64
import binascii
import zlib

from bench.ports import Bitmap


def to_zpl(label: Bitmap) -> bytes:
    """Return the whole job: label size, the picture at its upper left corner, print."""
    row = (label.width + 7) // 8
    size = row * label.height
    packed = base64.b64encode(zlib.compress(label.dots, 9))
    check = binascii.crc_hqx(packed, 0)
    head = f"^XA^PW{label.width}^LL{label.height}^FO0,0^GFA,{size},{size},{row},:Z64:"
    return head.encode() + packed + f":{check:04X}^FS^XZ".encode()
