"""Packages for simulated handsets: what they look like, and how one is installed.

A simulated package is a ZIP archive, as an APK is, signed as one, with a member `package.txt`: its
name, its version, and its device admin, a space between. So a real APK is refused by a simulated
handset, and the other way round.
"""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from hardware.simulator.faults import FailInstall
from hardware.simulator.handset import InstalledPackage, SimulatedHandset
from hardware.simulator.storage import absolute
from hardware.simulator.streams import ByteStream
from hardware.simulator.timing import Work
from hardware.simulator.toolbox import Reply, failed, said

MEMBER = "package.txt"
RECEIVER = ".AdminReceiver"
"""The device admin that every simulated package declares."""
TRAINING = "training"
"""Who signs simulated packages, unless somebody else is named."""
_LONGEST = 300
_BLOCK = 256 * 1024
_IN_MEMORY = 1024 * 1024
_LOOKED_AT = 256 * 1024 * 1024
"""Most bytes of a package whose signature is looked at: all of it is held in memory for that."""
_MOST = 4 * 1024 * 1024 * 1024
_PLACE = "/data/app/vmdl1.tmp/base.apk"
_NOT_APK = f"INSTALL_PARSE_FAILED_NOT_APK: Failed to parse {_PLACE}"
_UNREADABLE = (
    zipfile.BadZipFile, KeyError, OSError, RuntimeError, ValueError, EOFError, zlib.error,
)  # fmt: skip
"""What zipfile raises over the years for archives that are not in order."""


def package_bytes(
    name: str, version: str = "1.0", padding: int = 0, *, signer: str | None = TRAINING
) -> bytes:
    """Return a simulated package with so many bytes of padding, to give it a weight.

    It is signed by `signer`, None leaves it without a signature; it declares one device admin.
    """
    from hardware.simulator.signing import signed  # noqa: PLC0415 - loads a library of its own

    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr(zipfile.ZipInfo(MEMBER), f"{name} {version} {RECEIVER}\n")
        members.writestr(zipfile.ZipInfo("padding"), bytes(padding))
    return archive.getvalue() if signer is None else signed(archive.getvalue(), signer)


def write_package(
    path: Path,
    name: str,
    version: str = "1.0",
    padding: int = 0,
    *,
    signer: str | None = TRAINING,
) -> None:
    """Write a simulated package to a file."""
    path.write_bytes(package_bytes(name, version, padding, signer=signer))


async def install(
    handset: SimulatedHandset, options: Sequence[str], stdin: ByteStream | None, work: Work
) -> Reply:
    """Do `pm install`: from the stream with `-S size`, otherwise from a file of the handset."""
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
        match [*options, ""]:
            case [*_, "-S", size, _] | [*_, "-S", size, "-", _] if _is_size(size):
                if stdin is None:
                    return failed("Error: no package on the standard input\n")
                await _receive(stdin, int(size), spool, work)
            case [*_, path, _] if path:
                return _install_file(handset, path)
            case _:
                return failed("Error: no package specified\n")
        return _installed(handset, spool)


async def _receive(stdin: ByteStream, size: int, spool: IO[bytes], work: Work) -> None:
    while size:
        block = await stdin.read_some(min(size, _BLOCK))
        spool.write(block)
        size -= len(block)
        await work.moved(len(block))


def _install_file(handset: SimulatedHandset, path: str) -> Reply:
    try:
        return _installed(handset, io.BytesIO(handset.storage.read(path)))
    except OSError as error:
        return failed(f"Error: failed to open {absolute(path)}: {error.strerror}\n")


def _installed(handset: SimulatedHandset, archive: IO[bytes]) -> Reply:
    fault = handset.faults.take(FailInstall)
    if fault is not None:
        return _refused(fault.reason)
    found = _read_package(archive)
    if found is None:
        return _refused(_NOT_APK)
    name, version, receiver = found
    signer = _signer(archive)
    if refusal := _unfit(handset, name, signer):
        return _refused(refusal)
    handset.packages[name] = version
    handset.installed[name] = InstalledPackage(signer or "", receiver)
    handset.note(f"install {name} {version}")
    return said("Success\n")


def _signer(archive: IO[bytes]) -> str | None:
    from hardware.simulator.signing import signer_of  # noqa: PLC0415 - loads a library of its own

    archive.seek(0)
    package = archive.read(_LOOKED_AT + 1)
    return signer_of(package) if len(package) <= _LOOKED_AT else None


def _unfit(handset: SimulatedHandset, name: str, signer: str | None) -> str:
    """Return why a package may not be installed here; AOSP `PackageManagerException`."""
    if signer is None:
        return f"INSTALL_PARSE_FAILED_NO_CERTIFICATES: Failed to collect certificates from {_PLACE}"
    known = handset.installed.get(name)
    if known is not None and known.signer != signer:
        return (
            f"INSTALL_FAILED_UPDATE_INCOMPATIBLE: Existing package {name} signatures do not match"
            " newer version; ignoring!"
        )
    return ""


def _refused(reason: str) -> Reply:
    return Reply(1, out=f"Failure [{reason}]\n".encode())


def _read_package(archive: IO[bytes]) -> tuple[str, str, str] | None:
    try:
        with zipfile.ZipFile(archive) as members, members.open(MEMBER) as member:
            text = member.read(_LONGEST).decode("ascii")
    except _UNREADABLE:
        return None
    found = re.fullmatch(
        r"([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)+) (\S{1,40})(?: (\S{1,99}))?\s*", text
    )
    return (found[1], found[2], found[3] or "") if found else None


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len(str(_MOST)) and int(text) <= _MOST
