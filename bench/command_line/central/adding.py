"""`central add-…`, `rotate`, `retire`, `open-epoch`: who comes to a store, and who leaves it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.command_line.central.setting_up import authority_folder
from bench.inventory.central import authority_files, benches
from bench.inventory.central.certificates import Authority, Identity, utc_now
from bench.inventory.central.connecting import administrator
from bench.inventory.central.paste import bench_section
from bench.inventory.central.roles import Group
from bench.inventory.central.sign_ins import checked
from bench.inventory.reports.writing import shown
from bench.problems import Problem, ProblemCode, ProblemError

_NEXT = "the next one says that it ended"
if TYPE_CHECKING:
    import psycopg

    Making = Callable[[psycopg.Connection[Any], Authority], Identity]


@dataclass(frozen=True, slots=True)
class Place:
    """Which store, the folder of who signs its certificates, and where what is made goes.

    `on_bench` is the folder that a bench will have its files in, `out` itself unless named.
    """

    database: str = field(repr=False)
    authority: Path | None = None
    out: Path = Path()
    on_bench: Path | None = None


def add_bench(place: Place, name: str, organisation: str, days: int) -> int:
    """Let a bench in; write its files and its section of settings; `ProblemError` if refused."""

    def make(connection: psycopg.Connection[Any], authority: Authority) -> Identity:
        its = organisation or _store(connection)[0]
        return benches.add_bench(
            connection, authority, benches.NewBench(name, its, days), utc_now()
        )

    return _for_bench(place, name, make, anew=True)


def rotate(place: Place, name: str, days: int, overlap: timedelta) -> int:
    """Give a bench another certificate; the one before is taken until the overlap ends."""

    def make(connection: psycopg.Connection[Any], authority: Authority) -> Identity:
        if not overlap:
            with administrator(place.database) as beside:
                benches.shut(beside, name)
        return benches.rotate(connection, authority, name, utc_now(), days=days, overlap=overlap)

    return _for_bench(place, name, make, anew=False)


def retire(place: Place, name: str) -> int:
    """Take nothing more from a bench."""
    with administrator(place.database) as connection:
        benches.retire(connection, name)
    sys.stdout.write(f"{name} is retired; what it sent stays.\n")
    return 0


def open_epoch(place: Place, name: str, epoch: int) -> int:
    """Take a bench's next epoch from now on."""
    with administrator(place.database) as connection:
        before = benches.open_epoch(connection, name, epoch)
    sys.stdout.write(f"Of {name}, epoch {epoch} is taken from now on. {_stood(before)}\n")
    return 0


def _stood(before: benches.Before) -> str:
    known = f"epoch {before.epoch} is known through event {before.through}"
    if before.heard_at:
        known += f", heard {shown(before.heard_at)}"
    if before.frozen:
        return f"It was frozen: {known}; nothing more of it is taken."
    return f"{known[0].upper()}{known[1:]}; what still comes of it is taken up to where {_NEXT}."


def add_token(place: Place, name: str, days: int) -> int:
    """Say a new token of a bench on standard output, this once."""
    with administrator(place.database) as connection:
        token = benches.add_token(connection, name, utc_now(), days=days)
    sys.stdout.write(f"{token}\n")
    sys.stderr.write(f"It is shown this once: keep it on {name} with secret set.\n")
    return 0


def add_reader(place: Place, name: str, organisation: str, days: int) -> int:
    """Let an auditor read what one more organisation's benches recorded; write the files."""

    def make(connection: psycopg.Connection[Any], authority: Authority) -> Identity:
        return benches.add_reader(connection, authority, name, organisation, utc_now(), days=days)

    return _for_other(place, name, make)


def add_sign_in(place: Place, name: str, group: Group, days: int) -> int:
    """Let the door, or what works at the centre, sign in by that name; write the files."""

    def make(connection: psycopg.Connection[Any], authority: Authority) -> Identity:
        return benches.add_sign_in(connection, authority, name, group, utc_now(), days=days)

    return _for_other(place, name, make)


def _for_bench(place: Place, name: str, make: Making, *, anew: bool) -> int:
    with administrator(place.database) as connection:
        files, authority = _made(connection, place, name, make, anew=anew)
        _, host = _store(connection)
        section = bench_section(
            host, connection.info.port, connection.info.dbname,
            (place.on_bench or place.out).absolute(), name,
        )  # fmt: skip
    authority_files.put_text(
        place.out / authority_files.TRUST, authority.identity.certificate.decode()
    )
    authority_files.put_text(place.out / f"{name}.toml", section)
    _tell(files)
    sys.stdout.write(f"In its settings (also in {name}.toml):\n\n{section}")
    return 0


def _for_other(place: Place, name: str, make: Making) -> int:
    with administrator(place.database) as connection:
        files, authority = _made(connection, place, name, make, anew=False)
    authority_files.put_text(
        place.out / authority_files.TRUST, authority.identity.certificate.decode()
    )
    _tell(files)
    return 0


def _made(
    connection: psycopg.Connection[Any], place: Place, name: str, make: Making, *, anew: bool
) -> tuple[authority_files.Files, Authority]:
    """Have it made in the store and on disk; either that refuses leaves both as they were."""
    folder = authority_folder(place.authority)
    authority = authority_files.read(folder)
    _refuse_authority(place.out.absolute(), folder)
    if anew:
        authority_files.refuse_kept(place.out, checked(name))
    with ExitStack() as ready, connection.transaction():
        identity = make(connection, authority)
        files = ready.enter_context(authority_files.laid_ready(place.out, name, identity))
    return files, authority


def _refuse_authority(out: Path, folder: Path) -> None:
    if out == folder:
        detail = "the folder of who signs is for nobody's files; name another with --out"
        raise ProblemError(Problem(ProblemCode.CENTRE_UNUSABLE, out.name, detail))


def _store(connection: psycopg.Connection[Any]) -> tuple[str, str]:
    """Return what the store is called, and the host that benches are told."""
    row = connection.execute("SELECT name, address FROM custody.store").fetchone()
    if row is None:
        detail = "it is not set up: central init"
        raise ProblemError(Problem(ProblemCode.CENTRE_UNUSABLE, "store", detail))
    return row[0], row[1]


def _tell(files: authority_files.Files) -> None:
    sys.stdout.write(f"Made {files.certificate} and {files.key}; the key is kept nowhere else.\n")
