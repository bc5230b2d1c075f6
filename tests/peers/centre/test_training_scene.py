"""The scene at the end of a demo, played at a real PostgreSQL and into a drop."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bench.command_line import training_centre
from bench.command_line.training_centre import SceneResult, run_scene, tell
from bench.custody.database import connect_reader
from bench.custody.queries import frozen
from bench.custody.verification import verify_file
from bench.inventory.training_centre.cast import SECOND, THIRD
from bench.inventory.training_centre.records import RECORD, Batch, open_record, stage
from bench.inventory.training_centre.store import training_store
from tests.peers.centre.any_python import PATHS, python_for
from tests.peers.centre.centre_room import made_up

DEMO = Batch("00440001", "SIM")
_NOBODY: dict[str, Any] = {"user": "nobody", "group": "nogroup", "extra_groups": ()}


def demo_record(folder: Path) -> Path:
    with closing(open_record(folder, "training")) as ledger:
        stage(ledger, DEMO.handsets(1, 16), at_a_time=16)
    return folder / RECORD


@pytest.fixture(scope="module")
def others() -> set[Path]:
    """The servers of other tests in this process, from before the scene."""
    return _servers()


@pytest.fixture(scope="module")
def scene(
    tmp_path_factory: pytest.TempPathFactory,
    others: set[Path],  # noqa: ARG001 - they are looked for before
) -> SceneResult:
    folder = tmp_path_factory.mktemp("demo")
    return run_scene(demo_record(folder), folder)


def test_the_scene_ends_as_it_has_to(scene: SceneResult) -> None:
    assert not scene.faults
    assert scene.holds
    assert scene.cuts == 1
    assert scene.frozen == (THIRD,)
    assert len(scene.quarantined) == 1


def test_each_event_of_its_records_is_at_the_centre_once(scene: SceneResult) -> None:
    records = (scene.folder.parent / RECORD, *(scene.folder / b / RECORD for b in (SECOND, THIRD)))
    verdicts = [verify_file(record) for record in records]
    assert all(verdict.verifies for verdict in verdicts)
    assert scene.events == sum(verdict.events for verdict in verdicts)


def test_the_restored_record_is_frozen_and_the_others_are_not(scene: SceneResult) -> None:
    for folder, is_frozen in ((f"{THIRD}-image", True), (SECOND, False)):
        with closing(connect_reader(scene.folder / folder / RECORD)) as record:
            assert bool(frozen(record)) is is_frozen


def test_it_tells_what_it_came_to(scene: SceneResult, capsys: pytest.CaptureFixture[str]) -> None:
    tell(scene)
    told = capsys.readouterr().out
    assert "One cable was cut in mid-sync" in told
    assert f"frozen: {THIRD}; quarantined: 1" in told
    for section in ("Events of each bench", "Frozen benches", "Handsets set aside"):
        assert f"## {section}\n" in told
    assert f"| {scene.quarantined[0]} |" in told
    assert told.count("\n") < 30
    assert "NOT AS IT HAS TO BE" not in told


def test_the_whole_report_is_kept(scene: SceneResult) -> None:
    report = (scene.folder / "report.md").read_text("utf-8")
    assert "Whether the books agree" in report
    assert "training, nothing in it is real" in report


def test_its_server_is_gone_with_it(scene: SceneResult, others: set[Path]) -> None:
    assert scene.holds
    assert _servers() == others


def _servers() -> set[Path]:
    found = Path(tempfile.gettempdir()).glob("staging-bench-pg-*/data/postmaster.pid")
    return {pid for pid in found if _runs(pid)}


def _runs(pid: Path) -> bool:
    number = int(pid.read_text().splitlines()[0])
    line = Path(f"/proc/{number}/status")
    return line.exists() and f"PPid:\t{os.getpid()}\n" in line.read_text()


def test_a_false_line_is_told(scene: SceneResult, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = replace(scene, faults=("of training-2 the centre has an event twice",))
    assert not wrong.holds
    tell(wrong)
    assert "NOT AS IT HAS TO BE: of training-2" in capsys.readouterr().out


def test_without_a_postgresql_it_is_played_into_a_drop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training_centre, "programs", lambda: None)
    found = run_scene(demo_record(tmp_path), tmp_path)
    assert not found.faults
    assert found.frozen == (THIRD,)
    assert (found.cuts, found.quarantined) == (0, ())
    assert found.report.startswith("No PostgreSQL 15 or newer is installed")
    assert found.report.count("\n") == 1


def test_a_store_of_training_takes_no_real_record(tmp_path: Path) -> None:
    with training_store(tmp_path) as store:
        with store.connect() as admin:
            keys = store.add_bench(admin, "bench-07")
        its = psycopg.connect(
            host="localhost", port=store.server.port, user="bench-07", dbname="custody",
            sslmode="verify-full", sslcert=str(keys.certificate), sslkey=str(keys.key),
            sslrootcert=str(keys.trust), autocommit=True,
        )  # fmt: skip
        events = made_up("bench-07", 3)
        words = ([event.body.decode() for event in events], [event.signature for event in events])
        with closing(its):
            row = its.execute(
                "SELECT status, stored FROM custody.exchange(1, 1, %s::text[], %s::bytea[], '{}')",
                words,
            ).fetchone()
    assert row == ("broken_chain", 0)


def test_a_second_demo_goes_on_with_the_record_of_the_first(scene: SceneResult) -> None:
    out = scene.folder.parent
    with closing(open_record(out, "training")) as ledger:
        stage(ledger, DEMO.handsets(17, 20))
    second = run_scene(out / RECORD, out)
    assert not second.faults
    assert second.events == scene.events + 16
    assert scene.folder != second.folder


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_it_is_played_by_a_plain_user_too() -> None:
    python = python_for("nobody")
    folder = Path(tempfile.mkdtemp(prefix="staging-bench-test-"))
    shutil.chown(folder, "nobody")
    program = (
        "from pathlib import Path; from tests.peers.centre.test_training_scene import *;"
        "folder = Path('.'); scene = run_scene(demo_record(folder.absolute()), folder.absolute());"
        "print(scene.faults, scene.frozen)"
    )
    try:
        done = subprocess.run(
            [python, "-B", "-c", program], cwd=folder, env=PATHS, capture_output=True, text=True,
            check=False, **_NOBODY,
        )  # fmt: skip
    finally:
        shutil.rmtree(folder)
    assert (done.returncode, done.stdout) == (0, f"() ('{THIRD}',)\n"), done.stderr
