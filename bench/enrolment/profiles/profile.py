"""An enrolment profile as a value: what a bench does to a handset, and what it lets pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bench.enrolment.profiles.vocabulary import (
    ENROLS,
    GATES,
    OVER_ADB,
    AwaitManagement,
    CodeSource,
    ShowCode,
    Step,
)


class Method(StrEnum):
    """How a handset comes under management."""

    NONE = "none"
    """It does not: it is looked at, or prepared."""
    QR = "qr"
    ADB = "adb"
    KNOX = "knox"
    ZERO_TOUCH = "zero-touch"
    STAGING_TOKEN = "staging-token"  # noqa: S105 - the name of a method


@dataclass(frozen=True, slots=True)
class Traps:
    """What sets a handset aside before it is worked on; what is empty lets every handset pass.

    Besides these always: no IMEI, an IMEI that is known already, a blown Knox fuse, a lock of the
    last owner (where the modem was asked).
    """

    models: tuple[str, ...] = ()
    """Such as `SM-A325F`."""
    tacs: tuple[str, ...] = ()
    """Type Allocation Codes of the ordered model, 8 digits each."""
    sales_codes: tuple[str, ...] = ()
    patch_from: date | None = None
    """The oldest security patch that passes."""
    supported_until: date | None = None
    """The day on which the maker's updates for the model end; from then on nothing passes."""


class WifiSecurity(StrEnum):
    """Source: AOSP `DevicePolicyManager.EXTRA_PROVISIONING_WIFI_SECURITY_TYPE`; no WPA3 value."""

    NONE = "NONE"
    WPA = "WPA"
    WEP = "WEP"
    EAP = "EAP"


@dataclass(frozen=True, slots=True)
class Wifi:
    """The network of the bench; `password` is the name of a secret, "" for an open one.

    `eap` holds `EAP_METHOD`, `PHASE2_AUTH`, `IDENTITY`, `ANONYMOUS_IDENTITY`, `DOMAIN` and
    `CA_CERTIFICATE` (Base64 of DER, one line); a user certificate fits into no code.
    """

    ssid: str
    security: WifiSecurity = WifiSecurity.NONE
    password: str = ""
    hidden: bool = False
    eap: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Payload:
    """What an Android Enterprise code says besides network and locale.

    `extras` are further provisioning keys without their prefix (`LEAVE_ALL_SYSTEM_APPS_ENABLED`);
    `admin_extras` the bundle handed to the management app, in which `token_key` is set to the
    secret named `token`.
    """

    component: str
    checksum: str
    download: str = ""
    token: str = ""
    token_key: str = ""
    extras: Mapping[str, str | int | bool] = field(default_factory=dict)
    admin_extras: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EnrolmentProfile:
    """A profile ready for use; `steps` are all there are, the gates last.

    `scan_back` asks for the label to be read back. `read_before_setup` lets a Samsung handset be
    asked over its modem who it is before Android is set up: nobody has shown yet that an A32
    answers at its set-up wizard, so it is off unless the profile asks for it. `kit` is what goes
    into the box, `licences` the pools that one of is used up, `label` the name of its label's
    template, "" for the bench's own. `variant` is the letter of an adjustment, "" for the usual
    profile, and says nothing of its reason; `variants` are this profile's adjustments, each a whole
    profile. `blink` is how many seconds a handset may be off the bus in the middle of enrolment
    without having been restarted: not confirmed on a real one.
    The fingerprint covers all of this and every file, and of a secret its name only.
    """

    name: str
    version: int
    scan_back: bool
    steps: tuple[Step, ...]
    fingerprint: str
    read_before_setup: bool = False
    method: Method = Method.NONE
    traps: Traps = Traps()
    wifi: Wifi | None = None
    payload: Payload | None = None
    locale: str = ""
    time_zone: str = ""
    kit: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    blink: float = 4.0
    label: str = ""
    variant: str = ""
    variants: tuple[EnrolmentProfile, ...] = ()

    @property
    def before_setup(self) -> bool:
        """Whether its handsets come as they left their box: no step needs ADB before set-up.

        Set-up is done when management knows the handset, at the latest; what stands behind that may
        need ADB, if management lets debugging be switched on.
        """
        for step in self.steps:
            if isinstance(step.action, AwaitManagement):
                return True
            if isinstance(step.action, OVER_ADB):
                return False
        return True

    @property
    def secrets(self) -> frozenset[str]:
        """The names of the secrets that it and its variants use."""
        steps = [step for each in (self, *self.variants) for step in each.steps]
        files = {
            step.action.name
            for step in steps
            if isinstance(step.action, ShowCode) and step.action.source is CodeSource.FILE
        }
        named = (
            self.wifi.password if self.wifi else "",
            self.payload.token if self.payload else "",
        )
        return frozenset({*files, *named} - {""})

    @property
    def enrolling(self) -> range:
        """The steps, by index, during which a handset is being enrolled.

        They end with the last that asks the management service; where none does, with whatever
        proves last that it is under management.
        """
        actions = [step.action for step in self.steps]
        found = [n for n, action in enumerate(actions) if isinstance(action, ENROLS)]
        if not found:
            return range(0)
        asks = any(isinstance(action, AwaitManagement) for action in actions)
        ends = found if asks else [n for n, a in enumerate(actions) if isinstance(a, GATES)]
        return range(found[0], max(*found, *ends) + 1)
