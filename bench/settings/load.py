"""The settings of one bench: one TOML file, typed; an unknown key names the nearest one.

What is not given has a default that works. Sections and keys are the fields of `Settings`.
The window waits for this: what only some settings need is loaded where it is needed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from bench.identity.identifiers import SlotCode, UsbPath
from bench.settings.sections import (
    AdbSettings,
    CentralSettings,
    CustodySettings,
    EnrolmentSettings,
    HubSettings,
    IntuneSettings,
    PeopleSettings,
    PrinterSettings,
    ProgrammeSettings,
    ScannerSettings,
    SettingsError,
    StationSettings,
    StockSettings,
    UsbSettings,
)

_PROGRAM = "staging-bench"


@dataclass(frozen=True)
class Settings:
    """Everything that can be set."""

    station: StationSettings = field(default_factory=StationSettings)
    hub: HubSettings = field(default_factory=HubSettings)
    usb: UsbSettings = field(default_factory=UsbSettings)
    scanner: ScannerSettings = field(default_factory=ScannerSettings)
    printer: PrinterSettings = field(default_factory=PrinterSettings)
    adb: AdbSettings = field(default_factory=AdbSettings)
    custody: CustodySettings = field(default_factory=CustodySettings)
    people: PeopleSettings = field(default_factory=PeopleSettings)
    enrolment: EnrolmentSettings = field(default_factory=EnrolmentSettings)
    intune: IntuneSettings = field(default_factory=IntuneSettings)
    programme: ProgrammeSettings = field(default_factory=ProgrammeSettings)
    stock: StockSettings = field(default_factory=StockSettings)
    central: CentralSettings = field(default_factory=CentralSettings)

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
            enrolment=_section(document, "enrolment", EnrolmentSettings),
            intune=_section(document, "intune", IntuneSettings),
            programme=_section(document, "programme", ProgrammeSettings),
            stock=_section(document, "stock", StockSettings),
            central=_section(document, "central", CentralSettings),
        )
        from bench.settings.checks import check  # noqa: PLC0415 - where there is a file

        check(settings)
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


_IN_WORDS: dict[type, str] = {
    str: "text in quotes", int: "a whole number", dict: "a section", bool: "true or false",
}  # fmt: skip
