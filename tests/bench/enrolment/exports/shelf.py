"""Made-up handsets, the formats that are shipped, and readers of CSV that are not Python's."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.enrolment.exports.batches import keep, next_name
from bench.enrolment.exports.checking import Rules
from bench.enrolment.exports.formats import UploadFormat
from bench.enrolment.exports.handsets import HandsetRow
from bench.enrolment.exports.load import load_format
from bench.enrolment.exports.manifest import Made, Manifest
from bench.enrolment.exports.placed import Placements
from bench.enrolment.exports.planning import Plan, Source, plan
from bench.identity.identifiers import Imei, SerialNumber

FORMATS = Path(__file__).parents[4] / "resources" / "uploads"
MADE = Made(datetime(2026, 11, 24, 12, 0, tzinfo=UTC), "p-3f9a12ab34cd", "bench.example/b/e1")
TRAINING = Rules(simulated=True)
OWNED = Rules(simulated=True, options={"owner": "12345"})


def form(name: str) -> UploadFormat:
    return load_format(FORMATS / f"{name}.toml")


def imei(number: int, tac: str = "00440000") -> Imei:
    return Imei.with_check_digit(f"{tac}{number:06d}")


def handset(number: int, *, model: str = "SM-A325F", second: bool = False) -> HandsetRow:
    imeis = (imei(number), *((imei(number, "00440001"),) if second else ()))
    serial = SerialNumber(f"R58N{number:06d}XY")
    return HandsetRow(imeis, serial, model, uid=f"uid-{number}", where=f"line {number}")


def drawn(
    form: UploadFormat,
    handsets: Sequence[HandsetRow],
    *,
    rules: Rules = TRAINING,
    earlier: Placements | None = None,
    name: str = "training-knox-0001",
) -> Plan:
    source = Source("a test", tuple(handsets))
    return plan(form, source, rules, earlier or Placements(), name=name)


def made(folder: Path, form: UploadFormat, handsets: Sequence[HandsetRow]) -> Manifest:
    """Keep a batch of these handsets; return its manifest."""
    name = next_name(folder, form.service)
    plan = drawn(form, handsets, rules=OWNED, name=name)
    manifest = Manifest.of(name, plan, MADE)
    keep(folder, manifest, plan.files)
    return manifest


def read_by_sqlite(data: bytes, columns: int, folder: Path) -> list[list[str]]:
    """Return the cells as the sqlite3 shell's own CSV import reads them, another program's code."""
    program = shutil.which("sqlite3")
    assert program, "the reader of CSV is missing: apt-get install sqlite3"
    (folder / "read.csv").write_bytes(data)
    names = ", ".join(f"c{number:02d} TEXT" for number in range(columns))
    words = f"CREATE TABLE t ({names});\n.import --csv read.csv t\n.mode json\nSELECT * FROM t;\n"
    told = subprocess.run(
        [program, "-batch", ":memory:"], input=words, cwd=folder, capture_output=True, text=True,
        timeout=30, check=True,
    )  # fmt: skip
    assert told.stderr == ""
    return [list(row.values()) for row in json.loads(told.stdout or "[]")]


def read_strictly(data: bytes) -> list[list[str]]:
    """Return the cells as the grammar of RFC 4180, section 2, has them; fails for anything else."""
    text, at, rows = data.decode(), 0, [[""]]
    assert not data or text.endswith("\r\n")
    assert not text.startswith("\N{ZERO WIDTH NO-BREAK SPACE}")
    while at < len(text):
        cell, at = _quoted(text, at) if text[at] == '"' else _bare(text, at)
        rows[-1][-1] = cell
        if text.startswith(",", at):
            rows[-1].append("")
            at += 1
        else:
            assert text.startswith("\r\n", at), f"at {at}: {text[at : at + 9]!r}"
            rows.append([""])
            at += 2
    return rows[:-1]


def _bare(text: str, at: int) -> tuple[str, int]:
    end = min(found for found in (text.find(",", at), text.find("\r\n", at)) if found >= 0)
    assert not set(text[at:end]) & set('"\r\n')
    return text[at:end], end


def _quoted(text: str, at: int) -> tuple[str, int]:
    cell = ""
    while True:
        end = text.index('"', at + 1)
        cell += text[at + 1 : end]
        if text[end + 1] != '"':
            return cell, end + 1
        cell, at = cell + '"', end + 1
