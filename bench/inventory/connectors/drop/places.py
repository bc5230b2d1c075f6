"""Where files are put so that nobody ever sees half of one: the port, and a folder here."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

from bench.custody import durable
from bench.inventory.connectors.drop.table import PART
from bench.problems import Problem, ProblemCode, ProblemError

CHUNK = 65_536
WHERE = "drop"


class Place(Protocol):
    """A folder, here or elsewhere. Trouble with it is a `ProblemError`, as for a connector."""

    @property
    def where(self) -> str:
        """Return its address, without secrets: another one is another place."""
        ...

    async def names(self) -> frozenset[str]:
        """Return the names of what is there."""
        ...

    async def put(self, name: str, source: Path, digest: str) -> None:
        """Have a file there under its name, whole, in the place of what had it."""
        ...

    def read(self, name: str) -> AsyncIterator[bytes]:
        """Yield what is in a file."""
        ...

    async def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        ...

    async def close(self) -> None:
        """Hang up."""
        ...


async def digest_at(place: Place, name: str) -> str:
    """Return the SHA-256 (hex) of a file that is there."""
    hashed = hashlib.sha256()
    async for chunk in place.read(name):
        hashed.update(chunk)
    return hashed.hexdigest()


def trouble(code: ProblemCode, detail: str) -> ProblemError:
    """Return a problem with a place."""
    return ProblemError(Problem(code, WHERE, detail))


class Folder:
    """Implements `Place` with a folder of this computer, or one that is mounted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def where(self) -> str:
        """Return its path."""
        return str(self._folder)

    async def names(self) -> frozenset[str]:
        """Return the names of what is there; the folder is not made: one may not be mounted."""
        try:
            return frozenset(await asyncio.to_thread(os.listdir, self._folder))
        except OSError as error:
            raise _failed(error) from None

    async def put(self, name: str, source: Path, digest: str) -> None:
        """Write it beside its name, onto the disk, then give it its name."""
        try:
            await asyncio.to_thread(self._written, name, source)
        except OSError as error:
            raise _failed(error) from None
        if await digest_at(self, name) != digest:
            raise trouble(ProblemCode.CONNECTOR_GARBLED, f"{name} is not what was written")

    def _written(self, name: str, source: Path) -> None:
        part = self._folder / (name + PART)
        shutil.copyfile(source, part)
        durable.sync_file(part)
        part.replace(self._folder / name)
        durable.sync_folder(self._folder)

    async def read(self, name: str) -> AsyncIterator[bytes]:
        """Yield what is in a file."""
        try:
            with (self._folder / name).open("rb") as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        except OSError as error:
            raise _failed(error) from None

    async def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        (self._folder / name).unlink(missing_ok=True)

    async def close(self) -> None:
        """Do nothing: there is nothing to hang up."""


def _failed(error: OSError) -> ProblemError:
    return trouble(ProblemCode.CONNECTOR_UNREACHABLE, f"the folder: {error.strerror}")
