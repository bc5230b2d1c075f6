"""A folder on another computer, by SFTP: its host key is pinned, and one signs in by a key.

What was sent in part is not sent again: it goes on where the part ends, is read back as a whole,
and only then gets its name. Source: OpenSSH PROTOCOL 4.3 (posix-rename@openssh.com), 4.5 (fsync).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from bench.inventory.connectors.drop.places import CHUNK, digest_at, trouble
from bench.inventory.connectors.drop.table import PART
from bench.problems import ProblemCode, ProblemError

if TYPE_CHECKING:
    import asyncssh

_PATIENCE = 30.0
_USUAL_PORT = 22


@dataclass(frozen=True, slots=True)
class Address:
    """Where: `path` as the server has it, `host_key` its public key in one line of OpenSSH."""

    host: str
    port: int
    user: str
    path: str
    host_key: str
    key: str = field(repr=False)

    @classmethod
    def parse(cls, url: str, host_key: str, key: str) -> Address:
        """Read `sftp://USER@HOST:PORT/PATH`; `ValueError` where it is none."""
        parts = urlsplit(url)
        if parts.scheme != "sftp" or not parts.hostname or not parts.username or parts.password:
            raise ValueError("give sftp://USER@HOST/PATH, without password")
        path = unquote(parts.path) or "/"
        return cls(
            parts.hostname, parts.port or _USUAL_PORT, unquote(parts.username), path, host_key, key
        )


class Sftp:
    """Implements `Place`; it connects when it is first needed."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._connection: asyncssh.SSHClientConnection | None = None
        self._client: asyncssh.SFTPClient | None = None

    @property
    def where(self) -> str:
        """Return whose folder on which computer."""
        its = self._address
        return f"sftp://{its.user}@{its.host}:{its.port}{its.path}"

    async def names(self) -> frozenset[str]:
        """Return the names of what is there."""
        client = await self._opened()
        try:
            found = await client.listdir(self._address.path)
        except Exception as error:  # noqa: BLE001 - made a problem of
            failure = _failed(error)
        else:
            return frozenset(map(str, found))
        raise failure

    async def put(self, name: str, source: Path, digest: str) -> None:
        """Send what is missing of it, read it all back, and give it its name."""
        client = await self._opened()
        part = self._at(name + PART)
        try:
            await _sent(client, part, source)
        except Exception as error:  # noqa: BLE001 - made a problem of
            raise _failed(error) from None
        if await digest_at(self, name + PART) != digest:
            await self.remove(name + PART)
            raise trouble(ProblemCode.CONNECTOR_GARBLED, f"{name} is not what was sent")
        try:
            await client.posix_rename(part, self._at(name))
        except Exception as error:  # noqa: BLE001 - made a problem of
            raise _failed(error) from None

    async def read(self, name: str) -> AsyncIterator[bytes]:
        """Yield what is in a file."""
        client = await self._opened()
        try:
            async with client.open(self._at(name), "rb") as file:
                while chunk := await file.read(CHUNK):
                    assert isinstance(chunk, bytes), "it was opened as such"
                    yield chunk
        except Exception as error:  # noqa: BLE001 - made a problem of
            raise _failed(error) from None

    async def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        client = await self._opened()
        try:
            if await client.exists(self._at(name)):
                await client.remove(self._at(name))
        except Exception as error:  # noqa: BLE001 - made a problem of
            raise _failed(error) from None

    async def close(self) -> None:
        """Hang up."""
        connection, self._connection, self._client = self._connection, None, None
        if connection is not None:
            connection.close()
            await connection.wait_closed()

    def _at(self, name: str) -> str:
        return f"{self._address.path.rstrip('/')}/{name}"

    async def _opened(self) -> asyncssh.SFTPClient:
        if self._client is not None:
            return self._client
        try:
            self._connection = await _connected(self._address)
            self._client = await self._connection.start_sftp_client()
        except Exception as error:  # noqa: BLE001 - made a problem of
            failure = _failed(error)
        else:
            return self._client
        await self.close()
        raise failure


async def _connected(address: Address) -> asyncssh.SSHClientConnection:
    import asyncssh  # noqa: PLC0415 - only where files go to another computer

    return await asyncssh.connect(
        address.host, address.port, username=address.user, config=[], agent_path=None,
        client_keys=[asyncssh.import_private_key(address.key + "\n")],
        known_hosts=([asyncssh.import_public_key(address.host_key)], [], []),
        preferred_auth="publickey", login_timeout=_PATIENCE, connect_timeout=_PATIENCE,
        keepalive_interval=_PATIENCE, keepalive_count_max=2,
    )  # fmt: skip


async def _sent(client: asyncssh.SFTPClient, part: str, source: Path) -> None:
    """Go on where the part ends; one that is longer than the file is begun anew."""
    there = (await client.getsize(part) or 0) if await client.exists(part) else 0
    size = (await asyncio.to_thread(source.stat)).st_size
    there = there if there <= size else 0
    with source.open("rb") as file:
        file.seek(there)
        async with client.open(part, "r+b" if there else "wb") as remote:
            await remote.seek(there)
            while chunk := file.read(CHUNK):
                await remote.write(chunk)
            await remote.fsync()


def _failed(error: Exception) -> ProblemError:  # noqa: PLR0911 - one for each cause
    """Return what went wrong; a bug is none of these and goes on as it is."""
    import asyncssh  # noqa: PLC0415 - as above

    unreachable, refused = ProblemCode.CONNECTOR_UNREACHABLE, ProblemCode.CONNECTOR_REFUSED
    match error:
        case ProblemError():
            return error
        case asyncssh.HostKeyNotVerifiable():
            return trouble(refused, "its host key is not the one that is pinned")
        case asyncssh.PermissionDenied():
            return trouble(refused, "it does not take the key")
        case asyncssh.KeyImportError():
            return trouble(ProblemCode.CONNECTORS_UNUSABLE, "a key that cannot be read")
        case asyncssh.SFTPNoSuchFile() | asyncssh.SFTPPermissionDenied():
            return trouble(refused, f"the folder there: {error.reason}")
        case asyncssh.Error():
            return trouble(unreachable, type(error).__name__)
        case OSError():
            return trouble(unreachable, error.strerror or "it took too long")
    raise error
