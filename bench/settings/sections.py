"""What can be set, section by section; what is not given has a default that works."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class SettingsError(ValueError):
    """The settings cannot be used; the text names the file, the key and the remedy."""


@dataclass(frozen=True)
class StationSettings:
    """Who this bench is: its name stands in the record, its prefix on the labels.

    `profile` is a profile's file, or the name of one that comes with this program; `profiles` are
    those of single slots (`B3`) or whole rows (`B`).
    """

    name: str = "bench-01"
    tag_prefix: str = "AST"
    profile: str = ""
    ledger: str = ""
    profiles: Mapping[str, str] = field(default_factory=dict)


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
    them. `handset_endpoints` is what a handset takes of a controller, 0 for what is usual;
    `controllers` how many endpoints one has, by its name (`0000:00:14.0`) or chip (`8086:a12f`).
    """

    power: str = "uhubctl"
    reactivation_lock: bool = False
    handset_endpoints: int = 0
    controllers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ScannerSettings:
    """Scanners: one serial port, or `auto` for every known one; `keyboards` takes those that type.

    A keyboard is taken only where it is of a maker of scanners, or `named` by its USB id, such as
    `1a86:7523`, with any text for a person. `suffix` is what ends a scan: `auto`, `cr`, `lf`,
    `crlf`, `tab`, `etx`, `eot` or `none`.
    """

    port: str = "auto"
    keyboards: bool = True
    suffix: str = "auto"
    named: Mapping[str, str] = field(default_factory=dict)


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
class IntuneSettings:
    """Microsoft Intune: the organisation's `tenant`, and the application `client` of this bench.

    `certificate` is the name of the secret with the application's private key and certificate
    (PEM); empty, a person signs in with `intune sign-in`. `graph` and `authority` are addresses
    where they are not Microsoft's usual ones, and `trust` a PEM file of authorities to trust there.
    `interval` is how many seconds pass between two looks at the handsets that are waited for.
    `filters` is what the service is trusted to look handsets up by, `serialNumber` and `imei`
    parted by a space: not confirmed for every tenant; without any, all devices are read each time.
    """

    tenant: str = ""
    client: str = ""
    certificate: str = ""
    graph: str = ""
    authority: str = ""
    trust: str = ""
    interval: int = 10
    filters: str = "serialNumber imei"


@dataclass(frozen=True)
class ProgrammeSettings:
    """The roll-out: how many handsets the core is sized for, how many are in service already.

    `capacity` 0 is any number. `licences` leads a pool to how many of it were bought.
    """

    capacity: int = 0
    in_service: int = 0
    licences: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class StockSettings:
    """Goods-in, dispatch and the roll-out.

    `papers` is the folder where reports, manifests and sheets are kept, beside the record where it
    is not set. With `unknown_sims` a SIM that no file of the operator names may be married too.
    """

    papers: str = ""
    unknown_sims: bool = False


@dataclass(frozen=True)
class EnrolmentSettings:
    """What enrolment needs on the disk.

    `uploads` is the folder of the files that are handed to enrolment services, beside the record
    where it is not set; `known_elsewhere` a CSV file of handsets known outside this bench. With
    `quoted_ssid` a code has its network's name in quotes of its own, as some set-up wizards are
    said to want: not confirmed on a handset.
    """

    quoted_ssid: bool = False
    uploads: str = ""
    known_elsewhere: str = ""


@dataclass(frozen=True)
class CentralSettings:
    """The central store; without an `address` this bench is by itself, and nothing is missed.

    `address` is `postgresql://HOST:PORT/DATABASE`, `https://HOST/PATH`, or `file:/FOLDER`, where
    what is sent is carried to the centre by hand. `certificate` and `key` are this bench's PEM
    files, `trust` that of whom the centre's certificate is signed by; `token` is the name of the
    secret for HTTPS without a certificate. `publisher` is the verifier key of what the centre sends
    down. While the window is open it is looked every `interval` seconds whether something waits,
    if `follow`. At night, a sync begins some minutes after `night_from` (HH:MM, local), spread over
    `night_minutes` by the bench's name.
    """

    address: str = ""
    certificate: str = ""
    key: str = ""
    trust: str = ""
    token: str = ""
    publisher: str = ""
    follow: bool = True
    interval: int = 30
    night_from: str = "01:00"
    night_minutes: int = 180
