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
    """Install a package file; proven by the handset listing `package`.

    `signature` is whose signature it must bear (SHA-256 of the certificate as URL-safe Base64), ""
    for anybody's.
    """

    file: Path
    sha256: str
    package: str
    signature: str = ""


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


class CodeSource(StrEnum):
    """Where what a code says comes from."""

    SERVICE = "service"
    """Whole from the management service, as it gives it out."""
    FILE = "file"
    """Whole from a token file that its administrator exported, kept as a secret."""
    PAYLOAD = "payload"
    """Built here from the profile's [payload] and a token that is kept as a secret."""


@dataclass(frozen=True, slots=True)
class ShowCode:
    """Show a QR code to the handset's camera, until a technician says that it was taken.

    `name` is the enrolment profile at the service, or the name of the secret, by the source.
    """

    source: CodeSource
    name: str


class Seen(StrEnum):
    """How far a management service must know a handset."""

    ENROLLED = "enrolled"
    STAGED = "staged"
    """Enrolled with a device staging token: known as `Staging_<serial>_…`, without a user."""
    COMPLIANT = "compliant"


@dataclass(frozen=True, slots=True)
class AwaitManagement:
    """Wait until the management service knows the handset, as long as the step's limit."""

    seen: Seen


class Service(StrEnum):
    """An enrolment service that handsets are made known to by an uploaded file."""

    KNOX = "knox"
    ZERO_TOUCH = "zero-touch"


@dataclass(frozen=True, slots=True)
class BeListed:
    """Stand in a file that was uploaded to an enrolment service."""

    service: Service


@dataclass(frozen=True, slots=True)
class OwnDevice:
    """Make an app the device owner over ADB; proven by `dpm list-owners`."""

    component: str
    """`package/.Receiver`."""


@dataclass(frozen=True, slots=True)
class VerifyOwner:
    """Ask whether that app is the device owner."""

    component: str


@dataclass(frozen=True, slots=True)
class JoinWifi:
    """Join the network of the profile's [wifi]; proven by `cmd wifi status`."""


@dataclass(frozen=True, slots=True)
class MarrySim:
    """Have a SIM scanned that is free and that the operator's file names; the record proves it."""


@dataclass(frozen=True, slots=True)
class Confirm:
    """Ask a technician whether something is so; with `persons` 2 a second one signs it off."""

    question: str
    persons: int = 1


Action: TypeAlias = (
    Install | Push | Setting | Run | Verify | ShowCode | AwaitManagement | BeListed | OwnDevice
    | VerifyOwner | JoinWifi | MarrySim | Confirm
)  # fmt: skip
OVER_ADB = (Install, Push, Setting, Run, Verify, OwnDevice, VerifyOwner, JoinWifi)
"""What takes a connection to the handset; the others work while it has none."""
ENROLS = (ShowCode, OwnDevice, AwaitManagement)
"""What a restart must not fall into: before the last of them the handset may look enrolled."""
GATES = (Verify, VerifyOwner, AwaitManagement, Confirm)
"""What may be a gate; which of them prove that a handset came under management, `proofs` says."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `limit` in seconds for each try, `retries` after a refusal by the handset."""

    name: str
    action: Action
    limit: int
    retries: int
