"""The second person: who may be it, and what they sign.

The sign-off is an event of its own, `signed_off`, whose `data.of` names leaf hashes in hex. Its
`second`, or where it has none its actor, is who signs; `data.assertion` is a security key's answer
over those hashes (`challenge_over`), which anybody can check from the record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.custody.entries import Actor, Entry
from bench.custody.people.roles import BY_KEY, PROVEN, Role, may_second
from bench.custody.people.second_factor import Assertion
from bench.events.orders import CustodyKind, Json
from bench.problems import Problem, ProblemCode, ProblemError


def check_sign_off(
    kind: CustodyKind,
    first: Actor,
    second: Actor,
    roles: Mapping[str, Role],
    *,
    override: bool = False,
    key_needed: bool = False,
) -> None:
    """Raise `ProblemError` NEEDS_SECOND_PERSON unless `second` may sign off what `first` does.

    `roles` are those of everyone who may act (`roster.roles`). With `key_needed` a badge and a PIN
    are not enough.
    """
    reason = unfit(kind, first, second, roles.get(second.id), override=override)
    if not reason and key_needed and second.how not in BY_KEY:
        reason = "it takes a security key or smart card"
    if reason:
        raise ProblemError(Problem(ProblemCode.NEEDS_SECOND_PERSON, detail=reason))


def sign_off_entry(leaves: Sequence[bytes], assertion: Assertion | None = None) -> Entry:
    """Return the event in which its actor signs off the events of these leaf hashes (32 bytes)."""
    of: list[Json] = [leaf.hex() for leaf in leaves]
    data: dict[str, Json] = {"of": of}
    if assertion is not None:
        data["assertion"] = assertion.as_json()
    return Entry(CustodyKind.SIGNED_OFF, data=data)


def unfit(
    kind: CustodyKind, first: Actor, second: Actor, role: Role | None, *, override: bool
) -> str:
    """Return why `second`, of that role if they may act, may not sign this off; "" if they may."""
    if second.id == first.id:
        return "it is the same person"
    if second.how not in PROVEN:
        return "prove who you are with badge and PIN, or a key"
    if role is None:
        return "that person may not act here"
    return "" if may_second(role, kind, override=override) else f"not a {role}'s to sign off"
