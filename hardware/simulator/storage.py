"""The files on a simulated handset, in memory up to a cap.

Beyond the cap a file keeps only its size and hashes: enough to prove that it arrived, and many
handsets can be sent large files without filling the machine.
"""

from __future__ import annotations

import errno
import hashlib
import os
import posixpath
import stat
import time
from dataclasses import dataclass
from typing import Literal, Self, TypeAlias

KEPT_BYTES = 8 * 1024 * 1024
_MANY = 10_000
_FOLDER_MODE = stat.S_IFDIR | 0o771
Algorithm: TypeAlias = Literal["md5", "sha256"]
_ALGORITHMS: tuple[Algorithm, ...] = ("md5", "sha256")


@dataclass(frozen=True, slots=True)
class FileStatus:
    """Mode as in stat(2), size in bytes, modification time in seconds since 1970."""

    mode: int
    size: int
    mtime: int


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file: its data, or, when that was not kept, what it hashed to."""

    status: FileStatus
    data: bytes | None
    hashes: dict[Algorithm, str]

    def digest(self, algorithm: Algorithm) -> str:
        """Return the hash in hexadecimal."""
        if self.data is None:
            return self.hashes[algorithm]
        return hashlib.new(algorithm, self.data, usedforsecurity=False).hexdigest()


def absolute(path: str) -> str:
    """Return the path as the handset's root sees it: `a/../b/` is `/b`."""
    return posixpath.normpath("/" + path.lstrip("/"))


class Storage:
    """Files and folders; what cannot be done raises `OSError` as a file system would."""

    def __init__(self, cap: int = KEPT_BYTES) -> None:
        self._cap = cap
        self._kept = 0
        self._files: dict[str, StoredFile] = {}
        self._folders: set[str] = {"/"}
        self.make_folder("/sdcard/Download")
        self.make_folder("/data/local/tmp")

    @property
    def kept_bytes(self) -> int:
        """How much is in memory, half-written files included; never more than the cap."""
        return self._kept

    def keep(self, count: int) -> bool:
        """Take so much of the cap, or return False and take nothing; negative gives it back."""
        if self._kept + count > self._cap:
            return False
        self._kept += count
        return True

    def add(self, path: str, file: StoredFile) -> None:
        """Put a whole file in place; folders on the way are made."""
        path = absolute(path)
        if path in self._folders:
            raise _error(errno.EISDIR, path)
        if len(self._files) >= _MANY:
            raise _error(errno.ENOSPC, path)
        self.make_folder(posixpath.dirname(path))
        self.remove(path, missing_ok=True)
        self._files[path] = file

    def file(self, path: str) -> StoredFile:
        """Return the file."""
        path = absolute(path)
        if path in self._folders:
            raise _error(errno.EISDIR, path)
        if path not in self._files:
            raise _error(errno.ENOENT, path)
        return self._files[path]

    def read(self, path: str) -> bytes:
        """Return the data; a file too large to have been kept is an input/output error."""
        data = self.file(path).data
        if data is None:
            raise _error(errno.EIO, path)
        return data

    def write(self, path: str, data: bytes) -> None:
        """Store a small file as a whole."""
        with FileWriter(self, path) as writer:
            writer.feed(data)
            writer.store(0o644, int(time.time()))

    def remove(self, path: str, *, missing_ok: bool = False, recursive: bool = False) -> None:
        """Remove a file, or a folder with all in it."""
        path = absolute(path)
        if recursive:
            below = [name for name in self._files if name.startswith(path.rstrip("/") + "/")]
            for name in below:
                self._forget(name)
            self._folders -= {f for f in self._folders if (f + "/").startswith(path + "/")}
        elif path in self._folders:
            raise _error(errno.EISDIR, path)
        elif path not in self._files and not missing_ok:
            raise _error(errno.ENOENT, path)
        self._forget(path)

    def make_folder(self, path: str) -> None:
        """Make a folder and those above it."""
        path = absolute(path)
        while path not in self._folders:
            if path in self._files:
                raise _error(errno.ENOTDIR, path)
            self._folders.add(path)
            path = posixpath.dirname(path)

    def status(self, path: str) -> FileStatus:
        """Return what stat(2) would."""
        path = absolute(path)
        if path in self._folders:
            return FileStatus(_FOLDER_MODE, 4096, 0)
        return self.file(path).status

    def names(self, path: str) -> list[str]:
        """Return what is in a folder, sorted."""
        path = absolute(path)
        if path not in self._folders:
            raise _error(errno.ENOTDIR if path in self._files else errno.ENOENT, path)
        everything = (*self._files, *self._folders)
        inside = (p for p in everything if p != "/" and posixpath.dirname(p) == path)
        return sorted(map(posixpath.basename, inside))

    def _forget(self, path: str) -> None:
        gone = self._files.pop(path, None)
        if gone is not None and gone.data is not None:
            self.keep(-len(gone.data))


class FileWriter:
    """A file that is arriving, block by block, in place of what was there before.

    Leaving its `with` discards what is not stored.
    """

    def __init__(self, storage: Storage, path: str) -> None:
        storage.remove(path, missing_ok=True)
        self._storage, self._path = storage, path
        self._data: bytearray | None = bytearray()
        self._hashes = {name: hashlib.new(name, usedforsecurity=False) for name in _ALGORITHMS}
        self.size = 0

    def feed(self, block: bytes) -> None:
        """Take the next bytes."""
        self.size += len(block)
        if self._data is not None and self._storage.keep(len(block)):
            self._data += block
            return
        self._stop_keeping()
        self._hash(block)

    def store(self, mode: int, mtime: int) -> None:
        """Put the whole file in its place."""
        status = FileStatus(stat.S_IFREG | stat.S_IMODE(mode), self.size, mtime)
        if self._data is None:
            hashes = {name: hashing.hexdigest() for name, hashing in self._hashes.items()}
            self._storage.add(self._path, StoredFile(status, None, hashes))
            return
        self._storage.add(self._path, StoredFile(status, bytes(self._data), {}))
        self._data = None

    def discard(self) -> None:
        """Give back what a file that was not stored has taken."""
        if self._data is not None:
            self._storage.keep(-len(self._data))
            self._data = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_unused: object) -> None:
        self.discard()

    def _stop_keeping(self) -> None:
        if self._data is not None:
            self._hash(bytes(self._data))
            self.discard()

    def _hash(self, block: bytes) -> None:
        for hashing in self._hashes.values():
            hashing.update(block)


def _error(number: int, path: str) -> OSError:
    return OSError(number, os.strerror(number), path)
