"""What a profile does, in plain words; of a secret they say its name only. Pure.

What nobody has shown on a real handset yet is said to be so.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import assert_never

from bench.enrolment.profiles.profile import EnrolmentProfile, Method, Payload, Wifi
from bench.enrolment.profiles.vocabulary import (
    Action,
    AwaitManagement,
    BeListed,
    CodeSource,
    Confirm,
    Install,
    JoinWifi,
    MarrySim,
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

_LONGEST = 400
UNCONFIRMED = "not confirmed on a real handset"
_METHODS = {
    Method.NONE: "none: handsets are looked at or prepared, and do not come under management",
    Method.QR: "a QR code at the slot, read by the handset's camera",
    Method.ADB: "an app made the device owner over ADB",
    Method.KNOX: "Knox Mobile Enrollment, by an uploaded file",
    Method.ZERO_TOUCH: "zero-touch, by an uploaded file",
    Method.STAGING_TOKEN: "a device staging token in a QR code; its user signs in later",
}
_SEEN = {
    Seen.ENROLLED: "enrolled",
    Seen.STAGED: "staged, without a user",
    Seen.COMPLIANT: "compliant",
}


def told(profile: EnrolmentProfile) -> Iterator[str]:
    """Yield the lines that tell a whole profile."""
    lines = (*_head(profile), *_conditions(profile), *_steps(profile), *_variants(profile))
    return (plain(line, _LONGEST) if line else "" for line in lines)


def step_words(step: Step) -> str:
    """Tell one step: what is done, its limit, how often it is tried again."""
    again = f", tries: {step.retries + 1}" if step.retries else ""
    return f"{step.name}: {action_words(step.action)} (limit: {step.limit} s{again})"


# ── the profile ─────────────────────────────────────────────────────────────────────────────────
def _head(profile: EnrolmentProfile) -> Iterator[str]:
    yield f"{profile.name}, version {profile.version}"
    yield f"Fingerprint: {profile.fingerprint}"
    yield f"Method: {_METHODS[profile.method]}"
    if profile.before_setup:
        yield "Handsets come as they left their box."
    if profile.read_before_setup:
        yield f"A Samsung handset is asked who it is before set-up ({UNCONFIRMED})."
    template = f" ({profile.label})" if profile.label else ""
    yield f"The label{template} is {'' if profile.scan_back else 'not '}scanned back."
    if profile.kit:
        yield f"Into the box: {', '.join(profile.kit)}"
    if profile.licences:
        yield f"Takes one licence each of: {', '.join(profile.licences)}"
    if profile.method is not Method.NONE:
        yield f"Off the bus for up to {profile.blink:g} s it was not restarted ({UNCONFIRMED})."


def _conditions(profile: EnrolmentProfile) -> Iterator[str]:
    yield from (f"Sets aside: {line}" for line in traps_words(profile))
    if profile.wifi:
        yield f"Network: {wifi_words(profile.wifi)}"
    if profile.payload:
        yield f"A code made here says: {payload_words(profile.payload)}"
    if profile.locale or profile.time_zone:
        yield f"Language and time: {' '.join(filter(None, (profile.locale, profile.time_zone)))}"
    if profile.secrets:
        yield f"Secrets it names: {', '.join(sorted(profile.secrets))}"


def _steps(profile: EnrolmentProfile) -> Iterator[str]:
    yield ""
    for number, step in enumerate(profile.steps, 1):
        yield f"{number}. {step_words(step)}"


def _variants(profile: EnrolmentProfile) -> Iterator[str]:
    for variant in profile.variants:
        yield ""
        yield f"Variant {variant.variant}, fingerprint {variant.fingerprint}, besides:"
        usual = list(profile.steps)
        for number, step in enumerate(variant.steps, 1):
            if usual and step == usual[0]:
                usual.pop(0)
            else:
                yield f"{number}. {step_words(step)}"


# ── its parts ───────────────────────────────────────────────────────────────────────────────────
def traps_words(profile: EnrolmentProfile) -> Iterator[str]:
    """Yield what sets a handset aside, and what of it nobody may be there to say."""
    traps, by_android, by_modem = profile.traps, *_said_by(profile)
    of_modem = by_modem if profile.before_setup else ""
    for what, passing, remark in (
        ("models", traps.models, of_modem),
        ("Type Allocation Codes", traps.tacs, ""),
        ("sales codes", traps.sales_codes, of_modem),
    ):
        if passing:
            yield f"{what} other than {', '.join(passing)}{remark}"
    if traps.patch_from:
        yield f"a security patch before {_day(traps.patch_from)}{by_android}"
    if traps.supported_until:
        yield f"everything from {_day(traps.supported_until)} on: its maker's support ends"
    yield f"a blown Knox fuse{by_android}"
    yield f"a lock of the last owner{by_modem}"


def _said_by(profile: EnrolmentProfile) -> tuple[str, str]:
    """Return what to remark on a trap that only Android springs, and on one that a modem does."""
    before = " (not asked before set-up: only Android says it)" if profile.before_setup else ""
    off = "" if profile.read_before_setup else "; read_before_setup is off"
    return before, f" (asked only where the modem answers{off})"


def wifi_words(wifi: Wifi) -> str:
    """Tell a network."""
    password = f", password in the secret {wifi.password}" if wifi.password else ""
    hidden = ", hidden" if wifi.hidden else ""
    eap = f", {', '.join(sorted(wifi.eap))}" if wifi.eap else ""
    return f'"{wifi.ssid}" ({wifi.security}{hidden}{eap}){password}'


def payload_words(payload: Payload) -> str:
    """Tell what a code made here says."""
    parts = [payload.component, f"checksum {payload.checksum}"]
    parts += [payload.download] if payload.download else ["no place to load it from"]
    parts += [f"{key}={_value(value)}" for key, value in sorted(payload.extras.items())]
    parts += [f"{key}={value}" for key, value in sorted(payload.admin_extras.items())]
    if payload.token:
        parts += [f"{payload.token_key}: the secret {payload.token}"]
    return ", ".join(parts)


def action_words(action: Action) -> str:  # noqa: C901, PLR0911, PLR0912 - a row for each kind
    """Tell what a step does."""
    match action:
        case Install(file, _, package, signature):
            signed = f", signed by {signature}" if signature else ""
            return f"install {file.name}{signed}, and see {package} listed"
        case Push(file, _, target):
            return f"copy {file.name} to {target} and compare its SHA-256"
        case Setting(namespace, key, value):
            return f"set {namespace}/{key} to {value} and read it back"
        case Run(command):
            return f"run {command}"
        case Verify(name, value):
            return f"{name} is {value}"
        case ShowCode(CodeSource.SERVICE, name):
            return f'show the service\'s QR code of its enrolment profile "{name}"'
        case ShowCode(CodeSource.FILE, name):
            return f"show the QR code of the token file kept as the secret {name}"
        case ShowCode(CodeSource.PAYLOAD):
            return "show a QR code made here of [payload]"
        case AwaitManagement(seen):
            return f"wait until the management service knows it as {_SEEN[seen]}"
        case BeListed(service):
            return f"it stands in a file that was handed to {service}"
        case OwnDevice(component):
            return f"make {component} the device owner"
        case VerifyOwner(component):
            return f"{component} is the device owner"
        case JoinWifi():
            return f"join the bench's network over ADB ({UNCONFIRMED})"
        case MarrySim():
            return "have its SIM scanned, which is free and in the operator's file, and record both"
        case Confirm(question, persons):
            who = "two persons confirm" if persons > 1 else "the technician confirms"
            return f'{who}: "{question}"'
        case ShowCode():
            raise AssertionError(action)
        case _:
            assert_never(action)


def _value(value: str | bool | int) -> str:  # noqa: FBT001 - a value of any kind
    return str(value).lower() if isinstance(value, bool) else str(value)


def _day(day: date) -> str:
    return day.isoformat()
