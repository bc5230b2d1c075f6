"""What was found, in lines; of an IMEI, SIM or telephone number only the end is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from bench.custody.chain import parse
from bench.custody.entries import SealedEvent
from bench.custody.phases import Phase
from bench.events.desks import Line, Weight
from bench.events.orders import CustodyKind, Json
from bench.stock.finding.lists import Found, FoundGroup, Group
from bench.stock.finding.queries import Answer, FoundExpected, FoundSim
from bench.stock.papers.report import moment, shown
from bench.stock.standing.naming import end_of

HEADS: Final = ("IMEI", "Serial", "Tag", "Model", "Stands", "Since", "With")
CARD_HEADS: Final = ("What", "Is")
EVENTS: Final = 12
"""Of a handset's events the last ones are shown; the rest is in its statement."""
GROUP_WORDS: Final = {
    Group.PHASE: "Where they stand",
    Group.ORDER: "Order",
    Group.CARTON: "Carton",
    Group.CONSIGNMENT: "Consignment",
    Group.PLACE: "Place",
}
_BAD = (Phase.QUARANTINED, Phase.DEAD_ON_ARRIVAL)
_GOOD = (Phase.HANDED_OVER, Phase.RECEIVED, Phase.DISPATCHED, Phase.STAGED)


def handset_lines(handsets: Iterable[Found]) -> tuple[Line, ...]:
    """Return a line for each handset, under `HEADS`."""
    return tuple(
        Line(
            (
                end_of(each.imei), each.serial, each.asset_tag, each.model, each.phase,
                shown(moment(each.at)), each.place,
            ),
            _weight(each.phase),
        )
        for each in handsets
    )  # fmt: skip


def answer_lines(answer: Answer) -> tuple[Line, ...]:
    """Return what was found, handsets first, under `HEADS`."""
    return (
        *handset_lines(answer.handsets),
        *(Line(_sim(each)) for each in answer.sims),
        *(Line(_expected(each), Weight.OPEN) for each in answer.expected),
        *(Line(_group(each)) for each in answer.groups),
    )


def card_lines(found: Found, events: Sequence[SealedEvent]) -> tuple[Line, ...]:
    """Return all that is known of one handset, its last events last, under `CARD_HEADS`."""
    bodies = [parse(event.body) for event in events]
    known = {
        "IMEI": end_of(found.imei),
        "Serial": found.serial,
        "Tag": found.asset_tag,
        "Model": found.model,
        "Stands": f"{found.phase}, since {shown(moment(found.at))}",
        "With": found.place,
        "Order": found.number,
        "Carton": found.carton,
        "Consignment": found.docket,
        "SIM": end_of(sim_of(bodies)),
    }
    facts = (Line((name, text)) for name, text in known.items() if text)
    return (*facts, *(Line(cells) for cells in _events(bodies[-EVENTS:])))


def sim_of(bodies: Iterable[dict[str, Json]]) -> str:
    """Return the SIM that a handset's events leave in it, "" for none."""
    iccid = ""
    for body in bodies:
        if body["type"] == CustodyKind.SIM_MARRIED:
            iccid = str(_member(_member(body, "data"), "sim").get("iccid") or "")
        elif body["type"] == CustodyKind.SIM_TAKEN:
            iccid = ""
    return iccid


def _events(bodies: Iterable[dict[str, Json]]) -> Iterator[tuple[str, str]]:
    for body in bodies:
        way = " → ".join(str(body[end]) for end in ("from", "to") if end in body)
        who = str(_member(body, "actor").get("id") or "")
        said = ", ".join(filter(None, (str(body["type"]), way, str(body.get("reason") or ""))))
        yield f"{str(body['at'])[:19].replace('T', ' ')} UTC", f"{said} ({who})"


def _sim(sim: FoundSim) -> tuple[str, ...]:
    line = f"line {end_of(sim.msisdn)}" if sim.msisdn else "no line"
    held = "in a handset" if sim.uid else "in none"
    return (end_of(sim.iccid), "SIM", "", f"{sim.supplier} {sim.contract}", held, "", line)


def _expected(each: FoundExpected) -> tuple[str, ...]:
    where = f"{each.number} {each.carton}".strip()
    return (end_of(each.imei), each.serial, "", each.model, "not counted in", "", where)


def _group(each: FoundGroup) -> tuple[str, ...]:
    return ("", GROUP_WORDS[each.group], each.name, "", f"{each.handsets} handsets", "", "")


def _weight(phase: str) -> Weight:
    if phase in _BAD:
        return Weight.BAD
    return Weight.GOOD if phase in _GOOD else Weight.PLAIN


def _member(body: dict[str, Json], name: str) -> dict[str, Json]:
    found = body.get(name)
    return found if isinstance(found, dict) else {}
