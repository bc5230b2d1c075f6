"""`profile check`, `show`, `diff`, `carried` and `restage`, over a real record."""

from __future__ import annotations

import argparse
import csv
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bench.command_line import profiles
from bench.command_line.errands import profiles as errands
from bench.command_line.errands.words import Errand
from bench.command_line.program import Program
from bench.custody.body import short
from bench.custody.entries import Entry
from bench.custody.keys.systemd_creds import SystemdCreds
from bench.enrolment.profiles.profile import EnrolmentProfile
from bench.enrolment.secrets.store import SecretStore, folder_beside
from bench.events.orders import CustodyKind, Json
from tests.bench.custody.record import device, imei, open_ledger, position, scanned
from tests.bench.enrolment.profiles.profile_texts import BY_CODE, OVER_ADB, changed, loaded, write

OLDER = changed(OVER_ADB, 'value = "1.3"', 'value = "1.1"')


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """Return a record: handsets 1 to 3 under version 1, 4 under version 2, 5 under another name.

    Handset 3 is the oldest, and carries variant B; handset 6 was staged before profiles were named.
    """
    old = loaded(tmp_path, OLDER)
    new = loaded(tmp_path, changed(OVER_ADB, "version = 1", "version = 2"))
    other = replace(new, name="=cmd|' /C calc'!A0", fingerprint="cd" * 32)
    with closing(open_ledger(tmp_path)) as ledger:
        ledger.append([named(old, *old.variants, new, *new.variants, other)])
        for number, profile in ((3, old.variants[0]), (1, old), (2, old), (4, new), (5, other)):
            ledger.append(staged(number, profile.fingerprint))
        ledger.append(staged(6, "ee" * 32))
    return tmp_path / "ledger.db"


def staged(number: int, policy: str) -> list[Entry]:
    ends = position(number, "staged")
    return [
        replace(scanned(number), policy=policy),
        Entry(CustodyKind.STAGED, device(number, number), ends, policy=policy),
    ]


def named(*known: EnrolmentProfile) -> Entry:
    """Return the event in which a bench says which profiles it has."""
    policies: dict[str, Json] = {
        short(each.fingerprint): [each.name, each.version, each.variant] for each in known
    }
    return Entry(CustodyKind.SESSION_OPENED, data={"policies": policies})


def newer(folder: Path) -> Path:
    return write(folder, changed(OVER_ADB, "version = 1", "version = 2"))


def test_the_record_says_how_many_handsets_carry_which_version(
    record: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "out" / "carried.csv"
    assert profiles.carried_profiles(record, table) == 0
    head, *lines, last = capsys.readouterr().out.splitlines()
    assert head.split() == ["handsets", "profile", "version", "variant", "fingerprint"]
    assert [line.split()[:4] for line in lines[:1]] == [["1", "not", "recorded", short("ee" * 32)]]
    agents = [line.split() for line in lines if "Own agent" in line]
    assert [line[:-1] for line in agents] == [
        ["1", "Own", "agent", "2"],
        ["2", "Own", "agent", "1"],
        ["1", "Own", "agent", "1", "B"],
    ]
    assert last == f"Every one of them is in {table}"
    rows = list(csv.reader(table.read_text("utf-8").splitlines()))
    assert len(rows) == 7
    assert rows[1][:5] == [imei(1).digits, "RTEST000001", "SM-A325F", "MP-000001", "staged"]
    assert [row[5] for row in rows if "calc" in row[5]] == ["'=cmd|' /C calc'!A0"]


def test_what_is_to_be_staged_again_comes_oldest_first(
    record: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "queue.csv"
    assert profiles.restage_queue(record, newer(tmp_path), table) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "3 to stage again with Own agent, version 2"
    assert [line.split()[0] for line in said[2:5]] == [imei(n).digits for n in (3, 1, 2)]
    rows = list(csv.DictReader(table.read_text("utf-8").splitlines()))
    assert [(row["imei"], row["version"], row["variant"]) for row in rows] == [
        (imei(3).digits, "1", "B"), (imei(1).digits, "1", ""), (imei(2).digits, "1", ""),
    ]  # fmt: skip
    assert [row["staged_at"] for row in rows] == sorted(row["staged_at"] for row in rows)


def test_a_version_whose_content_changed_without_a_new_number_is_staged_again_too(
    record: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = changed(OVER_ADB, "version = 1", "version = 2").replace("1.3", "1.7")
    assert profiles.restage_queue(record, write(tmp_path, text)) == 0
    assert capsys.readouterr().out.startswith("4 to stage again")


def test_nobody_is_told_to_stage_again_what_carries_the_profile_as_it_is(
    record: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert profiles.restage_queue(record, write(tmp_path, changed(OLDER, "Own agent", "New"))) == 0
    assert capsys.readouterr().out == "no handset carries another version of New\n"


def test_a_long_queue_is_shown_from_its_head(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = loaded(tmp_path, OLDER)
    with closing(open_ledger(tmp_path)) as ledger:
        ledger.append([named(old)])
        for number in range(1, 26):
            ledger.append(staged(number, old.fingerprint))
    assert profiles.restage_queue(tmp_path / "ledger.db", newer(tmp_path)) == 0
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 23
    assert said[-1] == "… and 5 more: --csv FILE takes them all"


def test_a_record_in_which_nothing_is_staged_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    open_ledger(tmp_path).close()
    assert profiles.carried_profiles(tmp_path / "ledger.db") == 0
    assert capsys.readouterr().out == "no handset is staged\n"


def test_a_table_that_cannot_be_written_is_told_of(
    record: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert profiles.carried_profiles(record, tmp_path) == 1
    assert "Is a directory" in capsys.readouterr().err


def test_a_file_that_is_no_record_is_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    no_record = tmp_path / "ledger.db"
    no_record.write_bytes(b"no record at all, and long enough to be read as one" * 40)
    assert profiles.carried_profiles(no_record) == 1
    assert capsys.readouterr().err.startswith("staging-bench: ")


# ── files ───────────────────────────────────────────────────────────────────────────────────────
def test_every_fault_of_every_file_is_said_and_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = write(tmp_path, OVER_ADB).rename(tmp_path / "good.toml")
    bad = write(tmp_path, changed(changed(OVER_ADB, '"1.3"', "1.3"), '"bench-wifi"', '"its word"'))
    assert profiles.check_profiles([good]) == 0
    assert profiles.check_profiles([bad, good, tmp_path / "gone.toml"]) == 1
    shown = capsys.readouterr()
    assert shown.out == "good.toml: good: Own agent, version 1\n" * 2
    assert [line.split(" — ")[0] for line in shown.err.splitlines()] == [
        "staging-bench: profile.toml, line 10",
        "staging-bench: profile.toml, line 35",
        "staging-bench: gone.toml",
    ]


def test_a_secret_that_a_bench_has_not_is_noted_and_is_no_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = tmp_path / "bench"
    file = write(tmp_path, BY_CODE)
    check = ["profile", "check", str(file), "--record", str(bench / "ledger.db")]
    good = "profile.toml: good: A32, QR, version 3\n"
    note = "profile.toml: note: not kept on this bench: {} (secret set NAME)\n"
    store = SecretStore(folder_beside(bench / "ledger.db"), SystemdCreds("no-such-program"))
    for kept, missing in ((None, "bench-wifi, intune-token"), ("bench-wifi", "intune-token")):
        if kept:
            store.keep(kept, "canary-Tr0ub4dor&3")
        assert asked(*check) == 0
        assert capsys.readouterr().out == good + note.format(missing)
    store.keep("intune-token", "canary-Tr0ub4dor&3")
    assert asked(*check) == 0
    assert capsys.readouterr().out == good
    (bench / "secrets" / "intune-token.cred").write_bytes(b"no sealed secret")
    assert asked(*check) == 0
    assert capsys.readouterr().out == good + note.format("intune-token")


def test_without_a_bench_nothing_is_said_of_secrets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path, BY_CODE)
    settings = tmp_path / "settings.toml"
    for text in (f'[station]\nledger = "{tmp_path}/gone/ledger.db"\n', "no settings at all"):
        settings.write_text(text)
        assert asked("profile", "check", str(file), settings=settings) == 0
        assert capsys.readouterr().out == "profile.toml: good: A32, QR, version 3\n"
    settings.write_text(f'[station]\nledger = "{tmp_path}/ledger.db"\n')
    assert asked("profile", "check", str(file), settings=settings) == 0
    assert "not kept on this bench: bench-wifi, intune-token" in capsys.readouterr().out


def asked(*words: str, settings: Path | None = None) -> int:
    """Ask for something as it is typed, of a bench that the settings describe."""
    parser = argparse.ArgumentParser()
    parser.set_defaults(settings=settings)
    errands.add(parser.add_subparsers())
    found = parser.parse_args(words)
    errand: Errand = found.make(found)
    return errand.work(Program(Path(), str))


def test_a_change_without_a_new_number_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = write(tmp_path, OVER_ADB).rename(tmp_path / "old.toml")
    changes = changed(OVER_ADB, '"1.3"', '"1.5"')
    assert profiles.compare_profiles(old, write(tmp_path, changes)) == 1
    shown = capsys.readouterr()
    assert shown.out.startswith('variant B, step "Text"')
    assert "its version is still 1: raise it" in shown.err
    changes = changed(changes, "version = 1", "version = 2")
    assert profiles.compare_profiles(old, write(tmp_path, changes)) == 0
    assert profiles.compare_profiles(old, tmp_path / "gone.toml") == 1


def test_a_profile_that_cannot_be_used_is_not_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert profiles.show_profile(write(tmp_path, OVER_ADB)) == 0
    assert profiles.show_profile(write(tmp_path, "")) == 1
    shown = capsys.readouterr()
    assert shown.out.startswith("Own agent, version 1\n")
    assert "profile.toml, line 1" in shown.err


def test_control_characters_of_a_name_never_reach_the_terminal() -> None:
    assert profiles._table(("a",), [["\x1b[31mred\u202e"]]) == ["a", "[31mred"]
