"""Settings: defaults that work, and errors that name the nearest key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.identity.identifiers import SlotCode, UsbPath
from bench.settings import Settings, SettingsError


def test_no_file_means_every_default(tmp_path: Path) -> None:
    assert Settings.load(tmp_path / "nowhere.toml") == Settings()
    assert Settings().ledger.name == "ledger.db"


def test_a_file_is_read_as_written(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(
        '[station]\nname = "bench-07"\n[hub]\nrows = 2\ncolumns = 8\n'
        '[hub.ports]\n"1-1.1" = "A1"\n"2-1.1" = "A1"\n[printer]\naddress = "usb:auto"\n'
    )
    settings = Settings.load(path)
    assert settings.station.name == "bench-07"
    assert settings.printer.address == "usb:auto"
    twin = SlotCode("A", 1)
    assert settings.ports == {UsbPath(1, (1, 1)): twin, UsbPath(2, (1, 1)): twin}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[statoin]", "statoin is not known; did you mean station?"),
        ('[station]\nnmae = "x"', "station.nmae is not known; did you mean station.name?"),
        ("[adb]\nport = true", "adb.port: give a whole number"),
        ('[adb]\nport = "5037"', "adb.port: give a whole number"),
        ("[adb]\nport = 99999", "adb.port: give a number from 1 to 65535"),
        ('[printer]\nhost = "h"', "printer.host is not known"),
        ('[printer]\naddress = "192.0.2.7"', "printer.address: give tcp:HOST"),
        ('[printer]\nlanguage = "epl"', "printer.language: give zpl, brother-ql"),
        ("[printer]\ndpi = 20", "printer.dpi: give 0, or dots in an inch, 150 to 1200"),
        ('[printer]\nlanguage = "picture"', "picture is for a queue"),
        ('[printer]\naddress = "cups:q"\nlanguage = "brother-ql"', "takes zpl or picture"),
        ("[usb]\nhandset_endpoints = -1", "usb.handset_endpoints: give a number"),
        ('[usb.controllers]\n"8086:a12f" = "many"', "usb.8086:a12f: give a number of endpoints"),
        ('[scanner]\nsuffix = "enter"', "scanner.suffix: give auto, cr"),
        ('[scanner.named]\n"1A86:7523" = "x"', "scanner.named: write each as"),
        ("[scanner]\nkeyboards = 1", "scanner.keyboards: give true or false"),
        ("[hub]\nrows = 27", "hub: give 1 to 26 rows"),
        ('[hub.ports]\n"1-1" = "AA1"', "A slot is a letter"),
        ('[hub.ports]\nx = "A1"', "A USB path is"),
        ('[hub.ports]\n"1-1" = 1', "hub.ports: write each as"),
        ('[station]\ntag_prefix = "toolong"', "An asset tag is"),
        ('[station]\nname = "bench 7"', "A bench's name is"),
        (
            '[station.profiles]\nZ9 = "x"',
            "station.profiles: Z9 is not on the hub, which has rows up",
        ),
        ('[hub]\ncolumns = 2\n[station.profiles]\nA3 = "x"', "A3 is not on the hub"),
        ('[hub]\nrows = 2\n[station.profiles]\nC = "x"', "C is not on the hub"),
        ('[station.profiles]\nb = "x"', "station.profiles: write each as"),
        ("[programme]\ncapacity = -1", "programme.capacity: give a number from 0 on"),
        ("[programme.licences]\nvpn = true", "programme.vpn: give a number from 0 on"),
        ("[programme]\ncapacity = 10\nin_service = 20", "programme.in_service: give no more than"),
        ("[intune]\ninterval = 0", "intune.interval: give a number of seconds"),
        ('[intune]\nfilters = "name"', "intune.filters: give serialNumber"),
        ('[intune]\nclient = "c"', "intune.tenant: give the organisation's"),
        ('[intune]\ntenant = "t"', "intune.client: give the id"),
        ('[intune]\ngraph = "http://h/beta"', "intune.graph: give https://, a host and a path"),
        ('[intune]\ngraph = "https://graph.example"', "intune.graph: give https://"),
        ('[intune]\nauthority = "https://u:p@h/t"', "intune.authority: give https://"),
        ("station = 1", "write it as a section"),
        ("not toml", "settings.toml"),
    ],
)
def test_what_is_wrong_is_named_with_its_remedy(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text)
    with pytest.raises(SettingsError) as raised:
        Settings.load(path)
    assert says in str(raised.value)
    assert str(path) in str(raised.value)


def test_what_is_told_of_the_programme_and_its_service_is_taken_as_it_is() -> None:
    settings = Settings.parse(
        {
            "hub": {"rows": 2, "columns": 2},
            "station": {"profiles": {"B": "one", "A2": "two"}},
            "programme": {"in_service": 20, "licences": {"vpn": 5}},
            "intune": {"client": "c", "authority": "https://login.example/t"},
        }
    )
    assert settings.programme.in_service == 20, "of a core of any size"
    assert Settings.parse({"programme": {"capacity": 5, "in_service": 5}}).programme.capacity == 5
    Settings.parse({"intune": {"client": "c", "tenant": "t", "graph": "https://127.0.0.1:8/beta"}})


MTLS = {"certificate": "bench.crt", "key": "bench.key", "trust": "ca.crt"}


@pytest.mark.parametrize(
    "central",
    [
        {"address": "postgresql://centre.example:5432/custody", **MTLS},
        {"address": "https://centre.example/custody", "token": "centre-token"},
        {"address": "https://centre.example:8443", **MTLS},
        {"address": "file:/srv/drop", **MTLS},
        {"night_from": "23:30", "night_minutes": 0},
    ],
)
def test_a_centre_is_reached_by_one_of_three_doors(central: dict[str, Any]) -> None:
    assert Settings.parse({"central": central}).central.address == central.get("address", "")


@pytest.mark.parametrize(
    ("central", "names"),
    [
        ({"address": "http://centre.example"}, "central.address"),
        ({"address": "postgresql://bench:hunter2@centre.example/c", **MTLS}, "no password"),
        ({"address": "postgresql://[centre"}, "central.address"),
        ({"address": "postgresql://centre.example:9x/c", **MTLS}, "central.address"),
        ({"address": "file:drop"}, "central.address"),
        ({"address": "file:/srv/drop"}, "central.certificate"),
        ({"address": "file://host/drop"}, "central.address"),
        ({"address": "postgresql://centre.example/c"}, "central.certificate"),
        ({"address": "https://centre.example"}, "central.token"),
        ({"address": "https://centre.example", "certificate": "c"}, "central.key"),
        ({"interval": 0}, "central.interval"),
        ({"night_from": "25:00"}, "central.night_from"),
        ({"night_minutes": 1440}, "central.night_minutes"),
    ],
)
def test_a_centre_that_cannot_be_is_named_by_its_key(central: dict[str, Any], names: str) -> None:
    with pytest.raises(SettingsError, match=names) as refused:
        Settings.parse({"central": central})
    assert "hunter2" not in str(refused.value)
