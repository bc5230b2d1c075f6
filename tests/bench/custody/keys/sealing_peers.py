"""Real peers for sealing: systemd-creds with a host key of its own, and a TPM in software.

Debian: systemd (systemd-creds); swtpm, libtss2-esys-3.0.2-0, libtss2-rc0, libtss2-mu0 and
libtss2-tcti-swtpm0 (the TPM). Neither needs systemd to run, nor root.
"""

from __future__ import annotations

import os
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.custody.keys.systemd_creds import SystemdCreds

HOST_KEY = "SYSTEMD_CREDENTIAL_SECRET"
"""Where systemd-creds looks for the key of this host (systemd, docs/ENVIRONMENT.md)."""
_NO_SESSIONS, _FLUSH_CONTEXT = 0x8001, 0x165
_SESSIONS = (*range(0x02000000, 0x02000003), *range(0x03000000, 0x03000003))
"""TPM 2.0 library, part 2: TPM_ST_NO_SESSIONS, TPM_CC_FlushContext; HMAC and policy sessions."""


def needed(program: str, packages: str) -> None:
    """Skip without a program, or fail where every peer has to be there."""
    if shutil.which(program) is None:
        reason = f"{program} is missing: apt-get install {packages}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


class SystemdCredsOnSoftwareTpm(SystemdCreds):
    """Closes the sessions that systemd 252 leaves open in the chip.

    In hardware the kernel's resource manager (/dev/tpmrm0) does so when a program ends.
    """

    def __init__(self, port: int) -> None:
        super().__init__(tpm2_device=f"swtpm:host=127.0.0.1,port={port}")
        self._port = port

    def _run(self, words: list[str], given: bytes = b"") -> bytes:
        with socket.create_connection(("127.0.0.1", self._port)) as chip:
            for handle in _SESSIONS:
                chip.sendall(struct.pack(">HIII", _NO_SESSIONS, 14, _FLUSH_CONTEXT, handle))
                assert len(chip.recv(10)) == 10
        return super()._run(words, given)


@contextmanager
def software_tpm(state: Path) -> Iterator[SystemdCreds]:
    """Run a TPM 2.0 that keeps its seeds in `state`; yield the program that seals with it."""
    needed("swtpm", "swtpm libtss2-esys-3.0.2-0 libtss2-rc0 libtss2-mu0 libtss2-tcti-swtpm0")
    port = _two_free_ports()
    command = [
        "swtpm", "socket", "--tpm2", "--tpmstate", f"dir={state}",
        "--server", f"type=tcp,port={port}", "--ctrl", f"type=tcp,port={port + 1}",
        "--flags", "not-need-init,startup-clear",
    ]  # fmt: skip
    with subprocess.Popen(command) as tpm:
        try:
            _until_it_listens(port + 1)
            yield SystemdCredsOnSoftwareTpm(port)
        finally:
            tpm.terminate()


def _two_free_ports() -> int:
    """libtss2 takes the control channel to be one above (tcti-swtpm)."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def _until_it_listens(port: int) -> None:
    for _ in range(500):
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    pytest.fail("swtpm does not listen")
