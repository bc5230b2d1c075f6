"""What is written when handsets go to a person, and what keeps one from it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bench.custody.entries import DeviceRef, Entry, PersonalText
from bench.custody.phases import Phase, phase_after
from bench.events.orders import CustodyKind, Json
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.handing.recipients import Recipient
from bench.stock.packing import fitness
from bench.stock.packing.queries import Box


class Acceptance(StrEnum):
    """How a person showed that they took it over; the value is `data.accepted`."""

    BADGE = "badge"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Given:
    """A handset that is about to be handed over; `variant` is the letter of its adjustment."""

    box: Box
    device: DeviceRef
    variant: str = ""


def refuse_unfit(box: Box) -> None:
    """Raise `ProblemError` NOT_FIT_TO_GO for a handset that cannot go to a person as it is."""
    if box.phase is Phase.HANDED_OVER:
        why = "a person has it already: take it back first"
    elif phase_after(CustodyKind.HANDED_OVER, box.phase) is None:
        why = fitness.unfit(box, Phase.STAGED)
    elif not (why := fitness.unfit(box, box.phase)):
        return
    raise ProblemError(Problem(ProblemCode.NOT_FIT_TO_GO, box.name, why))


def handed_over(
    given: Sequence[Given], to: Recipient, how: Acceptance, signature: PersonalText | None = None
) -> tuple[Entry, ...]:
    """Return an entry for each handset; each commits to the signature, so each proves alone."""
    texts = (*to.personal, *((signature,) if signature else ()))
    return tuple(_entry(each, to, how, texts) for each in given)


def _entry(given: Given, to: Recipient, how: Acceptance, texts: tuple[PersonalText, ...]) -> Entry:
    data: dict[str, Json] = {"accepted": how.value}
    if given.variant:
        data["variant"] = given.variant
    return Entry(
        CustodyKind.HANDED_OVER,
        given.device,
        data=data,
        from_=given.box.place or None,
        to=to.custodian,
        personal=texts,
    )
