"""What a profile does to a handset, in plain words, one line for each thing."""

from __future__ import annotations

from collections.abc import Iterator

from app.profile_chooser.words import method_in_words
from bench.enrolment.profiles.profile import EnrolmentProfile
from bench.enrolment.profiles.vocabulary import (
    GATES,
    Action,
    AwaitManagement,
    BeListed,
    CodeSource,
    Confirm,
    Install,
    JoinWifi,
    OwnDevice,
    Push,
    Run,
    Seen,
    Setting,
    ShowCode,
    Step,
    Verify,
    VerifyOwner,
)
from bench.identity.plain import plain

_SOURCES = {
    CodeSource.SERVICE: "as the management service gives it out",
    CodeSource.FILE: "from an exported token file",
    CodeSource.PAYLOAD: "built from [payload]",
}
_SEEN = {
    Seen.ENROLLED: "knows it",
    Seen.STAGED: "knows it as staged",
    Seen.COMPLIANT: "finds it compliant",
}
_LONGEST = 300


def told(profile: EnrolmentProfile) -> str:
    """Return the whole of a profile as lines of text."""
    return "\n".join(plain(line, _LONGEST) if line else "" for line in _lines(profile))


def _lines(profile: EnrolmentProfile) -> Iterator[str]:
    yield f"{profile.name}, version {profile.version}: {method_in_words(profile.method)}."
    yield ""
    yield from _before(profile)
    usual = len(profile.steps)
    for place, step in enumerate(profile.steps, 1):
        yield f"{place}. {step.name}: {in_words(step.action)} ({_limits(step)})."
    if not any(isinstance(step.action, GATES) for step in profile.steps):
        yield "Nothing proves at the end that the handset is under management."
    yield "The label is read back." if profile.scan_back else "The label is not read back."
    if profile.licences:
        yield f"Uses up one licence each of: {', '.join(profile.licences)}."
    if profile.kit:
        yield f"Into the box: {', '.join(profile.kit)}."
    for variant in profile.variants:
        yield f"Variant {variant.variant}: {len(variant.steps) - usual} further steps."


def _before(profile: EnrolmentProfile) -> Iterator[str]:
    traps = profile.traps
    for what, values in (
        ("another model than", traps.models),
        ("another type code (TAC) than", traps.tacs),
        ("another sales code than", traps.sales_codes),
    ):
        if values:
            yield f"Sets aside {what} {', '.join(values)}."
    if traps.patch_from:
        yield f"Sets aside a security patch older than {traps.patch_from}."
    if traps.supported_until:
        yield f"Sets aside every handset from {traps.supported_until} on: its updates end then."
    if profile.read_before_setup:
        yield "Asks a Samsung handset over its modem before set-up: not proven on an A32."


def in_words(action: Action) -> str:  # noqa: C901, PLR0911 - one line for each kind
    """Return what a step does."""
    match action:
        case Install():
            return f"installs {action.file.name} and sees {action.package} listed"
        case Push():
            return f"copies {action.file.name} to {action.target}"
        case Setting():
            return f"sets {action.namespace}/{action.key} to {action.value}"
        case Run():
            return f"runs {action.command}"
        case Verify():
            return f"passes if {action.property} is {action.value}"
        case ShowCode():
            named = f" ({action.name})" if action.name else ""
            return f"shows a QR code, {_SOURCES[action.source]}{named}"
        case AwaitManagement():
            return f"waits until the management service {_SEEN[action.seen]}"
        case BeListed():
            return f"passes if it stands in a file uploaded to {method_in_words(action.service)}"
        case OwnDevice():
            return f"makes {action.component} the device owner"
        case VerifyOwner():
            return f"passes if {action.component} is the device owner"
        case JoinWifi():
            return "joins the network of [wifi]"
        case Confirm():
            who = "a technician and a second person" if action.persons > 1 else "a technician"
            return f"asks {who} to confirm: {action.question}"


def _limits(step: Step) -> str:
    tries = f", {step.retries + 1} tries" if step.retries else ""
    return f"at most {step.limit} s{tries}"
