"""A real OpenSSH server on loopback, for one account: whoever runs the tests."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

SSHD = "/usr/sbin/sshd"


@dataclass
class SftpServer:
    """`host_key` is its public key in one line, `key` the private key that it takes."""

    port: int
    folder: Path
    host_key: str
    key: str
    _command: list[str]
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"sftp://{getpass.getuser()}@127.0.0.1:{self.port}{self.folder}"

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, start_new_session=True)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError("sshd does not answer")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None


@contextmanager
def sftp_server(room: Path) -> Iterator[SftpServer]:
    if not Path(SSHD).exists():
        if os.environ.get("CI"):
            raise AssertionError("install openssh-server: apt-get install openssh-server")
        pytest.skip("openssh-server is not installed: apt-get install openssh-server")
    for name in ("host", "user"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", room / name], check=True
        )
    shutil.copyfile(room / "user.pub", room / "authorized_keys")
    folder = room / "drop"
    folder.mkdir()
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port = asked.getsockname()[1]
    config = room / "sshd_config"
    config.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {room}/host\nPidFile none\n"
        f"AuthorizedKeysFile {room}/authorized_keys\nStrictModes no\nUsePAM no\n"
        "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\n"
        "Subsystem sftp internal-sftp\nLogLevel QUIET\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    host_key = (room / "host.pub").read_text().strip()
    key = (room / "user").read_text()
    server = SftpServer(port, folder, host_key, key, [SSHD, "-D", "-f", str(config)])
    server.start()
    try:
        yield server
    finally:
        server.stop()
