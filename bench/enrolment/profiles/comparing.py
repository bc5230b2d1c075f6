"""What changed from one version of a profile to another, in plain lines. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from difflib import SequenceMatcher

from bench.enrolment.profiles.profile import EnrolmentProfile
from bench.enrolment.profiles.vocabulary import Action, Install, Push, Step
from bench.enrolment.profiles.words import action_words
from bench.identity.plain import plain

_OF_PROFILE = (
    "name", "version", "method", "scan_back", "read_before_setup", "locale", "time_zone", "kit",
    "licences", "label", "blink",
)  # fmt: skip
_TABLES = ("traps", "wifi", "payload")
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Comparison:
    """The lines that tell what changed, and what is wrong with the versions' numbers ("": nothing).

    Profiles whose fingerprints differ are two to a record; they must not have one number.
    """

    lines: tuple[str, ...]
    warning: str


def compare(old: EnrolmentProfile, new: EnrolmentProfile) -> Comparison:
    """Say what changed from `old` to `new`."""
    lines = tuple(plain(line, _LONGEST) for line in _lines(old, new))
    if old.fingerprint == new.fingerprint:
        return Comparison(("nothing changed",), "")
    return Comparison(lines or ("only what is written down changed, and nothing it does",),
                      _warning(old, new))  # fmt: skip


def _warning(old: EnrolmentProfile, new: EnrolmentProfile) -> str:
    if old.name != new.name or new.version > old.version:
        return ""
    if new.version == old.version:
        return f"the profile changed, and its version is still {old.version}: raise it"
    return f"the version goes back from {old.version} to {new.version}"


def _lines(old: EnrolmentProfile, new: EnrolmentProfile) -> Iterator[str]:
    for key in _OF_PROFILE:
        yield from _change(key, getattr(old, key), getattr(new, key))
    for table in _TABLES:
        yield from _table(table, getattr(old, table), getattr(new, table))
    yield from _steps("", old.steps, new.steps)
    yield from _variants(old, new)


# ── keys ────────────────────────────────────────────────────────────────────────────────────────
def _change(key: str, old: object, new: object) -> Iterator[str]:
    if old != new:
        yield f"{key}: {_said(old)} → {_said(new)}"


def _table(name: str, old: object, new: object) -> Iterator[str]:
    """Tell the keys of a table that changed; a value of it is a dataclass, or None without it."""
    if old is None or new is None:
        if old is not new:
            yield f"[{name}]: {'added' if old is None else 'removed'}"
        return
    for field in fields(old):  # type: ignore[arg-type]
        before, after = getattr(old, field.name), getattr(new, field.name)
        if isinstance(before, dict) and isinstance(after, dict):
            for key in sorted({*before, *after}):
                yield from _change(f"[{name}] {key}", before.get(key), after.get(key))
        else:
            yield from _change(f"[{name}] {field.name}", before, after)


def _said(value: object) -> str:
    match value:
        case None | "" | ():
            return "none"
        case bool():
            return str(value).lower()
        case tuple():
            return ", ".join(map(str, value))
        case _:
            return str(value)


# ── steps ───────────────────────────────────────────────────────────────────────────────────────
def _steps(of: str, old: Sequence[Step], new: Sequence[Step]) -> Iterator[str]:
    """Tell steps that were added, removed, moved or changed; they are known by their names."""
    before, after = [step.name for step in old], [step.name for step in new]
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, first, last, start, end in matcher.get_opcodes():
        if kind == "equal":
            for one, other in zip(old[first:last], new[start:end], strict=True):
                yield from _step(of, one, other)
            continue
        for step in old[first:last]:
            if step.name not in after:
                yield f'{of}step "{step.name}": removed'
        for number, step in enumerate(new[start:end], start + 1):
            yield from _placed(
                of, step, number, next((s for s in old if s.name == step.name), None)
            )


def _placed(of: str, step: Step, number: int, before: Step | None) -> Iterator[str]:
    if before is None:
        yield f'{of}step "{step.name}": added as number {number}: {action_words(step.action)}'
    else:
        yield f'{of}step "{step.name}": moved, and is now number {number}'
        yield from _step(of, before, step)


def _step(of: str, old: Step, new: Step) -> Iterator[str]:
    name = f'{of}step "{new.name}"'
    before, after = (action_words(_unsigned(step.action)) for step in (old, new))
    if before != after:
        yield f"{name}: {before} → {after}"
    elif isinstance(new.action, Install | Push) and _digest(old.action) != new.action.sha256:
        yield f"{name}: the content of {new.action.file.name} changed"
    if isinstance(old.action, Install) and isinstance(new.action, Install):
        yield from _change(f"{name}: signed_by", old.action.signature, new.action.signature)
    for key in ("limit", "retries"):
        yield from _change(f"{name}: {key}", getattr(old, key), getattr(new, key))


def _unsigned(action: Action) -> Action:
    """Return it without its signer, which is told on a line of its own."""
    return replace(action, signature="") if isinstance(action, Install) else action


def _digest(action: Action) -> str:
    return action.sha256 if isinstance(action, Install | Push) else ""


# ── variants ────────────────────────────────────────────────────────────────────────────────────
def _variants(old: EnrolmentProfile, new: EnrolmentProfile) -> Iterator[str]:
    """Tell what changed in variants besides what changed in the usual profile."""
    before = {variant.variant: variant for variant in old.variants}
    after = {variant.variant: variant for variant in new.variants}
    for letter in sorted({*before, *after}):
        if letter not in before or letter not in after:
            yield f"variant {letter}: {'removed' if letter in before else 'added'}"
        else:
            own = (_own(old, before[letter]), _own(new, after[letter]))
            yield from _steps(f"variant {letter}, ", *own)


def _own(usual: EnrolmentProfile, variant: EnrolmentProfile) -> list[Step]:
    """Return the steps that only the variant has: they stand together, before the gates."""
    more = len(variant.steps) - len(usual.steps)
    start = next(
        (n for n, step in enumerate(usual.steps) if variant.steps[n] != step), len(usual.steps)
    )
    return list(variant.steps[start : start + more])
