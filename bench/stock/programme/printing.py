"""The roll-out on paper and as a table, in the bench's papers; whole or not at all."""

from __future__ import annotations

import hashlib
from datetime import UTC
from pathlib import Path

from bench.custody.durable import create
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.papers.writing import Form, Written
from bench.stock.programme.view import RollOutView


def print_roll_out(view: RollOutView, form: Form, folder: Path, fonts: Path) -> Written:
    """Write the roll-out as PDF or CSV into `folder`, under a name that no file has yet.

    Raises `ProblemError` (FILE_UNUSABLE) where the disk refuses.
    """
    content = _paper(view, fonts) if form is Form.PDF else _table(view)
    stem = f"roll-out-{view.at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    number = 1
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{stem}.{form}"
        while not create(path, content):
            number += 1
            path = folder / f"{stem}-{number}.{form}"
    except OSError as error:
        detail = error.strerror or str(error)
        raise ProblemError(Problem(ProblemCode.FILE_UNUSABLE, stem, detail)) from error
    return Written(path, content.count(b"\r\n"), hashlib.sha256(content).hexdigest())


def _paper(view: RollOutView, fonts: Path) -> bytes:
    from bench.stock.programme.paper import paper  # noqa: PLC0415 - it loads fpdf2

    return paper(view, fonts)


def _table(view: RollOutView) -> bytes:
    from bench.stock.programme.table import as_table  # noqa: PLC0415 - where it is used

    return as_table(view)
