"""Signed packages on a simulated handset: taken, and refused as Android refuses them."""

from __future__ import annotations

import asyncio
import zipfile
from pathlib import Path

import pytest

from hardware.simulator.handset import SimulatedHandset, make_handset
from hardware.simulator.packages import package_bytes
from hardware.simulator.shell import Shell
from hardware.simulator.signing import signer_of
from hardware.simulator.timing import Work

NAME = "org.example.agent"


def install(handset: SimulatedHandset, package: bytes) -> str:
    handset.storage.write("/data/local/tmp/a.apk", package)
    shell = Shell(handset, None, Work(handset.timing, handset.tally))
    return asyncio.run(shell.run("pm install /data/local/tmp/a.apk")).out.decode()


def test_a_package_is_the_same_each_time_it_is_made_and_a_sound_archive(tmp_path: Path) -> None:
    package = package_bytes(NAME, padding=2_500_000)
    assert package == package_bytes(NAME, padding=2_500_000)
    (tmp_path / "a.apk").write_bytes(package)
    with zipfile.ZipFile(tmp_path / "a.apk") as archive:
        assert archive.testzip() is None
    assert signer_of(package) not in (None, signer_of(package_bytes(NAME, signer="another")))


def test_an_update_must_be_signed_by_the_same() -> None:
    handset = make_handset(1)
    assert install(handset, package_bytes(NAME)) == "Success\n"
    assert install(handset, package_bytes(NAME, "2.0")) == "Success\n"
    refused = install(handset, package_bytes(NAME, "3.0", signer="another"))
    assert refused.startswith("Failure [INSTALL_FAILED_UPDATE_INCOMPATIBLE: Existing package")
    assert handset.packages == {NAME: "2.0"}
    shell = Shell(handset, None, Work(handset.timing, handset.tally))
    asyncio.run(shell.run(f"pm uninstall {NAME}"))
    assert install(handset, package_bytes(NAME, signer="another")) == "Success\n"


@pytest.mark.parametrize("at", [40, 300_000, -30, -400])
def test_a_package_that_was_changed_since_is_refused(at: int) -> None:
    package = bytearray(package_bytes(NAME, padding=500_000))
    package[at] ^= 1
    handset = make_handset(1)
    assert "INSTALL_PARSE_FAILED" in install(handset, bytes(package))
    assert handset.packages == {}


def test_a_package_without_signature_is_refused() -> None:
    handset = make_handset(1)
    said = install(handset, package_bytes(NAME, signer=None))
    assert said.startswith("Failure [INSTALL_PARSE_FAILED_NO_CERTIFICATES:")
