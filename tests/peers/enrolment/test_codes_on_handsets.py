"""Codes of the bench on the set-up wizard of a handset, which reads them in its own way."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import replace

import pytest
import zxingcpp
from PIL import Image

from bench.enrolment.codes import make_code
from bench.enrolment.payload import build, take
from bench.enrolment.profiles.profile import EnrolmentProfile, Method, Payload, Wifi, WifiSecurity
from bench.events.enrolment import ShownCode
from bench.events.person import HiddenText
from bench.identity.identifiers import SlotCode
from hardware.simulator.handset import make_handset
from hardware.simulator.training_ground import FULLY_MANAGED, Ground, in_use
from hardware.simulator.wizard.provisioning import WantedNetwork, read_code
from hardware.simulator.wizard.surroundings import SetUpTimes
from tests.peers.intune.intune_room import papers

SLOT = SlotCode.parse("A1")
QUICK = SetUpTimes(
    join=0.01, download=0.01, enrol=0.02, check_in=0.01, blink=0.0, restart=0.02, retry=0.01
)
PAYLOAD = Payload(
    component="com.google.android.apps.work.clouddpc/.receivers.CloudDeviceAdminReceiver",
    checksum="I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg",
    download="https://play.google.com/managed/downloadManagingApp?identifier=setup",
    token="intune-token",
    token_key="com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN",
)
PLAIN = EnrolmentProfile("A32", 1, True, (), "0" * 64, method=Method.QR, payload=PAYLOAD)


class Kept:
    """The bench's secrets: the network's password and a token."""

    def __init__(self, token: str, password: str) -> None:
        self._kept = {"intune-token": token, "bench-wifi": password}

    def secret(self, name: str) -> str:
        return self._kept[name]


def camera(code: ShownCode) -> HiddenText:
    """Read a code from its modules, as another reader does."""
    side, quiet, size = len(code.rows), 4, 4
    picture = Image.new("L", (side + 2 * quiet,) * 2, 255)
    for y, row in enumerate(code.rows):
        for x, module in enumerate(row):
            picture.putpixel((x + quiet, y + quiet), 0 if module else 255)
    whole = picture.resize((picture.width * size,) * 2, Image.Resampling.NEAREST)
    (read,) = zxingcpp.read_barcodes(whole)
    return HiddenText(read.text)


def profiles() -> Iterator[EnrolmentProfile]:
    networks = (
        None,
        Wifi("bench", WifiSecurity.WPA, "bench-wifi"),
        Wifi('Bänch \\ "5"', WifiSecurity.WPA, "bench-wifi", hidden=True),
        Wifi("open"),
    )
    extras: tuple[dict[str, bool | int], ...] = (
        {},
        {"LEAVE_ALL_SYSTEM_APPS_ENABLED": True, "SUPPORTED_MODES": 1},
    )
    for wifi, more, locale in itertools.product(networks, extras, ("", "en_GB")):
        payload = Payload(
            PAYLOAD.component, PAYLOAD.checksum, PAYLOAD.download, PAYLOAD.token, PAYLOAD.token_key,
            extras=more, admin_extras={"org.example.hint": "x"},
        )  # fmt: skip
        zone = "Europe/London" if locale else ""
        yield EnrolmentProfile(
            "A32", 1, True, (), "0" * 64, payload=payload, wifi=wifi, locale=locale, time_zone=zone
        )


@pytest.mark.parametrize("profile", [*profiles()])
def test_a_handset_reads_what_the_profile_says(profile: EnrolmentProfile) -> None:
    code = make_code(build(profile, Kept("canary-token", "canary-password")).text)
    read = read_code(camera(code).text)
    wifi = profile.wifi
    password = "canary-password" if wifi and wifi.password else ""
    wanted = wifi and WantedNetwork(wifi.ssid, str(wifi.security), password, wifi.hidden)
    assert (read.admin, read.token, read.network) == (PAYLOAD.component, "canary-token", wanted)
    assert (read.locale, read.time_zone) == (profile.locale, profile.time_zone)
    assert profile.payload
    assert read.keeps_system_apps is bool(profile.payload.extras)


@pytest.mark.parametrize("is_built", [True, False], ids=["built here", "the service's own"])
def test_a_handset_comes_home_managed_by_a_code_of_the_bench(is_built: bool) -> None:
    async def run() -> None:
        handset, ground = make_handset(1), Ground(times=QUICK)
        async with in_use(ground, {SLOT: handset}, {SLOT: "qr"}, papers()) as now:
            kept = Kept(now.intune.token(FULLY_MANAGED), ground.password.text)
            given = str(now.intune.profiles.named(FULLY_MANAGED).json()["qrCodeContent"])
            profile = replace(PLAIN, wifi=Wifi(ground.ssid, WifiSecurity.WPA, "bench-wifi"))
            said = build(profile, kept) if is_built else take(given, profile, kept)
            wizard = now.setting_up.wizards[SLOT]
            assert wizard.read_code(camera(make_code(said.text)))
            async with asyncio.timeout(10):
                while not wizard.is_managed:
                    await asyncio.sleep(0.005)
            assert now.intune.devices[handset.serial].imei == handset.imeis[0]

    asyncio.run(run())
