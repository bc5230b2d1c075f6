"""What a person puts into files that are not this program's: the server's, and a bench's settings.

Sources: PostgreSQL documentation, "The pg_hba.conf File" and "Secure TCP/IP Connections with SSL".
"""

from __future__ import annotations

from pathlib import Path

import tomlkit

from bench.inventory.central.roles import Group


def host_rules(database: str) -> str:
    """Return the lines of `pg_hba.conf`, which must stand before all others.

    Who is in a group comes in with a certificate, to this database, and in no other way: a role may
    give itself a password, which is to open nothing.
    """
    quoted = '"' + database.replace('"', '""') + '"'
    let_in = [f"hostssl {quoted} +{group} all cert" for group in Group]
    return "".join(f"{line}\n" for line in [*let_in, *(f"host all +{g} all reject" for g in Group)])


def server_settings(folder: Path) -> str:
    """Return the lines of `postgresql.conf`, with the server's files as they lie in a folder."""
    files = {"ssl_cert_file": "server.crt", "ssl_key_file": "server.key", "ssl_ca_file": "ca.crt"}
    lines = [f"{setting} = {_quoted(str(folder / name))}" for setting, name in files.items()]
    usual = ["ssl = on", "ssl_min_protocol_version = 'TLSv1.2'", "synchronous_commit = on"]
    return "".join(f"{line}\n" for line in [*usual, *lines])


def bench_section(host: str, port: int, database: str, folder: Path, name: str) -> str:
    """Return the `[central]` section of a bench's settings, its files as they lie in a folder."""
    from urllib.parse import quote  # noqa: PLC0415 - here alone

    where = f"[{host}]" if ":" in host else host
    document, section = tomlkit.document(), tomlkit.table()
    section["address"] = f"postgresql://{where}:{port}/{quote(database, safe='')}"
    section["certificate"] = str(folder / f"{name}.crt")
    section["key"] = str(folder / f"{name}.key")
    section["trust"] = str(folder / "ca.crt")
    document["central"] = section
    return tomlkit.dumps(document)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
