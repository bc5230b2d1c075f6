"""No token and no password of a whole demo is found in anything that it leaves behind."""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
import zxingcpp
from PIL import Image

from tests.peers.workbench import program


@dataclass(frozen=True)
class Left:
    """What a demo left: its folder, what it wrote to the terminal, and the secrets it had.

    `uncovered` is the window as it was while a code was shown; it is no part of what was left.
    """

    folder: Path
    uncovered: Path
    terminal: str
    secrets: tuple[str, ...]


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Left:
    folder, beside = tmp_path_factory.mktemp("demo"), tmp_path_factory.mktemp("known")
    before = os.environ.get("QT_QPA_PLATFORM")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        words = ("-m", "tests.peers.secrets_child", folder, beside)
        code, out, err = asyncio.run(program(*words))
    finally:
        os.environ.pop("QT_QPA_PLATFORM")
        if before is not None:
            os.environ["QT_QPA_PLATFORM"] = before
    assert code == 0, out + err
    secrets = tuple((beside / "secrets").read_text("utf-8").split())
    return Left(folder, beside / "uncovered.png", out + err, secrets)


def spellings(secret: str) -> Iterator[bytes]:
    """Yield a secret as it may stand in a file: as it is, in URLs, in Base64, in hex, as UTF-16."""
    data = secret.encode()
    yield data
    yield quote(secret).encode()
    yield data.hex().encode()
    yield secret.encode("utf-16-le")
    for shift in range(3):  # wherever it falls among the groups of three bytes
        coded = base64.b64encode(bytes(shift) + data)
        yield coded[4 if shift else 0 : -4]


def readable(path: Path) -> bytes:
    """Return all of a file that somebody could read: its bytes, its codes, the text of a paper."""
    content = path.read_bytes()
    if path.suffix == ".png":
        with Image.open(path) as picture:
            codes = zxingcpp.read_barcodes(picture)
        content += b"\n".join(code.bytes for code in codes)
    if path.suffix == ".pdf":
        assert shutil.which("pdftotext"), "install poppler-utils"
        content += subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True).stdout
    return content


def found(secrets: tuple[str, ...], content: bytes) -> list[str]:
    return [each for each in secrets if any(one in content for one in spellings(each))]


def files(left: Left) -> list[Path]:
    return [path for path in left.folder.rglob("*") if path.is_file()]


def test_a_secret_that_is_there_would_be_found(left: Left) -> None:
    assert len(left.secrets) >= 10, "password, enrolment and access tokens, key, device code"
    for secret in left.secrets:
        for place in (
            secret,
            f'{{"a": "{secret}"}}',
            base64.b64encode(f"x{secret}y".encode()).decode(),
        ):
            assert found(left.secrets, place.encode()) == [secret]


def test_everything_that_could_hold_one_is_there_to_be_searched(left: Left) -> None:
    names = {str(path.relative_to(left.folder)) for path in files(left)}
    assert {"ledger.db", "everything.log", "window-1.png", "window-final.png"} <= names
    assert any(name.startswith("labels/") for name in names)
    assert any(name.startswith("uploads/knox") for name in names)
    assert any(name.endswith("bundle.json") for name in names)
    assert any(name.endswith("statement.pdf") for name in names)
    (report,) = (path for path in files(left) if "reports" in path.parts and path.stat().st_size)
    assert "a bug about" in report.read_text("utf-8")


def test_a_code_was_in_sight_when_the_picture_was_taken_and_the_words_were_read(left: Left) -> None:
    with Image.open(left.uncovered) as picture:
        (code,) = zxingcpp.read_barcodes(picture)
    assert found(left.secrets, code.bytes), "the window has the code, before whoever stands there"
    said = (left.folder / "said.txt").read_text("utf-8")
    assert "Code for the handset's camera" in said
    assert "shown; " in said
    assert (left.folder / "while-shown" / "window-final.png").is_file()


def test_no_secret_is_in_record_logs_labels_exports_reports_pictures_or_words(left: Left) -> None:
    assert found(left.secrets, left.terminal.encode()) == []
    for path in files(left):
        assert found(left.secrets, readable(path)) == [], path.name
