"""The simulated modem: it says of a handset what ADB says, and keeps what was written to it."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from hardware.samsung.devconinfo import read_identity
from hardware.simulator.handset import make_handset
from hardware.simulator.modem import SimulatedModem, info_of


@pytest.mark.parametrize("model", ["SM-A325F", "SM-A326B"])
def test_a_handsets_modem_says_who_it_is_as_adb_does(model: str) -> None:
    handset = make_handset(7, model=model)
    said = read_identity(info_of(handset))
    assert (str(said.serial), str(said.imei)) == (handset.serial, handset.imeis[0])
    assert said.model == handset.properties["ro.product.model"]
    assert said.firmware.ap == handset.properties["ro.build.PDA"]
    assert said.sales_code == handset.properties["ro.csc.sales_code"]


def test_a_handset_without_an_imei_says_none() -> None:
    said = read_identity(info_of(make_handset(7, imeis=())))
    assert (said.imei, str(said.serial)) == (None, "R58N00007XY")


def test_every_byte_that_is_written_to_a_modem_is_kept(tmp_path: Path) -> None:
    async def story() -> None:
        async with SimulatedModem(tmp_path / "ttyACM0", info_of(make_handset(7))) as modem:
            os.write(modem.ends[1], b"AT+FACTORST\r\x00AT")
            while len(modem.written) < 15:
                await asyncio.sleep(0)
            assert modem.written == b"AT+FACTORST\r\x00AT"
            assert modem.questions == [b"AT+FACTORST"]
            answer = b""
            while not answer.endswith(b"ERROR\r\n"):
                await asyncio.sleep(0.001)
                answer += os.read(modem.ends[1], 4096)
        assert not modem.device.exists()

    asyncio.run(story())
