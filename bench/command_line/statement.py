"""Statements and dockets as files: made whole, never over another, said in one line.

What draws and signs is loaded here, when it is asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from bench.custody import durable
from bench.custody.statement.content import DocketDetails, Signatory, StatementContent
from bench.problems import ProblemError

if TYPE_CHECKING:
    from bench.custody.proof.timestamp import Authority
    from bench.custody.statement.seal import Seal

DONE, FAILED, MISUSED = 0, 1, 2
"""Exit codes: written; nothing was written and why is said; asked for in a way that cannot be."""


def write_statement(
    out: Path,
    content: StatementContent,
    bundle: bytes,
    seal: Seal,
    *,
    fonts: Path,
    authority: Authority | None = None,
) -> int:
    """Write the signed statement to `out`, for its owner only, and return the exit code.

    It is signed at `content.made_at`, time-stamped where an `authority` is given; the signatory in
    it is the seal's, whatever `content` says. Blocks: call it where no loop of asyncio runs.
    """
    said = replace(content, signatory=seal.signatory)

    def make() -> bytes:
        from bench.custody.statement import layout, signing  # noqa: PLC0415 - loads pyHanko, fpdf2

        pdf = layout.statement(said, bundle, fonts=fonts)
        return signing.sign(pdf, seal, said.made_at, authority=authority)

    words = f"{len(said.events)} events, {_by(said.signatory)}"
    return _written(out, make, words)


def write_docket(out: Path, note: bytes, details: DocketDetails, *, fonts: Path) -> int:
    """Write a checkpoint's docket to `out`, a PDF or a PNG as its name ends; return the exit code.

    A PNG has the dots that the label printer prints.
    """
    makers: dict[str, Callable[[], bytes]] = {
        ".pdf": lambda: _sheet(note, details, fonts),
        ".png": lambda: _label(note, details, fonts),
    }
    make = makers.get(out.suffix.lower())
    if make is None:
        return _refused(out, f"a docket's name ends in {' or '.join(makers)}", MISUSED)
    return _written(out, make, "docket")


def _sheet(note: bytes, details: DocketDetails, fonts: Path) -> bytes:
    from bench.custody.statement.docket import docket  # noqa: PLC0415 - loads fpdf2

    return docket(note, details, fonts=fonts)


def _label(note: bytes, details: DocketDetails, fonts: Path) -> bytes:
    from bench.custody.statement.docket_label import docket_bitmap  # noqa: PLC0415 - loads Pillow
    from bench.labels.render import to_image  # noqa: PLC0415 - loads Pillow

    picture = BytesIO()
    to_image(docket_bitmap(note, details, fonts=fonts)).save(picture, "PNG")
    return picture.getvalue()


def _written(out: Path, make: Callable[[], bytes], words: str) -> int:
    try:
        if not out.exists() and durable.create(out, make()):
            sys.stdout.write(f"{out}: {words}\n")
            return DONE
    except (OSError, ValueError, ProblemError) as error:
        return _refused(out, str(error), FAILED)
    return _refused(out, "there is a file of that name already", FAILED)


def _refused(out: Path, reason: str, code: int) -> int:
    sys.stderr.write(f"{out}: not written: {reason}\n")
    return code


def _by(signatory: Signatory) -> str:
    if signatory.issuer is None:
        return f"signed by {signatory.name}, whose certificate's issuer is nobody"
    return f"signed by {signatory.name}, certified by {signatory.issuer}"
