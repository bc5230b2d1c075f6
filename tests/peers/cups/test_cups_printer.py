"""Labels through a real print service, to printers that come, go and refuse."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PIL import ImageChops

from bench.identity.identifiers import AssetTag
from bench.labels.content import LabelContent
from bench.labels.render import render, to_image
from bench.labels.template import LabelTemplate
from bench.ports import Bitmap, PrintDoubtfulError
from bench.problems import ProblemCode, ProblemError
from hardware.printers.cups.document import Document, Language
from hardware.printers.cups.printer import CupsPrinter, Patience
from hardware.printers.cups.queue import CupsQueue
from hardware.simulator.printer import SimulatedPrinter, read_back
from tests.peers.cups.private_cups import PrivateCups, free_port, private_cups
from tests.peers.labels.camera import read
from tests.peers.labels.rendering import renderer

TEMPLATE = LabelTemplate.load(Path(__file__).parents[3] / "resources/labels/asset-50x25.toml")
ZEBRA = "drv:///sample.drv/zebra.ppd"
LONG, SHORT = Patience(whole=60, standing=60, answer=20), Patience(standing=0.5, answer=20)


@pytest.fixture(scope="module")
def cups() -> Iterator[PrivateCups]:
    with private_cups() as running:
        yield running


def label(number: int = 1) -> Bitmap:
    tag = AssetTag.numbered("PHN", number)
    return render(TEMPLATE, LabelContent(tag, "Testphone 5", "0017", 1, simulated=False))


def printer(
    cups: PrivateCups, queue: str, patience: Patience = LONG, language: Language = Language.ZPL
) -> CupsPrinter:
    return CupsPrinter(
        queue, dots_per_mm=8, language=language, server=cups.server, name="Printer 2",
        patience=patience,
    )  # fmt: skip


def told(
    cups: PrivateCups, queue: str, story: Callable[[SimulatedPrinter, str], Awaitable[None]]
) -> None:
    """Tell a story of a simulated printer behind a queue without a driver."""

    async def whole() -> None:
        async with SimulatedPrinter() as simulated:
            cups.add_queue(queue, f"socket://127.0.0.1:{simulated.port}")
            await story(simulated, queue)

    asyncio.run(whole())


async def refused(cups: CupsPrinter) -> ProblemCode:
    with pytest.raises(ProblemError) as caught:
        await cups.print(label())
    assert caught.value.problem.where == "Printer 2"
    return caught.value.problem.code


@asynccontextmanager
async def socket_open_for(connections: int) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A printer's socket that takes so many connections, hears them out, and then is not there."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections -= 1
        if not connections:
            server.close()
        heard.append(await reader.read())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], heard
    finally:
        server.close()


def test_a_label_comes_out_as_it_was_drawn(cups: PrivateCups) -> None:
    async def story(simulated: SimulatedPrinter, queue: str) -> None:
        system = printer(cups, queue)
        assert await system.trouble() is None
        await system.print(label())
        assert simulated.labels == [label()]

    told(cups, "plain", story)


def test_labels_asked_for_at_once_come_out_one_by_one(cups: PrivateCups) -> None:
    async def story(simulated: SimulatedPrinter, queue: str) -> None:
        system = printer(cups, queue)
        async with asyncio.TaskGroup() as jobs:
            for number in range(4):
                jobs.create_task(system.print(label(number)))
        assert list(map(read_back, simulated.labels)) == [f"PHN-{n:06d}" for n in range(4)]

    told(cups, "several", story)


def test_a_driver_of_cups_prints_every_dot_where_it_was_drawn(cups: PrivateCups) -> None:
    async def story() -> bytes:
        async with socket_open_for(2) as (port, heard):
            queue = cups.add_queue("driver", f"socket://127.0.0.1:{port}", ZEBRA)
            await printer(cups, queue, language=Language.PDF).print(label())
            return b"".join(heard)

    job = asyncio.run(story())
    assert b"~DGR:CUPS.GRF" in job
    with renderer() as other:
        theirs = other.rendered(job, label().width, label().height)
    assert ImageChops.difference(theirs, to_image(label()).convert("L")).getbbox() is None
    assert read(theirs) == {"QRCode": "PHN-000001", "Code128": "PHN-000001"}


def test_zpl_goes_past_the_driver_of_a_queue(cups: PrivateCups) -> None:
    async def story() -> None:
        async with SimulatedPrinter() as simulated:
            queue = cups.add_queue("past", f"socket://127.0.0.1:{simulated.port}", ZEBRA)
            await printer(cups, queue).print(label())
            assert simulated.labels == [label()]

    asyncio.run(story())


def test_a_page_is_not_sent_to_a_queue_without_a_driver(cups: PrivateCups) -> None:
    async def story(simulated: SimulatedPrinter, queue: str) -> None:
        system = printer(cups, queue, language=Language.PDF)
        assert await refused(system) == ProblemCode.PRINTER_OTHER_LANGUAGE
        assert simulated.strays == b""

    told(cups, "no-driver", story)


def test_a_printer_that_is_off_gets_no_job_and_prints_when_it_is_on(cups: PrivateCups) -> None:
    async def story(simulated: SimulatedPrinter, queue: str) -> None:
        system = printer(cups, queue)
        await simulated.switch_off()
        assert await refused(system) == ProblemCode.PRINTER_UNREACHABLE
        assert cups.waiting(queue) == ""
        await simulated.switch_on()
        assert await system.trouble() is None
        await system.print(label())
        assert simulated.labels == [label()]

    told(cups, "off", story)


def test_a_label_that_no_printer_took_is_taken_back_and_never_comes_out(cups: PrivateCups) -> None:
    async def story() -> None:
        async with socket_open_for(1) as (port, heard):
            queue = cups.add_queue("gone", f"socket://127.0.0.1:{port}")
            system = printer(cups, queue, SHORT)
            assert await refused(system) == ProblemCode.PRINTER_UNREACHABLE
            assert cups.waiting(queue) == ""
            assert heard == [b""]

    asyncio.run(story())


def test_a_printer_that_only_a_job_can_ask_is_left_alone_for_a_while(cups: PrivateCups) -> None:
    async def story() -> None:
        queue = cups.add_queue("usb", "usb://Nobody/Nothing?serial=1")
        system = printer(cups, queue, Patience(standing=0.3, pause=60, answer=20))
        assert await system.trouble() is None
        code = await refused(system)
        assert code == ProblemCode.PRINTER_UNREACHABLE
        assert cups.waiting(queue) == ""
        trouble = await system.trouble()
        assert trouble is not None
        assert trouble.code == code

    asyncio.run(story())


@pytest.mark.parametrize("moment", ["while it is being queued", "while it waits"])
def test_a_label_given_up_is_taken_back_and_the_next_one_prints(
    cups: PrivateCups, moment: str
) -> None:
    async def story(simulated: SimulatedPrinter, queue: str) -> None:
        system = printer(cups, queue)
        submit, queued, go_on = system._queue.submit, asyncio.Event(), asyncio.Event()

        async def slowly(document: Document) -> int:
            cups.do("cupsdisable", queue)
            number = await submit(document)
            queued.set()
            await go_on.wait()
            return number

        system._queue.submit = slowly  # type: ignore[method-assign]
        job = asyncio.create_task(system.print(label(1)))
        await queued.wait()
        if moment == "while it waits":
            go_on.set()
            await asyncio.sleep(0.1)
        job.cancel()
        await asyncio.sleep(0)
        assert cups.waiting(queue)
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await job
        assert cups.waiting(queue) == ""
        cups.do("cupsenable", queue)
        system._queue.submit = submit  # type: ignore[method-assign]
        await system.print(label(2))
        assert list(map(read_back, simulated.labels)) == ["PHN-000002"]

    told(cups, moment.replace(" ", "-"), story)


def test_a_label_given_up_while_cups_hangs_is_given_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "lp"
    program.write_text('#!/bin/sh\ntouch "$0.begun"\nexec sleep 60\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), ":")

    async def story() -> None:
        system = CupsPrinter("any", dots_per_mm=8, name="P", patience=Patience(answer=2))
        job = asyncio.create_task(system._queued(label()))
        while not (tmp_path / "lp.begun").exists():
            await asyncio.sleep(0.01)
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job

    asyncio.run(story())


def test_a_label_that_was_not_printed_is_not_tried_again_at_once(cups: PrivateCups) -> None:
    """Its socket can be reached, and yet no label comes out: somebody cancels them in CUPS."""

    async def story(simulated: SimulatedPrinter, queue: str) -> None:
        system = printer(cups, queue)
        submit = system._queue.submit

        async def cancelled_by_somebody(document: Document) -> int:
            cups.do("cupsdisable", queue)
            number = await submit(document)
            cups.do("cancel", f"{queue}-{number}")
            cups.do("cupsenable", queue)
            return number

        system._queue.submit = cancelled_by_somebody  # type: ignore[method-assign]
        assert await refused(system) == ProblemCode.PRINTER_NOT_READY
        system._queue.submit = submit  # type: ignore[method-assign]
        trouble = await system.trouble()
        assert trouble is not None
        assert trouble.code == ProblemCode.PRINTER_NOT_READY
        assert simulated.labels == []

    told(cups, "cancelled", story)


@pytest.mark.parametrize(
    ("word", "code"),
    [("cupsdisable", ProblemCode.QUEUE_STOPPED), ("cupsreject", ProblemCode.QUEUE_CLOSED)],
)
def test_a_queue_that_somebody_stopped_is_named_with_the_reason(
    cups: PrivateCups, word: str, code: ProblemCode
) -> None:
    async def story(simulated: SimulatedPrinter, queue: str) -> None:
        system = printer(cups, queue)
        cups.do(word, "-r", "being cleaned", queue)
        trouble = await system.trouble()
        assert trouble is not None
        assert (trouble.code, trouble.detail) == (code, "being cleaned")
        assert await refused(system) == code
        assert simulated.labels == []

    told(cups, word, story)


def test_a_queue_stopped_under_a_label_gives_the_label_back(cups: PrivateCups) -> None:
    async def story(simulated: SimulatedPrinter, queue: str) -> None:
        system = printer(cups, queue, SHORT)
        submit = system._queue.submit

        async def stopped_just_before(document: Document) -> int:
            cups.do("cupsdisable", "-r", "lid open", queue)
            return await submit(document)

        system._queue.submit = stopped_just_before  # type: ignore[method-assign]
        assert await refused(system) == ProblemCode.QUEUE_STOPPED
        assert cups.waiting(queue) == ""
        cups.do("cupsenable", queue)
        system._queue.submit = submit  # type: ignore[method-assign]
        await system.print(label(2))
        assert list(map(read_back, simulated.labels)) == ["PHN-000002"]

    told(cups, "lid", story)


def test_a_name_that_is_no_queue_is_said(cups: PrivateCups) -> None:
    async def story() -> None:
        for name in ("nothing", "a/b", "-x", "%2e", "é" * 200):
            system = printer(cups, name)
            assert await refused(system) == ProblemCode.QUEUE_UNKNOWN

    asyncio.run(story())


def test_a_print_service_that_does_not_run_is_said() -> None:
    async def story() -> None:
        system = CupsPrinter("any", dots_per_mm=8, server=f"127.0.0.1:{free_port()}", name="P")
        trouble = await system.trouble()
        assert trouble is not None
        assert trouble.code == ProblemCode.CUPS_UNREACHABLE
        with pytest.raises(ProblemError) as caught:
            await system.print(label())
        assert caught.value.problem.code == ProblemCode.CUPS_UNREACHABLE

    asyncio.run(story())


def test_programs_that_are_not_installed_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    trouble = asyncio.run(CupsPrinter("any", dots_per_mm=8).trouble())
    assert trouble is not None
    assert (trouble.code, trouble.detail) == (ProblemCode.CUPS_MISSING, "ipptool is missing")


def test_a_print_service_that_dies_under_a_label_leaves_it_in_doubt() -> None:
    async def story(cups: PrivateCups) -> None:
        async with SimulatedPrinter() as simulated:
            queue = cups.add_queue("dying", f"socket://127.0.0.1:{simulated.port}")
            system = printer(cups, queue, Patience(standing=9, whole=1, answer=20))
            submit = system._queue.submit

            async def then_dies(document: Document) -> int:
                cups.do("cupsdisable", queue)
                number = await submit(document)
                cups.stop()
                return number

            system._queue.submit = then_dies  # type: ignore[method-assign]
            with pytest.raises(PrintDoubtfulError):
                await system.print(label())

    with private_cups() as running:
        asyncio.run(story(running))


@pytest.mark.soak
def test_a_job_that_nobody_asks_for_any_more_is_dropped_by_cups_itself(cups: PrivateCups) -> None:
    async def story() -> None:
        name = cups.add_queue("forgotten", f"socket://127.0.0.1:{free_port()}")
        queue = CupsQueue(name, cups.server, "Printer 2", deadline=20, forget_after=1)
        number = await queue.submit(Document(b"^XA^XZ", ("raw",)))
        while (job := await queue.job(number)) is None or not job.phase.over:
            await asyncio.sleep(0.1)

    asyncio.run(story())
