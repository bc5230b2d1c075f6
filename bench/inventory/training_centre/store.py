"""A central store of training: a database of a PostgreSQL of this program's own, and its benches.

It takes simulated records only, and is gone when it is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.inventory.central import benches
from bench.inventory.central.certificates import Authority, utc_now
from bench.inventory.central.setting_up import StoreName, init
from bench.inventory.training_centre.postgres import SUPERUSER, OwnPostgres

if TYPE_CHECKING:
    import psycopg

NAME = "training centre"
DATABASE = "custody"
HOST = "localhost"
ORGANISATION = "staging-bench.localhost"


@dataclass(frozen=True, slots=True)
class Keys:
    """The PEM files by which a bench signs in: its certificate, its key, whom it trusts."""

    certificate: Path
    key: Path
    trust: Path


class TrainingStore:
    """A store that is there; the keys of its benches lie in `folder`."""

    def __init__(self, server: OwnPostgres, authority: Authority, folder: Path) -> None:
        self.server = server
        self._authority = authority
        self._folder = folder

    @property
    def administrator(self) -> str:
        """How its administrator connects (libpq's words)."""
        words = f"user={SUPERUSER} dbname={DATABASE}"
        return f"host={self.server.folder} port={self.server.port} {words}"

    def address(self, port: int | None = None) -> str:
        """Return where benches find it; `port` is that of a cable to it."""
        return f"postgresql://{HOST}:{port or self.server.port}/{DATABASE}"

    def connect(self) -> psycopg.Connection[Any]:
        """Connect as its administrator, in autocommit."""
        import psycopg  # noqa: PLC0415 - only who works with a store loads it

        return psycopg.connect(self.administrator, autocommit=True)

    def add_bench(self, connection: psycopg.Connection[Any], name: str) -> Keys:
        """Let a bench in, and lay its keys down."""
        new = benches.NewBench(name, ORGANISATION)
        identity = benches.add_bench(connection, self._authority, new, utc_now())
        keys = Keys(*(self._folder / f"{name}{end}" for end in (".crt", ".key", "-trust.crt")))
        keys.certificate.write_bytes(identity.certificate)
        keys.key.touch(mode=0o600)
        keys.key.write_bytes(identity.key)
        keys.trust.write_bytes(self._authority.identity.certificate)
        return keys


@contextmanager
def training_store(
    folder: Path,
    *,
    durable: bool = False,
    options: Mapping[str, str] | None = None,
    asks_certificate: bool = True,
) -> Iterator[TrainingStore]:
    """Start one; `ProblemError` (CENTRE_UNUSABLE) where no PostgreSQL can be.

    `durable` and `options` as `OwnPostgres` takes them; without `asks_certificate` a pooler that
    stands before it checks certificates.
    """
    import psycopg  # noqa: PLC0415 - as above

    authority = Authority.begin(NAME, utc_now())
    server = authority.server([HOST, "127.0.0.1"], utc_now())
    trust = authority.identity.certificate
    with OwnPostgres(trust, server, durable=durable, options=options) as running:
        with closing(psycopg.connect(running.admin, autocommit=True)) as admin:
            admin.execute(f"CREATE DATABASE {DATABASE}".encode())
        store = TrainingStore(running, authority, folder)
        with closing(store.connect()) as admin:
            init(admin, StoreName(NAME, simulated=True, asks_certificate=asks_certificate))
        yield store
