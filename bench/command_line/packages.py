"""`package …`: who signed the packages that profiles install, as a profile has to say it.

Each returns an exit code: 0 done and well, 1 not well or not possible, and why is said.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.enrolment.apk.archive import ApkError
from bench.enrolment.apk.signature import Signature, parse_checksum, signature_of
from bench.identity.plain import plain


def tell_signers(files: Sequence[Path], wanted: str = "") -> int:
    """Say who signed each package; with `wanted`, 1 unless all are signed by that one.

    `wanted` is a checksum in Base64 or hexadecimal, as other tools print it.
    """
    try:
        checksum = parse_checksum(wanted) if wanted else ""
    except ValueError as error:
        sys.stderr.write(f"staging-bench: {plain(wanted)}: {error}\n")
        return 1
    return max([_tell(file, checksum) for file in files], default=0)


def _tell(file: Path, wanted: str) -> int:
    name = plain(file.name)
    try:
        signature = signature_of(file)
    except ApkError as error:
        sys.stderr.write(f"staging-bench: {name}: {error}\n")
        return 1
    sys.stdout.write("".join(f"{line}\n" for line in _lines(name, signature)))
    if wanted and (against := signature.against(wanted)):
        sys.stderr.write(f"staging-bench: {name}: {against}\n")
        return 1
    return 0


def _lines(name: str, signature: Signature) -> list[str]:
    how = "proven" if signature.proven else "read only: of the old kind, which proves nothing here"
    lines = [f"{name}: {signature.checksum} ({how})"]
    lines += [f"{name}: {later} after its key was changed" for later in signature.checksums[1:]]
    digest = base64.urlsafe_b64decode(f"{signature.checksum}=").hex()
    return [*lines, f"{name}: SHA-256 of its certificate, as other tools print it: {digest}"]
