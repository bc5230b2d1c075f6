"""An owner, a network and a signed package over the real adb servers, by a profile's steps."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bench.enrolment.apk.signature import checksum
from bench.enrolment.profiles.files import sha256
from bench.enrolment.profiles.profile import Wifi, WifiSecurity
from bench.enrolment.profiles.vocabulary import Install, OwnDevice
from bench.ports import HandsetRefusalError
from bench.problems import ProblemCode, ProblemError
from bench.staging.steps.device_owner import own_device
from bench.staging.steps.over_adb import install_package
from bench.staging.steps.wifi import join_wifi
from hardware.adb.handset import AdbHandset
from hardware.simulator.cable import Cable
from hardware.simulator.handset import SimulatedHandset, make_handset
from hardware.simulator.packages import write_package
from hardware.simulator.signing import certificate
from hardware.simulator.wifi import NetworkInReach
from tests.hardware.adb.real_server import LIMIT, Peer, ignore, with_server

NAME = "org.example.training"
OWNER = f"{NAME}/.AdminReceiver"
CANARY = 'it\'s $(reboot) "no" `x` \\ ; & | canary'
Work = Callable[[AdbHandset], Awaitable[None]]


def installing(package: Path, signer: str = "") -> Install:
    return Install(package, sha256(package), NAME, signer)


def behind(home: Path, adb: str, simulated: SimulatedHandset, work: Work) -> None:
    async def run(peer: Peer) -> None:
        async with Cable(simulated) as cable:
            await peer.client.connect(cable.address)
            (device,) = await peer.client.devices()
            await work(AdbHandset(peer.client, device.transport))

    with_server(home, run, adb)


def test_an_app_is_installed_and_owns_the_handset(tmp_path: Path, adb: str) -> None:
    simulated = make_handset(1)
    write_package(tmp_path / "agent.apk", NAME, padding=300_000)
    signer = checksum(certificate("training"))
    install = installing(tmp_path / "agent.apk", signer)

    async def work(handset: AdbHandset) -> None:
        before = await handset.identify()
        with pytest.raises(HandsetRefusalError, match="is not installed"):
            await own_device(OwnDevice(OWNER), handset, before)
        await install_package(install, handset, ignore)
        simulated.accounts = ("erika@example.org",)
        with pytest.raises(HandsetRefusalError, match="accounts are on it") as refused:
            await own_device(OwnDevice(OWNER), handset, before)
        assert "erika" not in str(refused.value)
        simulated.accounts = ()
        assert (await own_device(OwnDevice(OWNER), handset, before)).startswith(f"{OWNER} owns it")
        assert simulated.device_owner == OWNER

    behind(tmp_path, adb, simulated, work)


def test_a_package_of_a_stranger_never_leaves_the_bench_and_an_update_is_refused_in_words(
    tmp_path: Path, adb: str
) -> None:
    simulated = make_handset(1)
    package = tmp_path / "agent.apk"
    ours = checksum(certificate("training"))

    async def work(handset: AdbHandset) -> None:
        write_package(package, NAME)
        await install_package(installing(package, ours), handset, ignore)
        write_package(package, NAME, "2.0", signer="another")
        with pytest.raises(ProblemError) as stopped:
            await install_package(installing(package, ours), handset, ignore)
        assert stopped.value.problem.code == ProblemCode.PACKAGE_UNTRUSTED
        with pytest.raises(HandsetRefusalError, match="signed by somebody else"):
            await install_package(installing(package), handset, ignore)
        assert simulated.packages == {NAME: "1.0"}

    behind(tmp_path, adb, simulated, work)


def test_a_password_of_any_characters_arrives_whole_and_is_kept_nowhere(
    tmp_path: Path, adb: str, caplog: pytest.LogCaptureFixture
) -> None:
    simulated = make_handset(1)
    simulated.wifi.in_reach["the bench's $net"] = NetworkInReach("wpa2", CANARY, asks=1)
    wifi = Wifi("the bench's $net", WifiSecurity.WPA, "bench-wifi")

    async def work(handset: AdbHandset) -> None:
        assert await join_wifi(wifi, CANARY, handset) == "on the bench's $net"

    behind(tmp_path, adb, simulated, work)
    kept = [*simulated.log, caplog.text, repr(simulated)]
    kept += [path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file()]
    assert not any("canary" in text for text in kept)


@pytest.mark.parametrize("is_reset", [False, True])
def test_a_handset_that_starts_again_in_the_middle_is_lost_and_says_so_afterwards(
    is_reset: bool, tmp_path: Path, adb: str
) -> None:
    simulated = make_handset(1, secure=False)
    simulated.packages[NAME] = "1"

    async def run(peer: Peer) -> None:
        async with Cable(simulated) as cable:
            await peer.client.connect(cable.address)
            (device,) = await peer.client.devices()
            handset = AdbHandset(peer.client, device.transport)
            before = await handset.identify()
            waiting = asyncio.create_task(handset.shell("sleep", "60"))
            await asyncio.sleep(0.1)
            simulated.reset() if is_reset else simulated.restart()
            with pytest.raises(ProblemError) as lost:
                await asyncio.wait_for(waiting, LIMIT)
            assert lost.value.problem.code == ProblemCode.LINK_LOST
            again = await _again(peer, cable)
            after = (await again.identify()).condition
            assert len(after.boot_id) == len(before.condition.boot_id) == 36
            assert after.boot_id != before.condition.boot_id
            assert after.provisioned is not is_reset
            assert bool(simulated.packages) is not is_reset

    with_server(tmp_path, run, adb)


async def _again(peer: Peer, cable: Cable) -> AdbHandset:
    """Connect anew, as often as it takes the server to see that the old link is gone."""
    async with asyncio.timeout(LIMIT):
        while True:
            await peer.client.disconnect(cable.address)
            await peer.client.connect(cable.address)
            for device in await peer.client.devices():
                handset = AdbHandset(peer.client, device.transport)
                try:
                    await handset.identify()
                except ProblemError:
                    continue
                return handset
            await asyncio.sleep(0.05)
