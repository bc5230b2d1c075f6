"""Files that are dropped, into a folder and over a real OpenSSH server."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from bench.inventory.connectors.drop.places import Folder, Place
from bench.inventory.connectors.drop.sftp import Address, Sftp
from bench.inventory.connectors.reconciling import reconcile
from tests.peers.connectors.connectors_room import Centre, fed
from tests.peers.connectors.drop_room import a_drop, begun, one_file, rows_of
from tests.peers.connectors.sftp_server import SftpServer, sftp_server


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpServer]:
    with sftp_server(Path(tmp_path_factory.mktemp("sftp"))) as server:
        yield server


@pytest.fixture
def server(running: SftpServer) -> SftpServer:
    for path in running.folder.iterdir():
        path.unlink()
    return running


def _address(server: SftpServer, **other: Any) -> Address:
    return replace(Address.parse(server.url, server.host_key, server.key), **other)


@pytest.fixture(params=["folder", "sftp"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Place, Path]:
    if request.param == "folder":
        return Folder(tmp_path), tmp_path
    server: SftpServer = request.getfixturevalue("server")
    return Sftp(_address(server)), server.folder


def test_what_changed_is_a_file_with_its_digest_beside_and_nothing_else(
    centre: Centre, place: tuple[Place, Path]
) -> None:
    where, folder = place
    connector = begun(centre, where)
    centre.has(1)
    centre.has(2, asset_tag=None, in_conflict=True, custodian="p-1")
    assert fed(centre, connector).done == 2
    file = one_file(folder)
    said = (folder / f"{file.name}.sha256").read_text()
    assert said == f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n"
    assert len(list(folder.iterdir())) == 2
    one, two = rows_of(file)
    assert (one["asset_tag"], one["imei"], one["phase"]) == (
        "AST-000001", "004400000000001", "staged",
    )  # fmt: skip
    assert (two["quarantined"], two["holder"]) == ("yes", "")
    assert b"\r\n" in file.read_bytes()
    assert fed(centre, connector).done == 0
    assert len(list(folder.iterdir())) == 2


def test_a_file_of_everything_is_written_once_a_day(
    centre: Centre, place: tuple[Place, Path]
) -> None:
    where, folder = place
    connector = begun(centre, where, snapshots=True, bom=True)
    centre.has_each(range(1, 4))
    for _ in range(2):
        fed(centre, connector)
    file = one_file(folder, "snapshot-")
    assert file.name == f"snapshot-{datetime.now(UTC):%Y%m%d}-0000000002.csv"
    assert file.read_bytes().startswith("\N{ZERO WIDTH NO-BREAK SPACE}device,".encode())
    assert len(rows_of(file)) == 3
    assert [each.kind for each in reconcile(centre.connect, connector)] == []
    centre.has(4)
    assert [each.device for each in reconcile(centre.connect, connector)] == [
        "imei:004400000000004"
    ]


def test_no_cell_is_a_formula_and_what_was_meant_is_read_back(
    centre: Centre, place: tuple[Place, Path]
) -> None:
    where, folder = place
    connector = begun(centre, where, snapshots=True)
    serials = ["=cmd|'/c calc'!A0", '<b>"x", y</b>', "'=quoted", "+1", "Ü"]
    for number, serial in enumerate(serials, 1):
        centre.has(number, serial=serial)
    assert fed(centre, connector).done == 5
    assert [row["serial"] for row in rows_of(one_file(folder))] == [
        "'=cmd|'/c calc'!A0", '<b>"x", y</b>', "'=quoted", "'+1", "Ü",
    ]  # fmt: skip


class _CutError(Exception):
    """The line is cut."""


class _CutAfterSome(Sftp):
    """Cuts its connection once some of a file is sent."""

    async def put(self, name: str, source: Path, digest: str) -> None:
        client = await self._opened()
        part = self._at(name + ".part")
        content = await asyncio.to_thread(source.read_bytes)
        async with client.open(part, "wb") as remote:
            await remote.write(content[:100])
        assert self._connection is not None
        self._connection.abort()
        await super().put(name, source, digest)


def test_a_cut_leaves_no_half_file_under_its_name_and_is_gone_on_from(
    centre: Centre, server: SftpServer
) -> None:
    centre.has(1)
    broken = begun(centre, _CutAfterSome(_address(server)))
    assert "does not answer" in fed(centre, broken).left
    (half,) = server.folder.iterdir()
    assert half.name.endswith(".csv.part")
    half.write_bytes(half.read_bytes())
    centre.due_now()
    sent: list[int] = []

    class Watched(Sftp):
        async def put(self, name: str, source: Path, digest: str) -> None:
            if not name.endswith(".sha256"):
                sent.append((server.folder / (name + ".part")).stat().st_size)
            await super().put(name, source, digest)

    assert fed(centre, a_drop(Watched(_address(server)))).done == 1
    assert sent == [100]
    assert half.name.removesuffix(".part") == one_file(server.folder).name
    assert not list(server.folder.glob("*.part"))


def test_what_was_begun_otherwise_is_not_gone_on_from(centre: Centre, server: SftpServer) -> None:
    centre.has(1)
    broken = begun(centre, _CutAfterSome(_address(server)))
    fed(centre, broken)
    (half,) = server.folder.iterdir()
    half.write_bytes(b"X" * 50)
    centre.due_now()
    connector = a_drop(Sftp(_address(server)))
    assert "what it should not" in fed(centre, connector).left
    assert list(server.folder.iterdir()) == []
    centre.due_now()
    assert fed(centre, connector).done == 1


def test_a_half_file_that_nobody_goes_on_from_is_swept(
    centre: Centre, place: tuple[Place, Path]
) -> None:
    where, folder = place
    (folder / "changes-20200101-aaaa.csv.part").write_bytes(b"half")
    (folder / "theirs.part").write_bytes(b"not ours")
    connector = begun(centre, where)
    centre.has(1)
    fed(centre, connector)
    assert [each.name for each in folder.glob("*.part")] == ["theirs.part"]


def test_another_host_key_is_not_trusted(centre: Centre, server: SftpServer) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    connector = begun(centre, Sftp(_address(server, host_key=other)))
    centre.has(1)
    assert "host key is not the one that is pinned" in fed(centre, connector).left
    assert list(server.folder.iterdir()) == []


def test_another_key_is_not_taken_and_none_is_said(centre: Centre, server: SftpServer) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
    address = _address(server, key=other)
    connector = begun(centre, Sftp(address))
    device = centre.has(1)
    left = fed(centre, connector).left
    assert "does not take the key" in left
    assert "PRIVATE" not in left + repr(address)
    assert centre.row(device, "drop")["state"] == "waiting"


def test_a_server_that_is_away_is_waited_for(centre: Centre, server: SftpServer) -> None:
    connector = begun(centre, Sftp(_address(server)))
    centre.has(1)
    server.stop()
    assert "does not answer" in fed(centre, connector).left
    server.start()
    centre.due_now()
    assert fed(centre, connector).done == 1


@pytest.mark.parametrize("how", ["folder", "sftp"])
def test_a_folder_that_is_not_there_is_not_made(
    centre: Centre, server: SftpServer, tmp_path: Path, how: str
) -> None:
    missing = tmp_path / "missing"
    where: Place = Folder(missing)
    if how == "sftp":
        where = Sftp(_address(server, path=str(missing)))
    connector = begun(centre, where)
    centre.has(1)
    assert "the folder" in fed(centre, connector).left
    assert not missing.exists()


def test_a_reader_of_another_make_takes_the_file(centre: Centre, tmp_path: Path) -> None:
    connector = begun(centre, Folder(tmp_path))
    centre.has(1, serial='a"b,c')
    fed(centre, connector)
    content = one_file(tmp_path).read_bytes().decode()
    assert '"a""b,c"' in content
    assert list(csv.reader(io.StringIO(content)))[1][2] == 'a"b,c'
