"""What is shown before the first write, and the commands for it."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.command_line.central import feeding
from bench.inventory.connectors.filed import SnipeIt
from bench.inventory.connectors.preview import preview
from bench.problems import ProblemCode, ProblemError
from tests.peers.connectors.asking_snipe_it import asked_of, writes
from tests.peers.connectors.connectors_room import (
    Centre,
    fed,
    fed_by,
    stocked,
)
from tests.peers.connectors.snipe_it_stand_in import TOKEN, SnipeItStandIn, snipe_it

ROOT = Path(__file__).parents[3]


# ── the preview ─────────────────────────────────────────────────────────────────────────────────
def test_a_connector_is_inert_until_somebody_said_yes_to_a_preview(
    centre: Centre, there: SnipeItStandIn, settings: SnipeIt
) -> None:
    centre.has(1)
    with pytest.raises(ProblemError) as raised:
        fed(centre, fed_by(settings))
    assert raised.value.problem.code is ProblemCode.CONNECTOR_INERT
    assert there.wire.seen == []


def test_a_preview_shows_what_would_be_done_and_writes_nothing(
    centre: Centre, there: SnipeItStandIn, settings: SnipeIt
) -> None:
    label, model = min(there.stock.labels), min(there.stock.models)
    for number, serial in ((2, "R0000002"), (3, "OTHER")):
        there.stock.asset(
            asset_tag=f"AST-{number:06d}", serial=serial, status_id=label, model_id=model
        )
    for number in (1, 2, 3):
        centre.has(number, phase="handed-over" if number == 1 else "staged")
    rows: list[Any] = []
    seen = preview(centre.connect, fed_by(settings), rows.append)
    assert seen.counts == {"create": 1, "change": 1, "look at": 1}
    assert writes(there) == []
    assert [row[2:] for row in rows] == [
        ("create", "asset_tag", "", "AST-000001"),
        ("check out", "holder", "", "location:3"),
        ("change", "imei", "", "004400000000002"),
        ("change", "status", "Staging: in-stock", "Staging: staged"),
        ("look at", "", "its asset tag is on another handset there, of serial number OTHER", ""),
    ]
    assert preview(centre.connect, fed_by(settings), rows.append).digest == seen.digest
    centre.has(4)
    assert preview(centre.connect, fed_by(settings), rows.append).digest != seen.digest


def test_what_was_said_yes_to_holds_only_for_these_settings(
    centre: Centre, there: SnipeItStandIn, file: Path
) -> None:
    centre.has(1)
    asked = asked_of(centre, file)
    assert feeding.show(asked, None) == 0
    file.write_text(file.read_text().replace("Staging: staged", "Staging: in-stock"))
    with pytest.raises(ProblemError) as raised:
        feeding.begin(asked)
    assert raised.value.problem.code is ProblemCode.CONNECTOR_INERT
    with pytest.raises(ProblemError):
        feeding.feed(asked)
    assert writes(there) == []
    assert feeding.show(asked, None) == 0
    assert feeding.begin(asked) == 0
    assert feeding.feed(asked) == 0
    assert len(there.stock.living()) == 1


def test_by_hand_it_is_shown_begun_fed_and_stands_well(
    centre: Centre, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    centre.has(1, serial="=1+1")
    asked, out = asked_of(centre, file), tmp_path / "preview.csv"
    assert feeding.show(asked, out) == 0
    assert feeding.states(asked, as_json=False) == 1
    assert feeding.begin(asked) == 0
    assert feeding.feed(asked) == 0
    assert feeding.states(asked, as_json=False) == 0
    assert feeding.states(asked, as_json=True) == 0
    said = capsys.readouterr().out
    assert "1 to create; 0.0 h and more at 100000 a minute" in said
    assert "snipe-it: not begun; 1 to create" in said
    assert "snipe-it: 1 done, 0 failed, 0 to look at\n" in said
    assert "snipe-it: 1 done, 0 waiting, 0 failed, 0 to look at, 100000 a minute" in said
    assert json.loads(said.splitlines()[-1])[0]["done"] == 1
    assert TOKEN not in said + repr(asked)
    with out.open(newline="") as opened:
        assert next(csv.reader(opened))[:2] == ["device", "asset tag"]


def test_what_failed_says_its_last_word(
    centre: Centre, there: SnipeItStandIn, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    centre.has(1, model="SM-X000")
    asked = asked_of(centre, file)
    feeding.show(asked, None)
    feeding.begin(asked)
    assert feeding.feed(asked) == 1
    there.wire.fails("401", "GET", "/hardware", times=9)
    centre.has(2)
    assert feeding.feed(asked) == 3
    assert feeding.states(asked, as_json=False) == 1
    said = capsys.readouterr().out.splitlines()[-1]
    assert "none of models named SM-X000" in said
    assert "does not let the centre in" in said


def test_the_service_feeds_each_and_says_only_what_happened(
    centre: Centre, there: SnipeItStandIn, file: Path
) -> None:
    centre.has(1)
    asked = asked_of(centre, file)
    (chore,) = feeding.chores(asked.database, file)
    with pytest.raises(ProblemError) as raised:
        chore.work()
    assert raised.value.problem.code is ProblemCode.CONNECTOR_INERT
    feeding.show(asked, None)
    feeding.begin(asked)
    assert chore.work() == "snipe-it: 1 done, 0 failed, 0 to look at"
    assert chore.work() == ""
    assert len(there.stock.living()) == 1


def test_another_address_takes_another_preview_and_is_fed_all(
    centre: Centre, file: Path, settings: SnipeIt
) -> None:
    centre.has(1)
    asked = asked_of(centre, file)
    feeding.show(asked, None)
    feeding.begin(asked)
    assert feeding.feed(asked) == 0
    with snipe_it() as other:
        its = stocked(other)
        file.write_text(file.read_text().replace(settings.url, its.url))
        for refused in (feeding.feed, feeding.begin):
            with pytest.raises(ProblemError) as raised:
                refused(asked)
            assert raised.value.problem.code is ProblemCode.CONNECTOR_INERT
        assert other.wire.seen == []
        feeding.show(asked, None)
        feeding.begin(asked)
        assert feeding.feed(asked) == 0
        assert len(other.stock.living()) == 1


def test_without_what_sftp_needs_it_is_said_which_extra_brings_it(
    centre: Centre, tmp_path: Path
) -> None:
    (tmp_path / "asyncssh.py").write_text("raise ModuleNotFoundError(name=__name__)\n")
    key, file = tmp_path / "key", tmp_path / "connectors.toml"
    key.write_text("x")
    key.chmod(0o600)
    file.write_text(
        f'[drop]\nfolder = "sftp://a@127.0.0.1:9/in"\nhost-key = "ssh-ed25519 x"\nkey = "{key}"\n'
    )
    done = subprocess.run(
        [sys.executable, ROOT / "main.py", "central", "feed", "drop", "--connectors", file,
         "--database", asked_of(centre, file).database, "--preview"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True,
        check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode != 0
    assert "staging-bench[centre]" in done.stderr
    assert "Traceback" not in done.stderr
