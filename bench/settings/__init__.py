"""The settings of one bench: one TOML file, typed; an unknown key names the nearest one."""

from bench.settings.load import Settings, state_folder
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

__all__ = [
    "AdbSettings",
    "CentralSettings",
    "CustodySettings",
    "EnrolmentSettings",
    "HubSettings",
    "IntuneSettings",
    "PeopleSettings",
    "PrinterSettings",
    "ProgrammeSettings",
    "ScannerSettings",
    "Settings",
    "SettingsError",
    "StationSettings",
    "StockSettings",
    "UsbSettings",
    "state_folder",
]
