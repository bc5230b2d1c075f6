"""A handset joins the bench's network over ADB, and is seen on it.

The password goes to the handset as one quoted word and nowhere else: into no log, no reason and no
note of the bench. While the command runs, it stands in the handset's own list of processes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.enrolment.payload.passphrase import is_key, wrong_with_passphrase
from bench.enrolment.profiles.profile import Wifi, WifiSecurity
from bench.identity.plain import plain
from bench.ports import Handset, HandsetRefusalError
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.steps.wifi_answers import WifiState, read_state, refused

_ASK_EVERY_S = 1.0
_SECURITY = {WifiSecurity.NONE: "open", WifiSecurity.WPA: "wpa2"}
"""In the handset's words; wpa3 and owe, which it knows too, no provisioning payload can name."""


async def join_wifi(wifi: Wifi, password: str, handset: Handset) -> str:
    """Let the handset join the network, and wait until it says that it is on it.

    The wait has no end of its own: the step's limit ends it, and the cancelled wait then carries
    a note (PEP 678) of what the handset said last.

    Raises:
        HandsetRefusalError: the handset refused.
        ProblemError: profile or password cannot be used over ADB; nothing was sent then.
    """
    words = _words(wifi, password)
    await _switch_on(handset)
    if refusal := refused(await handset.shell(*words), password):
        raise HandsetRefusalError(refusal)
    seen = WifiState(is_told=False)
    with _noting(lambda: _last(wifi, seen)):
        while True:
            seen = await _state(handset)
            if seen.network == wifi.ssid:
                return f"on {plain(wifi.ssid)}"
            await asyncio.sleep(_ASK_EVERY_S)


def _words(wifi: Wifi, password: str) -> tuple[str, ...]:
    """Return the command; what cannot be said in it is a `ProblemError`."""
    security = _SECURITY.get(wifi.security)
    if security is None:
        why = f"[wifi] security {wifi.security}: not over ADB; enrol by QR code, or use WPA"
        raise ProblemError(Problem(ProblemCode.PROFILE_UNUSABLE, detail=why))
    if not wifi.ssid or not wifi.ssid.isprintable():
        why = "[wifi] ssid: a network's name is one line of text"
        raise ProblemError(Problem(ProblemCode.PROFILE_UNUSABLE, detail=why))
    if wifi.security is WifiSecurity.WPA and (why := _unfit(password)):
        raise ProblemError(Problem(ProblemCode.SECRET_UNUSABLE, wifi.password, why))
    secret = (password,) if wifi.security is WifiSecurity.WPA else ()
    hidden = ("-h",) if wifi.hidden else ()
    return ("cmd", "wifi", "connect-network", wifi.ssid, security, *secret, *hidden)


def _unfit(password: str) -> str:
    """Return what keeps a WPA password from being used, without anything of it."""
    if is_key(password):
        return "the Wi-Fi password is a key of 64 digits, which a code takes and ADB does not"
    wrong = wrong_with_passphrase(password)
    return f"the Wi-Fi password {wrong}" if wrong else ""


async def _switch_on(handset: Handset) -> None:
    state = await _state(handset)
    if state.is_told and not state.is_on:
        await handset.shell("cmd", "wifi", "set-wifi-enabled", "enabled")


async def _state(handset: Handset) -> WifiState:
    return read_state((await handset.shell("cmd", "wifi", "status")).out)


def _last(wifi: Wifi, seen: WifiState) -> str:
    why = "out of reach, another password or security"
    if wifi.hidden:
        why += ", or hidden from an Android before 13"
    return f"{seen}, not on {plain(wifi.ssid)}: {why}"


@contextmanager
def _noting(last: Callable[[], str]) -> Iterator[None]:
    try:
        yield
    except asyncio.CancelledError as cancelled:
        cancelled.add_note(last())
        raise
