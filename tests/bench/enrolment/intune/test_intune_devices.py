"""Which of the service's entries a handset is, who waits for it, and how the record differs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bench.enrolment.intune.comparison import Comparison
from bench.enrolment.intune.devices import By, Wanted, filter_of, handset_of, handsets_of, the_one
from bench.enrolment.intune.identities import Identity, Kind, RowError, read_identities
from bench.enrolment.intune.reconcile import HEAD, table
from bench.enrolment.intune.verdicts import Expected, Finding, Verdict
from bench.enrolment.intune.waiting import Waiting
from bench.events.management import Compliance, ManagedHandset
from bench.identity.identifiers import Imei, SerialNumber
from bench.problems import Problem, ProblemCode, ProblemError

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def imei(number: int) -> Imei:
    return Imei.with_check_digit(f"00440000{number:06d}")


def serial(number: int) -> str:
    return f"R58N{number:05d}XY"


def entry(
    number: int, serial_of: int | None, imei_of: int | None, *, name: str = "", hours: float = 0,
    compliance: Compliance = Compliance.COMPLIANT,
) -> ManagedHandset:  # fmt: skip
    return ManagedHandset(
        f"id-{number}", name, serial(serial_of) if serial_of is not None else "",
        imei(imei_of) if imei_of is not None else None, compliance=compliance,
        enrolled_at=NOON + timedelta(hours=hours),
    )  # fmt: skip


def wanted(number: int, *imeis: int) -> Wanted:
    return Wanted(SerialNumber(serial(number)), tuple(map(imei, imeis)))


# ── one handset ─────────────────────────────────────────────────────────────────────────────────
def test_a_device_is_read_and_what_it_does_not_say_is_empty() -> None:
    row = {"id": "x", "serialNumber": "R58N00001XY", "imei": str(imei(1))}
    row |= {"complianceState": "new", "enrolledDateTime": "0001-01-01T00:00:00Z"}
    found = handset_of(row)
    assert (found.serial, found.imei, found.model) == ("R58N00001XY", imei(1), "")
    assert (found.compliance, found.enrolled_at) == (Compliance.UNKNOWN, None)


@pytest.mark.parametrize("text", ["", "A0000009AB1234", "123", "0" * 15])
def test_what_is_no_imei_there_says_nothing(text: str) -> None:
    assert handset_of({"id": "x", "imei": text}).imei is None


def test_a_device_whose_name_is_spoilt_is_read_all_the_same() -> None:
    found = handset_of({"id": "x", "deviceName": "Staging_\ud83d", "imei": "\udfff"})
    assert (found.name, found.imei) == ("Staging_", None)
    assert found.name.encode()


def test_a_device_that_cannot_be_read_keeps_no_other_from_being() -> None:
    rows: list[dict[str, object]] = [{"id": "a"}, {"id": "b", "model": 7}, {}, {"imei": "x"}]
    found, unreadable = handsets_of(rows)
    assert ([each.id for each in found], unreadable) == (["a", ""], 2)


def test_a_persons_name_is_not_taken_over() -> None:
    def name(text: str) -> str:
        return handset_of({"id": "x", "serialNumber": "R58N00001XY", "deviceName": text}).name

    assert name("officer@training.example_AndroidForWork_11/24/2026_12.05 PM") == ""
    assert name("Staging_R58N00001XY_AndroidForWork") == "Staging_R58N00001XY_AndroidForWork"
    assert name("FORCE-R58N00001XY") == "FORCE-R58N00001XY"


def test_a_filter_cannot_be_broken_out_of() -> None:
    assert filter_of(By.SERIAL, "a' or 'x") == "serialNumber eq 'a'' or ''x'"


def test_the_newest_enrolment_is_the_one() -> None:
    entries = [entry(1, 1, 1, hours=1), entry(2, 1, 1, hours=3), entry(3, 1, None, hours=2)]
    assert the_one(entries, wanted(1, 1)) == entries[1]
    assert the_one([], wanted(1, 1)) is None
    assert the_one([entry(1, 2, 2)], wanted(1, 1)) is None


def test_either_imei_finds_a_handset_and_case_does_not_matter() -> None:
    assert the_one([entry(1, None, 2)], wanted(1, 1, 2))
    found = ManagedHandset("x", "", serial(1).lower(), None)
    assert the_one([found], wanted(1, 1)) == found


def test_one_whose_imei_contradicts_comes_as_it_is_only_where_there_is_no_better() -> None:
    other, own = entry(1, 1, 9, hours=5), entry(2, 1, 1, hours=1)
    assert the_one([other], wanted(1, 1)) == other
    assert the_one([other, own], wanted(1, 1)) == own


# ── everyone who waits ──────────────────────────────────────────────────────────────────────────
class _Service:
    """Knows the handsets of even serial numbers, and counts how often it is asked."""

    def __init__(self) -> None:
        self.rounds: list[int] = []
        self.trouble: Exception | None = None

    async def __call__(self, wanted: Sequence[Wanted]) -> list[ManagedHandset | None]:
        self.rounds.append(len(wanted))
        await asyncio.sleep(0)
        if self.trouble:
            raise self.trouble
        numbers = [int(str(each.serial)[4:9]) for each in wanted]
        return [entry(0, number, None) if number % 2 == 0 else None for number in numbers]


def test_sixty_four_who_wait_are_one_round_of_questions() -> None:
    async def scenario() -> None:
        service = _Service()
        waiting = Waiting(service, interval=0.01, gather=0.001)
        asked = [waiting.find(wanted(n % 32)) for n in range(64)]
        found = await asyncio.gather(*asked)
        assert [each is not None for each in found] == [n % 2 == 0 for n in range(64)]
        assert service.rounds == [32]
        assert await waiting.find(wanted(2)) is not None
        assert service.rounds == [32, 1]
        await waiting.close()

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "trouble", [ProblemError(Problem(ProblemCode.SERVICE_BUSY)), ZeroDivisionError()]
)
def test_trouble_reaches_everyone_who_waits_and_the_next_round_is_asked_again(
    trouble: Exception,
) -> None:
    async def scenario() -> None:
        service = _Service()
        service.trouble = trouble
        waiting = Waiting(service, interval=0, gather=0)
        asked = (waiting.find(wanted(n)) for n in range(3))
        found = await asyncio.gather(*asked, return_exceptions=True)
        assert found == [trouble] * 3
        service.trouble = None
        assert await waiting.find(wanted(2)) is not None
        await waiting.close()

    asyncio.run(scenario())


def test_one_who_gives_up_takes_nobody_with_them() -> None:
    async def scenario() -> None:
        service = _Service()
        waiting = Waiting(service, interval=0, gather=0.01)
        stays, goes = (asyncio.create_task(waiting.find(wanted(n))) for n in (2, 4))
        await asyncio.sleep(0)
        goes.cancel()
        assert await stays is not None
        late = asyncio.create_task(waiting.find(wanted(2)))
        await asyncio.sleep(0)
        await waiting.close()
        with pytest.raises(asyncio.CancelledError):
            await late

    asyncio.run(scenario())


# ── record and service side by side ─────────────────────────────────────────────────────────────
def expected(number: int, *imeis: int) -> Expected:
    return Expected(f"u{number}", serial(number), tuple(map(imei, imeis)), "A32 v3")


def compared(here: Sequence[Expected], there: Sequence[ManagedHandset]) -> list[Finding]:
    with Comparison() as comparison:
        comparison.expect(here)
        comparison.see(there)
        found = list(comparison.findings())
        assert sum(comparison.counts.values()) == len(found)
        return found


def verdicts(here: Sequence[Expected], there: Sequence[ManagedHandset]) -> list[Verdict]:
    return [each.verdict for each in compared(here, there)]


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        ([], Verdict.MISSING),
        ([entry(1, 1, 1)], Verdict.COMPLIANT),
        ([entry(1, 1, None)], Verdict.COMPLIANT),
        ([entry(1, None, 101)], Verdict.COMPLIANT),
        ([entry(1, 1, 1, compliance=Compliance.NONCOMPLIANT)], Verdict.NOT_COMPLIANT),
        ([entry(1, 1, 1, compliance=Compliance.IN_GRACE_PERIOD)], Verdict.NOT_COMPLIANT),
        ([entry(1, 1, 1, compliance=Compliance.UNKNOWN)], Verdict.NOT_COMPLIANT),
        ([entry(1, 1, 1, name="Staging_R58N00001XY_x")], Verdict.STAGED),
        ([entry(1, 1, 9)], Verdict.CONTRADICTING),
        ([entry(1, 9, 1)], Verdict.CONTRADICTING),
        ([entry(1, 1, 9), entry(2, 1, 1)], Verdict.CONTRADICTING),
        ([entry(1, 1, 1), entry(2, 1, 1, hours=2)], Verdict.TWICE),
    ],
)
def test_each_way_in_which_record_and_service_may_agree(
    seen: list[ManagedHandset], verdict: Verdict
) -> None:
    assert verdicts([expected(1, 1, 101)], seen) == [verdict]


def test_a_handset_that_is_not_due_is_missed_by_nobody_and_told_of_where_it_is_seen() -> None:
    here = [Expected(f"u{n}", serial(n), (imei(n),), due=False) for n in (1, 2, 3)]
    assert verdicts(here, [entry(1, 1, 1), entry(2, 2, 9)]) == [
        Verdict.NOT_YET, Verdict.CONTRADICTING,
    ]  # fmt: skip


def test_what_the_record_does_not_know_comes_last() -> None:
    found = compared([expected(1, 1)], [entry(7, 7, 7), entry(1, 1, 1)])
    assert [each.verdict for each in found] == [Verdict.COMPLIANT, Verdict.UNRECORDED]
    assert found[1].expected is None
    assert found[1].seen == entry(7, 7, 7)


def test_the_newest_of_several_entries_is_shown() -> None:
    (found,) = compared([expected(1, 1)], [entry(1, 1, 1, hours=5), entry(2, 1, 1, hours=2)])
    assert found.seen == entry(1, 1, 1, hours=5)
    assert "2 entries" in found.remark


def test_two_handsets_of_the_record_that_fit_one_entry_are_both_told_of() -> None:
    here = [expected(1, 1), Expected("u2", serial(1), (), "")]
    assert verdicts(here, [entry(1, 1, None)]) == [Verdict.TWICE, Verdict.TWICE]


def test_handsets_that_share_a_makers_serial_number_are_told_apart_by_their_imeis() -> None:
    here = [expected(1, 1), Expected("u2", serial(1), (imei(2),), "")]
    there = [entry(1, 1, 1), entry(2, 1, 2, compliance=Compliance.NONCOMPLIANT)]
    assert verdicts(here, there) == [Verdict.COMPLIANT, Verdict.NOT_COMPLIANT]


def test_an_entry_with_ones_serial_number_and_anothers_imei_contradicts_both() -> None:
    here = [expected(1, 1), expected(2, 2)]
    assert verdicts(here, [entry(1, 1, 2)]) == [Verdict.CONTRADICTING] * 2


def test_an_entry_that_comes_again_on_a_later_page_is_one() -> None:
    with Comparison() as comparison:
        comparison.expect([expected(1, 1)])
        comparison.see([entry(1, 1, 9)])
        comparison.see([entry(1, 1, 1)])
        assert [each.verdict for each in comparison.findings()] == [Verdict.COMPLIANT]


def test_entries_without_an_id_do_not_take_each_others_place() -> None:
    there = [replace(entry(n, n, n), id="") for n in (1, 2, 3)]
    assert verdicts([expected(n, n) for n in (1, 2, 3)], there) == [Verdict.COMPLIANT] * 3


def test_a_handset_without_any_identifier_is_missing() -> None:
    assert verdicts([Expected("u1", "", (), "")], [entry(1, None, None)]) == [
        Verdict.MISSING, Verdict.UNRECORDED,
    ]  # fmt: skip


def test_the_table_has_a_cell_for_each_head() -> None:
    rows = list(table(compared([expected(1, 1), expected(2)], [entry(1, 1, 1), entry(3, 3, 3)])))
    assert rows[0] == HEAD
    assert {len(row) for row in rows} == {len(HEAD)}
    assert rows[1][:6] == ("seen, compliant", "u1", serial(1), str(imei(1)), "", "A32 v3")
    assert [row[0] for row in rows[1:]] == ["seen, compliant", "missing", "not in the record"]


# ── corporate identifiers ───────────────────────────────────────────────────────────────────────
def _lines(*lines: str) -> Iterator[str]:
    return iter([f"{line}\r\n" for line in lines])


def test_identifiers_are_read_once_each() -> None:
    found = list(read_identities(_lines(f"{imei(1)},pallet 7", "", "R58N.00001XY,", str(imei(1)))))
    assert found == [
        Identity(Kind.IMEI, str(imei(1)), "pallet 7"), Identity(Kind.SERIAL, "R58N00001XY"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line", ["123456789012345,x", "R58N 00001XY", "=cmd|x", "'", "é", f"\x00{'x' * 200_000}"]
)
def test_a_row_that_is_no_identifier_is_told_of_with_its_line(line: str) -> None:
    with pytest.raises(RowError, match="line 2: "):
        list(read_identities(_lines(str(imei(1)), line)))


def test_details_are_cut_to_what_intune_takes() -> None:
    (found,) = read_identities(_lines(f"{imei(1)},{'x' * 500}"))
    assert len(found.details) == 128
