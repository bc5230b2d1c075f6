"""A simulated handset: what it is, what is on it, and what can go wrong with it.

State only; `adbd` speaks for it and `cable` connects it. Everything here is made up: serial
numbers `R58N…XY`, and IMEIs of reporting body 00, which no real handset has.
"""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from bench.identity.identifiers import Imei
from hardware.simulator.bus import BusPresence
from hardware.simulator.faults import Fault, Faults
from hardware.simulator.storage import Storage
from hardware.simulator.timing import Tally, Timing
from hardware.simulator.trust import PublicKey, TrustDialog
from hardware.simulator.wifi import SimulatedWifi

_LOG_LINES, _LOG_LINE = 1000, 2000
_TACS = ("00440000", "00440001")
_MODELS = {"SM-A325F": ("a32", "a32nsxx"), "SM-A326B": ("a32x", "a32xnaxx")}


@dataclass(frozen=True, slots=True)
class Battery:
    """A battery: percent, and what it does as Android counts it (2 charging, 5 full)."""

    level: int = 76
    status: int = 2


@dataclass(frozen=True, slots=True)
class InstalledPackage:
    """What a handset keeps of a package besides its version.

    `signer` is the SHA-256 of the certificate that it was signed with, `receiver` the device admin
    that it declares, "" for none.
    """

    signer: str
    receiver: str = ""


def _new_boot() -> str:
    return str(uuid.uuid4())


@dataclass(slots=True, eq=False)
class SimulatedHandset:
    """One handset; its state lasts over links, unplugging and new adb servers."""

    serial: str
    imeis: tuple[str, ...]
    properties: dict[str, str]
    secure: bool = False
    """Whether it asks before it trusts a computer."""
    mode: str = "device"
    """What it was started as, as adbd says it: `device`, `recovery`, `sideload`, `bootloader`."""
    timing: Timing = field(default_factory=Timing)
    faults: Faults = field(default_factory=Faults)
    storage: Storage = field(default_factory=Storage)
    packages: dict[str, str] = field(default_factory=dict)
    """Version by name of what was installed."""
    installed: dict[str, InstalledPackage] = field(default_factory=dict)
    """What is known of those that came as a package file; of others every component is there."""
    settings: dict[tuple[str, str], str] = field(default_factory=dict)
    device_owner: str | None = None
    debugging: bool = True
    """Whether USB debugging is on; without it there is its modem to ask, and no ADB."""
    bus: BusPresence = field(default_factory=BusPresence)
    provisioned: bool = True
    """Whether its set-up wizard is done."""
    battery: Battery = Battery()
    users: tuple[str, ...] = ("Owner",)
    """Their names, the first that of the handset's first user."""
    accounts: tuple[str, ...] = ()
    """Names of the accounts that the first user is signed in with."""
    authorised_keys: set[PublicKey] = field(default_factory=set)
    dialog: TrustDialog | None = None
    wifi: SimulatedWifi = field(default_factory=SimulatedWifi)
    boot_id: str = field(default_factory=_new_boot)
    """The kernel's, new with every start: 36 characters."""
    links: set[Callable[[], None]] = field(default_factory=set)
    """What cuts its ADB links of now."""
    tally: Tally = field(default_factory=Tally)
    log: deque[str] = field(default_factory=lambda: deque(maxlen=_LOG_LINES))
    """What it was asked for, newest last: `shell …`, `push …`, `install …`, `dialog …`."""

    @property
    def busy_s(self) -> float:
        """Seconds that the handset itself needed for its work so far."""
        return self.tally.busy_s

    @property
    def sdk(self) -> int:
        """The Android API level; 33 when the property is no number."""
        text = self.properties.get("ro.build.version.sdk", "")
        return int(text) if text.isascii() and text.isdigit() else 33

    def note(self, line: str) -> None:
        """Add a line to the log."""
        self.log.append(line[:_LOG_LINE])

    # its life
    def restart(self) -> None:
        """Start it again: links drop and the boot id is new; what is on it stays."""
        self.note("restart")
        self.boot_id = _new_boot()
        self.wifi.drop()
        for cut in tuple(self.links):
            cut()

    def reset(self) -> None:
        """Reset it to factory settings: it is as new, at its set-up wizard, and trusts nobody."""
        self.note("reset")
        for kept in (self.packages, self.installed, self.settings, self.authorised_keys):
            kept.clear()
        self.storage = Storage()
        self.accounts, self.users, self.device_owner = (), ("Owner",), None
        self.provisioned, self.debugging, self.dialog = False, False, None
        self.wifi.forget()
        self.restart()

    # the trust dialog
    @property
    def dialog_is_open(self) -> bool:
        """Whether the screen asks to allow a computer."""
        return self.dialog is not None

    def open_dialog(self, key: PublicKey) -> TrustDialog:
        """Ask on the screen; a new question replaces one that is open."""
        self.note(f"dialog {key.comment}")
        self.dialog = TrustDialog(key)
        return self.dialog

    def close_dialog(self, dialog: TrustDialog | None) -> None:
        """Take the question from the screen if it is still this one."""
        if dialog is not None and self.dialog is dialog:
            self.dialog = None

    def accept_dialog(self, *, remember: bool = True) -> bool:
        """Tap Allow, as the technician does; False when nothing was asked."""
        dialog, self.dialog = self.dialog, None
        if dialog is None:
            return False
        if remember:
            self.authorised_keys.add(dialog.key)
        dialog.accepted.set()
        return True


def make_handset(
    number: int,
    *,
    model: str = "SM-A325F",
    serial: str | None = None,
    imeis: tuple[str, ...] | None = None,
    properties: Mapping[str, str] | None = None,
    secure: bool = False,
    timing: Timing | None = None,
    faults: Iterable[Fault] = (),
) -> SimulatedHandset:
    """Return handset `number` (0 to 99,999), fresh from its box with debugging switched on.

    `imeis` and `properties` take any text: none at all, another handset's, or hostile ones;
    `properties` are laid over those of the model.
    """
    serial = serial if serial is not None else f"R58N{number:05d}XY"
    own = tuple(str(Imei.with_check_digit(f"{tac}{number:06d}")) for tac in _TACS)
    return SimulatedHandset(
        serial=serial,
        imeis=own if imeis is None else imeis,
        properties={**_properties(model, serial), **(properties or {})},
        secure=secure,
        timing=timing or Timing(),
        faults=Faults(faults),
    )


def _properties(model: str, serial: str) -> dict[str, str]:
    plain = model.removeprefix("SM-")
    device, name = _MODELS.get(model, (plain.lower(), plain.lower()))
    build, base = f"{plain}XXU7DWF1", "TP1A.220624.014"
    return {
        "ro.serialno": serial,
        "ro.boot.serialno": serial,
        "ro.product.manufacturer": "samsung",
        "ro.product.brand": "samsung",
        "ro.product.model": model,
        "ro.product.name": name,
        "ro.product.device": device,
        "ro.build.fingerprint": f"samsung/{name}/{device}:13/{base}/{build}:user/release-keys",
        "ro.build.display.id": f"{base}.{build}",
        "ro.build.version.release": "13",
        "ro.build.version.sdk": "33",
        "ro.build.version.security_patch": "2023-06-01",
        "ro.build.PDA": build,
        "ro.build.type": "user",
        "ro.csc.sales_code": "EUX",
        "ro.csc.country_code": "Netherlands",
        "gsm.version.baseband": f"{plain}XXU7DWF1,{plain}XXU7DWF1",
        "gsm.sim.state": "ABSENT,ABSENT",
        "ro.crypto.state": "encrypted",
        "ro.crypto.type": "file",
        "ro.boot.verifiedbootstate": "green",
        "ro.boot.flash.locked": "1",
        "ro.boot.vbmeta.device_state": "locked",
        "ro.boot.warranty_bit": "0",
        "ro.warranty_bit": "0",
        "sys.oem_unlock_allowed": "0",
        "ro.oem_unlock_supported": "1",
        "sys.boot_completed": "1",
        "dev.bootcomplete": "1",
        "persist.sys.timezone": "Europe/Amsterdam",
    }
