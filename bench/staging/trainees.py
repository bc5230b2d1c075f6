"""Made-up people for a training record: names that are none, badges and PINs made at run time."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date

from bench.custody.entries import Actor, Proof
from bench.custody.ledger import Ledger
from bench.custody.people import changes, pin
from bench.custody.people.badge import Badge
from bench.custody.people.changes import Enrolment
from bench.custody.people.pin import Pin, PinError
from bench.custody.people.roles import Role
from bench.events.person import HiddenText
from bench.staging.badges import BadgeFormat
from bench.staging.enrolled import asked

_UID_BYTES = 7


@dataclass(frozen=True, slots=True)
class Trainee:
    """Somebody made up: the pseudonym, the role, what a reader sends for the badge, and the PIN."""

    person: str
    role: Role
    badge: HiddenText
    pin: HiddenText

    @property
    def signed_in(self) -> Actor:
        """Who they are once badge and PIN were shown."""
        return Actor(self.person, Proof.BADGE_PIN)


def enrol_trainees(
    ledger: Ledger, pepper: bytes, badges: BadgeFormat, today: date
) -> tuple[Trainee, Trainee]:
    """Enrol a technician and a supervisor, and return them in this order.

    They are other people at each call: of those before nobody knows the PIN any more. It takes a
    quarter of a second. Raises `ValueError` for a record that is not simulated.
    """
    if not ledger.header.simulated:
        raise ValueError("Nobody is made up in a real record.")
    boss = _enrol(ledger, pepper, badges, today, Role.SUPERVISOR, None)
    hand = _enrol(ledger, pepper, badges, today, Role.TECHNICIAN, boss.signed_in)
    return hand, boss


def _enrol(
    ledger: Ledger, pepper: bytes, badges: BadgeFormat, today: date, role: Role, by: Actor | None
) -> Trainee:
    uid, chosen = secrets.token_hex(_UID_BYTES).upper(), _new_pin()
    enrolment = Enrolment(
        f"Training {role.value}", role, Badge.parse(uid), pin.encode(chosen, pepper)
    )
    change = asked(ledger, lambda c: changes.enrol(c, enrolment, pepper, today))
    ledger.append(change.entries, by=by, besides=change.write)
    badge, digits = HiddenText(badges.spelled(uid)), HiddenText(chosen.digits)
    return Trainee(enrolment.person, role, badge, digits)


def _new_pin() -> Pin:
    while True:
        try:
            return Pin.parse(f"{secrets.randbelow(10**pin.SHORTEST):0{pin.SHORTEST}}")
        except PinError:
            continue
