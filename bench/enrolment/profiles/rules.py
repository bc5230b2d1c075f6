"""What has to fit together in a profile, beyond each key by itself. Pure.

A rule looks only at what could be read, so that one fault is not told of twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bench.enrolment.profiles import proofs
from bench.enrolment.profiles.draft import Draft, Placed
from bench.enrolment.profiles.faults import Findings
from bench.enrolment.profiles.profile import Method, Wifi, WifiSecurity
from bench.enrolment.profiles.vocabulary import (
    OVER_ADB,
    AwaitManagement,
    BeListed,
    CodeSource,
    JoinWifi,
    OwnDevice,
    Seen,
    Service,
    ShowCode,
    Step,
)

_BY_CODE = (Method.QR, Method.STAGING_TOKEN)
_FROM_THE_BOX = (Method.QR, Method.KNOX, Method.ZERO_TOUCH, Method.STAGING_TOKEN)
"""Methods for handsets on which nobody has switched USB debugging on."""
_OVER_ADB = (WifiSecurity.NONE, WifiSecurity.WPA)
"""What `cmd wifi connect-network` can join of what a code can name."""
_LISTS: Mapping[Service, Method] = {
    Service.KNOX: Method.KNOX,
    Service.ZERO_TOUCH: Method.ZERO_TOUCH,
}


def check(draft: Draft, findings: Findings) -> None:
    """Note what does not fit together; not to be called when the method could not be read."""
    for placed in _all(draft):
        if remedy := _misfit(placed.step, draft):
            findings.note(placed.place, remedy)
    for steps in _runs(draft):
        _check_debugging(draft.head.method, steps, findings)
    proofs.check(draft, findings)


def _all(draft: Draft) -> Iterator[Placed]:
    yield from draft.steps.read
    yield from draft.gates.read
    for variant in draft.variants:
        yield from variant.steps.read


def _runs(draft: Draft) -> Iterator[Iterable[Placed]]:
    """Yield the steps of each run that the profile and its variants lead to, in order."""
    for extra in ((), *(variant.steps.read for variant in draft.variants)):
        yield (*draft.steps.read, *extra, *draft.gates.read)


# ── a step and the rest of its profile ──────────────────────────────────────────────────────────
def _misfit(step: Step, draft: Draft) -> str:
    """Say why a step does not fit its profile, "" where it does."""
    method = draft.head.method
    match step.action:
        case ShowCode(source=source):
            return _misfit_of_code(source, draft)
        case OwnDevice() if method is not Method.ADB:
            return _needs(method, Method.ADB)
        case BeListed(service=service) if method is not _LISTS[service]:
            return _needs(method, _LISTS[service])
        case AwaitManagement(seen=Seen.STAGED) if method is not Method.STAGING_TOKEN:
            return _needs(method, Method.STAGING_TOKEN)
        case JoinWifi():
            return _misfit_of_network(draft.wifi)
        case _:
            return ""


def _misfit_of_code(source: CodeSource, draft: Draft) -> str:
    if draft.head.method not in _BY_CODE:
        return _needs(draft.head.method, *_BY_CODE)
    if source is CodeSource.PAYLOAD and draft.payload is None:
        return "describe what the code says under [payload]"
    return ""


def _misfit_of_network(wifi: Wifi | None) -> str:
    if wifi is None:
        return "describe the network under [wifi]"
    if wifi.security not in _OVER_ADB:
        return f"over ADB no network with {wifi.security} is joined: give WPA or NONE"
    return ""


def _needs(method: Method, *fitting: Method) -> str:
    return f"it goes with method {' or '.join(fitting)}; this profile's is {method}"


# ── USB debugging ───────────────────────────────────────────────────────────────────────────────
def _check_debugging(method: Method, steps: Iterable[Placed], findings: Findings) -> None:
    """Nobody can switch debugging on before set-up is done, and management then decides on it."""
    if method not in _FROM_THE_BOX:
        return
    for placed in steps:
        if isinstance(placed.step.action, AwaitManagement):
            return
        if isinstance(placed.step.action, OVER_ADB):
            remedy = (
                f"with method {method} it comes after a step or gate with managed: before set-up"
                " no handset has USB debugging on"
            )
            findings.note(placed.place, remedy)
