"""Codes that are shown until they are taken, and handsets that are waited for at their service."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from bench.enrolment.profiles.profile import EnrolmentProfile, Payload, Traps
from bench.enrolment.profiles.vocabulary import (
    AwaitManagement,
    BeListed,
    CodeSource,
    Confirm,
    Seen,
    Service,
    ShowCode,
    Step,
)
from bench.enrolment.secrets.held import HeldSecrets
from bench.events.device import SaidBy
from bench.events.enrolment import ShownCode
from bench.events.management import Compliance, EnrolmentContent, ManagedHandset
from bench.identity.identifiers import Imei, SerialNumber
from bench.ports import HandsetRefusalError
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.steps.answers import Answers, Earlier
from bench.staging.steps.awaiting import until_seen
from bench.staging.steps.means import Means
from bench.staging.steps.performing import perform
from bench.staging.steps.showing_code import show_code
from tests.bench.staging.bench_talk import handset, imei

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PAYLOAD = Payload(
    "com.google.android.apps.work.clouddpc/.receivers.CloudDeviceAdminReceiver",
    "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg",
    token="intune-token",
    token_key="com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN",
)
HELD = HeldSecrets({"intune-token": "MADEUPTOKENMADEUPTOK"})


@dataclass
class Scripted:
    """A management service that answers each question with the next of its answers."""

    answers: Sequence[ManagedHandset | ProblemCode | None] = ()
    contents: Sequence[EnrolmentContent | ProblemCode] = ()
    asked: int = 0
    gave: int = 0
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return NOW + self.ahead

    async def find(
        self, serial: SerialNumber | None, imeis: tuple[Imei, ...]
    ) -> ManagedHandset | None:
        assert serial is not None or imeis
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if isinstance(answer, ProblemCode):
            raise ProblemError(Problem(answer))
        return answer

    async def content(self, profile: str) -> EnrolmentContent:
        assert profile == "fully managed"
        content = self.contents[min(self.gave, len(self.contents) - 1)]
        self.gave += 1
        if isinstance(content, ProblemCode):
            raise ProblemError(Problem(content))
        return content


@dataclass
class Slot:
    """What is shown in the slot, one after another."""

    shown: list[ShownCode | None] = field(default_factory=list)

    @property
    def now(self) -> ShownCode | None:
        return self.shown[-1] if self.shown else None


def managed(**told: object) -> ManagedHandset:
    usual = ManagedHandset(
        "id-1", "AndroidForWork_1", str(handset().serial), imei(1), enrolled_at=NOW
    )
    return replace(usual, **told)  # type: ignore[arg-type]


def means(service: Scripted | None, slot: Slot | None = None, **told: object) -> Means:
    profile = EnrolmentProfile("QR", 1, True, (), "f" * 64, payload=PAYLOAD)
    usual = Means(
        profile, handset(), None, lambda _: None, (slot or Slot()).shown.append, HELD,
        management=service, since=NOW, now=lambda: NOW, pause=0.0,
    )  # fmt: skip
    return replace(usual, **told)  # type: ignore[arg-type]


def wait(seen: Seen, with_: Means) -> str:
    return asyncio.run(perform(Step("wait", AwaitManagement(seen), 2, 0), with_))


def refused(seen: Seen, with_: Means) -> str:
    with pytest.raises(HandsetRefusalError) as refusal:
        wait(seen, with_)
    return refusal.value.reason


def passes(seen: Seen, with_: Means) -> bool:
    """Whether it passes within a few looks at the service."""

    async def a_while() -> None:
        async with asyncio.timeout(0.1):
            await until_seen(seen, with_)

    try:
        asyncio.run(a_while())
    except TimeoutError:
        return False
    return True


def problem(work: Callable[[], object]) -> ProblemCode:
    with pytest.raises(ProblemError) as error:
        work()
    return error.value.problem.code


# ── waiting ─────────────────────────────────────────────────────────────────────────────────────
def test_a_handset_is_waited_for_until_it_is_compliant() -> None:
    unknown = managed(compliance=Compliance.UNKNOWN)
    service = Scripted([None, None, unknown, managed(compliance=Compliance.COMPLIANT)])
    assert wait(Seen.COMPLIANT, means(service)) == "AndroidForWork_1, compliant"
    assert service.asked == 4


@pytest.mark.parametrize("state", [s for s in Compliance if s is not Compliance.COMPLIANT])
def test_no_other_state_passes_for_compliant(state: Compliance) -> None:
    assert not passes(Seen.COMPLIANT, means(Scripted([managed(compliance=state)]), pause=0.01))


def test_only_a_name_of_staging_passes_for_staged() -> None:
    staged = managed(name="Staging_R58N00001XY_AndroidForWork_1")
    assert wait(Seen.STAGED, means(Scripted([managed(), staged]))).startswith("Staging_")


def test_an_entry_from_before_a_reset_proves_nothing() -> None:
    def is_passed(ago: timedelta) -> bool:
        old = managed(enrolled_at=NOW - ago, compliance=Compliance.COMPLIANT)
        return passes(Seen.COMPLIANT, means(Scripted([old]), pause=0.01))

    assert not is_passed(timedelta(days=30))
    assert not is_passed(timedelta(minutes=7))
    assert not is_passed(timedelta(seconds=61))
    assert is_passed(timedelta(seconds=59))


def test_an_entry_without_a_date_proves_nothing_by_itself() -> None:
    undated = managed(enrolled_at=None)
    assert not passes(Seen.ENROLLED, means(Scripted([undated]), pause=0.01))
    new = means(Scripted([undated]), earlier=Earlier(frozenset({"id-0"})))
    assert wait(Seen.ENROLLED, new)


@pytest.mark.parametrize("ahead", [timedelta(minutes=50), -timedelta(minutes=50)])
def test_what_is_new_is_told_by_the_clock_of_the_service(ahead: timedelta) -> None:
    def is_passed(enrolled: timedelta) -> bool:
        entry = managed(enrolled_at=NOW + ahead + enrolled)
        return passes(Seen.ENROLLED, means(Scripted([entry], ahead=ahead), pause=0.01))

    assert is_passed(timedelta(seconds=10))
    assert not is_passed(-timedelta(minutes=5))


def test_an_entry_that_was_there_before_the_code_is_shown_is_never_news() -> None:
    stale = managed(enrolled_at=NOW + timedelta(seconds=5))
    new = managed(id="id-2", name="AndroidForWork_2", enrolled_at=NOW + timedelta(seconds=9))
    earlier = Earlier()
    assert shown_in_vain(means(Scripted([stale], [content()]), pause=0.01, earlier=earlier))
    assert earlier.ids == frozenset({"id-1"})
    again = means(Scripted([stale, new], [content()]), pause=0.01, earlier=earlier)
    assert show(CodeSource.SERVICE, "fully managed", again).startswith("AndroidForWork_2")


def test_an_entry_that_came_while_a_step_was_held_is_news_when_it_is_done_again() -> None:
    earlier = Earlier()
    assert shown_in_vain(means(Scripted([None], [content()]), pause=0.01, earlier=earlier))
    again = means(Scripted([managed()], [content()]), earlier=earlier)
    assert show(CodeSource.SERVICE, "fully managed", again)


def test_a_serial_number_in_small_letters_is_the_same_handset() -> None:
    told = managed(serial=str(handset().serial).lower())
    assert wait(Seen.ENROLLED, means(Scripted([told])))


def test_an_entry_of_another_handset_is_refused_with_both_values() -> None:
    told = refused(Seen.ENROLLED, means(Scripted([managed(imei=imei(77))])))
    assert str(imei(77)) in told
    assert str(imei(1)) in told
    told = refused(Seen.ENROLLED, means(Scripted([managed(serial="R58N99999XY")])))
    assert "R58N99999XY" in told


def test_a_model_that_was_not_ordered_is_found_at_the_service_at_the_latest() -> None:
    ordered = replace(means(None).profile, traps=Traps(models=("SM-A325F",)))
    other = means(Scripted([managed(model="SM-A135F")]), profile=ordered)
    assert problem(lambda: wait(Seen.ENROLLED, other)) is ProblemCode.WRONG_MODEL
    fine = means(Scripted([managed(model="samsung SM-A325F")]), profile=ordered)
    assert wait(Seen.ENROLLED, fine)


def test_a_second_imei_that_a_modem_could_not_name_is_no_contradiction() -> None:
    partial = replace(handset(imeis=(imei(1),)), said_by=SaidBy.MODEM)
    service = Scripted([managed(imei=imei(500_001))])
    assert wait(Seen.ENROLLED, means(service, identity=partial))


def test_trouble_that_passes_is_waited_out_and_other_trouble_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bench.staging.steps.answers._AGAIN", 0.0)
    service = Scripted([
        ProblemCode.SERVICE_UNREACHABLE, ProblemCode.SERVICE_BUSY, ProblemCode.SERVICE_GARBLED,
        managed(),
    ])  # fmt: skip
    assert wait(Seen.ENROLLED, means(service))
    for code in (ProblemCode.SERVICE_REFUSED, ProblemCode.SIGN_IN_AGAIN, ProblemCode.CLOCK_WRONG):
        assert problem(lambda c=code: wait(Seen.ENROLLED, means(Scripted([c])))) is code  # type: ignore[misc]


def test_a_service_that_does_not_answer_till_the_limit_is_no_fault_of_the_handset() -> None:
    waiting = Step("wait", AwaitManagement(Seen.COMPLIANT), 0, 0)
    for step in (waiting, Step("show", ShowCode(CodeSource.SERVICE, "fully managed"), 0, 0)):
        told = means(Scripted([ProblemCode.SERVICE_BUSY]))
        code = problem(lambda s=step, m=told: asyncio.run(perform(s, m)))  # type: ignore[misc]
        assert code is ProblemCode.SERVICE_BUSY


def test_a_step_that_waited_in_vain_says_how_far_the_service_knows_the_handset() -> None:
    def told(answer: ManagedHandset | None) -> str:
        waiting = Step("wait", AwaitManagement(Seen.COMPLIANT), 0, 0)
        with pytest.raises(HandsetRefusalError) as refusal:
            asyncio.run(perform(waiting, means(Scripted([answer]), pause=1.0)))
        return refusal.value.reason

    assert "AndroidForWork_1, noncompliant" in told(managed(compliance=Compliance.NONCOMPLIANT))
    assert "does not know it" in told(None)
    assert "only from before" in told(managed(enrolled_at=NOW - timedelta(days=2)))


def test_trouble_that_is_over_is_no_reason_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.staging.steps.answers._AGAIN", 0.0)
    answers = Answers()
    service = Scripted([ProblemCode.SERVICE_BUSY, ProblemCode.SERVICE_BUSY, managed()])

    async def ask() -> ManagedHandset | None:
        assert service.asked == 0 or answers.trouble is not None
        return await service.find(handset().serial, ())

    assert asyncio.run(answers.wait_for("handset", ask)) == managed()
    assert answers.trouble is None


def test_without_a_service_a_bench_says_so() -> None:
    assert problem(lambda: wait(Seen.ENROLLED, means(None))) is ProblemCode.SERVICE_UNSET


# ── showing ─────────────────────────────────────────────────────────────────────────────────────
def show(source: CodeSource, name: str, with_: Means, limit: int = 2) -> str:
    return asyncio.run(perform(Step("show", ShowCode(source, name), limit, 0), with_))


def shown_in_vain(with_: Means) -> bool:
    """Whether a code that is shown for a while has not been taken by then."""

    async def a_while() -> None:
        async with asyncio.timeout(0.2):
            await show_code(ShowCode(CodeSource.SERVICE, "fully managed"), with_)

    try:
        asyncio.run(a_while())
    except TimeoutError:
        return True
    return False


def content(minutes: float | None = None, text: str = "a code of the service") -> EnrolmentContent:
    expires = None if minutes is None else NOW + timedelta(minutes=minutes)
    return EnrolmentContent(text, "fully managed", expires=expires)


def test_a_code_is_shown_until_the_service_has_seen_the_handset() -> None:
    slot = Slot()
    service = Scripted([*[None] * 40, managed()], [content(60)])
    told = show(CodeSource.SERVICE, "fully managed", means(service, slot, pause=0.02))
    assert told == "AndroidForWork_1, unknown"
    assert slot.now is not None
    assert slot.now.text.text == "a code of the service"
    assert slot.now.expires == NOW + timedelta(minutes=60)
    assert "a code of the service" not in repr(slot.now)


def test_a_code_built_here_needs_no_service() -> None:
    slot = Slot()
    with pytest.raises(HandsetRefusalError, match="not done within 1 s"):
        show(CodeSource.PAYLOAD, "", means(None, slot), 1)
    assert slot.now is not None
    assert '"MADEUPTOKENMADEUPTOK"' in slot.now.text.text


def test_a_code_that_is_about_to_expire_is_not_shown() -> None:
    slot = Slot()
    code = problem(
        lambda: show(
            CodeSource.SERVICE, "fully managed", means(Scripted([None], [content(0.25)]), slot)
        )
    )
    assert code is ProblemCode.TOKEN_EXPIRED
    assert slot.now is None


def test_a_code_that_expires_while_it_is_shown_is_taken_down_and_made_anew() -> None:
    slot = Slot()
    first, second = content(0.5 + 0.1 / 60, "first"), content(60, "second")
    service = Scripted([*[None] * 30, managed()], [first, second])
    show(CodeSource.SERVICE, "fully managed", means(service, slot, pause=0.02))
    texts = [code.text.text if code else None for code in slot.shown]
    assert texts == ["first", None, "second"]


def test_a_code_that_is_given_out_no_longer_is_taken_down_while_it_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bench.staging.steps.showing_code._LOOK_AGAIN", 0.02)
    slot = Slot()
    first, second = content(60, "first"), content(90, "second")
    busy = ProblemCode.SERVICE_BUSY
    service = Scripted([None], [first, busy, first, second, second, ProblemCode.TOKEN_EXPIRED])
    code = problem(lambda: show(CodeSource.SERVICE, "fully managed", means(service, slot)))
    assert code is ProblemCode.TOKEN_EXPIRED
    texts = [code.text.text if code else None for code in slot.shown]
    assert texts == ["first", None, "second", None]


def test_trouble_while_a_code_is_fetched_is_waited_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.staging.steps.answers._AGAIN", 0.0)
    slot = Slot()
    troubles = (
        ProblemCode.SERVICE_UNREACHABLE, ProblemCode.SERVICE_BUSY, ProblemCode.SERVICE_GARBLED,
    )  # fmt: skip
    service = Scripted([ProblemCode.SERVICE_BUSY, *[None] * 20, managed()], [*troubles, content()])
    assert show(CodeSource.SERVICE, "fully managed", means(service, slot, pause=0.02))
    assert slot.now is not None


def test_a_code_built_here_is_shown_while_the_network_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bench.staging.steps.awaiting._ANSWERS_WITHIN", 0.05)
    slot = Slot()
    service = Scripted([ProblemCode.SERVICE_UNREACHABLE])
    with pytest.raises(ProblemError):
        show(CodeSource.PAYLOAD, "", means(service, slot), 1)
    assert slot.now is not None


@pytest.mark.parametrize("ends", [None, ProblemCode.SIGN_IN_AGAIN])
def test_nothing_goes_on_behind_a_code_that_was_taken(ends: ProblemCode | None) -> None:
    async def a_while() -> tuple[int, int, int]:
        service = Scripted([None], [content()])
        showing = asyncio.create_task(
            show_code(ShowCode(CodeSource.SERVICE, "fully managed"), means(service, pause=0.01))
        )
        await asyncio.sleep(0.1)
        service.answers = [ends]
        showing.cancel() if ends is None else await asyncio.wait({showing})
        await asyncio.wait({showing})
        assert showing.cancelled() or isinstance(showing.exception(), ProblemError)
        asked, tasks = service.asked, len(asyncio.all_tasks())
        await asyncio.sleep(0.05)
        return asked, service.asked, tasks

    before, after, left = asyncio.run(a_while())
    assert left == 1, "only the one that counts"
    assert before == after > 1


def test_a_token_that_was_revoked_is_said_before_anything_is_shown() -> None:
    slot = Slot()
    service = Scripted([None], [ProblemCode.TOKEN_EXPIRED])
    code = problem(lambda: show(CodeSource.SERVICE, "fully managed", means(service, slot)))
    assert code is ProblemCode.TOKEN_EXPIRED
    assert slot.shown == []


def test_a_secret_that_is_missing_is_named() -> None:
    without = means(None, secrets=HeldSecrets({}))
    assert problem(lambda: show(CodeSource.PAYLOAD, "", without)) is ProblemCode.SECRET_MISSING
    assert problem(lambda: show(CodeSource.FILE, "x", without)) is ProblemCode.SECRET_MISSING


# ── files ───────────────────────────────────────────────────────────────────────────────────────
class Register:
    def listed(self, service: str, imeis: tuple[Imei, ...], serial: SerialNumber | None) -> str:
        assert serial == handset().serial
        return "knox-0001-1.csv" if service == "knox" and imei(1) in imeis else ""


def test_a_handset_has_to_stand_in_a_file_of_its_service() -> None:
    def listed(service: Service, with_: Means) -> str:
        return asyncio.run(perform(Step("listed", BeListed(service), 2, 0), with_))

    told = means(None, uploads=Register())
    assert listed(Service.KNOX, told) == "in knox-0001-1.csv"
    for service, with_ in ((Service.ZERO_TOUCH, told), (Service.KNOX, means(None))):
        assert problem(lambda s=service, w=with_: listed(s, w)) is ProblemCode.NOT_LISTED  # type: ignore[misc]


def test_a_question_is_never_put_to_a_handset() -> None:
    with pytest.raises(ValueError, match="technician"):
        asyncio.run(perform(Step("ask", Confirm("Is it so?"), 2, 0), means(None)))
