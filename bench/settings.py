"""The settings of one bench: one TOML file, typed; an unknown key names the nearest one.

What is not given has a default that works. Sections and keys are the fields of `Settings`.
The window waits for this: what only some settings need is loaded where it is needed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from bench.identity.identifiers import AssetTag, IdentifierError, SlotCode, UsbPath, bench_name

_PROGRAM = "staging-bench"
_PRINTER_LANGUAGES = ("zpl", "brother-ql", "picture")
_COARSEST, _FINEST = 150, 1200


class SettingsError(ValueError):
    """The settings cannot be used; the text names the file, the key and the remedy."""


@dataclass(frozen=True)
class StationSettings:
    """Who this bench is: its name stands in the record, its prefix on the labels."""

    name: str = "bench-01"
    tag_prefix: str = "AST"
    profile: str = ""
    ledger: str = ""


@dataclass(frozen=True)
class HubSettings:
    """Where the slots are. `ports` leads a USB path to a slot; empty, slots are numbered in use."""

    rows: int = 4
    columns: int = 4
    ports: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class UsbSettings:
    """What is done over USB besides ADB.

    `power` is the program that switches ports, empty where none is to be asked. Where a profile
    has handsets read before set-up, `reactivation_lock` asks too whether their last owner locks
    them.
    """

    power: str = "uhubctl"
    reactivation_lock: bool = False


@dataclass(frozen=True)
class ScannerSettings:
    """Scanners: one serial port, or `auto` for every known one; `keyboards` takes those that type.

    A keyboard is taken only where it is of a maker of scanners.
    """

    port: str = "auto"
    keyboards: bool = True


@dataclass(frozen=True)
class PrinterSettings:
    """The label printer: where it is, what it understands, how fine it prints, and on what.

    `address` is `tcp:HOST` or `tcp:HOST:PORT`, `usb:auto` or `usb:/dev/usb/lp0`,
    `serial:/dev/ttyUSB0` or with `@9600`, or `cups:QUEUE`. `language` is `zpl`, `brother-ql`, or
    `picture` for a queue with a driver. `dpi` 0 is what is usual for it. `label` is the template:
    a file, or the name of one that comes with this program. `media` is the roll in a Brother QL,
    such as `62` or `62x29`, and `model` its name: one on the network cannot say them itself.
    """

    address: str = "tcp:127.0.0.1:9100"
    language: str = "zpl"
    dpi: int = 0
    label: str = "asset-50x25"
    media: str = ""
    model: str = ""


@dataclass(frozen=True)
class AdbSettings:
    """The ADB server: found on this port, or started there."""

    port: int = 5037
    executable: str = "adb"


@dataclass(frozen=True)
class CustodySettings:
    """Who answers for the record, and who watches over it; what is empty is not done.

    `organisation` is a host name that goes into each checkpoint for ever. `witnesses` leads an
    address to the witness's verifier key. `backups` and `dockets` are folders, `timestamps` the
    address of an RFC 3161 authority and `timestamp_roots` the PEM file of whom it is trusted by.
    """

    organisation: str = "staging-bench.localhost"
    witnesses: Mapping[str, str] = field(default_factory=dict)
    backups: str = ""
    backup_hours: int = 24
    dockets: str = ""
    timestamps: str = ""
    timestamp_roots: str = ""
    encrypted: bool = False


@dataclass(frozen=True)
class PeopleSettings:
    """How long nobody may do anything before a bench with people locks; how long a badge tap holds.

    In seconds, as is `pin_wait`, after which a badge without its PIN is forgotten. A badge is told
    from other codes that are scanned by its prefix, or by a regular expression.
    """

    idle_lock: int = 300
    tap_holds: int = 60
    pin_wait: int = 30
    badge_prefix: str = "BADGE:"
    badge_pattern: str = ""


@dataclass(frozen=True)
class Settings:
    """Everything that can be set."""

    station: StationSettings = StationSettings()
    hub: HubSettings = field(default_factory=HubSettings)
    usb: UsbSettings = UsbSettings()
    scanner: ScannerSettings = ScannerSettings()
    printer: PrinterSettings = PrinterSettings()
    adb: AdbSettings = AdbSettings()
    custody: CustodySettings = field(default_factory=CustodySettings)
    people: PeopleSettings = PeopleSettings()

    @classmethod
    def default_path(cls) -> Path:
        """Return where the settings lie unless another file is named (XDG)."""
        return _xdg_folder("XDG_CONFIG_HOME", ".config") / "settings.toml"

    @classmethod
    def load(cls, path: Path) -> Settings:
        """Read a settings file; one that is not there means every default."""
        try:
            return cls.parse(_document(path.read_text("utf-8")))
        except FileNotFoundError:
            return cls()
        except (OSError, ValueError) as error:
            raise SettingsError(f"{path}: {error}") from error

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Settings:
        """Check a parsed document."""
        _only_known(document, cls, "")
        settings = cls(
            station=_section(document, "station", StationSettings),
            hub=_section(document, "hub", HubSettings),
            usb=_section(document, "usb", UsbSettings),
            scanner=_section(document, "scanner", ScannerSettings),
            printer=_section(document, "printer", PrinterSettings),
            adb=_section(document, "adb", AdbSettings),
            custody=_section(document, "custody", CustodySettings),
            people=_section(document, "people", PeopleSettings),
        )
        _check(settings)
        return settings

    @property
    def ledger(self) -> Path:
        """Where the record lies: as set, or in the state folder (XDG)."""
        if self.station.ledger:
            return Path(self.station.ledger)
        return state_folder() / "ledger.db"

    @property
    def ports(self) -> dict[UsbPath, SlotCode]:
        """Which port is which slot."""
        return {UsbPath.parse(p): SlotCode.parse(s) for p, s in self.hub.ports.items()}


def state_folder() -> Path:
    """Return where this program keeps what it needs again (XDG)."""
    return _xdg_folder("XDG_STATE_HOME", ".local/state")


def _xdg_folder(variable: str, usual: str) -> Path:
    """Source: XDG Base Directory Specification 0.8; a relative path there counts as none."""
    named = Path(os.environ.get(variable, ""))
    return (named if named.is_absolute() else Path.home() / usual) / _PROGRAM


_Section = TypeVar("_Section")


def _document(text: str) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415 - where there is a file

    return tomllib.loads(text)


def _section(document: Mapping[str, Any], name: str, kind: type[_Section]) -> _Section:
    table = document.get(name, {})
    if not isinstance(table, dict):
        raise SettingsError(f"{name}: write it as a section, [{name}]")
    _only_known(table, kind, f"{name}.")
    default = kind()
    for key, value in table.items():
        expected = getattr(default, key)
        if type(value) is not type(expected):
            raise SettingsError(f"{name}.{key}: give {_IN_WORDS[type(expected)]}, not {value!r}")
    return kind(**table)


def _only_known(table: Mapping[str, Any], kind: type, prefix: str) -> None:
    known = [known.name for known in fields(kind)]
    for key in table:
        if key not in known:
            raise SettingsError(f"{prefix}{key} is not known; {_hint(key, known, prefix)}")


def _hint(key: str, known: list[str], prefix: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - where there is an error

    nearest = get_close_matches(key, known, 1, 0.5)
    return f"did you mean {prefix}{nearest[0]}?" if nearest else f"use {', '.join(known)}"


def _check(settings: Settings) -> None:
    hub = settings.hub
    if not (1 <= hub.rows <= 26 and 1 <= hub.columns <= 99):  # noqa: PLR2004 - letters, two digits
        raise SettingsError("hub: give 1 to 26 rows and 1 to 99 columns")
    if not 1 <= settings.adb.port <= 65535:  # noqa: PLR2004 - TCP
        raise SettingsError("adb.port: give a number from 1 to 65535")
    _check_printer(settings.printer)
    _check_custody(settings)
    try:
        bench_name(settings.station.name)
        AssetTag.numbered(settings.station.tag_prefix, 1)
        if not all(isinstance(slot, str) for slot in hub.ports.values()):
            raise SettingsError('hub.ports: write each as "1-1.2" = "A1"')
        _ = settings.ports
    except IdentifierError as error:
        raise SettingsError(f"station or hub.ports: {error.reason}") from error


def _check_printer(printer: PrinterSettings) -> None:
    if not re.fullmatch(r"(tcp|usb|serial|cups):\S+", printer.address):
        raise SettingsError(
            "printer.address: give tcp:HOST, usb:auto, usb:/dev/usb/lp0, serial:/dev/ttyUSB0 or"
            " cups:QUEUE"
        )
    if printer.language not in _PRINTER_LANGUAGES:
        raise SettingsError(f"printer.language: give {', '.join(_PRINTER_LANGUAGES)}")
    if printer.address.startswith("cups:") and printer.language == "brother-ql":
        raise SettingsError("printer.language: a queue of CUPS takes zpl or picture")
    if printer.language == "picture" and not printer.address.startswith("cups:"):
        raise SettingsError("printer.language: picture is for a queue, cups:QUEUE")
    if printer.dpi and not _COARSEST <= printer.dpi <= _FINEST:
        raise SettingsError(f"printer.dpi: give 0, or dots in an inch, {_COARSEST} to {_FINEST}")


def _check_custody(settings: Settings) -> None:
    custody, people = settings.custody, settings.people
    if not re.fullmatch(r"[a-z0-9.-]{1,200}", custody.organisation):
        raise SettingsError("custody.organisation: give a host name, such as custody.example.org")
    if not all(isinstance(key, str) for key in custody.witnesses.values()):
        raise SettingsError('custody.witnesses: write each as "https://address" = "verifier key"')
    for name, number in (
        ("custody.backup_hours", custody.backup_hours),
        ("people.idle_lock", people.idle_lock),
        ("people.tap_holds", people.tap_holds),
        ("people.pin_wait", people.pin_wait),
    ):
        if number < 1:
            raise SettingsError(f"{name}: give a number from 1 on")
    if people.pin_wait >= people.idle_lock:
        raise SettingsError("people.pin_wait: give less than people.idle_lock")
    if not people.badge_prefix.strip() and not people.badge_pattern:
        raise SettingsError("people.badge_prefix: give a prefix, or a badge_pattern")


_IN_WORDS: dict[type, str] = {
    str: "text in quotes", int: "a whole number", dict: "a section", bool: "true or false",
}  # fmt: skip
