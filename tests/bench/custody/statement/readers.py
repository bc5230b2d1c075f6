"""Other people's readers of PDF: poppler's programs, pikepdf and pyHanko's own validator."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pikepdf
import zxingcpp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pikepdf import pdfa
from PIL import Image
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

BUNDLE_FILE = "bundle.json"
UNJUDGED = {"pikepdf:embedded-file", "pikepdf:schema-Catalog"}
"""What pikepdf's allow-list does not know: it has no word on attachments and /OpenAction."""


class Word(NamedTuple):
    """A word on a page, with its left edge in points."""

    page: int
    left: float
    text: str


def poppler(program: str, *words: str | Path, check: bool = True) -> str:
    found = shutil.which(program)
    assert found, f"{program} is missing: apt-get install poppler-utils"
    done = subprocess.run([found, *words], check=check, capture_output=True, text=True)
    return done.stdout


def text_of(pdf: bytes, folder: Path) -> str:
    return poppler("pdftotext", "-layout", _kept(pdf, folder), "-")


def column(pdf: bytes, folder: Path, left: int, width: int) -> str:
    """What stands between two upright lines, in millimetres, as running text."""
    points = ("-x", str(round(left * 72 / 25.4)), "-W", str(round(width * 72 / 25.4)))
    whole = ("-y", "0", "-H", "2000")
    told = poppler("pdftotext", *points, *whole, "-layout", _kept(pdf, folder), "-")
    return " ".join(told.split())


def words_of(pdf: bytes, folder: Path) -> list[Word]:
    page = ET.fromstring(poppler("pdftotext", "-bbox", _kept(pdf, folder), "-"))
    space = "{http://www.w3.org/1999/xhtml}"
    return [
        Word(number, float(word.attrib["xMin"]), word.text or "")
        for number, each in enumerate(page.iter(f"{space}page"))
        for word in each.iter(f"{space}word")
    ]


def attached(pdf: bytes, folder: Path, name: str = BUNDLE_FILE) -> bytes:
    kept = _kept(pdf, folder)
    assert name in poppler("pdfdetach", "-list", kept)
    poppler("pdfdetach", "-savefile", name, "-o", folder / name, kept)
    return (folder / name).read_bytes()


def codes_in(pdf: bytes, folder: Path, dpi: int = 150) -> list[bytes]:
    """What the QR codes on all pages hold, read off the printed page."""
    poppler("pdftoppm", "-gray", "-r", str(dpi), _kept(pdf, folder), folder / "page")
    pages = sorted(folder.glob("page*.pgm"))
    found = [code for page in pages for code in zxingcpp.read_barcodes(Image.open(page))]
    for page in pages:
        page.unlink()
    return [code.bytes for code in found if code.format == zxingcpp.BarcodeFormat.QRCode]


def signature_status(pdf: bytes, *roots: x509.Certificate) -> PdfSignatureStatus:
    trusted = [root.public_bytes(Encoding.DER) for root in roots]
    context = ValidationContext(
        trust_roots=[each for der in trusted for each in load_certs_from_pemder_data(der)],
        allow_fetching=False,
    )
    (signature,) = PdfFileReader(BytesIO(pdf)).embedded_signatures
    return validate_pdf_signature(signature, context, context)


def is_whole(pdf: bytes, root: x509.Certificate) -> bool:
    """Whether the one signature is good and covers the whole file; False for what is unreadable."""
    with suppress(Exception):
        status = signature_status(pdf, root)
        return status.bottom_line and status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    return False


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(pdf))


def conforms(document: pikepdf.Pdf) -> bool:
    """Whether pikepdf's validator finds nothing but what it does not judge and the level U."""
    findings = pdfa.check(document, "3b").findings
    wrong = [each for each in findings if each.rule not in UNJUDGED]
    return [each.message for each in wrong] == ["pdfaid:conformance is 'U', expected 'B'"]


def characters(words: list[Word], left: float) -> Counter[str]:
    return Counter(letter for word in words if word.left >= left for letter in word.text)


def _kept(pdf: bytes, folder: Path) -> Path:
    path = folder / "read.pdf"
    path.write_bytes(pdf)
    return path
