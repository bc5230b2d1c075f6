"""`central init`: sets a store up, and says what its administrator pastes where."""

from __future__ import annotations

import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path

from bench.inventory.central import authority_files, form
from bench.inventory.central.certificates import utc_now
from bench.inventory.central.connecting import administrator
from bench.inventory.central.paste import host_rules, server_settings
from bench.inventory.central.setting_up import StoreName, asks_certificate
from bench.inventory.central.setting_up import init as set_up
from bench.settings.load import state_folder

_POOLED = (
    "Benches come through a pooler: the store does not see which certificate came, so one that\n"
    "was replaced is taken until it ends by itself. To look again: central init --no-pooled.\n"
)


@dataclass(frozen=True, slots=True)
class SetUp:
    """What is asked for: the database, what the store is called, and the hosts it is reached by.

    `authority` is the folder of who signs its certificates, None for the program's own. `pooled`:
    benches come through a pooler that checks their certificates; None leaves it as it is.
    `beside`: another store is known to be on the server.
    """

    database: str = field(repr=False)
    name: str
    hosts: tuple[str, ...] = ()
    simulated: bool = False
    authority: Path | None = None
    pooled: bool | None = None
    beside: bool = False


def authority_folder(named: Path | None) -> Path:
    """Return where who signs certificates is kept, unless named with the program's state."""
    return (named or state_folder() / "central").absolute()


def init(asked: SetUp) -> int:
    """Set a store up, or bring one to the newest form; return the exit code, or `ProblemError`."""
    hosts = asked.hosts or (socket.getfqdn(),)
    with administrator(asked.database) as connection:
        asks = None if asked.pooled is None else not asked.pooled
        applied = set_up(
            connection, StoreName(asked.name, asked.simulated, hosts[0], asks, asked.beside)
        )
        looks = asks_certificate(connection)
        database, newest = connection.info.dbname, form.applied(connection)[-1].number
    folder, now = authority_folder(asked.authority), utc_now()
    authority = authority_files.begin(folder, asked.name, now)
    authority_files.server_files(folder, authority, hosts, now)
    words = ", ".join(each.name for each in applied) or "nothing; it was of that form"
    sys.stdout.write(f"The store {asked.name} is of form {newest}. Applied: {words}.\n")
    if not looks:
        sys.stdout.write(_POOLED)
    sys.stdout.write(_to_paste(database, folder))
    return 0


def _to_paste(database: str, folder: Path) -> str:
    return (
        f"\nWho signs certificates, and the server's own, are in {folder}.\n"
        "Copy ca.crt, server.crt and server.key to where PostgreSQL may read them, and ca.key "
        "nowhere.\n"
        "\nAt the top of pg_hba.conf, before every other line:\n\n"
        f"{host_rules(database)}"
        "\nIn postgresql.conf, with the folder they were copied to, then reload:\n\n"
        f"{server_settings(folder)}"
    )
