"""A handset comes under management: what its token is worth, and what it is called then."""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from bench.events.management import TokenKind
from hardware.simulator.intune.devices import ManagedDevice
from hardware.simulator.intune.profiles import IntuneProfile, Profiles

_DEFAULT_USER = "officer@training.example"
_NAME_LIMIT = 63
_RANDOM = re.compile(r"\{\{rand:(\d{1,2})\}\}", re.IGNORECASE)
_REASONS = {
    "unknown": "no enrolment profile has this token",
    "replaced": "the token was replaced by a newer one",
    "revoked": "the token was revoked",
}


class EnrolmentRefusedError(Exception):
    """A handset was not enrolled: `reason` says why, without the token."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def redeem(profiles: Profiles, token: str, at: datetime) -> IntuneProfile:
    """Return the profile a token enrols under; worth nothing now: `EnrolmentRefusedError`."""
    profile = profiles.of_token(token)
    if profile is None or profile.token is None:
        raise EnrolmentRefusedError(_REASONS[profiles.fate(token)])
    if profile.token.expires <= at:
        raise EnrolmentRefusedError("the token has expired")
    return profile


def newly_enrolled(
    profile: IntuneProfile, serial: str, imeis: tuple[str, ...], model: str, at: datetime
) -> ManagedDevice:
    """Return the entry of a handset that has just enrolled; it gets its id and number when kept.

    Staged handsets and dedicated ones have no user. Of several IMEIs Intune records one.
    """
    userless = profile.kind is not TokenKind.DEFAULT or "Dedicated" in profile.mode
    user = "" if userless else _DEFAULT_USER
    return ManagedDevice(
        0, "", device_name(profile, serial, user, at), serial, imeis[0] if imeis else "",
        model, profile.name, profile.mode, at, at, user=user,
    )  # fmt: skip


def device_name(profile: IntuneProfile, serial: str, user: str, at: datetime) -> str:
    """Return what a device is called: staged by the convention, else by the profile's template.

    Source: MicrosoftDocs/memdocs, device-staging-overview.md (`Staging_serialnumber_
    enrollmentmode_MM/DD/YY_H.MM`, with `06/22/2024_ 4.20 AM` in its example), and
    `deviceNameTemplate`. The exact spelling of date and mode is not confirmed on a real tenant.
    """
    when = f"{at:%m/%d/%Y}_{at.hour % 12 or 12}.{at:%M} {at:%p}"
    if profile.kind is TokenKind.STAGING:
        return f"Staging_{serial}_AndroidForWork_{when}"
    if not profile.template:
        return f"{user or serial}_AndroidForWork_{when}"
    return _filled(profile.template, serial, user, at)[:_NAME_LIMIT]


def _filled(template: str, serial: str, user: str, at: datetime) -> str:
    words = {
        "{{SERIAL}}": serial,
        "{{SERIALLAST4DIGITS}}": serial[-4:],
        "{{ENROLLMENTDATETIME}}": f"{at:%Y%m%d%H%M%S}",
        "{{USERNAME}}": user,
        "{{UPNPREFIX}}": user.partition("@")[0],
        "{{DEVICETYPE}}": "AndroidForWork",
    }
    for word, value in words.items():
        template = template.replace(word, value)
    return _RANDOM.sub(lambda found: _digits(int(found[1])), template)


def _digits(count: int) -> str:
    return "".join(secrets.choice("0123456789") for _ in range(count))
