from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from bench.custody.chain import canonical, leaf_hash, parse
from bench.custody.key import BenchKey
from bench.custody.verification import Verdict, verify_file
from bench.events.orders import Json
from tests.bench.custody.record import fill, open_ledger, scanned, tamper


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record of 100 events, in one file: not to be changed."""
    return fill(tmp_path_factory.mktemp("whole"), 100)


@pytest.fixture
def path(whole: Path, tmp_path: Path) -> Path:
    """A copy of it to do things to."""
    shutil.copy(whole, tmp_path)
    shutil.copy(whole.with_name("bench.key"), tmp_path)
    return tmp_path / "ledger.db"


def test_an_untouched_record_verifies_and_tells_its_progress(path: Path) -> None:
    told: list[int] = []
    assert verify_file(path, progress=told.append) == Verdict(100)
    assert told == [100]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET body = body WHERE seq = 5",
        "UPDATE event SET sig = sig",
        "DELETE FROM event WHERE seq = 100",
        "DELETE FROM event",
        "INSERT INTO event SELECT 102, body, hash, sig FROM event WHERE seq = 100",
        "INSERT INTO event SELECT 101, body, hash, sig FROM event WHERE seq = 100",
        "INSERT OR REPLACE INTO event SELECT 101, body, hash, sig FROM event WHERE seq = 100",
        "INSERT OR REPLACE INTO event SELECT 100, body, hash, sig FROM event WHERE seq = 99",
        "INSERT OR IGNORE INTO event SELECT 102, body, hash, sig FROM event WHERE seq = 100",
    ],
)
@pytest.mark.parametrize("recursive", [0, 1])
def test_by_accident_nothing_is_changed(path: Path, statement: str, recursive: int) -> None:
    connection = dbapi2.connect(str(path), isolation_level=None)
    connection.execute(f"PRAGMA recursive_triggers = {recursive}")
    with pytest.raises(dbapi2.IntegrityError):
        connection.execute(statement.replace("SELECT 10", "(seq, body, hash, sig) SELECT 10"))
    connection.close()
    assert verify_file(path) == Verdict(100)


@pytest.mark.parametrize(
    ("statement", "first_bad", "reason"),
    [
        ("UPDATE event SET body = replace(body, '\"step\":', '\"stop\":') WHERE seq = 42", 42,
         "its text does not fit its hash"),
        ("UPDATE event SET hash = zeroblob(32) WHERE seq = 42", 42, "does not fit its hash"),
        ("UPDATE event SET sig = zeroblob(64) WHERE seq = 42", 42, "the bench did not sign it"),
        ("UPDATE event SET sig = (SELECT sig FROM event WHERE seq = 43) WHERE seq = 42", 42,
         "the bench did not sign it"),
        ("DELETE FROM event WHERE seq = 42", 42, "it is missing: event 43 comes next"),
        ("DELETE FROM event WHERE seq = 1", 1, "it is missing"),
        ("DELETE FROM event WHERE seq > 90", 91, "it is missing: event 100 was once here"),
        ("DELETE FROM event", 0, "it holds no event"),
    ],
)  # fmt: skip
def test_a_deed_is_found_and_named(path: Path, statement: str, first_bad: int, reason: str) -> None:
    tamper(path, statement)
    verdict = verify_file(path)
    assert verdict.first_bad == first_bad
    assert reason in verdict.reason
    assert not verdict.verifies


def test_events_in_another_order_are_found(path: Path) -> None:
    tamper(
        path,
        "UPDATE event SET seq = 1000 WHERE seq = 50",
        "UPDATE event SET seq = 50 WHERE seq = 51",
        "UPDATE event SET seq = 51 WHERE seq = 1000",
    )
    assert verify_file(path) == Verdict(49, 50, "it was written with another number")


def test_an_event_forged_without_the_key_is_found(path: Path) -> None:
    forge(path, 42, {"reason": "all well"}, key=None)
    assert verify_file(path) == Verdict(41, 42, "the bench did not sign it")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"prev": "0" * 64}, "follow"),
        ({"seq": 43}, "number"),
        ({"bench": "bench-08"}, "another bench"),
        ({"epoch": 2}, "another bench"),
        ({"sim": False}, "kind of record"),
        ({"v": 2}, "version"),
        ({"mono": 1}, "clock"),
        ({"mono": "late"}, "clock"),
        ({"dseq": 1}, "left out"),
        ({"type": "epoch_opened"}, "epoch"),
        ({"reason": "backdated"}, ""),
    ],
)
def test_even_with_the_key_an_event_must_fit_its_place(
    path: Path, change: dict[str, Json], reason: str
) -> None:
    forge(path, 42, change, BenchKey.open(path.with_name("bench.key")))
    verdict = verify_file(path)
    assert verdict.first_bad == (42 if reason else 43)
    assert reason in verdict.reason


def test_a_record_of_another_hand_is_only_found_by_who_knows_the_key(
    path: Path, tmp_path: Path
) -> None:
    mine = BenchKey.open(tmp_path / "bench.key").public
    (tmp_path / "other").mkdir()
    theirs = fill(tmp_path / "other", 5)
    assert verify_file(path, public_key=mine) == Verdict(100)
    assert verify_file(theirs) == Verdict(5)
    assert verify_file(theirs, public_key=mine).first_bad == 1


@pytest.mark.parametrize("name", ["event_never_changes", "event_without_gap", "event_once"])
def test_a_trigger_that_is_gone_is_named(path: Path, name: str) -> None:
    connection = dbapi2.connect(str(path))
    connection.execute(f"DROP TRIGGER {name}")
    connection.close()
    assert verify_file(path) == Verdict(100, 0, f"{name} is missing")


def test_a_file_that_is_no_record_is_said_to_be_none(tmp_path: Path) -> None:
    text = tmp_path / "letter.txt"
    text.write_text("Dear bench", encoding="utf-8")
    connection = dbapi2.connect(str(tmp_path / "other.db"))
    connection.execute("CREATE TABLE event (seq)")
    connection.close()
    for name in ("letter.txt", "other.db", "nothing.db", "."):
        verdict = verify_file(tmp_path / name)
        assert verdict.first_bad == 0
        assert verdict.reason
    assert not (tmp_path / "nothing.db").exists()


def test_a_record_is_verified_while_the_bench_writes_it(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    ledger.append([scanned(number) for number in range(1, 1200)])
    told: list[int] = []

    def write_on(events: int) -> None:
        told.append(events)
        if events < 1100:
            ledger.append([scanned(7)])

    verdict = verify_file(ledger.path, progress=write_on)
    assert verdict == Verdict(ledger.tail().seq)
    assert told == [500, 1000, 1202]
    ledger.close()


def test_a_single_flipped_bit_of_an_event_in_the_file_is_always_found(
    whole: Path, path: Path
) -> None:
    rng = random.Random(300)
    content = whole.read_bytes()
    connection = dbapi2.connect(str(whole))
    rows = connection.execute("SELECT seq, CAST(body AS BLOB), hash, sig FROM event").fetchall()
    connection.close()
    for _ in range(300):
        seq, *parts = rng.choice(rows)
        part = rng.choice(parts)
        flipped = bytearray(part)
        flipped[rng.randrange(len(part))] ^= 1 << rng.randrange(8)
        # a page that was split keeps dead copies: they are flipped with the living one
        path.write_bytes(content.replace(part, flipped))
        assert verify_file(path).first_bad == seq


def test_random_damage_anywhere_never_makes_the_verifier_fall(whole: Path, path: Path) -> None:
    rng = random.Random(11)
    content = whole.read_bytes()
    for _ in range(100):
        damaged = bytearray(content)
        start = rng.randrange(len(damaged))
        damaged[start : start + 64] = rng.randbytes(len(damaged[start : start + 64]))
        path.write_bytes(damaged)
        assert verify_file(path).events <= 100


def forge(path: Path, seq: int, change: dict[str, Json], key: BenchKey | None) -> None:
    """Change one event and make its hash fit, and its signature too with the key."""
    connection = dbapi2.connect(str(path))
    (old,) = connection.execute(
        "SELECT CAST(body AS BLOB) FROM event WHERE seq = ?", (seq,)
    ).fetchone()
    connection.close()
    body = canonical({**parse(old), **change})
    leaf = leaf_hash(body)
    if key is None:
        tamper(
            path,
            f"UPDATE event SET body = ?, hash = ? WHERE seq = {seq}",
            values=(body.decode(), leaf),
        )
    else:
        tamper(
            path,
            f"UPDATE event SET body = ?, hash = ?, sig = ? WHERE seq = {seq}",
            values=(body.decode(), leaf, key.sign(leaf)),
        )
