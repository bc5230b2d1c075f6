"""What a command needs of the program: where its parts lie, and how a record is opened for it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench import __version__
from bench.clock import SystemClock
from bench.command_line.epochs import EpochDesk
from bench.command_line.forms import RecordForm, form_if_usable, form_of, form_of_epochs
from bench.command_line.people_desk import PeopleDesk, Terminal
from bench.custody.database import told
from bench.custody.entries import LedgerHeader
from bench.custody.epochs.beginning import Software
from bench.custody.key import BenchKey
from bench.custody.keys.sealing import Secret
from bench.custody.keys.secrets import bench_key, pepper
from bench.custody.keys.systemd_creds import SystemdCreds
from bench.custody.keys.vault import Vault
from bench.custody.ledger import Ledger
from bench.custody.opening import epoch_of
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    from bench.checks import Check
    from bench.settings import Settings

NO_POLICY = "0" * 64
"""What a command acts under: no profile."""


UDEV_RULES = "68-staging-bench.rules"
"""Behind what marks cameras (60) and before what asks a device whether it plays music (69)."""


def _no_checks(_settings: Settings) -> tuple[Check, ...]:
    return ()


@dataclass(frozen=True)
class Program:
    """This program: its resources, and the SHA-256 of its own source in hex, when asked for.

    `equipment_checks` are the doctor's rows of what stands on the bench.
    """

    resources: Path
    build_hash: Callable[[], str]
    equipment_checks: Callable[[Settings], Iterable[Check]] = _no_checks

    @property
    def udev_rules(self) -> Path:
        """The file of the udev rules that a bench needs installed."""
        return self.resources / "udev" / UDEV_RULES

    @property
    def fonts(self) -> Path:
        """The folder of the typefaces that papers are set in."""
        return self.resources / "fonts"

    def open_record(self, path: Path) -> Ledger:
        """Open a record that is there for writing, as the bench that it says it is of.

        Raises `ProblemError`; LEDGER_IN_USE while a bench works on it.
        """
        form = form_of(path)
        return Ledger.open(
            path,
            self.bench_key(path),
            header_of(path, form),
            SystemClock(),
            app_version=__version__,
            policy_hash=NO_POLICY,
            build_hash=self.build_hash(),
            opener=form.opener,
        )

    def bench_key(self, path: Path) -> BenchKey:
        """Return the key that signs a record."""
        found, _ = bench_key(vault_of(path))
        return found

    def desk(self, ledger: Ledger) -> PeopleDesk:
        """Return the desk where people sign in on this terminal."""
        today = datetime.now(UTC).date()
        return PeopleDesk(ledger, self.pepper(ledger.path), Terminal(), today, ledger.opener)

    def epoch_desk(self, path: Path, restored: Path | None = None) -> EpochDesk:
        """Return the desk where the record's next epoch is opened, maybe from a restored one."""
        vault = vault_of(path)
        kept = vault.kept(Secret.BENCH_KEY) is not None
        return EpochDesk(
            Terminal(),
            self.pepper(path),
            bench_key(vault)[0].public if kept else None,
            lambda number: bench_key(vault_of(path, epoch=number))[0],
            SystemClock(),
            Software(__version__, NO_POLICY, self.build_hash()),
            form_of_epochs(path, restored),
        )

    def pepper(self, path: Path) -> bytes:
        """Return what goes into each PIN's hash; made where nobody has a PIN yet."""
        found, _ = pepper(vault_of(path, epoch=1), may_make=True)
        return found


def vault_of(record: Path, *, epoch: int | None = None, seals_new: bool = False) -> Vault:
    """Return where the secrets of a record are kept, in its present epoch unless one is named.

    Not while this program has it open, unless one is: of them only the bench's key needs it.
    """
    handed_in = os.environ.get("CREDENTIALS_DIRECTORY")
    return Vault(
        record,
        SystemdCreds(),
        Path(handed_in) if handed_in else None,
        epoch=epoch or epoch_of(record, form_if_usable(record).opener.read),
        seals_new=seals_new,
    )


def header_of(path: Path, form: RecordForm | None = None) -> LedgerHeader:
    """Return whose record it says it is; `ProblemError` for a file that is none."""
    read = (form or form_of(path)).opener.read
    with told(path), closing(read(path)) as connection:
        row = connection.execute("SELECT bench, simulated, epoch, origin FROM header").fetchone()
    if row is None:
        raise ProblemError(Problem(ProblemCode.LEDGER_UNUSABLE, path.name, "it has no header"))
    bench, simulated, epoch, origin = row
    return LedgerHeader(bench, bool(simulated), epoch, origin.removesuffix(f"/{bench}/e{epoch}"))
