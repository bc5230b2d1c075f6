"""The simulated printer answers as the real one is documented to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from bench.identity.code128 import QUIET, modules
from bench.ports import Bitmap
from hardware.printers.zpl.job import to_zpl
from hardware.simulator.printer import SimulatedPrinter, read_back

SMALL = Bitmap(9, 2, b"\xff\x80\x00\x80")


def asked(printer: SimulatedPrinter, words: bytes) -> bytes:
    """Everything the printer answers to these words until the asker hangs up."""

    async def story() -> bytes:
        async with printer:
            reader, writer = await asyncio.open_connection(printer.host, printer.port)
            writer.write(words)
            writer.write_eof()
            answer = await reader.read()
            writer.close()
            await writer.wait_closed()
            return answer

    return asyncio.run(story())


def told(story: Callable[[SimulatedPrinter], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with SimulatedPrinter() as printer:
            await story(printer)

    asyncio.run(whole())


def test_a_ready_printer_answers_three_frames() -> None:
    answer = asked(SimulatedPrinter(), b"~HS")
    assert [answer.count(mark) for mark in (b"\x02", b"\x03\r\n")] == [3, 3]


def test_without_paper_only_the_second_question_is_answered() -> None:
    printer = SimulatedPrinter()
    printer.paper_out = True
    assert asked(printer, b"~HS") == b""
    assert b"1 00000000 00000001" in asked(printer, b"~HQES")


def test_with_an_open_head_only_the_second_question_is_answered() -> None:
    printer = SimulatedPrinter()
    printer.head_open = True
    assert asked(printer, b"~HS") == b""
    assert b"1 00000000 00000004" in asked(printer, b"~HQES")


def test_a_paused_printer_keeps_labels_and_prints_them_when_it_goes_on() -> None:
    printer = SimulatedPrinter()

    async def story() -> None:
        async with printer:
            printer.paused = True
            reader, writer = await asyncio.open_connection(printer.host, printer.port)
            writer.write(to_zpl(SMALL) + b"~HS")
            await reader.readuntil(b"\x03")
            assert printer.labels == []
            printer.paused = False
            assert printer.labels == [SMALL]
            writer.close()
            await writer.wait_closed()

    asyncio.run(story())


def test_a_label_in_single_bytes_prints_and_what_is_no_label_is_kept_apart() -> None:
    async def story(printer: SimulatedPrinter) -> None:
        reader, writer = await asyncio.open_connection(printer.host, printer.port)
        for byte in b"~JA" + to_zpl(SMALL) + b"^XA^FDx^FS^XZ~HS":
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)
        await reader.readuntil(b"\x03")
        assert printer.labels == [SMALL]
        assert printer.strays == b"~JA^XA^FDx^FS^XZ"
        writer.close()
        await writer.wait_closed()

    told(story)


def test_switched_off_in_a_connection_it_hangs_up_and_keeps_its_port() -> None:
    async def story(printer: SimulatedPrinter) -> None:
        port = printer.port
        reader, writer = await asyncio.open_connection(printer.host, port)
        writer.write(b"~HS")
        await reader.readuntil(b"\x03")
        await printer.switch_off()
        with suppress(ConnectionResetError):
            await reader.read()
        writer.close()
        await printer.switch_on()
        assert printer.port == port

    told(story)


def test_a_label_without_a_bar_code_reads_as_nothing() -> None:
    assert read_back(SMALL) is None


def test_a_bar_code_on_one_line_of_the_label_is_read() -> None:
    bits = "0" * QUIET
    for place, width in enumerate(modules("PHN-000001")):
        bits += "01"[place % 2 == 0] * width
    bits += "0" * QUIET
    row = (len(bits) + 7) // 8
    line = int(bits.ljust(row * 8, "0"), 2).to_bytes(row, "big")
    assert read_back(Bitmap(len(bits), 3, bytes(row) + line + bytes(row))) == "PHN-000001"
