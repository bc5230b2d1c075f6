"""A modem is asked who its handset is: every documented way of answering, and of not answering."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bench.events.modem import Firmware, ModemIdentity
from bench.identity.identifiers import Imei, SerialNumber
from bench.problems import ProblemCode
from hardware.samsung.modem import Patience
from hardware.simulator.modem import ModemFaults
from tests.hardware.samsung.asking import (
    IMEI,
    INFO,
    QUICK,
    SERIAL,
    ask,
    plugged,
    refused,
)

_NOBODY = 65534
_ROOT = Path(__file__).parents[3]
WHOLE = ModemIdentity(
    serial=SerialNumber(SERIAL),
    imei=Imei(IMEI),
    model="SM-A325F",
    firmware=Firmware("A325FXXU7DWF1", "A325FOXM7DWF1", "A325FXXU7DWF1", "A325FXXU7DWF1"),
    sales_code="EUX",
    country="NL",
    lock="NONE",
)


async def _answers(folder: Path, faults: ModemFaults) -> list[bytes]:
    async with plugged(folder, faults) as modem:
        assert await ask(modem) == WHOLE
    return modem.questions


@pytest.mark.parametrize(
    "faults",
    [
        ModemFaults(),
        ModemFaults(echo=False),
        ModemFaults(chunk=1),
        ModemFaults(chunk=37),
        ModemFaults(unasked=b"\r\n+CIEV: 1,2\r\n"),
        ModemFaults(unasked=b"\r\n+CIEV: 1,2\r\n\r\nRING\r\n", chunk=7),
        ModemFaults(is_marked=True),
    ],
)
def test_a_modem_says_who_its_handset_is(tmp_path: Path, faults: ModemFaults) -> None:
    assert asyncio.run(_answers(tmp_path, faults)) == [b"AT", b"AT+DEVCONINFO", b"AT+DEVCONINFO"]


def test_a_modem_that_is_busy_is_asked_again(tmp_path: Path) -> None:
    questions = asyncio.run(_answers(tmp_path, ModemFaults(busy=2)))
    assert questions == [b"AT", b"AT", b"AT", b"AT+DEVCONINFO", b"AT+DEVCONINFO"]


def test_the_reactivation_lock_is_asked_only_where_it_is_wanted(tmp_path: Path) -> None:
    async def story(is_locked: bool) -> ModemIdentity:
        async with plugged(tmp_path) as modem:
            modem.is_reactivation_locked = is_locked
            identity = await ask(modem, reactivation=True)
        assert modem.questions[2:] == [b"AT+DEVCONINFO", b"AT+REACTIVE=1,0,0"]
        return identity

    for is_locked in (True, False):
        identity = asyncio.run(story(is_locked))
        assert (identity.reactivation_locked, identity.imei) == (is_locked, Imei(IMEI))


def test_a_refused_reactivation_lock_spoils_nothing(tmp_path: Path) -> None:
    async def story() -> ModemIdentity:
        async with plugged(tmp_path) as modem:
            said = modem.info
            asking = asyncio.create_task(ask(modem, reactivation=True))
            while modem.questions != [b"AT", b"AT+DEVCONINFO", b"AT+DEVCONINFO"]:
                await asyncio.sleep(0)
            modem.faults.refusal = b"ERROR"
            assert modem.info == said
            return await asking

    assert asyncio.run(story()) == WHOLE


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        (ModemFaults(is_locked=True), ProblemCode.MODEM_SILENT),
        (ModemFaults(unasked=b"\r\n+CIEV: 1\r\n", cut_at=16), ProblemCode.MODEM_SILENT),
        (ModemFaults(busy=9), ProblemCode.MODEM_WAITS),
        (ModemFaults(refusal=b"ERROR"), ProblemCode.MODEM_REFUSED),
        (ModemFaults(refusal=b"+cme error: 3"), ProblemCode.MODEM_REFUSED),
        (ModemFaults(refusal=b"+CMS ERROR: 302"), ProblemCode.MODEM_REFUSED),
        (ModemFaults(refusal=b"OK"), ProblemCode.MODEM_REFUSED),
        (ModemFaults(refusal=b"PACM(AP),NOT_ALLOWED_CRO\r\n\r\nOK"), ProblemCode.MODEM_NOT_ALLOWED),
        (ModemFaults(refusal=b"NOT_ALLOWED\r\nOK"), ProblemCode.MODEM_NOT_ALLOWED),
        (
            ModemFaults(refusal=b"+CME Error:PACM(AP),UNREGISTED\r\n\r\nOK"),
            ProblemCode.MODEM_UNREGISTERED,
        ),
        (ModemFaults(refusal=b"PACM(AP),UNREGISTERED\r\nOK"), ProblemCode.MODEM_UNREGISTERED),
        (ModemFaults(garbage=b"\x00\xff\xfe~\r\nOK?\r\n"), ProblemCode.MODEM_GARBLED),
        (ModemFaults(garbage=b"x" * (1 << 20)), ProblemCode.MODEM_GARBLED),
        (ModemFaults(hangs_up_at=30), ProblemCode.LINK_LOST),
    ],
)
def test_each_way_of_not_answering_is_told_apart(
    tmp_path: Path, faults: ModemFaults, code: ProblemCode
) -> None:
    async def story() -> ProblemCode:
        async with plugged(tmp_path, faults) as modem:
            return (await refused(ask(modem, QUICK))).code

    assert asyncio.run(story()) is code


@pytest.mark.parametrize(
    "code",
    [
        ProblemCode.MODEM_SILENT, ProblemCode.MODEM_WAITS, ProblemCode.MODEM_REFUSED,
        ProblemCode.MODEM_NOT_ALLOWED, ProblemCode.MODEM_UNREGISTERED, ProblemCode.MODEM_GARBLED,
        ProblemCode.MODEM_HIDDEN,
    ],
)  # fmt: skip
def test_a_handset_that_does_not_answer_has_not_failed(code: ProblemCode) -> None:
    from bench.problems import CATALOGUE  # noqa: PLC0415 - only here

    advice = CATALOGUE[code]
    assert "fail" not in f"{advice.word} {advice.what} {advice.do}".lower()
    assert any(word in advice.do for word in ("Unlock", "Scan", "asked again"))


def test_a_reply_that_breaks_off_at_any_byte_names_no_handset(tmp_path: Path) -> None:
    """Behind the last byte but the line's end it would: there the answer is whole."""
    whole = len(b"AT+DEVCONINFO\r\r\n+DEVCONINFO: " + INFO.encode() + b"\r\n\r\nOK\r")
    patience = Patience(answer=0.004, pause=0, tries=1)

    async def story(length: int) -> ProblemCode:
        async with plugged(tmp_path, ModemFaults(cut_at=length)) as modem:
            return (await refused(ask(modem, patience))).code

    codes = {asyncio.run(story(length)) for length in range(len(b"AT\r\r\nOK\r\n"), whole, 7)}
    assert codes <= {ProblemCode.MODEM_SILENT, ProblemCode.MODEM_GARBLED}


@pytest.mark.parametrize("start", [12, 150, 160, 168, 172, 180, 185, 187, 190, 195])
def test_an_answer_that_has_lost_bytes_anywhere_is_asked_for_until_two_agree(
    tmp_path: Path, start: int
) -> None:
    """Among them those where an IMEI runs into other digits, and its check digit fits."""

    async def story(gap: tuple[int, int]) -> None:
        folder = tmp_path / str(gap[1])
        folder.mkdir()
        async with plugged(folder, ModemFaults(gaps=[gap])) as modem:
            assert await ask(modem) == WHOLE

    async def stories() -> None:
        for end in range(start + 1, len(INFO), 7):
            await story((start, end))

    asyncio.run(stories())


def test_answers_that_never_agree_name_no_handset(tmp_path: Path) -> None:
    async def story() -> ProblemCode:
        gaps = [(start, start + 1) for start in range(5, 11)]
        async with plugged(tmp_path, ModemFaults(gaps=gaps)) as modem:
            return (await refused(ask(modem))).code

    assert asyncio.run(story()) is ProblemCode.MODEM_GARBLED
