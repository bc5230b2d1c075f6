"""A drop by the commands that people say: sync at the bench, take-in at the centre, sync again."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

from bench.inventory.training_centre.records import RECORD, Batch, open_record, stage
from bench.inventory.training_centre.store import Keys, training_store

ROOT = Path(__file__).parents[3]
BENCH = "training-9"


def program(*words: object) -> str:
    done = subprocess.run(
        [sys.executable, ROOT / "main.py", *map(str, words)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


def settings(folder: Path, keys: Keys, drop: Path) -> Path:
    path = folder / "settings.toml"
    path.write_text(
        f'[station]\nname = "{BENCH}"\nledger = "{folder / RECORD}"\n'
        f'[central]\naddress = "file:{drop}"\ncertificate = "{keys.certificate}"\n'
        f'key = "{keys.key}"\ntrust = "{keys.trust}"\n',
        "utf-8",
    )
    return path


def test_what_was_carried_is_stored_once_and_confirmed(tmp_path: Path) -> None:
    with closing(open_record(tmp_path, BENCH)) as ledger:
        stage(ledger, Batch("00440007", "TRB").handsets(1, 5))
    drop, authority = tmp_path / "drop", tmp_path / "authority"
    drop.mkdir()
    authority.mkdir(mode=0o700)
    with training_store(tmp_path) as store:
        with store.connect() as admin:
            keys = store.add_bench(admin, BENCH)
        its = store._authority.identity
        (authority / "ca.crt").write_bytes(its.certificate)
        (authority / "ca.key").touch(mode=0o600)
        (authority / "ca.key").write_bytes(its.key)
        asked = settings(tmp_path, keys, drop)
        program("sync", "--settings", asked)
        (batch,) = (drop / BENCH).glob("*.batch")
        take_in = ("central", "take-in", drop, "--database", store.administrator)
        told = program(*take_in, "--authority", authority)
        assert told == f"{BENCH}/{batch.name}: 21 events, 21 of them new\n"
        program("sync", "--settings", asked)
        assert [path.name for path in (drop / BENCH).iterdir()] == ["receipt.e1"]
        with store.connect() as admin:
            assert admin.execute("SELECT count(*) FROM custody.event").fetchone() == (21,)
