"""A disk that writes down what SQLite does to it, and that can be told to refuse.

An APSW VFS over the real one: bytes, locks and shared memory are real, only syncing is not waited
for. The programs under test use another SQLite (pysqlite3's), so a file that is open here is never
opened there: both keep their POSIX locks per process.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TypeAlias

import apsw

from tests.bench.custody.faults.platter import (
    Created,
    FolderSynced,
    Forgotten,
    Operation,
    Platter,
    Removed,
    Synced,
    Truncated,
    Written,
)

if TYPE_CHECKING:
    from typing_extensions import Buffer

Refusal: TypeAlias = Callable[[Operation], int | None]
"""Asked before each operation: None, or SQLite's extended code of the error to answer with."""

_LASTING = (
    apsw.SQLITE_OPEN_MAIN_DB
    | apsw.SQLITE_OPEN_MAIN_JOURNAL
    | apsw.SQLITE_OPEN_SUPER_JOURNAL
    | apsw.SQLITE_OPEN_WAL
)
_SYNCS_FOLDER = _LASTING & ~apsw.SQLITE_OPEN_MAIN_DB
"""Of these SQLite syncs the folder with the first sync of a new file (os_unix.c, unixOpen)."""

_WORDS = "refused by the disk"


def nothing_refused(_: Operation) -> int | None:
    """Refuse nothing."""
    return None


class Disk(apsw.VFS):
    """The disk under one folder; `operations` is all that happened, in order."""

    def __init__(self, folder: Path, name: str = "told-disk") -> None:
        self.name = name
        self.operations: list[Operation] = []
        self.refusal: Refusal = nothing_refused
        self.platter = Platter(
            {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
        )
        super().__init__(name, "")

    def note(self, operation: Operation) -> None:
        """Write down what is about to happen, or refuse it."""
        code = self.refusal(operation)
        if code is not None:
            if isinstance(operation, Synced):
                self._take(Forgotten(operation.name))
            raise _refused(code)
        self._take(operation)

    def _take(self, operation: Operation) -> None:
        self.operations.append(operation)
        self.platter.take(operation)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite's name
        if name is None or not flags[0] & _LASTING:
            return apsw.VFSFile("", name, flags)
        path = Path(name if isinstance(name, str) else name.filename())
        is_new = not path.exists()
        if is_new and flags[0] & apsw.SQLITE_OPEN_CREATE:
            self.note(Created(path.name))
        return _DiskFile(self, path.name, is_new and bool(flags[0] & _SYNCS_FOLDER), name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802 - SQLite's name
        path = Path(filename)
        if path.exists():
            self.note(Removed(path.name))
            if syncdir:
                self.note(FolderSynced())
        super().xDelete(filename, False)

    def excepthook(
        self,
        etype: type[BaseException] | None,
        evalue: BaseException | None,
        etraceback: TracebackType | None,
    ) -> bool:
        """Say nothing of a refusal that SQLite has no use for; anything else is a bug here."""
        return _is_refusal(evalue) or super().excepthook(etype, evalue, etraceback)


class _DiskFile(apsw.VFSFile):
    def __init__(
        self,
        disk: Disk,
        name: str,
        syncs_folder: bool,
        filename: str | apsw.URIFilename,
        flags: list[int],
    ) -> None:
        self._disk = disk
        self._name = name
        self._syncs_folder = syncs_folder
        super().__init__("", filename, flags)

    def xWrite(self, data: Buffer, offset: int) -> None:  # noqa: N802 - SQLite's name
        content = bytes(data)
        self._disk.note(Written(self._name, offset, content))
        super().xWrite(content, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - SQLite's name
        self._disk.note(Truncated(self._name, newsize))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: ARG002, N802 - SQLite's
        self._disk.note(Synced(self._name))
        if self._syncs_folder:
            self._syncs_folder = False
            self._disk.note(FolderSynced())

    def excepthook(
        self,
        etype: type[BaseException] | None,
        evalue: BaseException | None,
        etraceback: TracebackType | None,
    ) -> bool:
        return _is_refusal(evalue) or super().excepthook(etype, evalue, etraceback)


def _refused(code: int) -> Exception:
    error = apsw.exception_for(code)
    error.args = (_WORDS,)
    return error


def _is_refusal(error: BaseException | None) -> bool:
    return isinstance(error, apsw.Error) and error.args == (_WORDS,)
