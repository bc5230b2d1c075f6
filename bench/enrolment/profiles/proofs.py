"""What a method takes: a step of its own, and a gate that proves that it went well. Pure.

A property of the handset proves no enrolment, and one person's word alone proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bench.enrolment.profiles.draft import Draft, Steps
from bench.enrolment.profiles.faults import Findings, Place
from bench.enrolment.profiles.profile import Method
from bench.enrolment.profiles.vocabulary import (
    Action,
    AwaitManagement,
    BeListed,
    Confirm,
    Install,
    JoinWifi,
    OwnDevice,
    Push,
    Seen,
    Setting,
    ShowCode,
    Verify,
    VerifyOwner,
)

_METHOD: Place = ("profile", "method")
_OWN: Mapping[Method, tuple[type[Action], str]] = {
    Method.QR: (ShowCode, "code"),
    Method.STAGING_TOKEN: (ShowCode, "code"),
    Method.ADB: (OwnDevice, "device_owner"),
    Method.KNOX: (BeListed, "listed"),
    Method.ZERO_TOUCH: (BeListed, "listed"),
}
"""The step without which a method does nothing, and its key."""
_BY_THEMSELVES = (Install, Push, Setting, Verify, JoinWifi, VerifyOwner, AwaitManagement)
"""Steps that are proven by what the handset or the service answers."""
_TWO_PERSONS = "confirm with persons = 2"


def check(draft: Draft, findings: Findings) -> None:
    """Note what is missing, as far as all steps or all gates could be read."""
    method = draft.head.method
    if method is Method.NONE:
        _check_looked_at(draft, findings)
        return
    missing = tuple(_missing(method, draft))
    if missing:
        findings.note(_METHOD, f"{method} needs {' and '.join(missing)}")
    if draft.gates.whole and draft.gates.read:
        _check_gates(method, draft.gates, findings)
    if method is Method.ADB and draft.steps.whole:
        _check_owners(draft, findings)


def _check_looked_at(draft: Draft, findings: Findings) -> None:
    steps, actions = draft.steps, (*_actions(draft.steps), *_actions(draft.gates))
    if not (steps.read and steps.whole and draft.gates.whole):
        return
    if not any(isinstance(action, _BY_THEMSELVES) or _is_of_two(action) for action in actions):
        remedy = "it proves nothing by itself: add a step that does, such as verify or setting"
        findings.note(steps.read[0].place, remedy)


def _missing(method: Method, draft: Draft) -> Iterator[str]:
    kind, key = _OWN[method]
    others = tuple(other for other, _ in _OWN.values())  # of these a misfit is told already
    if draft.steps.whole and not any(isinstance(a, (kind, *others)) for a in _actions(draft.steps)):
        yield f"a [[step]] with {key}"
    if draft.gates.whole and not draft.gates.read:
        yield "a [[gate]]: nothing would prove the enrolment"


# ── gates ───────────────────────────────────────────────────────────────────────────────────────
def _check_gates(method: Method, gates: Steps, findings: Findings) -> None:
    actions = _actions(gates)
    if all(isinstance(action, Confirm) and action.persons == 1 for action in actions):
        place = (*gates.read[0].place, "persons")
        findings.note(place, "give 2, or add another gate: one person's word alone proves nothing")
    elif not any(_proves(method, action) for action in actions):
        remedy = f"it proves no enrolment: {method} needs a gate with {_proof_words(method)}"
        findings.note(gates.read[0].place, remedy)


def _proves(method: Method, action: Action) -> bool:
    match action:
        case AwaitManagement(Seen.STAGED):
            return True
        case AwaitManagement():
            return method is not Method.STAGING_TOKEN
        case VerifyOwner():
            return method is Method.ADB
        case _:
            return _is_of_two(action)


def _proof_words(method: Method) -> str:
    match method:
        case Method.ADB:
            return f"owner or managed, or {_TWO_PERSONS}"
        case Method.STAGING_TOKEN:
            return f'managed = "staged", or {_TWO_PERSONS}: compliance comes with its user'
        case _:
            return f"managed, or {_TWO_PERSONS}"


def _check_owners(draft: Draft, findings: Findings) -> None:
    """Note every owner that is asked for and is not made."""
    made = {_whole(a.component) for a in _actions(draft.steps) if isinstance(a, OwnDevice)}
    for placed in (*draft.steps.read, *draft.gates.read):
        action = placed.step.action
        if made and isinstance(action, VerifyOwner) and _whole(action.component) not in made:
            findings.note((*placed.place, "owner"), "name the one that device_owner names")


def _actions(steps: Steps) -> tuple[Action, ...]:
    return tuple(step.action for step in steps.values)


def _is_of_two(action: Action) -> bool:
    return isinstance(action, Confirm) and action.persons > 1


def _whole(component: str) -> tuple[str, str]:
    """Return package and receiver, its name whole: `.Receiver` is short for `package.Receiver`."""
    package, _, name = component.partition("/")
    return package, f"{package}{name}" if name.startswith(".") else name
