"""Kit and pack at the desk: what belongs into the box is there, and the seal was never used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bench.custody.entries import Entry
from bench.custody.personal import table
from bench.events.desks import Wanted, Workspace
from bench.events.orders import CustodyKind, Json
from bench.events.views import ScanTone
from tests.bench.stock.counter import Counter, counter, made_up, made_up_imei
from tests.bench.stock.packing.boxes_talk import (
    CABLE,
    PIN,
    PROFILE,
    PROFILES,
    box,
    ref,
    stage,
    tag,
)
from tests.bench.stock.taken_back import is_folded_anew_alike, take_back

K = CustodyKind


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path, profiles=PROFILES) as made:
        made.go(Workspace.DISPATCH, "pack")
        yield made


def pack(desk: Counter, number: int) -> None:
    """Count the kit of the profile by its product numbers."""
    for code in (tag(number), CABLE, PIN, PIN):
        desk.scan(code)


def teach(desk: Counter) -> None:
    """Pack the first handset and say what each product number is."""
    desk.scan(tag(1))
    desk.scan(CABLE)
    desk.choose("USB cable")
    desk.scan(PIN)
    desk.choose("SIM pin")
    desk.scan(PIN)


def test_a_kit_is_counted_by_scans_and_each_number_is_asked_once(desk: Counter) -> None:
    stage(desk, 1, 2, profile=PROFILE)
    teach(desk)
    desk.scan("zl-00 1")
    assert desk.answer.tone is ScanTone.BAD
    desk.scan("zl-001")
    pack(desk, 2)
    desk.scan("ZL-002")
    first, second = (body["data"] for body in desk.bodies(K.PACKED))
    assert first == {
        "kit": {"USB cable": 1, "SIM pin": 2, "handset": 1},
        "codes": {CABLE: "USB cable", PIN: "SIM pin"},
    }
    assert second == {"kit": {"USB cable": 1, "SIM pin": 2, "handset": 1}}
    assert [body["data"] for body in desk.bodies(K.SEALED)] == [
        {"seal": "ZL-001"},
        {"seal": "ZL-002"},
    ]
    assert desk.answer.answer == f"{tag(2)} is sealed with ZL-002."


def test_how_much_of_a_kit_is_there_is_shown(desk: Counter) -> None:
    stage(desk, 1, profile=PROFILE)
    desk.scan(tag(1))
    assert (desk.desk.done, desk.desk.total) == (1, 4)
    desk.scan(CABLE)
    desk.choose("USB cable")
    assert [line.cells for line in desk.desk.lines] == [
        ("handset", "1", "1"),
        ("USB cable", "1", "1"),
        ("SIM pin", "0", "2"),
    ]


def test_all_there_is_one_key(desk: Counter) -> None:
    stage(desk, 1, profile=PROFILE)
    desk.scan(tag(1))
    desk.choose("all")
    (packed,) = desk.bodies(K.PACKED)
    assert packed["data"] == {"kit": {"USB cable": 1, "SIM pin": 2, "handset": 1}}
    assert (packed["from"], packed["to"]) == ("bench-07/A1", "bench-07/packed")


def test_a_handset_whose_kit_is_itself_goes_straight_to_its_seal(desk: Counter) -> None:
    stage(desk, 1)
    desk.scan(tag(1))
    assert desk.desk.prompt == "Scan the number of its seal."
    assert len(desk.bodies(K.PACKED)) == 1


def test_what_is_missing_leaves_a_handset_as_it_was(desk: Counter) -> None:
    stage(desk, 1, profile=PROFILE)
    desk.scan(tag(1))
    desk.choose("leave")
    assert desk.answer.answer == f"{tag(1)} is not packed: USB cable, SIM pin is missing."
    assert desk.bodies(K.PACKED) == []


def test_a_piece_too_many_and_one_of_another_kit_are_refused(desk: Counter) -> None:
    stage(desk, 1, profile=PROFILE)
    desk.scan(tag(1))
    desk.scan(CABLE)
    desk.choose("USB cable")
    desk.scan(CABLE)
    assert "USB cable is there already" in desk.answer.answer
    desk.scan("5901234123457")
    desk.choose("none")
    assert "5901234123457" in desk.answer.answer
    assert (desk.desk.done, desk.bodies(K.PACKED)) == (2, [])


def test_a_piece_that_is_known_from_another_kit_is_not_asked_again(tmp_path: Path) -> None:
    other = replace(PROFILE, fingerprint="d" * 64, kit=("handset", "charger"))
    with counter(tmp_path, profiles={**PROFILES, other.fingerprint: other}) as desk:
        stage(desk, 1, profile=PROFILE)
        stage(desk, 2, profile=other)
        desk.go(Workspace.DISPATCH, "pack")
        teach(desk)
        desk.scan("ZL-001")
        desk.scan(tag(2))
        desk.scan(CABLE)
        assert "USB cable is no part of this kit" in desk.answer.answer
        assert (desk.desk.done, desk.desk.total) == (1, 2)


def test_another_label_in_the_middle_of_a_kit_changes_nothing(desk: Counter) -> None:
    stage(desk, 1, 2, profile=PROFILE)
    desk.scan(tag(1))
    desk.scan(tag(2))
    assert (desk.answer.tone, desk.desk.title) == (ScanTone.BAD, f"Kit and pack: {tag(1)}")
    desk.scan(tag(1))
    assert desk.answer.tone is ScanTone.REPEATED


def test_a_handset_of_a_profile_that_is_not_here_is_packed_by_the_key(tmp_path: Path) -> None:
    with counter(tmp_path, profiles={}) as desk:
        stage(desk, 1, profile=PROFILE)
        desk.go(Workspace.DISPATCH, "pack")
        desk.scan(tag(1))
        assert "its profile is not at this bench" in desk.desk.prompt
        desk.choose("all")
        assert [body["data"] for body in desk.bodies(K.PACKED)] == [{"kit": {}}]


def test_a_seal_that_was_used_stays_used(desk: Counter) -> None:
    stage(desk, 1, 2)
    for code in (tag(1), "ZL-7", tag(2), "zl-7"):
        desk.scan(code)
    assert desk.answer.tone is ScanTone.BAD
    assert f"it closed the box of {tag(1)}" in desk.answer.answer
    assert len(desk.bodies(K.SEALED)) == 1


def test_what_is_no_seal_seals_nothing(desk: Counter) -> None:
    stage(desk, 1)
    desk.scan(tag(1))
    for text in (made_up_imei(9), tag(9), "A1", "X" * 600):
        desk.scan(text)
        assert desk.answer.tone is ScanTone.BAD
    assert desk.bodies(K.SEALED) == []


def test_a_seal_whose_number_looks_like_a_product_is_a_seal(desk: Counter) -> None:
    stage(desk, 1)
    desk.scan(tag(1))
    desk.scan(PIN)
    assert [body["data"] for body in desk.bodies(K.SEALED)] == [{"seal": PIN}]


def test_bags_have_numbers_where_a_person_says_so(desk: Counter) -> None:
    stage(desk, 1)
    desk.choose("bags")
    desk.scan(tag(1))
    assert desk.desk.prompt == "Scan the number of its bag."
    desk.scan("BAG-5")
    desk.scan("BAG-5 ")
    assert "the number of the bag" in desk.answer.answer
    desk.scan("ZL-5")
    assert [body["data"] for body in desk.bodies(K.SEALED)] == [{"seal": "ZL-5", "bag": "BAG-5"}]


def test_a_handset_that_was_left_unsealed_goes_on_at_its_seal(desk: Counter) -> None:
    stage(desk, 1)
    desk.scan(tag(1))
    desk.go(Workspace.DISPATCH, "pack")
    assert [line.cells[-1] for line in desk.desk.lines] == ["its seal"]
    desk.scan(tag(1))
    desk.scan("ZL-1")
    assert len(desk.bodies(K.SEALED)) == 1
    desk.scan(tag(1))
    assert (desk.answer.tone, len(desk.bodies(K.SEALED))) == (ScanTone.REPEATED, 1)


@pytest.mark.parametrize(
    ("kinds", "why"),
    [
        ((), "it is not staged yet"),
        ((K.SCANNED,), "still at its slot"),
        ((K.QUARANTINED,), "quarantine"),
        ((K.DOA,), "dead on arrival"),
    ],
)
def test_only_what_is_staged_is_packed(
    desk: Counter, kinds: tuple[CustodyKind, ...], why: str
) -> None:
    desk.append(Entry(K.GOODS_IN, ref(1)), *(Entry(kind, ref(1)) for kind in kinds))
    desk.scan(tag(1))
    assert desk.answer.tone is ScanTone.BAD
    assert why in desk.answer.answer
    assert desk.bodies(K.PACKED) == []


def test_a_handset_without_a_label_is_not_packed(desk: Counter) -> None:
    stage(desk, 1)
    bare = made_up(2)
    desk.append(Entry(K.GOODS_IN, bare), Entry(K.SCANNED, bare), Entry(K.STAGED, bare))
    desk.scan(bare.imeis[0])
    assert "it carries no label" in desk.answer.answer


def test_a_staging_that_no_longer_stands_is_none(tmp_path: Path) -> None:
    with counter(tmp_path, profiles=PROFILES, is_manned=True) as desk:
        stage(desk, 1)
        desk.prove(desk.people[0])
        restated: dict[str, Json] = {"set": {"outcome": "voided", "run": "run1"}, "seq": 1}
        by, second = (who.signed_in for who in desk.people)
        entry = Entry(K.CORRECTED, ref(1), data=restated, reason="not_done")
        desk.ledger.append((entry,), by=by, second=second)
        desk.go(Workspace.DISPATCH, "pack")
        desk.scan(tag(1))
        assert "no finished staging of it stands" in desk.answer.answer


def test_a_staging_that_stands_after_all_has_the_kit_of_its_profile(tmp_path: Path) -> None:
    with counter(tmp_path, profiles=PROFILES) as desk:
        stage(desk, 1, profile=PROFILE)
        take_back(desk, ref(1).uid, K.STAGED)
        take_back(desk, ref(1).uid, K.CORRECTED)
        desk.go(Workspace.DISPATCH, "pack")
        desk.scan(tag(1))
        assert (desk.desk.done, desk.desk.total) == (1, 4)
        assert is_folded_anew_alike(desk)


def test_a_tag_that_two_handsets_carry_means_neither(desk: Counter) -> None:
    stage(desk, 1)
    twin = replace(made_up(2), asset_tag=ref(1).asset_tag)
    desk.append(Entry(K.GOODS_IN, twin), Entry(K.SCANNED, twin))
    desk.scan(tag(1))
    assert "2 handsets carry" in desk.answer.answer


def test_an_unknown_label_is_told(desk: Counter) -> None:
    desk.scan(tag(77))
    assert (desk.answer.tone, desk.desk.wanted) == (ScanTone.BAD, Wanted.SCAN)


def test_a_packed_handset_comes_out_by_one_person_and_is_staged(desk: Counter) -> None:
    stage(desk, 1)
    desk.scan(tag(1))
    desk.choose("later")
    desk.choose("unpack")
    desk.scan(tag(1))
    assert [body["to"] for body in desk.bodies(K.UNPACKED)] == ["bench-07/stock"]
    desk.scan(tag(1))
    assert desk.desk.prompt == "Scan the number of its seal."


def test_a_sealed_box_is_opened_by_two_persons_only(tmp_path: Path) -> None:
    with counter(tmp_path, profiles=PROFILES, is_manned=True) as desk:
        box(desk, 1)
        desk.prove(desk.people[0])
        desk.go(Workspace.DISPATCH, "pack", "unseal")
        desk.scan(tag(1))
        desk.scan("SEAL-1")
        desk.choose("kit")
        assert desk.bodies(K.UNSEALED) == []
        desk.prove(desk.people[1])
        (opened,) = desk.bodies(K.UNSEALED)
        assert (opened["data"], opened["reason"]) == ({"seal": "SEAL-1"}, "kit")
        assert "is open" in desk.answer.answer
        desk.scan(tag(1))
        desk.scan("SEAL-1")
        assert "used before" in desk.answer.answer
        assert len(desk.bodies(K.SEALED)) == 1


def test_another_seal_than_the_recorded_one_is_told_and_stands_in_the_record(
    tmp_path: Path,
) -> None:
    with counter(tmp_path, profiles=PROFILES, is_manned=True) as desk:
        box(desk, 1)
        desk.prove(desk.people[0])
        desk.go(Workspace.DISPATCH, "pack", "unseal")
        desk.scan(tag(1))
        desk.scan("SEAL-9")
        assert "it says SEAL-1" in desk.answer.answer
        desk.choose("another")
        desk.choose("other", "Somebody called Example said so\x1b[2J" + "!" * 100_000)
        desk.prove(desk.people[1])
        (opened,) = desk.bodies(K.UNSEALED)
        assert opened["data"] == {"seal": "SEAL-1", "found": "SEAL-9"}
        assert "Example" not in repr(desk.bodies())
        with closing(desk.ledger.opener.read(desk.ledger.path)) as texts:
            (kept,) = table.by_subject(texts, ref(1).uid)
        assert kept.text.startswith("Somebody called Example said so")
        assert (len(kept.text) <= 300, "\x1b" in kept.text) == (True, False)


def test_a_card_for_a_camera_is_never_shown_nor_taken_for_a_seal(desk: Counter) -> None:
    stage(desk, 1)
    desk.scan(tag(1))
    desk.scan("WIFI:T:WPA;S:bench;P:hunter2;;")
    assert "hunter2" not in repr(desk.bench.views) + repr(desk.bodies())
    assert desk.bodies(K.SEALED) == []
