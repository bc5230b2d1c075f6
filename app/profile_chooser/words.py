"""A profile in one line, for whoever chooses one."""

from __future__ import annotations

from bench.events.views import ProfileView
from bench.identity.plain import plain

_METHODS = {
    "none": "no enrolment",
    "qr": "QR code at the slot",
    "adb": "over ADB",
    "knox": "Knox Mobile Enrollment",
    "zero-touch": "zero-touch",
    "staging-token": "device staging token",
}
NUMBERED = 9
"""Profiles that a single digit chooses; the others take the arrows."""


def in_a_line(profile: ProfileView) -> str:
    """Return name, version, variant's letter and method; nothing says what a variant is for."""
    parts = [
        plain(profile.name),
        f"version {profile.version}",
        f"variant {plain(profile.variant)}" if profile.variant else "",
        method_in_words(profile.method),
    ]
    return "  ·  ".join(part for part in parts if part)


def method_in_words(method: str) -> str:
    """Return how a handset comes under management."""
    return _METHODS.get(method, plain(method))


def entry(place: int, profile: ProfileView, *, is_present: bool) -> str:
    """Return the line of the list: its digit, the profile, and whether it is the one set now."""
    digit = f"{place}   " if place <= NUMBERED else "     "
    return f"{digit}{in_a_line(profile)}" + ("   ✓ set now" if is_present else "")
