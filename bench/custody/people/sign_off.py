"""The second person: who may be it, and what they sign.

The sign-off is an event of its own, `signed_off`: `data.of` names leaf hashes in hex, `second` who
signs. Whoever does so with a security key or card confirms it in another `signed_off`, which holds
the key's answer over the hashes in `data.confirms` (`challenge_over`); anybody can check that.
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


def key_answer(leaves: Sequence[bytes], assertion: Assertion) -> Entry:
    """Return the event in which its actor confirms by key the events of these leaf hashes.

    It follows the `signed_off` of the same person, for whose hashes the key was asked.
    """
    confirms: list[Json] = [leaf.hex() for leaf in leaves]
    data: dict[str, Json] = {"confirms": confirms, "assertion": assertion.as_json()}
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
