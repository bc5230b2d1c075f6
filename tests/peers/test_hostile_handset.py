"""Whatever a handset says of itself changes its own field and nothing else."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Any

import pytest
import zxingcpp

from bench.events.views import SlotView
from bench.identity.plain import LIMIT, plain
from bench.labels.render import to_image
from bench.ports import Bitmap
from hardware.simulator.handset import make_handset
from tests.peers.workbench import Workbench, at_the_bench

MODEL, BUILD = "ro.product.model", "ro.build.display.id"
HOSTILE = {
    "printer commands": "^XZ^XA~JA^FO0,0^GB800,400,400^FS^XZ~HS",
    "markup": "<img src=file:///etc/passwd><b>A&amp;B</b><script>alert(1)</script>",
    "terminal codes": "\x1b[2J\x1b]0;title\x07\x9b31mred\x1b[0m\r\x08",
    "shell words": "$(reboot);`reboot`|reboot&'\"\\\n",
    "nul": "A\x00B\x00",
    "direction marks": "A\u202eB\u2066C\ufeff\u200bD",
    "formula": '=HYPERLINK("file:///x","SM-A325F")',
    "64 KiB": "A" * 65536,
    "empty": "",
}
NEW_EACH_TIME = {"at", "boot", "mono", "id", "prev", "dprev", "clock", "device", "uid"}


def codes(label: Bitmap) -> set[tuple[str, str]]:
    return {(code.format.name, code.text) for code in zxingcpp.read_barcodes(to_image(label))}


def without(value: Any, *, model: str) -> Any:
    """Return an event's body without what differs between two runs, and without the model."""
    match value:
        case dict():
            kept = {*value} - NEW_EACH_TIME
            return {key: without(value[key], model=model) for key in sorted(kept)}
        case list():
            return [without(each, model=model) for each in value]
        case str() if value == model:
            return "(model)"
        case _:
            return value


async def staged(bench: Workbench, text: str | None) -> tuple[SlotView, Bitmap, list[Any]]:
    """Stage a handset that says this of itself; return what is left of it."""
    said = {} if text is None else {MODEL: text, BUILD: text, "ro.build.version.release": text}
    handset = make_handset(1, properties=said)
    await bench.stage("A1", handset)
    view, (label,) = bench.slots["A1"], bench.printer.labels
    id_ = bench.record(handset)[0]["data"]["run"]["id"]
    events = [without(body, model=view.model) for body in bench.record(handset)]
    return view, label, [str(event).replace(id_, "(run)") for event in events]


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> tuple[SlotView, Bitmap, list[Any]]:
    kept: list[tuple[SlotView, Bitmap, list[Any]]] = []

    @at_the_bench
    async def stage(bench: Workbench) -> None:
        kept.append(await staged(bench, None))

    stage(tmp_path_factory.mktemp("harmless"))
    return kept[0]


@pytest.mark.parametrize("kind", HOSTILE)
@at_the_bench
async def test_hostile_words_of_a_handset_stay_in_their_own_field(
    bench: Workbench, kind: str, harmless: tuple[SlotView, Bitmap, list[Any]]
) -> None:
    view, label, events = await staged(bench, HOSTILE[kind])
    plain_view, plain_label, plain_events = harmless
    said = plain(HOSTILE[kind])
    condition = tuple(word for word in plain_view.condition if not word.startswith("Android"))
    assert tuple(word for word in view.condition if word != f"Android {said}") == condition
    assert view == replace(plain_view, model=said, condition=view.condition)
    assert len(view.model) <= LIMIT
    for text in (view.model, *view.condition):
        assert not any(unicodedata.category(character).startswith("C") for character in text)
    assert codes(label) == codes(plain_label) == {
        ("Code128", "SIM-000001"), ("QRCode", "SIM-000001"),
    }  # fmt: skip
    assert (label.width, label.height) == (plain_label.width, plain_label.height)
    assert events == plain_events
    assert bench.printer.strays == b""
    assert bench.ledger.projections_match()


@pytest.mark.parametrize("kind", sorted({*HOSTILE} - {"64 KiB"}))
@at_the_bench
async def test_a_hostile_serial_number_is_no_serial_number(bench: Workbench, kind: str) -> None:
    handset = make_handset(1, properties={"ro.serialno": HOSTILE[kind]})
    await bench.stage("A1", handset)
    said = {body["dev"]["serial"] for body in bench.record() if "serial" in body.get("dev", ())}
    assert said == {handset.properties["ro.boot.serialno"]}


@at_the_bench
async def test_a_hostile_imei_is_no_imei(bench: Workbench) -> None:
    await bench.plug("A1", make_handset(1, imeis=("^XA^XZ", "'$(reboot)'")))
    await bench.shows("A1", "No IMEI")
