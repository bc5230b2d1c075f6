from __future__ import annotations

import io
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bench.checks import Answer, Check, Finding
from bench.command_line import consultation
from bench.command_line.consultation import consult
from bench.command_line.custody_checks import Custody, WitnessStanding, custody_checks
from bench.command_line.doctor import doctor, doctor_as_json, doctor_line_by_line
from bench.command_line.program import Program
from bench.command_line.sealing import seal_secrets
from bench.custody import durable
from bench.custody.backup.making import Backups
from bench.custody.backup.trial import Form
from bench.custody.encrypted.connection import EncryptedForm
from bench.custody.encrypted.conversion import encrypt
from bench.custody.key import BenchKey, new_pem
from bench.custody.keys import secrets
from bench.custody.keys.systemd_creds import SystemdCreds
from bench.custody.keys.vault import Vault
from bench.custody.ledger import Ledger
from bench.ports import Moment
from bench.problems import Problem, ProblemCode, ProblemError
from bench.settings import Settings
from hardware.doctor.machine import Machine
from hardware.doctor.place import folder_answer
from tests.bench.custody.keys.sealing_peers import HOST_KEY, needed
from tests.bench.custody.record import HEADER, ROOT, CountingClock, program, tamper

NOWHERE = SystemdCreds("no-such-program")


def begin(folder: Path, vault: Vault) -> Path:
    """Begin a record with the key that the vault makes."""
    key, _ = secrets.bench_key(vault)
    path = folder / "ledger.db"
    Ledger.open(
        path, key, HEADER, CountingClock(), app_version="0.1.0", policy_hash="ab" * 32
    ).close()
    return path


def custody(folder: Path, creds: SystemdCreds = NOWHERE) -> Custody:
    """Return a bench in good order but for what has to be set up."""
    record = folder / "ledger.db"
    vault = Vault(record, creds, seals_new=True)
    begin(folder, vault)
    return Custody(record, vault, CountingClock())


def findings(looked_at: Custody) -> dict[str, Finding]:
    return {check.what: check.finding() for check in custody_checks(looked_at)}


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SystemdCreds:
    needed("systemd-creds", "systemd")
    folder = tmp_path.with_name(f"{tmp_path.name}-host")
    folder.mkdir()
    monkeypatch.setenv(HOST_KEY, str(folder / "secret"))
    return SystemdCreds()


@contextmanager
def another_disk() -> Iterator[Path]:
    """Lend a folder that does not lie on the disk of the tests."""
    folder = Path(f"/dev/shm/staging-bench-doctor-{os.getpid()}")
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


# ── the doctor ──────────────────────────────────────────────────────────────────────────────────
def test_each_finding_is_said_in_words_and_one_to_mend_says_how() -> None:
    out = io.TextIOWrapper(io.BytesIO(), "utf-8")
    checks = [
        Check("Printer", lambda: Answer("a roll is in it")),
        Check("Scanner", lambda: Answer("none is connected", "Plug one in.")),
    ]
    assert doctor(checks, out) == 1
    out.seek(0)
    assert out.read() == (
        "✓ well  Printer: a roll is in it\n"
        "✗ MEND  Scanner: none is connected\n"
        "        Plug one in.\n"
        "1 to mend.\n"
    )


def test_a_terminal_without_the_signs_has_the_words() -> None:
    out = io.TextIOWrapper(io.BytesIO(), "ascii")
    assert doctor([Check("Printer", lambda: Answer("a roll for Zoë is in it"))], out) == 0
    out.seek(0)
    assert out.read() == "well  Printer: a roll for Zo? is in it\nAll is well.\n"


def test_what_is_only_worth_knowing_is_no_fault() -> None:
    out = io.TextIOWrapper(io.BytesIO(), "utf-8")
    checks = [Check("Hub", lambda: Answer("no port can be switched", "Use another.", note=True))]
    assert doctor(checks, out) == 0
    out.seek(0)
    assert out.read() == (
        "• note  Hub: no port can be switched\n        Use another.\n"
        "All is well, 1 worth knowing.\n"
    )


def test_a_known_problem_on_the_way_is_a_finding() -> None:
    def fails() -> Answer:
        raise ProblemError(Problem(ProblemCode.ADB_MISSING, detail="no adb"))

    finding = Check("ADB", fails).finding()
    assert (finding.ok, finding.found) == (False, "The ADB server cannot be started: no adb")
    assert "Install the package adb" in finding.mend


def test_all_findings_are_one_object_of_a_form_that_is_kept() -> None:
    out = io.StringIO()
    checks = [
        Check("Printer", lambda: Answer("a roll is in it")),
        Check("Scanner", lambda: Answer("none \u2028is “here”\n", "Plug one in.")),
        Check("Hub", lambda: Answer("no power", note=True)),
    ]
    assert doctor_as_json(checks, out) == 1
    assert json.loads(out.getvalue()) == {
        "schema": 1,
        "well": False,
        "to_mend": 1,
        "notes": 1,
        "checks": [
            {"what": "Printer", "severity": "well", "found": "a roll is in it", "mend": ""},
            {
                "what": "Scanner", "severity": "to mend",
                "found": "none is “here”", "mend": "Plug one in.",
            },
            {"what": "Hub", "severity": "worth knowing", "found": "no power", "mend": ""},
        ],
    }  # fmt: skip


def test_findings_line_by_line_are_the_same_objects() -> None:
    out = io.StringIO()
    checks = [Check("Printer", lambda: Answer("ready")), Check("Hub", lambda: Answer("a", "b"))]
    assert doctor_line_by_line(checks, out) == 1
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(row["what"], row["severity"]) for row in rows] == [
        ("Printer", "well"),
        ("Hub", "to mend"),
    ]


def test_what_a_file_says_is_only_ever_text() -> None:
    out = io.StringIO()
    doctor([Check("Printer", lambda: Answer("\x1b[31m\nwell"))], out)
    assert "\x1b" not in out.getvalue()
    assert out.getvalue().count("\n") == 2


# ── custody ─────────────────────────────────────────────────────────────────────────────────────
def test_a_bench_in_good_order_is_well(tmp_path: Path, host: SystemdCreds) -> None:
    bench = custody(tmp_path, host)
    secrets.pepper(bench.vault, may_make=True)
    clock = CountingClock()
    with another_disk() as shelf:
        backups = Backups(bench.record, HEADER, shelf, clock)
        backups.make()
        witness = WitnessStanding("witness.example", clock.moment().at, 12)
        looked_at = Custody(bench.record, bench.vault, clock, backups, witness)
        out = io.StringIO()
        code = doctor(custody_checks(looked_at), out)
    assert code == 0, out.getvalue()
    assert out.getvalue().count("well  ") == 10
    assert "a copy of the whole disk can" in out.getvalue()
    assert "settings read back" in out.getvalue()
    assert "restores, and goes to event 1" in out.getvalue()


def test_a_bench_that_was_never_started_is_told_what_has_to_be_set_up(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "ledger.db", NOWHERE)
    found = findings(Custody(tmp_path / "ledger.db", vault, CountingClock()))
    assert {what for what, finding in found.items() if not finding.ok} == {"Backup", "Witness"}
    assert list(tmp_path.iterdir()) == []


def test_a_key_in_a_file_is_to_be_sealed_and_the_command_named_does_it(
    tmp_path: Path, host: SystemdCreds
) -> None:
    bench = custody(tmp_path)
    secrets.pepper(bench.vault, may_make=True)
    found = findings(bench)
    for what in ("Bench key", "Pepper of the PINs"):
        assert "a copy of the disk can use it" in found[what].found
        assert "key seal" in found[what].mend
    out = io.StringIO()
    vault = Vault(bench.record, host)
    assert seal_secrets(vault, out) == 0
    assert out.getvalue().count("this computer's own key") == 2
    mended = findings(Custody(bench.record, vault, CountingClock()))
    assert all(mended[what].ok for what in ("Bench key", "Pepper of the PINs", "Key of the record"))


def test_a_bench_that_cannot_seal_says_so_and_keeps_its_key(tmp_path: Path) -> None:
    bench = custody(tmp_path)
    out = io.StringIO()
    assert seal_secrets(bench.vault, out) == 1
    assert "no systemd-creds" in out.getvalue()
    assert findings(bench)["Key of the record"].ok


def test_a_copy_of_a_sealed_key_in_the_clear_is_found(tmp_path: Path, host: SystemdCreds) -> None:
    bench = custody(tmp_path, host)
    durable.create(tmp_path / ".ledger.key.going", b"half overwritten")
    finding = findings(bench)["Bench key"]
    assert not finding.ok
    assert ".ledger.key.going" in finding.found


def test_another_key_than_the_record_s_is_found(tmp_path: Path) -> None:
    bench = custody(tmp_path)
    (tmp_path / "ledger.key").unlink()
    durable.create(tmp_path / "ledger.key", new_pem())
    assert "another key" in findings(bench)["Key of the record"].found


def test_files_that_others_may_read_are_named(tmp_path: Path) -> None:
    bench = custody(tmp_path)
    bench.record.chmod(0o644)
    finding = findings(bench)["Rights"]
    assert "ledger.db" in finding.found
    assert "chmod 600 ledger.db" in finding.mend
    bench.record.chmod(0o600)
    tmp_path.chmod(0o777)
    assert "folder" in findings(bench)["Rights"].found
    tmp_path.chmod(0o700)


def test_a_record_that_was_tinkered_with_is_found(tmp_path: Path) -> None:
    bench = custody(tmp_path)
    tamper(bench.record, "CREATE TRIGGER forgets AFTER INSERT ON event BEGIN SELECT 1; END")
    finding = findings(bench)["Record"]
    assert not finding.ok
    assert "forgets" in finding.found


def test_a_file_that_is_no_record_is_found(tmp_path: Path) -> None:
    bench = custody(tmp_path)
    for end in ("-wal", "-shm"):
        bench.record.with_name(f"ledger.db{end}").unlink(missing_ok=True)
    bench.record.write_bytes(b"Dear bench, " * 1000)
    assert not findings(bench)["Record"].ok


def test_the_record_of_a_bench_that_is_running_is_looked_at_as_a_reader(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "ledger.db", NOWHERE)
    begin(tmp_path, vault)
    BenchKey.open(tmp_path / "bench.key")
    (tmp_path / "bench.key").write_bytes((tmp_path / "ledger.key").read_bytes())
    with subprocess.Popen(
        program("hold_open", tmp_path), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        found = findings(Custody(tmp_path / "ledger.db", vault, CountingClock()))
        assert found["Record"].ok
        assert f"process {holder.pid}" in found["Record"].found
        holder.communicate(b"")


def test_an_encrypted_record_is_looked_at_through_its_key(tmp_path: Path) -> None:
    bench = custody(tmp_path)
    key, _ = secrets.record_key(bench.vault, may_make=True)
    encrypt(bench.record, key)
    assert not findings(bench)["Record"].ok
    form = EncryptedForm(key)
    looked_at = Custody(
        bench.record, bench.vault, CountingClock(),
        form=Form(form.read, form.verify), write=form.write,
    )  # fmt: skip
    found = findings(looked_at)
    assert found["Record"].ok, found["Record"]
    assert found["Key of the record"].ok


def test_a_backup_that_is_old_gone_rotten_or_on_the_same_disk_is_found(tmp_path: Path) -> None:
    bench = custody(tmp_path)
    shelf, clock = tmp_path / "shelf", CountingClock()
    shelf.mkdir()
    backups = Backups(bench.record, HEADER, shelf, clock)
    looked_at = Custody(bench.record, bench.vault, clock, backups)
    assert findings(looked_at)["Backup"].ok
    path = backups.make()
    assert "own disk" in findings(looked_at)["Backup"].found
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"epoch_opened", b"epoch_Opened"))
    assert "cannot be restored" in findings(looked_at)["Backup"].found
    path.write_bytes(whole)
    clock.mono += int(timedelta(days=3).total_seconds() * 1000)
    assert "too old: 3 days" in findings(looked_at)["Backup"].found
    shelf.rename(tmp_path / "away")
    assert not findings(looked_at)["Backup"].ok


class UnkeptClock(CountingClock):
    """A clock that nothing keeps right, or that is right to a few seconds only."""

    def __init__(self, *, unsynchronised: bool, max_error: int) -> None:
        super().__init__()
        self.state = (unsynchronised, max_error)

    def moment(self) -> Moment:
        moment = super().moment()
        return Moment(moment.at, moment.boot, moment.mono, *self.state)


@pytest.mark.parametrize(
    ("unsynchronised", "max_error", "ok"),
    [(False, 500, True), (False, 1_000_001, False), (True, 500, False)],
)
def test_a_clock_that_nothing_keeps_right_is_found(
    tmp_path: Path, unsynchronised: bool, max_error: int, ok: bool
) -> None:
    bench = custody(tmp_path)
    clock = UnkeptClock(unsynchronised=unsynchronised, max_error=max_error)
    assert findings(Custody(bench.record, bench.vault, clock))["Clock"].ok is ok


def test_a_witness_that_has_not_signed_for_a_day_is_found(tmp_path: Path) -> None:
    bench = custody(tmp_path)
    now = bench.clock.moment().at

    def finding(at: timedelta | None) -> Finding:
        signed = None if at is None else now - at
        witness = WitnessStanding("witness.example", signed, 41)
        return findings(Custody(bench.record, bench.vault, bench.clock, None, witness))["Witness"]

    assert finding(timedelta(hours=2)).ok
    assert "41 events since" in finding(timedelta(hours=2)).found
    assert not finding(timedelta(days=2)).ok
    assert "nothing yet" in finding(None).found


# ── the whole of it ─────────────────────────────────────────────────────────────────────────────
def test_what_stands_on_the_bench_is_looked_at_before_its_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f'[station]\nname = "bench-07"\nledger = "{tmp_path / "ledger.db"}"\n')

    def equipment(settings: Settings) -> tuple[Check, ...]:
        return (
            Check("Printer", lambda: Answer(f"of {settings.station.name}, and it smokes", "!")),
        )

    program = Program(tmp_path, lambda: "", equipment)
    assert consult(file, program) == 1
    told = capsys.readouterr().out
    assert told.index("Printer: of bench-07, and it smokes") < told.index("SQLite")


def test_the_exit_code_is_that_of_what_is_to_mend(tmp_path: Path) -> None:
    well, note = Check("a", lambda: Answer("b")), Check("a", lambda: Answer("b", "c", note=True))
    mend = Check("a", lambda: Answer("b", "c"))
    for tell in (doctor, doctor_as_json, doctor_line_by_line):
        assert [tell(rows, io.StringIO()) for rows in ([well], [note, well], [mend, well])] == [
            0, 0, 1,
        ]  # fmt: skip
    file = tmp_path / "settings.toml"
    file.write_text("[no-such-section]\n")
    assert consult(file, Program(tmp_path, lambda: "")) == 2


@pytest.mark.parametrize("form", list(consultation.Form))
def test_a_record_in_a_folder_that_cannot_be_made_hides_no_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: consultation.Form
) -> None:
    (tmp_path / "disk").write_text("a file, where a folder should be")
    file = tmp_path / "settings.toml"
    file.write_text(f'[station]\nledger = "{tmp_path / "disk" / "bench" / "ledger.db"}"\n')

    def equipment(settings: Settings) -> tuple[Check, ...]:
        folder = settings.ledger.parent
        return (Check("Folder", lambda: folder_answer(Machine(), folder)),)

    assert consult(file, Program(tmp_path, lambda: "", equipment), form) == 1
    told = capsys.readouterr()
    assert "Not a directory" in told.out
    assert "SQLite" in told.out
    assert "Encryption" in told.out
    assert "itself failed" not in told.out
    assert told.err == ""
