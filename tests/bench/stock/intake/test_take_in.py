"""The task "Take in a file": what a person names, is shown, changes and takes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.events.desks import Answered, Wanted, Weight, Workspace
from bench.events.orders import CustodyKind
from bench.events.views import ScanTone
from bench.stock.intake.queries import unrecorded
from tests.bench.stock.counter import Counter, counter, made_up_imei
from tests.bench.stock.intake import supplied


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path) as made:
        made.go(Workspace.GOODS_IN, "take-in")
        yield made


def look_at(desk: Counter, path: Path) -> None:
    desk.name_file(path)
    desk.work()


def take(desk: Counter, path: Path) -> None:
    look_at(desk, path)
    desk.choose("take")
    desk.work()


def rows(desk: Counter, asked: str) -> list[tuple[object, ...]]:
    return desk.book.connection.execute(asked).fetchall()


def test_a_despatch_note_is_shown_as_it_is_understood_and_taken_with_one_key(
    desk: Counter, tmp_path: Path
) -> None:
    path = supplied.despatched(tmp_path / "DN-1.csv", range(1, 31))
    look_at(desk, path)
    assert desk.desk.choices[0].name == "take"
    assert "handsets that a supplier despatched" in desk.desk.prompt
    first = desk.desk.lines[0]
    assert first.cells[:3] == ("IMEI", "IMEI", str(made_up_imei(1)))
    assert first.weight is Weight.GOOD
    desk.choose("take")
    desk.work()
    assert desk.answer.answer == "DN-1.csv: 30 new"
    assert rows(desk, "SELECT count(*), min(carton), min(source) FROM expected") == [
        (30, "C1", "despatch")
    ]


def test_the_record_says_once_that_a_file_was_taken(desk: Counter, tmp_path: Path) -> None:
    path = supplied.despatched(tmp_path / "DN-1.csv", range(1, 4))
    take(desk, path)
    (body,) = desk.bodies(CustodyKind.IMPORTED)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert body["data"] == {
        "kind": "despatch", "name": "DN-1.csv", "sha256": digest, "taken": 3, "refused": 0,
    }  # fmt: skip
    assert unrecorded(desk.book.connection) == ()


def test_what_was_taken_before_a_power_cut_is_recorded_with_the_next_file(
    desk: Counter, tmp_path: Path
) -> None:
    desk.book.connection.execute(
        "INSERT INTO import VALUES (1, 'sims', 'lost.csv', 'ab', 3, 0, '2026-11-24', '')"
    )
    look_at(desk, supplied.despatched(tmp_path / "DN-1.csv", [1]))
    told = [body["data"] for body in desk.bodies(CustodyKind.IMPORTED)]
    assert [each["name"] for each in told if isinstance(each, dict)] == ["lost.csv"]


def test_the_same_file_twice_changes_nothing_and_says_so(desk: Counter, tmp_path: Path) -> None:
    path = supplied.despatched(tmp_path / "DN-1.csv", range(1, 4))
    take(desk, path)
    take(desk, path)
    assert (desk.answer.tone, "taken before" in desk.answer.answer) == (ScanTone.BAD, True)
    assert len(desk.bodies(CustodyKind.IMPORTED)) == 1


def test_refused_rows_are_mended_in_their_own_file_and_taken_again(
    desk: Counter, tmp_path: Path
) -> None:
    good, bad = supplied.handset(1), ("3.56E+14", *supplied.handset(2)[1:])
    take(desk, supplied.write(tmp_path / "DN-1.csv", (supplied.DESPATCH, good, bad)))
    assert "1 refused" in desk.answer.answer
    assert desk.desk.lines[0].cells[0] == "3"
    assert "3.56E+14" in desk.desk.lines[0].cells[1]
    (refusals,) = (tmp_path / "papers" / "refused").iterdir()
    text = refusals.read_text("utf-8-sig")
    assert text.splitlines()[0] == ",".join((*supplied.DESPATCH, "Refused because"))
    refusals.write_text(text.replace("3.56E+14", str(made_up_imei(2))))
    look_at(desk, refusals)
    assert "known by its headings" in desk.desk.prompt
    desk.choose("take")
    desk.work()
    assert desk.answer.answer.endswith("1 new")
    assert rows(desk, "SELECT count(*) FROM expected") == [(2,)]


def test_an_order_that_no_column_says_is_chosen_by_its_key_or_scanned(
    desk: Counter, tmp_path: Path
) -> None:
    take(desk, supplied.write(tmp_path / "order.csv", (
        supplied.ORDER,
        ("PO-7", "Supplier One", 1, "Handsets", "SM-A325F", "00440000", 100, "185.40", "2022/23",
         "Capital"),
    )))  # fmt: skip
    path = supplied.write(
        tmp_path / "DN-9.csv",
        (("IMEI", "Box no."), (made_up_imei(1), "C1"), (made_up_imei(2), "C1")),
    )
    look_at(desk, path)
    assert "Order" in desk.desk.prompt
    assert "take" not in [each.name for each in desk.desk.choices]
    desk.choose("say")
    desk.choose("PO-7")
    desk.choose("take")
    desk.work()
    assert rows(desk, "SELECT DISTINCT number, despatch, carton FROM expected") == [
        ("PO-7", "DN-9", "C1")
    ]


def test_a_column_is_changed_by_keys_and_remembered_for_such_headings(
    desk: Counter, tmp_path: Path
) -> None:
    heads = ("IMEI", "PO", "Note", "Crate X", "Carton")
    path = supplied.write(tmp_path / "a.csv", (heads, (made_up_imei(1), "PO-1", "DN-1", "C9", "")))
    look_at(desk, path)
    desk.choose("column")
    desk.choose("carton")
    desk.choose("3")
    desk.choose("column")
    desk.choose("despatch")
    desk.choose("2")
    desk.choose("take")
    desk.work()
    assert rows(desk, "SELECT despatch, carton FROM expected") == [("DN-1", "C9")]
    other = supplied.write(tmp_path / "b.csv", (heads, (made_up_imei(2), "PO-1", "DN-2", "C8", "")))
    look_at(desk, other)
    desk.choose("take")
    desk.work()
    assert rows(desk, "SELECT carton FROM expected WHERE despatch = 'DN-2'") == [("C8",)]


def test_a_file_can_be_a_list_of_something_else_than_was_guessed(
    desk: Counter, tmp_path: Path
) -> None:
    path = supplied.write(tmp_path / "old.csv", (("IMEI", "Model"), (made_up_imei(1), "SM-A325F")))
    look_at(desk, path)
    desk.choose("kind")
    desk.choose("fleet")
    desk.choose("take")
    desk.work()
    assert rows(desk, "SELECT source FROM expected") == [("fleet",)]


def test_two_files_that_disagree_are_settled_by_a_key_and_that_is_recorded(
    desk: Counter, tmp_path: Path
) -> None:
    heads = supplied.DESPATCH
    take(desk, supplied.write(tmp_path / "a.csv", (heads, supplied.handset(1, "C1"))))
    take(desk, supplied.write(tmp_path / "b.csv", (heads, supplied.handset(1, "C2"))))
    assert "1 disagreement" in desk.answer.answer
    assert rows(desk, "SELECT carton FROM expected") == [("C1",)]
    desk.choose("settle")
    assert desk.desk.lines[0].cells[1:4] == ("carton", "C1", "C2")
    desk.choose("theirs")
    desk.work()
    assert desk.answer.answer == "settled, nothing is open"
    assert rows(desk, "SELECT carton FROM expected") == [("C2",)]
    (body,) = [b for b in desk.bodies(CustodyKind.IMPORTED) if "settlement" in str(b["data"])]
    data = body["data"]
    assert isinstance(data, dict)
    assert data["name"] == f"despatch {made_up_imei(1)} carton: theirs"


def test_a_telephone_number_is_never_shown_whole_nor_recorded(
    desk: Counter, tmp_path: Path
) -> None:
    take(desk, supplied.write(tmp_path / "a.csv", (supplied.SIMS, supplied.sim(1))))
    other = (supplied.iccid(1), "07700900999", "Operator One", "VC-1")
    path = supplied.write(tmp_path / "b.csv", (supplied.SIMS, other))
    look_at(desk, path)
    shown = str(desk.desk)
    desk.choose("take")
    desk.work()
    desk.choose("settle")
    shown += str(desk.desk)
    desk.choose("theirs")
    desk.work()
    assert "…999" in shown
    for text in (shown, str(desk.bodies())):
        assert "7700900" not in text
    assert rows(desk, "SELECT msisdn FROM sim") == [("+447700900999",)]


def test_a_file_that_is_not_there_is_refused_and_asked_for_again(
    desk: Counter, tmp_path: Path
) -> None:
    look_at(desk, tmp_path / "none.csv")
    assert "there is no such file" in desk.answer.answer
    assert desk.desk.wanted is Wanted.FILE


def test_a_path_of_tricks_is_only_ever_a_name(desk: Counter, tmp_path: Path) -> None:
    path = supplied.despatched(tmp_path / "$(touch x); '--.csv", [1])
    path.write_text(path.read_text() + "1,2,3,4,5,6,7\r\n")
    take(desk, path)
    (kept,) = (tmp_path / "papers" / "refused").iterdir()
    assert kept.name.startswith("touch-x-")
    assert kept.stat().st_mode & 0o077 == 0


def test_a_choice_that_is_not_offered_changes_nothing(desk: Counter, tmp_path: Path) -> None:
    look_at(desk, supplied.write(tmp_path / "a.csv", (("IMEI",), (made_up_imei(1),))))
    desk.bench.post(Answered(desk.desk.question, "take"))
    assert desk.answer.tone is ScanTone.BAD
    assert rows(desk, "SELECT count(*) FROM expected") == [(0,)]


def test_what_is_the_same_for_all_rows_is_scanned_and_what_cannot_be_is_refused(
    desk: Counter, tmp_path: Path
) -> None:
    path = supplied.write(tmp_path / "DN-1.csv", (("IMEI",), (made_up_imei(1),)))
    look_at(desk, path)
    desk.choose("say")
    desk.scan("4.5E+05")
    assert desk.answer.tone is ScanTone.BAD
    desk.scan("PO-77")
    desk.choose("take")
    desk.work()
    assert rows(desk, "SELECT number FROM expected") == [("PO-77",)]
