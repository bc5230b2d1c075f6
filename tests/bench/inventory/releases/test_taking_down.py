"""Taking a release down: whole or not at all."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tracemalloc
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bench.custody.entries import SealedEvent
from bench.custody.key import BenchKey, new_pem
from bench.events.central import Sighting
from bench.identity.identifiers import Imei, SerialNumber
from bench.inventory.centre import NOTHING_ASKED, Answer, Asks
from bench.inventory.releases.parts import elsewhere, tags
from bench.inventory.releases.parts.elsewhere import KnownThere, Place
from bench.inventory.releases.parts.tags import SentTags, TagBlock
from bench.inventory.releases.release import PartLine
from bench.inventory.releases.signing import Addressee
from bench.inventory.releases.taking import folders
from bench.inventory.releases.taking.delivered import Delivered, delivered, wipe_people
from bench.inventory.sync.state import beside, open_state
from bench.problems import Problem, ProblemCode, ProblemError
from tests.bench.inventory.releases.shelf import (
    ADDRESSEE,
    BENCH,
    NOW,
    ORGANISATION,
    RECEIPT,
    Shelf,
    imei,
    line_of,
    parts,
    take,
    taking,
)

STRANGER = SerialNumber("R58X0000001")


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return tmp_path / "bench.ledger"


def what_is_there(record: Path) -> int:
    """The number of the release that is there, every part of which is that release's."""
    with delivered(record) as found:
        number = found.number
        if not number:
            assert found.blocks("AST") is None
            assert found.profiles() is None
            return 0
        assert found.blocks("AST") == (range(number * 1000, number * 1000 + 100),)
        assert [order.number for order in found.orders()] == [f"PO-{number}"]
        assert [each.person for each in found.people() or ()] == [f"p-{number:012x}"]
        folder = found.profiles()
        assert folder
        assert f"version = {number}\n" in (folder / "a32.toml").read_text("utf-8")
        held = [bool(found.other_than([imei(n)], STRANGER)) for n in (1, 2)]
        assert held == [number == 1, number == 2]
    return number


def refusal(shelf: Shelf, record: Path, addressee: Addressee = ADDRESSEE) -> Problem:
    with pytest.raises(ProblemError) as refused:
        take(shelf, record, addressee)
    assert refused.value.problem.code is ProblemCode.RELEASE_UNUSABLE
    return refused.value.problem


def test_a_bench_without_a_release_has_nothing(record: Path) -> None:
    assert what_is_there(record) == 0
    assert take(Shelf(), record) is None
    assert what_is_there(record) == 0


def test_a_release_is_taken_down_whole(record: Path) -> None:
    shelf = Shelf()
    shelf.put(1)
    taken = take(shelf, record)
    assert taken
    assert (taken.release.number, taken.warnings) == (1, ())
    assert what_is_there(record) == 1
    with delivered(record) as found:
        assert (found.made_at, found.receipt, found.note) == (NOW, RECEIPT, shelf.note)
    now = folders.newest(record) / "a32.toml"
    assert "version = 1\n" in now.read_text("utf-8")


def test_the_next_release_takes_its_place(record: Path) -> None:
    shelf = Shelf()
    for number in (1, 2):
        shelf.put(number)
        take(shelf, record)
    assert what_is_there(record) == 2
    assert "version = 2\n" in (folders.newest(record) / "a32.toml").read_text("utf-8")
    assert len(list(folders.folder_of(record).iterdir())) == 2


def test_only_what_is_new_is_fetched(record: Path) -> None:
    shelf = Shelf()
    shelf.put(1)
    take(shelf, record)
    shelf.put(2, parts(1) | {"tags": parts(2)["tags"]})
    shelf.asked.clear()
    take(shelf, record)
    asked = [each.part for each in shelf.asked if each.part]
    assert asked == [line_of("tags", parts(2)["tags"]).sha256]
    with delivered(record) as found:
        assert found.blocks("AST") == (range(2000, 2100),)
        assert found.other_than([imei(1)], STRANGER)


def test_a_part_that_is_not_in_the_next_release_is_gone(record: Path) -> None:
    shelf = Shelf()
    shelf.put(1)
    take(shelf, record)
    shelf.put(2, {})
    take(shelf, record)
    with delivered(record) as found:
        assert found.number == 2
        assert (found.blocks("AST"), found.orders(), found.people()) == (None, (), None)
        assert found.profiles() is None
        assert found.other_than([imei(1)], STRANGER) == ""
    assert not folders.newest(record).exists()


# ── what is wrong with a release ────────────────────────────────────────────────────────────────
def test_an_edited_note_leaves_what_was_there(record: Path) -> None:
    shelf = Shelf()
    shelf.put(1)
    take(shelf, record)
    shelf.put(2)
    assert shelf.note
    shelf.note = shelf.note.replace("\n2\n", "\n3\n")
    assert "changed on the way" in refusal(shelf, record).detail
    assert what_is_there(record) == 1


@pytest.mark.parametrize("kind", sorted(parts(1)))
@pytest.mark.parametrize("fault", ["edited", "missing", "cut", "longer"])
def test_a_part_that_is_not_what_was_signed_leaves_what_was_there(
    record: Path, kind: str, fault: str
) -> None:
    shelf = Shelf()
    shelf.put(1)
    take(shelf, record)
    shelf.put(2)
    text = parts(2)[kind]
    digest = line_of(kind, text).sha256
    shelf.parts |= {
        "edited": {digest: text.replace("2", "3")},
        "missing": {},
        "cut": {digest: text[:-3]},
        "longer": {digest: text + " "},
    }[fault]
    if fault == "missing":
        del shelf.parts[digest]
    assert refusal(shelf, record).where == kind
    assert what_is_there(record) == 1
    shelf.parts[digest] = text
    take(shelf, record)
    assert what_is_there(record) == 2


def test_an_older_release_that_is_sent_again_is_refused(record: Path) -> None:
    shelf = Shelf()
    shelf.put(2)
    take(shelf, record)
    for number, other in ((1, {}), (2, {"orders": parts(1)["orders"]})):
        shelf.put(number, other)
        assert "number 2 already" in refusal(shelf, record).detail
    assert what_is_there(record) == 2
    shelf.put(2)
    assert take(shelf, record) is None, "its own"


def test_another_benchs_release_or_another_key_is_refused(record: Path) -> None:
    shelf = Shelf()
    shelf.put(1, bench="bench-02")
    assert "another bench" in refusal(shelf, record).detail
    shelf.put(1, key=BenchKey.from_pem(new_pem(), "thief"))
    assert "no key" in refusal(shelf, record).detail
    shelf.put(1)
    assert "no key" in refusal(shelf, record, Addressee(ORGANISATION, BENCH, ())).detail
    assert what_is_there(record) == 0


@pytest.mark.parametrize("size", [100_000_000, 2**53 - 1])
def test_a_part_that_is_said_to_be_huge_is_never_asked_for(record: Path, size: int) -> None:
    shelf = Shelf()
    shelf.put(1, {}, lines=[PartLine("orders", 1, "0f" * 32, size)])
    assert str(size) in refusal(shelf, record).detail
    assert not any(each.part for each in shelf.asked)


def test_parts_that_are_too_much_in_all_are_never_asked_for(record: Path) -> None:
    lines = [PartLine(kind, 1, "0f" * 32, 30 << 20) for kind in ("a", "b", "c")]
    shelf = Shelf()
    shelf.put(1, {}, lines=lines)
    assert "in all" in refusal(shelf, record).detail or "bytes" in refusal(shelf, record).detail
    assert not any(each.part for each in shelf.asked)


def test_a_part_that_is_sent_longer_than_was_said_is_not_kept(record: Path) -> None:
    shelf = Shelf()
    line = line_of("orders", parts(1)["orders"])
    shelf.put(1, {}, lines=[line])
    shelf.parts[line.sha256] = "x" * 5_000_000
    refusal(shelf, record)
    assert beside(record).stat().st_size < 1_000_000


def test_a_known_kind_of_another_version_is_named_before_it_is_fetched(record: Path) -> None:
    shelf = Shelf()
    text = parts(1)["orders"]
    shelf.put(1, {}, lines=[line_of("orders", text, 9)])
    assert "orders: It is of version 9" in refusal(shelf, record).detail
    assert not any(each.part for each in shelf.asked)


def test_an_unknown_kind_is_kept_and_skipped(record: Path) -> None:
    shelf = Shelf()
    shelf.put(1, parts(1) | {"weather": "sunny \N{WHITE SUN WITH RAYS}"})
    take(shelf, record)
    assert what_is_there(record) == 1
    shelf.asked.clear()
    shelf.put(2, parts(2) | {"weather": "sunny \N{WHITE SUN WITH RAYS}"})
    take(shelf, record)
    assert what_is_there(record) == 2
    assert len([each for each in shelf.asked if each.part]) == 5


@pytest.mark.parametrize("text", ['{"a":' * 5 + "1" + "}" * 5, '{"v":1,"v":1}', "[]", "{}", ""])
@pytest.mark.parametrize("kind", sorted(parts(1)))
def test_signed_nonsense_is_refused_too(record: Path, kind: str, text: str) -> None:
    shelf = Shelf()
    shelf.put(1)
    take(shelf, record)
    shelf.put(2, parts(2) | {kind: text})
    assert refusal(shelf, record).where == kind
    assert what_is_there(record) == 1


@pytest.mark.parametrize("note", [7, {"a": 1}, "x" * 2_000_000, "", "\ud800", "\n\n\n"])
def test_a_note_that_is_none_is_refused(record: Path, note: object) -> None:
    shelf = Shelf()
    shelf.note = note  # type: ignore[assignment]
    refusal(shelf, record)
    assert what_is_there(record) == 0


def test_a_release_from_the_future_is_taken_with_a_warning(record: Path) -> None:
    shelf = Shelf()
    shelf.put(1, made_at=NOW + timedelta(days=2))
    taken = take(shelf, record)
    assert taken
    assert "future" in taken.warnings[0]


# ── cut and killed ──────────────────────────────────────────────────────────────────────────────
class Cable(Shelf):
    """Is cut after so many questions."""

    questions = 0

    def exchange(
        self,
        epoch: int,
        from_seq: int,
        events: Sequence[SealedEvent] = (),
        asks: Asks = NOTHING_ASKED,
    ) -> Answer:
        if len(self.asked) >= self.questions:
            raise ProblemError(Problem(ProblemCode.CENTRE_UNREACHABLE, "cable"))
        return super().exchange(epoch, from_seq, events, asks)


@pytest.mark.parametrize("questions", range(6))
def test_a_cable_that_is_cut_leaves_what_was_there_and_goes_on_later(
    record: Path, questions: int
) -> None:
    cable = Cable()
    cable.questions = 100
    cable.put(1)
    take(cable, record)
    cable.put(2)
    cable.asked.clear()
    cable.questions = questions
    with pytest.raises(ProblemError) as cut:
        take(cable, record)
    assert cut.value.problem.code is ProblemCode.CENTRE_UNREACHABLE
    assert what_is_there(record) == 1
    cable.questions = 100
    take(cable, record)
    assert what_is_there(record) == 2
    asked = [each.part for each in cable.asked if each.part]
    assert len(asked) == len({*asked}) == 5, "what was fetched is not fetched again"


def taken_by_a_child(shelf: Shelf, record: Path, killed_at: int) -> bool:
    """Take the release down in a process that is killed at that step; whether it came to an end.

    A step is what SQLite is told to do, or what is done to a file.
    """
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    left = [killed_at]

    def step(*_: object) -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    def audited(event: str, arguments: tuple[object, ...]) -> None:
        if event in ("os.mkdir", "os.rename", "os.symlink", "os.remove", "os.rmdir") or (
            event == "open" and ".profiles" in str(arguments[0])
        ):
            step()

    try:
        with taking(shelf, record) as its:
            its.kept._connection.set_trace_callback(step)
            sys.addaudithook(audited)
            its.take_down(NOW)
    finally:
        os._exit(0 if sys.exc_info()[0] is None else 3)


def kill_each(folder: Path, steps: Sequence[int]) -> bool:
    """Kill at each of the steps; return whether the last one was behind the end."""
    shelf, ended = Shelf(), False
    for step in steps:
        record = folder / f"killed-{step}" / "bench.ledger"
        record.parent.mkdir()
        shelf.put(1)
        take(shelf, record)
        shelf.put(2)
        ended = taken_by_a_child(shelf, record, step)
        there = what_is_there(record)
        assert there in ((2,) if ended else (1, 2)), step
        take(shelf, record)
        assert what_is_there(record) == 2, step
        assert "version = 2\n" in (folders.newest(record) / "a32.toml").read_text("utf-8")
        assert len(list(folders.folder_of(record).iterdir())) == 2, step
    return ended


def test_killed_in_the_middle_a_bench_has_the_old_release_or_the_new(tmp_path: Path) -> None:
    assert kill_each(tmp_path, (*range(3, 80, 7), 10_000))


@pytest.mark.soak
def test_killed_at_each_step_a_bench_has_the_old_release_or_the_new(tmp_path: Path) -> None:
    assert kill_each(tmp_path, (*range(1, 90), 10_000))


# ── at work ─────────────────────────────────────────────────────────────────────────────────────
def test_a_bench_at_work_reads_on_while_a_release_comes(record: Path) -> None:
    shelf = Shelf()
    shelf.put(1)
    take(shelf, record)
    with closing(Delivered.read(record)) as at_work:
        assert at_work.number == 1
        seen = []

        def watch(*_: int) -> None:
            seen.append(bool(at_work.other_than([imei(1)], STRANGER)))

        shelf.put(2)
        with taking(shelf, record, watch=watch) as its:
            its.take_down(NOW)
        assert seen == [True] * 5
        assert at_work.other_than([imei(2)], STRANGER)
    assert what_is_there(record) == 2


def test_a_folder_of_profiles_that_was_lost_is_laid_out_again(record: Path) -> None:
    shelf = Shelf()
    shelf.put(1)
    take(shelf, record)
    folder = folders.set_of(record, line_of("profiles", parts(1)["profiles"]).sha256)
    (folder / "a32.toml").unlink()
    folder.rmdir()
    take(shelf, record)
    assert what_is_there(record) == 1


def test_of_people_nothing_is_left_once_they_were_taken_over(record: Path) -> None:
    shelf = Shelf()
    shelf.put(1)
    take(shelf, record)
    with delivered(record) as found:
        digest = found.people_digest
        assert [each.name for each in found.people() or ()] == ["Testperson 1"]
    assert wipe_people(record, digest)
    with delivered(record) as found:
        assert found.people() is None
        assert found.people_digest == digest
    for file in record.parent.glob("bench.ledger.centre*"):
        assert b"Testperson" not in file.read_bytes()
    shelf.put(2, parts(2) | {"people": parts(1)["people"]})
    shelf.asked.clear()
    take(shelf, record)
    assert digest not in [each.part for each in shelf.asked]
    with delivered(record) as found:
        assert (found.number, found.people()) == (2, None)


# ── handsets elsewhere ──────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("place", "said", "serial", "words"),
    [
        (Place(True, "bench-02"), "R58M1", "R58M1", ""),
        (Place(True, "bench-02"), "r58m1", "R58M1", ""),
        (Place(True, "bench-02"), "R58M1", "R58M2", "bench-02, serial R58M1"),
        (Place(True, "bench-02"), "", "R58M2", ""),
        (Place(True, "bench-02"), "R58M1", "", ""),
        (Place(True, BENCH), "R58M1", "R58M2", ""),
        (Place(False, "stores"), "R58M1", "R58M1", ""),
        (Place(False, "stores"), "R58M1", "R58M2", "stores, serial R58M1"),
        (Place(False, "stores"), "", "R58M2", "stores"),
        (Place(False, "stores"), "R58M1", "", "stores, serial R58M1"),
        (Place(False, BENCH), "R58M1", "R58M2", f"{BENCH}, serial R58M1"),
    ],
)
def test_a_handset_is_known_elsewhere_as_another(
    record: Path, place: Place, said: str, serial: str, words: str
) -> None:
    shelf = Shelf()
    shelf.put(1, {"elsewhere": elsewhere.written([KnownThere(imei(5).digits, said, place)])})
    take(shelf, record)
    with delivered(record) as found:
        assert found.other_than([imei(4), imei(5)], SerialNumber(serial)) == words
        assert found.other_than([imei(4)], SerialNumber(serial)) == ""


def test_what_others_have_in_hand_is_known_offline_too(record: Path) -> None:
    there = KnownThere(imei(5).digits, "R58M1", Place(True, "bench-02"), "packed", 1_790_000_000)
    held, gone = replace(there, in_hand=True), replace(there, imei=imei(6).digits)
    shelf = Shelf()
    shelf.put(1, {"elsewhere": elsewhere.written([held, gone])})
    take(shelf, record)
    with delivered(record) as found:
        (sighting,) = found.sightings([imei(5), imei(6), imei(7)])
    assert isinstance(sighting, Sighting)
    assert (sighting.imei, sighting.bench, sighting.phase) == (imei(5), "bench-02", "packed")
    assert sighting.at.timestamp() == 1_790_000_000


def test_forty_thousand_handsets_are_looked_up_where_they_lie(record: Path) -> None:
    there = Place(True, "bench-02")
    known = [KnownThere(imei(n).digits, f"R58M{n}", there) for n in range(40_000)]
    shelf = Shelf()
    shelf.put(1, {"elsewhere": elsewhere.written(known)})
    take(shelf, record)
    with delivered(record) as found:
        assert found._connection is not None
        plan = found._connection.execute(
            "EXPLAIN QUERY PLAN SELECT serial FROM handset_elsewhere WHERE imei = ?", ("1",)
        ).fetchall()
        assert "USING INDEX handset_elsewhere_by_imei" in str(plan)
        assert found.other_than([Imei(imei(39_999).digits)], STRANGER)


# ── asset tags ──────────────────────────────────────────────────────────────────────────────────
def test_a_prefix_that_is_given_in_blocks_is_not_counted_up_by_itself(record: Path) -> None:
    text = tags.written(SentTags((TagBlock("AST", 1, 9),), frozenset({"AST", "OTH"})))
    shelf = Shelf()
    shelf.put(1, {"tags": text})
    take(shelf, record)
    with delivered(record) as found:
        assert found.blocks("AST") == (range(1, 10),)
        assert found.blocks("OTH") == ()
        assert found.blocks("OWN") is None


# ── another program, another centre ─────────────────────────────────────────────────────────────
def spoil(record: Path, change: str) -> None:
    """Have what is in use be what this program cannot read."""
    with open_state(beside(record)) as state:
        state.connection.execute(change)


NO_PROFILE = (
    "UPDATE release_part SET body = replace(body, 'verify', 'vrfy') WHERE kind = 'profiles'"
)
NO_TAGS = "UPDATE release_part SET body = replace(body, 'blocks', 'blobs') WHERE kind = 'tags'"
NO_PEOPLE = "UPDATE release_part SET body = replace(body, 'role', 'roll') WHERE kind = 'people'"
NO_ORDERS = "UPDATE release_part SET body = replace(body, 'due', 'dew') WHERE kind = 'orders'"
NO_NOTE = "UPDATE release SET note = 'of another form'"


@pytest.mark.parametrize("change", [NO_PROFILE, NO_TAGS, NO_PEOPLE, NO_ORDERS, NO_NOTE])
def test_what_cannot_be_read_any_more_keeps_no_newer_release_away(
    record: Path, change: str
) -> None:
    shelf = Shelf()
    shelf.put(1)
    take(shelf, record)
    spoil(record, change)
    shutil.rmtree(folders.folder_of(record))
    shelf.put(2)
    taken = take(shelf, record)
    assert taken
    assert len(taken.warnings) == (change == NO_PROFILE)
    assert what_is_there(record) == 2


def test_profiles_that_cannot_be_read_any_more_are_told_of_until_others_come(record: Path) -> None:
    shelf = Shelf()
    shelf.put(1)
    take(shelf, record)
    spoil(record, NO_PROFILE)
    assert take(shelf, record) is None, "they lie there, whole, as they were proven"
    shutil.rmtree(folders.set_of(record, line_of("profiles", parts(1)["profiles"]).sha256))
    assert "set aside" in refusal(shelf, record).detail
    assert not folders.newest(record).is_symlink()


@pytest.mark.parametrize("change", [NO_TAGS, NO_PEOPLE, NO_ORDERS, NO_NOTE])
def test_a_part_that_is_named_again_and_cannot_be_read_is_fetched_again(
    record: Path, change: str
) -> None:
    shelf = Shelf()
    shelf.put(1)
    take(shelf, record)
    spoil(record, change)
    shelf.put(2, parts(1))
    assert take(shelf, record)
    with delivered(record) as found:
        assert (found.number, found.blocks("AST")) == (2, (range(1000, 1100),))
        assert found.people()
        assert found.orders()
        assert not found.troubles


@pytest.mark.parametrize(
    ("change", "where"),
    [(NO_TAGS, "tags"), (NO_PEOPLE, "people"), (NO_ORDERS, "orders"), (NO_NOTE, "release")],
)
def test_a_bench_opens_also_where_it_cannot_read_what_was_sent(
    record: Path, change: str, where: str
) -> None:
    shelf = Shelf()
    shelf.put(1)
    take(shelf, record)
    spoil(record, change)
    with delivered(record) as found:
        read = {
            "people": found.people() is not None, "orders": bool(found.orders()),
            "tags": found.blocks("AST") == (range(1000, 1100),), "release": found.number == 1,
        }  # fmt: skip
        assert [each for each, is_there in read.items() if not is_there and each != "tags"] == [
            each for each in (where,) if each != "tags"
        ]
        if where in ("tags", "release"):
            assert found.blocks("AST") == found.blocks("OTH") == (), "it does not count by itself"
        (trouble,) = found.troubles
        assert (trouble.code, trouble.where) == (ProblemCode.RELEASE_UNUSABLE, where)


def test_a_centre_that_has_an_older_release_than_the_bench_is_told_of(record: Path) -> None:
    shelf = Shelf()
    shelf.put(7)
    take(shelf, record)
    shelf.note = None
    said = refusal(shelf, record)
    assert said.where == "release"
    assert "none as new as number 7" in said.detail
    assert shelf.asked[-1].release == 6, "the one that is there is an answer too"
    assert what_is_there(record) == 7


@pytest.mark.soak
def test_two_hundred_thousand_handsets_take_little_room(record: Path) -> None:
    there = Place(True, "bench-02")
    text = elsewhere.written(
        KnownThere(imei(n).digits, f"R58M{n}", there) for n in range(elsewhere.MOST)
    )
    shelf = Shelf()
    shelf.put(1, {"elsewhere": text})
    tracemalloc.start()
    try:
        take(shelf, record)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * len(text), "of rows made into values it would be twenty times as much"
