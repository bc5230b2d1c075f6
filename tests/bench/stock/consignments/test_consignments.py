"""Consignments at the desk: what goes in, what its manifest says, who signed, and that it left."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bench.custody.entries import Entry, RunPosition
from bench.custody.personal import table as personal
from bench.enrolment.profiles.profile import Traps
from bench.events.desks import DeskOpened, JobCancelled, Wanted, Workspace
from bench.events.orders import CustodyKind, Json
from bench.events.person import HiddenText
from bench.events.views import ScanTone
from bench.stock.consignments import filling, queries, writing
from bench.stock.consignments.handing import Handing
from bench.stock.consignments.manifest import Manifest, ManifestLine
from bench.stock.consignments.page import CONSIGNMENTS
from bench.stock.packing.page import BOXES
from tests.bench.custody.statement.readers import attached, codes_in, conforms, opened, text_of
from tests.bench.stock.consignments.consignment_talk import (
    DOCKET,
    NEXT,
    SITE,
    begin,
    dict_of,
    fill,
    hand_over,
    inside,
    leave,
    papers,
)
from tests.bench.stock.counter import Counter, counter, made_up
from tests.bench.stock.packing.boxes_talk import BARE, PROFILES, box, later, ref, stage, tag

K = CustodyKind


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path, profiles=PROFILES) as made:
        yield made


def test_a_consignment_goes_from_sealed_boxes_to_its_site(desk: Counter, tmp_path: Path) -> None:
    fill(desk, 2, 1)
    desk.work()
    assert papers(desk) == [f"{DOCKET}-M1.csv", f"{DOCKET}-M1.pdf"]
    hand_over(desk)
    desk.work()
    (sealed,) = desk.bodies(K.CONSIGNMENT_SEALED)
    table = desk.means.papers / "manifests" / f"{DOCKET}-M1.csv"
    digest = hashlib.sha256(table.read_bytes()).hexdigest()
    assert sealed["data"] == {
        "destination": SITE, "count": 2, "seal": "CAGE-1", "version": 1, "manifest": digest,
    }  # fmt: skip
    left = desk.bodies(K.DISPATCHED)
    assert [(body["docket"], body["to"], body["from"]) for body in left] == [
        (DOCKET, f"site:{SITE}", "bench-07/packed")
    ] * 2
    assert desk.desk.title == "Hand over a consignment"
    assert papers(desk) == [f"{DOCKET}-M1-signed.pdf", f"{DOCKET}-M1.csv", f"{DOCKET}-M1.pdf"]
    paper = (table.parent / f"{DOCKET}-M1-signed.pdf").read_bytes()
    code = f"{DOCKET}/M1/{digest.upper()}".encode()
    assert codes_in(paper, tmp_path, 200) == [code]
    assert attached(paper, tmp_path, f"{DOCKET}-M1.csv") == table.read_bytes()
    with opened(paper) as document:
        assert conforms(document)
    told = text_of(paper, tmp_path)
    assert tag(1) in told
    assert ref(1).imeis[0].tail in told
    assert ref(1).imeis[0].digits not in told + table.read_text()


def test_signatures_and_names_are_only_committed_to(desk: Counter) -> None:
    fill(desk, 1)
    leave(desk)
    hand_over(desk, "Example Driver")
    first, second = desk.bodies(K.MANIFEST_SIGNED)
    assert dict_of(first, "data")["side"] == "from"
    assert sorted(dict_of(second, "commit")) == ["recipient", "signature"]
    assert "Example Driver" not in repr(desk.bodies())
    assert "300,500" not in repr(desk.bodies())
    with desk.ledger.opener.read(desk.ledger.path) as texts:
        kept = {each.field: each.subject for each in personal.everything(texts)}
    assert kept == {"signature": DOCKET, "recipient": DOCKET}


def test_what_is_scanned_twice_or_stands_elsewhere_is_told(desk: Counter) -> None:
    box(desk, 1, 2)
    stage(desk, 3)
    begin(desk)
    desk.scan(tag(1))
    desk.scan(ref(1).imeis[0])
    assert (desk.answer.tone, inside(desk)) == (ScanTone.REPEATED, [tag(1)])
    desk.scan(tag(3))
    assert "it is not packed yet" in desk.answer.answer
    desk.scan(tag(9))
    assert desk.answer.tone is ScanTone.BAD
    begin(desk, "Elsewhere")
    desk.scan(tag(2))
    desk.scan(tag(1))
    assert DOCKET in desk.answer.answer
    assert (inside(desk), inside(desk, NEXT)) == ([tag(1)], [tag(2)])


def test_one_that_is_taken_out_may_go_elsewhere(desk: Counter) -> None:
    box(desk, 1, 2, 3)
    begin(desk)
    desk.scan(tag(1))
    desk.scan(tag(2))
    desk.choose("take-out")
    desk.scan(tag(3))
    assert "it is not in it" in desk.answer.answer
    desk.scan(tag(1))
    desk.choose("other", "The site called Example Street said no")
    out = desk.bodies(K.CONSIGNED)[-1]
    assert (out["data"], out["reason"]) == ({"out": True}, "other")
    assert "said no" not in repr(desk.bodies())
    assert inside(desk) == [tag(2)]
    begin(desk, "Elsewhere")
    desk.scan(tag(1))
    assert inside(desk, NEXT) == [tag(1)]


def test_an_empty_consignment_is_not_sealed(desk: Counter) -> None:
    begin(desk)
    desk.choose("close")
    assert "it is empty" in desk.answer.answer
    assert desk.bodies(K.CONSIGNMENT_SEALED) == []


def test_what_stopped_being_fit_in_an_open_consignment_keeps_it_from_its_seal(
    desk: Counter,
) -> None:
    box(desk, 1, 2)
    begin(desk)
    for number in (1, 2):
        desk.scan(tag(number))
    desk.choose("close")
    desk.append(Entry(K.VOIDED, ref(2), run=RunPosition("run2", "A1", "voided", open=False)))
    desk.scan("CAGE-1")
    assert f"no longer fit to go: {tag(2)}" in desk.answer.answer
    desk.choose("close")
    assert f"no longer fit to go: {tag(2)}" in desk.answer.answer
    assert desk.bodies(K.CONSIGNMENT_SEALED) == []
    desk.choose("take-out")
    desk.scan(tag(2))
    desk.choose("not-needed")
    desk.choose("close")
    desk.scan("CAGE-1")
    assert len(desk.bodies(K.CONSIGNMENT_SEALED)) == 1


@pytest.mark.parametrize("code", [DOCKET, f"{DOCKET}/M1/{'A' * 64}", "bench-08-c00042"])
def test_the_card_of_a_consignment_is_no_seal(desk: Counter, code: str) -> None:
    box(desk, 1)
    begin(desk)
    desk.scan(tag(1))
    desk.choose("close")
    desk.scan(code)
    assert "the card or the manifest of a consignment" in desk.answer.answer
    assert desk.bodies(K.CONSIGNMENT_SEALED) == []


def test_something_else_has_to_be_said_in_words(tmp_path: Path) -> None:
    with later(tmp_path, days=15) as desk:
        box(desk, 1)
        begin(desk)
        desk.scan(tag(1))
        desk.choose("take-out")
        desk.scan(tag(1))
        desk.choose("other", " ")
        assert (desk.answer.tone, inside(desk)) == (ScanTone.BAD, [tag(1)])
        desk.go(Workspace.DISPATCH, "consign", DOCKET, "close")
        desk.scan("CAGE-1")
        desk.choose("other")
        assert desk.desk.wanted is Wanted.CHOICE
        desk.go(Workspace.DISPATCH, "consign", "reopen", DOCKET, "gone")
        desk.choose("other", "")
        assert (desk.answer.tone, desk.bodies(K.UNSEALED)) == (ScanTone.BAD, [])


def test_the_name_of_who_takes_it_over_is_in_no_trace_of_the_task(desk: Counter) -> None:
    task = Handing(desk.means, DOCKET, "other", "Somebody said so", HiddenText("Example Driver"))
    assert "Example" not in repr(task)
    assert "Somebody" not in repr(task)


def test_papers_that_a_power_cut_kept_from_being_written_are_written_by_a_key(
    desk: Counter,
) -> None:
    fill(desk, 1)
    leave(desk)
    assert not (desk.means.papers / "manifests").exists()
    desk.choose("papers")
    desk.work()
    assert papers(desk) == [f"{DOCKET}-M1.csv", f"{DOCKET}-M1.pdf"]
    assert desk.desk.wanted is Wanted.SIGNATURE


def test_what_was_signed_at_its_site_stands_apart_from_what_was_signed_here(
    desk: Counter,
) -> None:
    fill(desk, 1)
    leave(desk)
    hand_over(desk)
    data: dict[str, Json] = {"side": "to", "version": 1, "at": "site"}
    desk.append(Entry(K.MANIFEST_SIGNED, docket=DOCKET, data=data))
    signed = queries.signatures(desk.book.connection, DOCKET, 1)
    assert [(each.side, each.place) for each in signed] == [
        ("from", ""),
        ("to", ""),
        ("to", "site"),
    ]
    _, here, _ = signed
    with closing(desk.ledger.opener.read(desk.ledger.path)) as texts:
        drawn = writing.drawn(texts, signed)
    assert drawn["to"].at.timestamp() * 1000 == pytest.approx(here.at)
    assert drawn["to"].strokes


def test_a_full_consignment_takes_no_more(desk: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "MOST", 1)
    box(desk, 1, 2)
    begin(desk)
    desk.scan(tag(1))
    desk.scan(tag(2))
    assert "seal it and begin another" in desk.answer.answer
    assert inside(desk) == [tag(1)]


def test_a_consignment_is_not_sealed_with_the_seal_of_a_box(desk: Counter) -> None:
    box(desk, 1)
    begin(desk)
    desk.scan(tag(1))
    desk.choose("close")
    desk.scan("seal-1")
    assert f"the box of {tag(1)}" in desk.answer.answer
    desk.scan("CAGE-1")
    stage(desk, 2)
    desk.go(Workspace.DISPATCH, "pack")
    desk.scan(tag(2))
    desk.scan("CAGE-1")
    assert f"it closed consignment {DOCKET}" in desk.answer.answer


def test_an_unused_card_of_this_bench_begins_a_consignment(desk: Counter) -> None:
    box(desk, 1)
    desk.go(Workspace.DISPATCH, "consign")
    desk.scan("BENCH-08-C00042")
    assert desk.answer.tone is ScanTone.BAD
    desk.scan("bench-07-c00042")
    desk.choose("other", SITE)
    desk.scan(tag(1))
    assert inside(desk, "BENCH-07-C00042") == [tag(1)]
    desk.go(Workspace.DISPATCH, "consign", "new")
    assert "BENCH-07-C00043" in desk.desk.prompt


def test_sites_are_remembered_and_open_consignments_offered(desk: Counter) -> None:
    box(desk, 1, 2)
    begin(desk)
    desk.scan(tag(1))
    desk.go(Workspace.DISPATCH, "consign", DOCKET)
    desk.scan(tag(2))
    assert inside(desk) == [tag(1), tag(2)]
    desk.go(Workspace.DISPATCH, "consign", "new", f"site:{SITE}")
    assert desk.desk.title == f"{NEXT} to {SITE}"


def test_a_sealed_consignment_takes_nothing_and_gives_nothing(desk: Counter) -> None:
    fill(desk, 1)
    desk.go(Workspace.DISPATCH, "consign")
    desk.scan(DOCKET)
    assert (desk.answer.tone, desk.desk.wanted) == (ScanTone.BAD, Wanted.SCAN)
    desk.go(Workspace.DISPATCH, "pack", "unseal")
    desk.scan(tag(1))
    assert DOCKET in desk.answer.answer


def test_a_sealed_consignment_is_opened_by_two_and_gets_another_manifest(tmp_path: Path) -> None:
    with counter(tmp_path, profiles=PROFILES, is_manned=True) as desk:
        hand, boss = desk.people
        desk.prove(hand)
        fill(desk, 1, 2)
        (first,) = desk.bodies(K.CONSIGNMENT_SEALED)
        desk.append(Entry(K.QUARANTINED, ref(2), data={"problem": "damaged", "detail": ""}))
        desk.go(
            Workspace.DISPATCH,
            "dispatch",
        )
        desk.scan(DOCKET)
        assert tag(2) in desk.answer.answer
        desk.go(Workspace.DISPATCH, "consign", "reopen", DOCKET)
        desk.scan("CAGE-1")
        desk.choose("recheck")
        assert desk.bodies(K.UNSEALED) == []
        desk.prove(boss)
        (opened,) = desk.bodies(K.UNSEALED)
        assert (opened["docket"], opened["reason"]) == (DOCKET, "recheck")
        assert inside(desk) == [tag(1)]
        desk.choose("close")
        desk.scan("CAGE-1")
        assert "used before" in desk.answer.answer
        desk.scan("CAGE-2")
        desk.work()
        second = dict_of(desk.bodies(K.CONSIGNMENT_SEALED)[-1], "data")
        assert (second["version"], second["count"]) == (2, 1)
        assert papers(desk)[-1] == f"{DOCKET}-M2.pdf"
        desk.go(Workspace.DISPATCH, "dispatch")
        old = dict_of(first, "data")["manifest"]
        desk.scan(f"{DOCKET}/M1/{old}")
        assert "this is manifest 1, the last one is 2" in desk.answer.answer
        desk.scan(f"{DOCKET}/M2/{second['manifest']}")
        assert desk.desk.wanted is Wanted.SIGNATURE


def test_what_is_left_after_the_first_signature_goes_on_there(desk: Counter) -> None:
    fill(desk, 1)
    leave(desk)
    desk.sign()
    desk.bench.post(DeskOpened(Workspace.BENCH))
    desk.go(Workspace.DISPATCH, "dispatch", DOCKET)
    assert desk.desk.wanted is Wanted.TEXT
    desk.write("Example Driver")
    desk.choose("name")
    desk.choose("unnamed")
    desk.sign()
    assert list(dict_of(desk.bodies(K.MANIFEST_SIGNED)[-1], "commit")) == ["signature"]
    assert len(desk.bodies(K.DISPATCHED)) == 1


def test_a_scribble_that_is_no_signature_sends_nothing(desk: Counter) -> None:
    fill(desk, 1)
    leave(desk)
    for strokes in ("", "1,1", "1,1 2,2;3,3", "a,b c,d e,f g,h", "1,1 " * 20_000):
        desk.sign(strokes)
        assert desk.answer.tone is ScanTone.BAD
    assert desk.bodies(K.MANIFEST_SIGNED) == []


def test_handsets_staged_long_ago_go_only_with_a_reason(tmp_path: Path) -> None:
    with later(tmp_path, days=15) as desk:
        fill(desk, 1)
        leave(desk)
        assert desk.desk.prompt.startswith("1 of them have to be looked at")
        assert [line.cells[-1] for line in desk.desk.lines] == ["staged 15 days ago"]
        desk.sign()
        assert desk.bodies(K.MANIFEST_SIGNED) == []
        desk.choose("looked-at")
        hand_over(desk)
        assert [(b["reason"], b["data"]) for b in desk.bodies(K.DISPATCHED)] == [
            ("looked-at", {"recheck": True})
        ]


def test_handsets_whose_support_has_ended_go_only_with_a_reason(tmp_path: Path) -> None:
    ended = replace(BARE, traps=Traps(supported_until=date(2025, 10, 17)))
    with counter(tmp_path, profiles={ended.fingerprint: ended}) as desk:
        fill(desk, 1)
        assert [line.cells[-1] for line in desk.desk.lines] == [
            "its maker's support ended on 2025-10-17"
        ]


def test_a_manifest_that_somebody_changed_is_not_written_over(desk: Counter) -> None:
    folder = desk.means.papers / "manifests"
    folder.mkdir(parents=True)
    (folder / f"{DOCKET}-M1.csv").write_text("mine")
    fill(desk, 1)
    desk.work()
    assert "differs" in desk.answer.answer
    assert (folder / f"{DOCKET}-M1.csv").read_text() == "mine"
    assert papers(desk) == [f"{DOCKET}-M1.csv"]


def test_a_manifest_that_was_stopped_leaves_no_half_of_it(desk: Counter) -> None:
    fill(desk, 1)
    desk.bench.post(JobCancelled())
    desk.work()
    assert not any(name.endswith(".pdf") for name in papers(desk))
    assert desk.desk.wanted is Wanted.SIGNATURE


def test_what_a_site_is_called_is_never_a_formula() -> None:
    line = ManifestLine("SIM-000001", "004400000000018", "=A1", "S-1", "")
    manifest = Manifest(DOCKET, 1, '=HYPERLINK("http://example.invalid")', "CAGE-1", (line,))
    _, row = csv.reader(manifest.table(simulated=False).decode().splitlines())
    assert (row[2], row[7]) == ('\'=HYPERLINK("http://example.invalid")', "'=A1")
    assert row[6] == "***********0018"


def test_pages_folded_anew_say_the_same(desk: Counter) -> None:
    fill(desk, 1, 2)
    leave(desk)
    hand_over(desk)
    desk.append(Entry(K.RECEIVED, ref(1), docket=DOCKET, to=f"site:{SITE}"))
    tables = (*BOXES.tables, *CONSIGNMENTS.tables)
    before = [rows(desk, table) for table in tables]
    desk.book.tear_out()
    desk.book.catch_up(desk.ledger.events)
    assert [rows(desk, table) for table in tables] == before
    known = queries.consignment(desk.book.connection, DOCKET)
    assert known is not None
    assert (known.state, known.count, known.received) == (queries.State.DISPATCHED, 2, 1)


def rows(desk: Counter, table: str) -> list[tuple[object, ...]]:
    return desk.book.connection.execute(f"SELECT * FROM {table}").fetchall()


def test_a_handset_that_leaves_its_phase_leaves_the_open_consignment(desk: Counter) -> None:
    box(desk, 1, 2)
    begin(desk)
    desk.scan(tag(1))
    desk.scan(tag(2))
    desk.append(Entry(K.QUARANTINED, made_up(1, tag=True)))
    assert inside(desk) == [tag(2)]
