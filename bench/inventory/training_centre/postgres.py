"""A PostgreSQL of this program's own: a cluster in a folder, on loopback, over TLS.

PostgreSQL does not run as root; as root it is run as `postgres`, or as `nobody` where there is
none. Its administrator signs in without password over a socket in the cluster's private folder,
everybody else over TCP with a certificate.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from bench.inventory.central.certificates import Identity
from bench.inventory.training_centre.watcher import Watcher
from bench.problems import Problem, ProblemCode, ProblemError

OLDEST = 15
"""The oldest major version of PostgreSQL that the store runs on."""
SUPERUSER = "postgres"
_PLACES = "usr/lib/postgresql"
_PATIENCE = 30.0
"""Seconds for a server to begin or to end."""
_LIGHT = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
_USUAL = {
    "max_connections": "60", "shared_buffers": "64MB", "listen_addresses": "127.0.0.1",
    "ssl": "on", "ssl_cert_file": "server.crt", "ssl_key_file": "server.key",
    "ssl_ca_file": "ca.crt", "ssl_min_protocol_version": "TLSv1.2", "timezone": "UTC",
}  # fmt: skip
_HBA = """local all all trust
hostssl all +staging_bench 127.0.0.1/32 cert clientcert=verify-full
hostssl all +staging_door 127.0.0.1/32 cert clientcert=verify-full
hostssl all +staging_reader 127.0.0.1/32 cert clientcert=verify-full
hostssl all +staging_service 127.0.0.1/32 cert clientcert=verify-full
"""


def programs() -> Path | None:
    """Return the folder of a PostgreSQL that is new enough, the newest one; None without."""
    found = [
        (int(each.name), each / "bin")
        for each in Path("/", _PLACES).glob("*")
        if each.name.isdigit() and int(each.name) >= OLDEST and (each / "bin" / "initdb").exists()
    ]
    if found:
        return max(found)[1]
    named = shutil.which("initdb")
    return Path(named).resolve().parent if named else None


class OwnPostgres:
    """A cluster that lives as long as this object; `durable` where its figures are to count.

    It ends with the program that has it, however that ends.
    Its folder is a temporary one that goes with it, unless `keep` names one.
    """

    def __init__(
        self,
        authority: bytes,
        server: Identity,
        *,
        durable: bool = False,
        options: Mapping[str, str] | None = None,
    ) -> None:
        bin_folder = programs()
        if bin_folder is None:
            detail = f"no PostgreSQL {OLDEST} or newer is installed"
            raise ProblemError(Problem(ProblemCode.CENTRE_UNUSABLE, detail=detail))
        self._bin = bin_folder
        self._user = _user()
        self.folder = Path(tempfile.mkdtemp(prefix="staging-bench-pg-"))
        self.port = _free_port()
        self._options = {
            **_USUAL, **({} if durable else _LIGHT), **(options or {}),
            "port": str(self.port), "unix_socket_directories": str(self.folder),
        }  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher: Watcher | None = None
        self._files = {"ca.crt": authority, "server.crt": server.certificate}
        self._secret = server.key

    def __enter__(self) -> Self:
        self._watcher = Watcher(self.folder)
        try:
            self._make()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop(at_once=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._watcher is not None:
            self._watcher.dismiss()

    @property
    def data(self) -> Path:
        """The cluster's data folder."""
        return self.folder / "data"

    @property
    def admin(self) -> str:
        """How its administrator connects (libpq's keywords)."""
        return f"host={self.folder} port={self.port} user={SUPERUSER} dbname=postgres"

    def start(self) -> None:
        """Start the server and wait until it answers; `ProblemError` if it does not."""
        log = (self.folder / "log").open("ab")
        with log:
            self._process = subprocess.Popen(  # noqa: S603 - PostgreSQL itself
                [self._bin / "postgres", "-D", self.data],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                start_new_session=True, **self._as_user(),
            )  # fmt: skip
        self._wait()

    def stop(self, *, at_once: bool = False) -> None:
        """Stop it, sessions and all; `at_once` without tidying up, as a power cut would."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGQUIT if at_once else signal.SIGINT)
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def reload(self) -> None:
        """Have it read its configuration and certificates again."""
        assert self._process is not None, "a server that was started"
        self._process.send_signal(signal.SIGHUP)

    def write(self, name: str, content: bytes, *, mode: int = 0o600) -> None:
        """Put a file into its data folder, as its own."""
        path = self.data / name
        path.write_bytes(content)
        path.chmod(mode)
        if self._user:
            shutil.chown(path, self._user.pw_uid, self._user.pw_gid)

    def _make(self) -> None:
        if self._user:
            shutil.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        self._run(
            "initdb", "-D", str(self.data), "-U", SUPERUSER, "-E", "UTF8", "--locale=C",
            "--auth=trust", "--no-sync", "--no-instructions",
        )  # fmt: skip
        for name, content in self._files.items():
            self.write(name, content)
        self.write("server.key", self._secret)
        lines = "".join(f"{key} = '{value}'\n" for key, value in self._options.items())
        self.write("postgresql.auto.conf", lines.encode())
        self.write("pg_hba.conf", _HBA.encode())

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
            [self._bin / program, *words],
            stdin=subprocess.DEVNULL, capture_output=True, cwd=self.folder, check=False,
            **self._as_user(),
        )  # fmt: skip
        if done.returncode:
            raise _unusable(done.stderr.decode("utf-8", "replace"))

    def _wait(self) -> None:
        until = time.monotonic() + _PATIENCE
        words = ["-q", "-h", str(self.folder), "-p", str(self.port)]
        while subprocess.run([self._bin / "pg_isready", *words], check=False).returncode:  # noqa: S603 - PostgreSQL's own
            assert self._process is not None
            if self._process.poll() is not None or time.monotonic() > until:
                text = (self.folder / "log").read_text("utf-8", "replace")
                raise _unusable(text.strip().splitlines()[-1] if text.strip() else "no answer")
            time.sleep(0.02)

    def _as_user(self) -> dict[str, Any]:
        if self._user is None:
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": ()}


def _user() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise _unusable("there is no user to run PostgreSQL as")


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def _unusable(detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.CENTRE_UNUSABLE, "PostgreSQL", detail[-400:]))
