"""Where a handset is in its set-up, and how little it says of that."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """Where the set-up stands."""

    WELCOME = "welcome"
    """Fresh from its box: the first screen, which takes six taps for the camera to open."""
    READING = "reading"
    """Its camera is held to a code, and finds its focus."""
    JOINING = "joining"
    """On its way into a network, or asking for one."""
    DOWNLOADING = "downloading"
    """Loading the management app."""
    ENROLLING = "enrolling"
    """The management app enrols; a restart from here on spoils it."""
    ACCOUNT = "account"
    """Nobody manages it: it asks for somebody's own account."""
    RESTARTING = "restarting"
    """Off, and starting anew."""
    HOME = "home"
    """At its home screen, managed or not."""
