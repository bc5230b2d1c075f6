"""The files beside a profile at the moment they are sent: still those that its fingerprint names.

A profile's fingerprint holds the digest of every file that it uses, taken when the bench began.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

from bench.enrolment.profiles.files import sha256
from bench.enrolment.profiles.vocabulary import Install, Push
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.steps.packages import check_signer

_PIECE = 1 << 20
_CHANGED = (
    "the file beside the profile changed since the bench began: raise the profile's version and"
    " start again"
)


@asynccontextmanager
async def checked_package(install: Install) -> AsyncIterator[Path]:
    """Give a copy of a package, proven to be the profile's and its signer's; it goes with the end.

    It is in a folder that nobody else may enter, so that what was checked is what is sent. Raises
    `ProblemError`: PROFILE_UNUSABLE for a file that changed or cannot be read, PACKAGE_UNTRUSTED.
    """
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - a bench starts without it

    try:
        place = TemporaryDirectory(prefix="staging-bench-", ignore_cleanup_errors=True)
    except OSError as error:
        raise _unusable(install.file, f"no copy of it can be made: {error.strerror}") from None
    with place as folder:
        copy = Path(folder) / install.file.name
        await asyncio.to_thread(_take, install, copy)
        yield copy


async def check_source(push: Push) -> None:
    """Refuse a file that changed; what a handset has of it is compared once it is there."""
    try:
        digest = await asyncio.to_thread(sha256, push.file)
    except OSError as error:
        raise _unusable(push.file, error.strerror) from None
    _compare(push.file, digest, push.sha256)


def _take(install: Install, copy: Path) -> None:
    try:
        with install.file.open("rb") as source, copy.open("xb") as target:
            digest = _copied(source, target)
    except OSError as error:
        raise _unusable(install.file, error.strerror) from None
    _compare(install.file, digest, install.sha256)
    check_signer(copy, install.signature)


def _copied(source: BinaryIO, target: BinaryIO) -> str:
    """Copy, and return the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    while piece := source.read(_PIECE):
        digest.update(piece)
        target.write(piece)
    return digest.hexdigest()


def _compare(file: Path, digest: str, wanted: str) -> None:
    if digest != wanted:
        raise _unusable(file, _CHANGED)


def _unusable(file: Path, why: str | None) -> ProblemError:
    return ProblemError(Problem(ProblemCode.PROFILE_UNUSABLE, plain(file.name), why or ""))
