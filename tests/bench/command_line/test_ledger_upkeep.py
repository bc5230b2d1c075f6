"""What a bench does for its record, done by hand."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.command_line import ledger_upkeep
from bench.command_line.custody_checks import WitnessStanding, custody_checks
from bench.command_line.custody_standing import backups_of, custody_of, witness_standings
from bench.custody.entries import Entry
from bench.custody.keys.systemd_creds import SystemdCreds
from bench.custody.keys.vault import Vault
from bench.custody.proof.timestamp import Authority, check, fetch, request
from bench.custody.time_stamps import TimeStamp, stamped_text
from bench.custody.verification import verify_file
from bench.events.orders import CustodyKind
from bench.problems import ProblemCode, ProblemError
from bench.upkeep.plan import BackupPlan, Plan, WitnessSite
from bench.upkeep.stamping import read_authority
from tests.bench.custody.proof.authority import TestAuthority, on_the_net
from tests.bench.custody.proof.signers import NOON, WITNESS
from tests.bench.custody.record import ROOT, CountingClock
from tests.bench.upkeep.upkept import HEADER, open_record, set_clock, site
from tests.bench.witness.standing import VKEY, Standing, standing_witness

FONTS = ROOT / "resources" / "fonts"


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Standing]:
    with standing_witness(tmp_path / "w.db") as standing:
        yield standing


def work(folder: Path, events: int = 3) -> None:
    ledger = open_record(folder)
    ledger.append([Entry(CustodyKind.SESSION_OPENED) for _ in range(events)])
    ledger.close()


def said(ask: Callable[[io.StringIO], int], code: int) -> str:
    out = io.StringIO()
    assert ask(out) == code, out.getvalue()
    return out.getvalue()


# ── checkpoint ──────────────────────────────────────────────────────────────────────────────────
def test_a_head_signed_by_hand_is_said_in_a_line_and_stands_until_something_happens(
    tmp_path: Path,
) -> None:
    def ask(out: io.StringIO) -> int:
        return ledger_upkeep.checkpoint(
            lambda: open_record(tmp_path), CountingClock(), fonts=FONTS, out=out
        )

    work(tmp_path)
    first = said(ask, 0)
    assert first.startswith("custody.example/bench-07/e1: 5 events signed, root ")
    assert first.count("\n") == 1
    assert said(ask, 0) == first
    work(tmp_path)
    assert ": 9 events signed" in said(ask, 0)
    assert verify_file(tmp_path / "ledger.db").events == 9


@pytest.mark.parametrize("name", ["docket.pdf", "docket.png"])
def test_a_head_signed_by_hand_can_leave_as_a_docket(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def ask(out: io.StringIO) -> int:
        return ledger_upkeep.checkpoint(
            lambda: open_record(tmp_path),
            CountingClock(),
            fonts=FONTS,
            docket=tmp_path / name,
            why="consignment",
            out=out,
        )

    work(tmp_path)
    said(ask, 0)
    assert (tmp_path / name).stat().st_size > 1000
    said(ask, 1)
    assert "already" in capsys.readouterr().err


def test_what_writes_to_the_record_leaves_a_running_bench_alone(tmp_path: Path) -> None:
    with closing(open_record(tmp_path)):
        for ask in (
            lambda out: ledger_upkeep.checkpoint(
                lambda: open_record(tmp_path), CountingClock(), fonts=FONTS, out=out
            ),
            lambda out: ledger_upkeep.cosign_now(
                lambda: open_record(tmp_path),
                [WitnessSite("http://127.0.0.1", VKEY)],
                CountingClock(),
                out=out,
            ),
        ):
            assert "Another program holds this record" in said(ask, 1)


# ── witnesses ───────────────────────────────────────────────────────────────────────────────────
def cosign(folder: Path, *sites: WitnessSite) -> Callable[[io.StringIO], int]:
    return lambda out: ledger_upkeep.cosign_now(
        lambda: open_record(folder), sites, CountingClock(), deadline=5, out=out
    )


def test_a_record_is_brought_to_its_witness_by_hand(tmp_path: Path, witness: Standing) -> None:
    work(tmp_path)
    line = f"{WITNESS}: cosigned 5 events at 2027-01-15 08:00:00 UTC\n"
    assert said(cosign(tmp_path, site(witness)), 0) == line
    assert said(cosign(tmp_path, site(witness)), 0) == line
    assert witness.head()[0] == 5


def test_each_witness_that_did_not_sign_is_named(tmp_path: Path, witness: Standing) -> None:
    work(tmp_path)
    elsewhere = WitnessSite("http://192.0.2.1", replace(VKEY, name="witness.example/w2"))
    told = said(cosign(tmp_path, site(witness), elsewhere), 1)
    assert f"{WITNESS}: cosigned 5 events" in told
    assert "witness.example/w2 — This record is simulated and never leaves this bench" in told
    assert "No witness is set up" in said(cosign(tmp_path), 1)


def test_a_restored_record_brought_to_its_witness_is_frozen(
    tmp_path: Path, witness: Standing
) -> None:
    work(tmp_path)
    shutil.copy(tmp_path / "ledger.db", tmp_path / "image")
    work(tmp_path, 20)
    said(cosign(tmp_path, site(witness)), 0)
    shutil.copy(tmp_path / "image", tmp_path / "ledger.db")
    assert "A later state of this record is known" in said(cosign(tmp_path, site(witness)), 1)
    with closing(open_record(tmp_path)) as ledger, pytest.raises(ProblemError):
        ledger.append([Entry(CustodyKind.SESSION_OPENED)])


# ── backups ─────────────────────────────────────────────────────────────────────────────────────
def test_a_backup_made_by_hand_comes_back_and_says_what_must_follow(tmp_path: Path) -> None:
    work(tmp_path)
    (tmp_path / "shelf").mkdir()
    plan = BackupPlan(tmp_path / "shelf")
    backups = backups_of(tmp_path / "ledger.db", HEADER, CountingClock(), plan)
    with closing(open_record(tmp_path)):
        told = said(lambda out: ledger_upkeep.backup_now(backups, out), 0)
    assert told.endswith(".db: restores, and goes to event 4\n")
    backup, target = Path(told.partition(": ")[0]), tmp_path / "restored.db"
    told = said(lambda out: ledger_upkeep.restore(backup, target, out=out), 0)
    assert "a new epoch, 2" in told
    assert verify_file(target).events == 4
    told = said(lambda out: ledger_upkeep.restore(backup, target, out=out), 1)
    assert "lies there already" in told


def test_a_backup_without_its_disk_is_a_known_problem(tmp_path: Path) -> None:
    work(tmp_path)
    plan = BackupPlan(tmp_path / "away")
    backups = backups_of(tmp_path / "ledger.db", HEADER, CountingClock(), plan)
    told = said(lambda out: ledger_upkeep.backup_now(backups, out), 1)
    assert "The record could not be backed up" in told


# ── time stamps ─────────────────────────────────────────────────────────────────────────────────
def test_time_stamps_are_checked_again_whenever_they_are_shown(tmp_path: Path) -> None:
    made = TestAuthority.make(tmp_path / "tsa")
    record = tmp_path / "ledger.db"
    work(tmp_path)
    assert "no time stamps" in said(
        lambda out: ledger_upkeep.show_time_stamps(record, [made.root], out=out), 0
    )
    with on_the_net(made) as url, closing(open_record(tmp_path)) as ledger:
        authority = read_authority(url, tmp_path / "tsa" / "root.pem")
        assert authority == Authority(url, (made.root,))
        text = stamped_text(ledger.checkpoint("shift"))
        token = fetch(url, request(text).der, deadline=20)
        at = check(token, text, authority.roots)
        ledger.keep_time_stamp(TimeStamp(5, token))
    told = said(lambda out: ledger_upkeep.show_time_stamps(record, [made.root], out=out), 0)
    assert told == (
        f"events 1 to 5 were there by {at:%Y-%m-%d %H:%M:%S} UTC, as an authority says\n"
    )
    other = TestAuthority.make(tmp_path / "other", "other")
    told = said(lambda out: ledger_upkeep.show_time_stamps(record, [other.root], out=out), 1)
    assert "time stamp on event 5 does not hold" in told


def test_roots_that_are_none_are_a_known_problem(tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_text("Dear bench,")
    for name in ("root.pem", "none.pem"):
        with pytest.raises(ProblemError) as refused:
            read_authority("https://tsa.example", tmp_path / name)
        assert refused.value.problem.code is ProblemCode.TIMESTAMP_FAILED


# ── the doctor ──────────────────────────────────────────────────────────────────────────────────
def test_the_doctor_is_given_the_witness_that_is_farthest_behind(
    tmp_path: Path, witness: Standing
) -> None:
    work(tmp_path)
    said(cosign(tmp_path, site(witness)), 0)
    work(tmp_path, 7)
    second = WitnessSite("http://127.0.0.1", replace(VKEY, name="witness.example/w2"))
    plan = Plan(witnesses=(site(witness), second), backups=BackupPlan(tmp_path / "away"))
    record = tmp_path / "ledger.db"
    standings = witness_standings(record, plan.witnesses)
    assert standings == (
        WitnessStanding(WITNESS, datetime.fromtimestamp(NOON, UTC), 7),
        WitnessStanding("witness.example/w2", None, 12),
    )
    vault = Vault(record, SystemdCreds("no-such-program"))
    looked_at = custody_of(record, HEADER, vault, set_clock(tmp_path), plan)
    assert looked_at.witness == standings[1]
    found = {each.what: each.finding() for each in custody_checks(looked_at)}
    assert "witness.example/w2 has signed nothing yet" in found["Witness"].found
    assert "could not be backed up" in found["Backup"].found


@pytest.mark.parametrize("content", [None, b"", b"Dear bench, " * 1000])
def test_a_record_that_cannot_be_read_keeps_the_doctor_from_nothing(
    tmp_path: Path, content: bytes | None
) -> None:
    record = tmp_path / "ledger.db"
    if content is not None:
        record.write_bytes(content)
    sites = (WitnessSite("http://127.0.0.1", VKEY),)
    assert witness_standings(record, sites) == (WitnessStanding(WITNESS, None, 0),)
    plan = Plan(witnesses=sites)
    vault = Vault(record, SystemdCreds("no-such-program"))
    assert custody_of(record, HEADER, vault, CountingClock(), plan).backups is None
