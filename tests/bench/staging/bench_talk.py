"""Made-up handsets, boxes and runs, in few words."""

from __future__ import annotations

from dataclasses import replace

from bench.custody.body import short
from bench.custody.entries import OpenRun
from bench.enrolment.profiles.profile import EnrolmentProfile
from bench.events.device import HandsetDetached, HandsetIdentity, HandsetOnline
from bench.events.modem import ModemIdentity
from bench.events.orders import CustodyKind, Record, StartStep
from bench.events.run import HandsetReattached, HandsetRecognised, ImeiScanned
from bench.identity.identifiers import AssetTag, Imei, SerialNumber, SlotCode, UsbPath
from bench.ports import Handset, Progress
from bench.staging.advance import advance
from bench.staging.crew import NoSecrets
from bench.staging.plan import Plan, PlannedStep
from bench.staging.recording import entries_of
from bench.staging.run import StagingRun, State
from bench.staging.steps.means import Means

A1, B4 = SlotCode("A", 1), SlotCode("B", 4)
PORT, OTHER_PORT = UsbPath(1, (1, 1)), UsbPath(1, (1, 2))
PLAN = Plan(
    (PlannedStep("install", retries=1), PlannedStep("verify")), scan_back=True, fingerprint="f" * 64
)
TAG = AssetTag("AST", "000001")


def imei(number: int) -> Imei:
    return Imei.with_check_digit(f"00440000{number:06d}")


def handset(number: int = 1, *, imeis: tuple[Imei, ...] | None = None) -> HandsetIdentity:
    own = (imei(number), imei(number + 500_000))
    serial = SerialNumber(f"R58N{number:05d}XY")
    return HandsetIdentity(serial, own if imeis is None else imeis, "SM-A325F")


def foreseen(number: int = 1) -> ModemIdentity:
    return ModemIdentity(handset(number).serial, imei(number), "SM-A325F", sales_code="EUX")


def recognised(
    number: int = 1,
    session: int = 1,
    *,
    staged: bool = False,
    imeis: tuple[Imei, ...] | None = None,
) -> HandsetRecognised:
    return HandsetRecognised(
        PORT, session, handset(number, imeis=imeis), f"uid{number}", staged=staged
    )


def reattached(session: int, number: int = 1) -> HandsetReattached:
    """The handset of a run came back in slot B4."""
    return HandsetReattached(B4, replace(recognised(number, session), path=OTHER_PORT))


def box(number: int = 1) -> ImeiScanned:
    return ImeiScanned(imei(number), TAG)


def fresh(plan: Plan = PLAN) -> StagingRun:
    return StagingRun("run1", A1, PORT, plan)


def awaiting_scan(plan: Plan = PLAN) -> StagingRun:
    online, _ = advance(fresh(plan), HandsetOnline(PORT, 1))
    return advance(online, recognised())[0]


def staging(plan: Plan = PLAN) -> StagingRun:
    return advance(awaiting_scan(plan), box())[0]


def labelling(plan: Plan = PLAN) -> StagingRun:
    no_steps = replace(plan, steps=())
    return replace(advance(awaiting_scan(no_steps), box())[0], plan=plan, step=len(plan.steps))


def in_state(state: State) -> StagingRun:
    """A run as it is in that state, come there the way runs do where that matters."""
    match state:
        case State.ATTACHED:
            return fresh()
        case State.AWAITING_SCAN:
            return awaiting_scan()
        case State.STAGING:
            return staging()
        case State.LABELLING:
            return labelling()
        case State.HELD:
            return advance(staging(), HandsetDetached(PORT))[0]
        case _:
            return replace(labelling(), state=state, busy=False)


def start_step(ticket: int, session: int, step: int) -> StartStep:
    return StartStep("run1", ticket, session, step, PLAN.fingerprint, handset(), None)


def means(device: Handset | None, progress: Progress = lambda _: None) -> Means:
    """What a step is done with at a bench that has a handset and no services."""
    profile = EnrolmentProfile("made up", 1, scan_back=True, steps=(), fingerprint="f" * 64)
    return Means(profile, handset(), device, progress, lambda _: None, NoSecrets())


def kept(run: StagingRun) -> OpenRun:
    """Return a run as the record gives it back."""
    (entry,) = entries_of(run, [Record(CustodyKind.HELD)], "bench-07")
    assert entry.run is not None
    return OpenRun(entry.run, entry.device, short(run.plan.fingerprint))
