"""What a profile can ask for: a closed vocabulary, so that no profile can run what it likes.

A step is data. How it is carried out, and how its success is proven, stands in `staging.steps`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias


class Command(StrEnum):
    """The commands a profile may name."""

    STAY_AWAKE = "stay-awake"
    CLEAR_LOG = "clear-log"
    GO_HOME = "go-home"


COMMAND_WORDS: dict[Command, tuple[str, ...]] = {
    Command.STAY_AWAKE: ("svc", "power", "stayon", "usb"),
    Command.CLEAR_LOG: ("logcat", "-c"),
    Command.GO_HOME: ("input", "keyevent", "KEYCODE_HOME"),
}
"""Each command in the handset's own words (AOSP `svc`, `logcat` and `input`)."""


class Namespace(StrEnum):
    """The tables of Android's settings provider."""

    GLOBAL = "global"
    SECURE = "secure"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Install:
    """Install a package file; proven by the handset listing `package`."""

    file: Path
    sha256: str
    package: str


@dataclass(frozen=True, slots=True)
class Push:
    """Copy a file; proven by the SHA-256 the handset computes of it."""

    file: Path
    sha256: str
    target: str


@dataclass(frozen=True, slots=True)
class Setting:
    """Set a setting; proven by reading it back."""

    namespace: Namespace
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Run:
    """Run a command of the vocabulary; proven by its exit code."""

    command: Command


@dataclass(frozen=True, slots=True)
class Verify:
    """Read a system property and compare it with the one value allowed."""

    property: str
    value: str


Action: TypeAlias = Install | Push | Setting | Run | Verify


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `limit` in seconds for each try, `retries` after a refusal by the handset."""

    name: str
    action: Action
    limit: int
    retries: int
