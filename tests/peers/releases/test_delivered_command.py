"""What came down from the centre, as a person at the bench sees it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.command_line.delivered import show
from bench.custody.proof.note import SignedNote
from bench.inventory.releases.making.taking_over import TakingOver
from bench.inventory.releases.parts.orders import Order
from bench.problems import ProblemCode, ProblemError
from tests.peers.centre.centre_room import ORGANISATION, made_up
from tests.peers.releases.release_room import ReleaseRoom

ORDER = Order("PO-7", "SM-A325F", 300, supplier="Example Ltd")


@pytest.fixture
def taken(room: ReleaseRoom) -> Path:
    room.send("bench-01", made_up("bench-01", 4))
    with room.service() as connection:
        TakingOver(connection, ORGANISATION).orders([ORDER])
    room.publish()
    assert room.take("bench-01")
    return room.record("bench-01")


def test_a_bench_says_what_was_bought_and_what_the_centre_has_of_it(
    taken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show(taken, as_json=False) == 0
    told = capsys.readouterr().out
    assert "Order PO-7: 300 of SM-A325F." in told
    assert "The centre has this bench's events up to 4 of epoch 1." in told
    assert show(taken, as_json=True) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["orders"][0]["count"] == 300
    assert said["received"][:2] == [1, 4]


def test_the_receipt_is_the_publisher_s_signed_word(
    taken: Path, room: ReleaseRoom, tmp_path: Path
) -> None:
    kept = tmp_path / "receipt"
    assert show(taken, as_json=True, receipt=kept) == 0
    note = SignedNote.parse(kept.read_bytes())
    (key,) = room.addressee("bench-01").keys
    assert note.is_signed_by(key)
    assert f"received 1 4 {made_up('bench-01', 4)[-1].hash.hex()}" in note.text.splitlines()


def test_before_anything_came_there_is_nothing_to_keep(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show(tmp_path / "ledger.db", as_json=False) == 0
    assert capsys.readouterr().out == "Nothing was sent down to this bench yet.\n"
    with pytest.raises(ProblemError) as refused:
        show(tmp_path / "ledger.db", as_json=False, receipt=tmp_path / "receipt")
    assert refused.value.problem.code is ProblemCode.RELEASE_UNUSABLE
    assert not (tmp_path / "receipt").exists()
