"""The commands for auditors and keepers, from outside: what they say, and with which exit code."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

ROOT = Path(__file__).parents[1]


def run(
    *words: str | Path, typed: str = "", home: Path | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HOME": str(home)} if home else dict(os.environ)
    return subprocess.run(
        [sys.executable, "main.py", *words], cwd=ROOT, env=environment, input=typed,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo of two handsets."""
    folder = tmp_path_factory.mktemp("kept")
    assert run("demo", "--alone", "--headless", "--handsets", "2", "--out", folder).returncode == 0
    return folder


@pytest.fixture
def record(kept: Path, tmp_path: Path) -> Path:
    """A copy of its record, with the keys, to do things to."""
    with dbapi2.connect(f"file:{kept / 'ledger.db'}?mode=ro", uri=True) as source:
        source.execute(f"VACUUM INTO '{tmp_path / 'ledger.db'}'")
    source.close()
    (tmp_path / "ledger.db").chmod(0o600)
    for name in ("ledger.key", "ledger.pepper"):
        shutil.copy(kept / name, tmp_path)
    return tmp_path / "ledger.db"


def imei_in(record: Path) -> str:
    connection = dbapi2.connect(f"file:{record}?mode=ro", uri=True)
    (imei,) = connection.execute("SELECT min(imei) FROM device").fetchone()
    connection.close()
    return str(imei)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["ledger", "show", "FILE"], "HANDSET"),
        (["ledger", "export", "FILE", "1"], "--out"),
        (["ledger", "diff", "FILE"], "OTHER"),
        (["ledger", "undo", "FILE", "1"], "--why"),
        (["ledger", "undo", "FILE", "1", "--why", "mood"], "mood"),
        (["ledger", "new-epoch", "FILE", "--why", "mood"], "mood"),
        (["ledger", "stamps", "FILE"], "--roots"),
        (["people", "enrol", "FILE", "boss"], "boss"),
        (["people", "erase", "FILE"], "PERSON"),
        (["witness", "--name", "w"], "--key"),
        (["witness", "--name", "w", "--key", "k", "--state", "s", "--listen", "x"], "HOST:PORT"),
        (["key"], "COMMAND"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else None,
)
def test_bad_words_are_refused_in_one_line(record: Path, words: list[str], named: str) -> None:
    done = run(*(record if word == "FILE" else word for word in words))
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert named in line


def test_a_history_is_shown_and_an_unknown_handset_is_not(record: Path) -> None:
    done = run("ledger", "show", record, imei_in(record))
    assert done.returncode == 0, done.stderr
    assert "SIMULATED" in done.stdout
    assert "staged, by" in done.stdout
    assert run("ledger", "show", record, "004400000009999").returncode == 1


def test_an_export_ends_with_the_bench_s_own_word_and_is_never_overwritten(
    record: Path, tmp_path: Path
) -> None:
    bundle, statement = tmp_path / "bundle.json", tmp_path / "statement.pdf"
    words = ("ledger", "export", record, imei_in(record), "--out", bundle, "--pdf", statement)
    done = run(*words)
    assert done.returncode == 0, done.stderr
    assert b'"type\\":\\"exported\\"' in bundle.read_bytes()
    assert statement.read_bytes().startswith(b"%PDF-")
    assert run(*words).returncode == 1
    assert run("ledger", "diff", record, bundle).returncode == 0
    assert run("ledger", "verify", record, "--thorough").returncode == 0


def test_an_export_as_it_is_writes_nothing_to_the_record(record: Path, tmp_path: Path) -> None:
    handset, first, again = imei_in(record), tmp_path / "first.json", tmp_path / "again.json"
    assert run("ledger", "export", record, handset, "--out", first).returncode == 0
    before = run("ledger", "verify", record).stdout
    done = run("ledger", "export", record, handset, "--out", again, "--as-it-is")
    assert done.returncode == 0, done.stderr
    assert again.read_bytes() == first.read_bytes()
    assert run("ledger", "verify", record).stdout == before


def test_an_export_as_it_is_takes_the_bench_s_word_that_nothing_followed(
    record: Path, tmp_path: Path
) -> None:
    connection = dbapi2.connect(f"file:{record}?mode=ro", uri=True)
    exported = "SELECT uid FROM event WHERE type = 'exported' AND uid IS NOT NULL"
    query = f"SELECT uid FROM device WHERE uid NOT IN ({exported}) LIMIT 1"
    (never,) = connection.execute(query).fetchone()
    connection.close()
    out = tmp_path / "bundle.json"
    done = run("ledger", "export", record, never, "--out", out, "--as-it-is")
    assert done.returncode == 1
    assert "export it" in done.stderr
    assert not out.exists()


def test_a_correction_is_signed_off_and_what_cannot_be_undone_is_refused(record: Path) -> None:
    told = run("ledger", "show", record, imei_in(record)).stdout
    staged = next(line.split()[0] for line in told.splitlines() if " staged, by" in line)
    printed = next(line.split()[0] for line in told.splitlines() if " labelled, by" in line)
    refused = run("ledger", "undo", record, printed, "--why", "not_done")
    assert refused.returncode == 1
    assert "a printed label stays printed" in refused.stderr
    done = run("ledger", "correct", record, staged, "--why", "elsewhere", "--phase", "in-stock")
    assert done.returncode == 0, done.stderr
    again = run("ledger", "show", record, imei_in(record)).stdout
    assert f"corrects event {staged}" in again
    assert "signed_off" in again
    bad = run("ledger", "correct", record, staged, "--why", "other", "--phase", "upside-down")
    assert bad.returncode == 1
    assert "upside-down" in bad.stderr


def test_a_backup_restores_into_a_new_epoch(record: Path, tmp_path: Path) -> None:
    made = run("ledger", "backup", record, tmp_path)
    assert made.returncode == 0, made.stderr
    backup = next(tmp_path.glob("ledger-training-e1-*.db"))
    elsewhere = tmp_path / "restored.db"
    restored = run("ledger", "restore", backup, elsewhere)
    assert restored.returncode == 0, restored.stderr
    assert "new-epoch" in restored.stdout or "epoch" in restored.stdout
    opened = run(
        "ledger", "new-epoch", record, "--why", "restored", "--restored", elsewhere, typed="2\n"
    )
    assert opened.returncode == 0, opened.stderr
    verdicts = run("ledger", "epochs", record)
    assert verdicts.returncode == 0, verdicts.stdout
    assert "epoch 2" in verdicts.stdout
    assert (tmp_path / "ledger-e2.key").exists()
    assert run("ledger", "checkpoint", record).returncode == 0


def test_a_head_is_signed_and_its_docket_written(record: Path, tmp_path: Path) -> None:
    for name in ("docket.pdf", "docket.png"):
        done = run("ledger", "checkpoint", record, "--docket", tmp_path / name)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / name).stat().st_size > 1000
    assert run("ledger", "checkpoint", record, "--docket", tmp_path / "x.gif").returncode == 2


def test_nobody_s_personal_data_is_kept_unsaid(record: Path) -> None:
    people = run("people", "list", record)
    assert people.returncode == 0
    assert "erased" in people.stdout
    person = next(line.split()[0] for line in people.stdout.splitlines() if "supervisor" in line)
    told = run("people", "subject-access", record, person)
    assert told.returncode == 0
    assert "Training supervisor" in told.stdout
    assert "argon2" not in told.stdout
    table = run("people", "data-map", record)
    assert "credential.pin" in table.stdout
    assert run("people", "data-map", record, "--csv").stdout.count("\n") > 5


def test_a_witness_without_logs_says_its_key(tmp_path: Path) -> None:
    words = ("--name", "witness.example", "--key", tmp_path / "w.key", "--state", tmp_path / "w.db")
    first, second = run("witness", *words), run("witness", *words)
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    assert first.stdout.startswith("witness.example+")


def test_the_doctor_says_what_to_mend_on_a_new_bench(tmp_path: Path) -> None:
    done = run("doctor", home=tmp_path)
    assert done.returncode == 1
    assert "Backup: none are made" in done.stdout
    assert re.fullmatch(r"\d+ to mend, \d+ worth knowing\.", done.stdout.splitlines()[-1])


def test_the_doctor_s_findings_are_one_object_for_programs(tmp_path: Path) -> None:
    done = run("doctor", "--json", home=tmp_path)
    told = json.loads(done.stdout)
    assert (done.returncode, told["schema"], told["well"]) == (1, 1, False)
    assert told["to_mend"] == sum(row["severity"] == "to mend" for row in told["checks"])
    assert {"what", "severity", "found", "mend"} == set(told["checks"][0])
    each = run("doctor", "--json-lines", home=tmp_path).stdout.splitlines()
    assert [json.loads(row)["what"] for row in each] == [row["what"] for row in told["checks"]]


def test_the_doctor_prints_the_udev_rules_and_says_how_they_are_installed() -> None:
    done = run("doctor", "--print-udev-rules")
    rules = ROOT / "resources" / "udev" / "68-staging-bench.rules"
    assert (done.returncode, done.stdout) == (0, rules.read_text("utf-8"))
    assert "sudo install -m 644" in done.stderr
    assert run("doctor", "--json", "--print-udev-rules").returncode == 2


def test_settings_of_custody_are_checked_where_they_are_read(tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text('[custody]\nwitnesses = { "http://witness.example" = "no key" }\n')
    done = run("--settings", settings, "doctor")
    assert done.returncode == 2
    assert "custody.witnesses" in done.stderr
