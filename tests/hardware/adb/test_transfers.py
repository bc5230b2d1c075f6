"""Files on their way, against a server that breaks off, refuses or stands still in the middle."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bench.ports import HandsetRefusalError
from bench.problems import ProblemCode
from tests.hardware.adb.fake_server import (
    SHORT,
    Server,
    against,
    problem_of,
    request,
    silent,
)


def _file(folder: Path, size: int = 300_000) -> Path:
    path = folder / "package.apk"
    path.write_bytes(b"PK" + bytes(size - 2))
    return path


def _ignore(_share: float) -> None:
    pass


def _receiving(answer: bytes, after: int) -> Server:
    """Take a file up to so many bytes, then answer and hang up as adb does: without a reset."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            await request(reader)
            writer.write(b"OKAY")
        await reader.readexactly(after)
        writer.write(answer)
        writer.write_eof()
        while await reader.read(1 << 20):
            pass

    return serve


def test_a_push_tells_how_far_it_is(tmp_path: Path) -> None:
    shares: list[float] = []
    source, name = _file(tmp_path), b"/sdcard/a,33188"
    length = 8 + len(name) + 5 * 8 + 300_000 + 8
    against(
        _receiving(b"OKAY\0\0\0\0", length),
        lambda adb: adb.push(1, source, "/sdcard/a", shares.append),
    )
    assert shares == sorted(shares)
    assert (len(shares), shares[-1]) == (5, 1.0)


def test_a_refusal_in_mid_push_keeps_the_handsets_words(tmp_path: Path) -> None:
    source = _file(tmp_path, 30_000_000)
    answer = b"FAIL\x12\0\0\0No space\x1b[31m left!"
    with pytest.raises(HandsetRefusalError) as raised:
        against(_receiving(answer, 100_000), lambda adb: adb.push(1, source, "/x", _ignore))
    assert raised.value.reason == "No space [31m left"


@pytest.mark.parametrize("answer", [b"", b"OK", b"FAIL\xff\xff\xff\xffno", b"WHAT\0\0\0\0"])
def test_a_push_without_a_verdict_has_lost_its_link(tmp_path: Path, answer: bytes) -> None:
    source = _file(tmp_path)
    server = _receiving(answer, 100_000)
    problem = problem_of(server, lambda adb: adb.push(1, source, "/x", _ignore))
    assert problem.code == ProblemCode.LINK_LOST


def test_a_push_that_stands_still_is_not_answering(tmp_path: Path) -> None:
    async def stuck(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            await request(reader)
            writer.write(b"OKAY")
        await asyncio.Event().wait()

    source = _file(tmp_path, 60_000_000)
    problem = problem_of(stuck, lambda adb: adb.push(1, source, "/x", _ignore), SHORT)
    assert problem.code == ProblemCode.NOT_ANSWERING


def test_a_file_that_is_not_there_is_the_profilesproblem_of(tmp_path: Path) -> None:
    missing = tmp_path / "missing.apk"
    problem = problem_of(silent, lambda adb: adb.install(1, missing, _ignore))
    assert problem.code == ProblemCode.PROFILE_UNUSABLE
    assert problem.where == str(missing)


def test_a_package_is_installed(tmp_path: Path) -> None:
    source, shares = _file(tmp_path), list[float]()
    server = _receiving(b"Success\n", 300_000)
    against(server, lambda adb: adb.install(1, source, shares.append))
    assert shares[-1] == 1.0


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"Failure [INSTALL_FAILED_INVALID_APK: bad]\n", "INSTALL_FAILED_INVALID_APK: bad"),
        (b"cmd: Can't find service: package\n", "cmd: Can't find service: package"),
        (b"\x1b[2Jno\n", "[2Jno"),
        (b"y" * 100_000, "y" * 199 + "…"),
    ],
)
def test_a_refused_package_gives_the_reason(tmp_path: Path, answer: bytes, reason: str) -> None:
    source = _file(tmp_path)
    with pytest.raises(HandsetRefusalError) as raised:
        against(_receiving(answer, 1000), lambda adb: adb.install(1, source, _ignore))
    assert raised.value.reason == reason


@pytest.mark.parametrize("answer", [b"", b"Succ", b"Failure [INSTALL_FAILED_OLDER"])
def test_an_installation_without_a_whole_verdict_has_lost_its_link(
    tmp_path: Path, answer: bytes
) -> None:
    source = _file(tmp_path)
    problem = problem_of(_receiving(answer, 1000), lambda adb: adb.install(1, source, _ignore))
    assert problem.code == ProblemCode.LINK_LOST


def test_a_file_that_changes_on_its_way_is_not_sent_as_a_mixture(tmp_path: Path) -> None:
    source = _file(tmp_path, 5_000_000)

    def change(share: float) -> None:
        if share > 0.4:
            source.write_bytes(b"PK" + b"x" * 4_999_998)

    server = _receiving(b"OKAY\0\0\0\0", 5_000_000)
    problem = problem_of(server, lambda adb: adb.push(1, source, "/sdcard/a", change))
    assert problem.code == ProblemCode.PROFILE_UNUSABLE
    assert "changed" in problem.detail
