"""What settings have to be beyond their types. Loaded where there is a file of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bench.identity.identifiers import AssetTag, IdentifierError, bench_name
from bench.settings.central_checks import check_central
from bench.settings.sections import (
    IntuneSettings,
    PrinterSettings,
    ProgrammeSettings,
    ScannerSettings,
    SettingsError,
    UsbSettings,
)

if TYPE_CHECKING:
    from bench.settings.load import Settings

_PRINTER_LANGUAGES = ("zpl", "brother-ql", "picture")
_MOST_ENDPOINTS = 10_000
_SUFFIXES = ("auto", "cr", "lf", "crlf", "tab", "etx", "eot", "none")
_COARSEST, _FINEST = 150, 1200
_ADDRESS = re.compile(r"https://[^\s/?#@]+/+[^\s/?#][^\s?#]*", re.ASCII)
_PLACE = re.compile(r"[A-Z](?:[1-9]\d?)?", re.ASCII)


def check(settings: Settings) -> None:
    """Check what a type alone does not say; raises `SettingsError` with key and remedy."""
    hub = settings.hub
    if not (1 <= hub.rows <= 26 and 1 <= hub.columns <= 99):  # noqa: PLR2004 - letters, two digits
        raise SettingsError("hub: give 1 to 26 rows and 1 to 99 columns")
    if not 1 <= settings.adb.port <= 65535:  # noqa: PLR2004 - TCP
        raise SettingsError("adb.port: give a number from 1 to 65535")
    _check_usb(settings.usb)
    _check_scanner(settings.scanner)
    _check_printer(settings.printer)
    _check_custody(settings)
    _check_programme(settings.programme)
    _check_intune(settings.intune)
    _check_profiles(settings)
    check_central(settings.central)
    try:
        bench_name(settings.station.name)
        AssetTag.numbered(settings.station.tag_prefix, 1)
        if not all(isinstance(slot, str) for slot in hub.ports.values()):
            raise SettingsError('hub.ports: write each as "1-1.2" = "A1"')
        _ = settings.ports
    except IdentifierError as error:
        raise SettingsError(f"station or hub.ports: {error.reason}") from error


def _check_usb(usb: UsbSettings) -> None:
    for name, endpoints in {"handset_endpoints": usb.handset_endpoints, **usb.controllers}.items():
        if type(endpoints) is not int or not 0 <= endpoints <= _MOST_ENDPOINTS:
            raise SettingsError(f"usb.{name}: give a number of endpoints up to {_MOST_ENDPOINTS}")


def _check_scanner(scanner: ScannerSettings) -> None:
    if scanner.suffix not in _SUFFIXES:
        raise SettingsError(f"scanner.suffix: give {', '.join(_SUFFIXES)}")
    for name in scanner.named:
        if not re.fullmatch(r"[0-9a-f]{4}:[0-9a-f]{4}", name, re.ASCII):
            raise SettingsError('scanner.named: write each as "1a86:7523" = "name", as lsusb does')


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


def _check_programme(programme: ProgrammeSettings) -> None:
    counts = {"capacity": programme.capacity, "in_service": programme.in_service}
    for name, count in (*counts.items(), *programme.licences.items()):
        if type(count) is not int or count < 0:
            raise SettingsError(f"programme.{name}: give a number from 0 on")
    if programme.capacity and programme.in_service > programme.capacity:
        raise SettingsError("programme.in_service: give no more than programme.capacity")


def _check_intune(intune: IntuneSettings) -> None:
    if intune.interval < 1:
        raise SettingsError("intune.interval: give a number of seconds from 1 on")
    if not {*intune.filters.split()} <= {"serialNumber", "imei"}:
        raise SettingsError("intune.filters: give serialNumber, imei, both or neither")
    if intune.client and not (intune.tenant or intune.authority):
        raise SettingsError("intune.tenant: give the organisation's, or intune.authority")
    if intune.tenant and not intune.client:
        raise SettingsError("intune.client: give the id of the application of this bench")
    for key, address in (("graph", intune.graph), ("authority", intune.authority)):
        if address and not _ADDRESS.fullmatch(address):
            raise SettingsError(f"intune.{key}: give https://, a host and a path")


def _check_profiles(settings: Settings) -> None:
    hub = settings.hub
    for place, file in settings.station.profiles.items():
        if not _PLACE.fullmatch(place) or not isinstance(file, str):
            raise SettingsError('station.profiles: write each as "B" or "B3" = "file"')
        if ord(place[0]) - ord("A") >= hub.rows or int(place[1:] or 1) > hub.columns:
            has = f"rows up to {chr(ord('A') + hub.rows - 1)} of {hub.columns} slots"
            raise SettingsError(f"station.profiles: {place} is not on the hub, which has {has}")
