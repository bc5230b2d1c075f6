"""A PgBouncer of the benchmark's own in front of a store: who the bench is, its certificate says.

PgBouncer asks for the certificate and takes its common name for the role; to the server it signs in
as that role over the socket in the cluster's private folder. The server then sees no certificate.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.inventory.central.certificates import Identity
from bench.inventory.training_centre.store import DATABASE, TrainingStore

PROGRAM = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
_PATIENCE = 10.0
_INI = """[databases]
{database} = host={socket} port={server_port} dbname={database}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = cert
auth_file = {folder}/users.txt
client_tls_sslmode = verify-full
client_tls_ca_file = {folder}/ca.crt
client_tls_cert_file = {folder}/server.crt
client_tls_key_file = {folder}/server.key
pool_mode = {mode}
default_pool_size = 1
max_db_connections = {most}
max_client_conn = 4000
server_idle_timeout = 30
query_wait_timeout = {wait}
logfile = {folder}/log
log_connections = 0
log_disconnections = 0
"""


def is_there() -> bool:
    """Whether Debian's package pgbouncer is installed."""
    return Path(PROGRAM).exists()


@contextmanager
def pooled(
    store: TrainingStore,
    authority: bytes,
    identity: Identity,
    roles: Sequence[str],
    *,
    most: int,
    mode: str = "session",
    wait: int = 60,
) -> Iterator[int]:
    """Run it for benches of these roles; yield its port. `most` sessions at the server at once.

    Who gets none waits `wait` seconds, also whom the server does not let in.
    """
    folder = store.server.folder / "pooler"
    folder.mkdir()
    port = _free_port()
    files = {
        "ca.crt": authority, "server.crt": identity.certificate, "server.key": identity.key,
        "users.txt": "".join(f'"{role}" ""\n' for role in roles).encode(),
        "ini": _INI.format(
            database=DATABASE, socket=store.server.folder, server_port=store.server.port,
            port=port, folder=folder, most=most, mode=mode, wait=wait,
        ).encode(),
    }  # fmt: skip
    owner = store.server.folder.stat()
    for name, content in files.items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o600)
    if os.geteuid() == 0:
        for path in (folder, *folder.iterdir()):
            os.chown(path, owner.st_uid, owner.st_gid)
    become: dict[str, Any] = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": ()}
    as_owner = become if os.geteuid() == 0 else {}
    process = subprocess.Popen([PROGRAM, "-q", str(folder / "ini")], **as_owner)
    try:
        _wait(port, process)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_PATIENCE)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("PgBouncer did not begin")


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])
