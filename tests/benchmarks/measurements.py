"""Each measurement: what is run, how often, and which figures come of it."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

from tests.benchmarks import usb_figures
from tests.benchmarks.central_door import central_door
from tests.benchmarks.central_history import central_history, central_projection
from tests.benchmarks.central_ingest import central_ingest
from tests.benchmarks.enrolment_figures import enrolment_codes
from tests.benchmarks.exports import exports
from tests.benchmarks.figures import Figure, quantile
from tests.benchmarks.labels import labels
from tests.benchmarks.load.night import bench_syncs
from tests.benchmarks.peers import Lab, has_display
from tests.benchmarks.programme_page import programme_page
from tests.benchmarks.reconcile import reconcile
from tests.benchmarks.scanner_figures import scan_frames
from tests.benchmarks.stock_figures import stock_report, stock_search
from tests.benchmarks.stock_import import stock_import
from tests.benchmarks.sync_figures import sync_window
from tests.benchmarks.sync_record_figures import sync_memory, sync_night

MS = 1000.0
Measurement: TypeAlias = Callable[[int], Iterator[Figure]]
"""Takes how often to repeat."""

_HANDSETS, _SECONDS = 64, 1.0
_PAINTS = 7
_IDLE = 4.0


def wave(times: int) -> Iterator[Figure]:
    """Stage sixty-four handsets at once."""
    with Lab.open() as lab:
        runs = [
            lab.run("wave", "--handsets", str(_HANDSETS), "--seconds", str(_SECONDS))
            for _ in range(times)
        ]
    name = f"wave of {_HANDSETS}, first plug to last staged"
    walls, own = ([run[key] for run in runs] for key in ("wall_s", "busy_s"))
    yield Figure(name, "s", walls, own, "handsets' own time", ratio=1.15, notes={"runs": runs})
    yield Figure("processor time of the bench, a wave", "s", [run["processor_s"] for run in runs])
    yield Figure("memory of the bench, headless", "MiB", [run["rss_mib"] for run in runs])


def identity(times: int) -> Iterator[Figure]:
    """Identify sixty-four handsets at once."""
    with Lab.open() as lab:
        took = lab.run("identity", "--handsets", str(_HANDSETS), "--repetitions", str(5 * times))
    ms = {name: [second * MS for second in seconds] for name, seconds in took.items()}
    name = f"identity of {_HANDSETS}"
    yield Figure(name, "ms", ms["product"], ms["bare"], "bare sockets", ratio=1.5)
    yield Figure(f"{name}, by adbutils", "ms", ms["adbutils"], ms["bare"], "bare sockets")


def properties(times: int) -> Iterator[Figure]:
    """Ask sixty-four handsets for twenty properties, in one trip and in the twenty of others."""
    with Lab.open() as lab:
        words = ("--handsets", str(_HANDSETS), "--repetitions", str(5 * times))
        took = lab.run("properties", *words)
    wall = {way: [second * MS for second in found["wall"]] for way, found in took.items()}
    name = f"20 properties of {_HANDSETS}"
    yield Figure(name, "ms", wall["product"], wall["bare"], "bare sockets", ratio=1.5)
    floor = f"adbutils, {_HANDSETS} threads"
    yield Figure(name, "ms", wall["product"], wall["adbutils"], floor, ratio=0.2)


def window(times: int) -> Iterator[Figure]:
    """Show the window while sixty-four handsets are staged behind it."""
    for platform in _platforms():
        with Lab.open(platform) as lab:
            busy, idle = [], []
            for _ in range(times):
                idle.append(lab.run("window", "--empty", str(_IDLE)))
                busy.append(lab.run("window", "--handsets", str(_HANDSETS)))
        yield from _ticks(platform, busy, idle)
        yield Figure(f"memory with the window, {platform}", "MiB", [b["rss_mib"] for b in busy])
        walls, own = ([run[key] for run in busy] for key in ("wall_s", "busy_s"))
        yield Figure(f"the same wave with the window, {platform}", "s", walls, own, "handsets")


def _ticks(
    platform: str, busy: list[dict[str, Any]], idle: list[dict[str, Any]]
) -> Iterator[Figure]:
    late, least = ([[s * MS for s in run["late_s"]] for run in runs] for runs in (busy, idle))
    yield Figure(
        f"10 ms tick, {platform}: p99 late", "ms", [quantile(run, 0.99) for run in late],
        [quantile(run, 0.99) for run in least], "empty window", limit=16.0,
        notes={"ticks": [len(run) for run in late]},
    )  # fmt: skip
    yield Figure(
        f"10 ms tick, {platform}: worst late", "ms", [max(run) for run in late],
        [max(run) for run in least], "empty window", limit=50.0, worst=True,
    )  # fmt: skip


def paint(_times: int) -> Iterator[Figure]:
    """Time whole processes to their first paint, and to that of the whole window, in turns."""
    for platform in _platforms():
        took: dict[str, list[float]] = {"product": [], "whole": [], "empty": []}
        with Lab.open(platform) as lab:
            for turn in range(_PAINTS + 1):
                for what, seconds in took.items():
                    began = time.perf_counter()
                    lab.run("paint", what)
                    if turn:  # the first compiles what it loads
                        seconds.append((time.perf_counter() - began) * MS)
        for what, shown, ratio in (("product", "first paint", 2.0), ("whole", "all of it", None)):
            name = f"start to {shown}, {platform}"
            yield Figure(name, "ms", took[what], took["empty"], "empty window", ratio=ratio)


def scans(times: int) -> Iterator[Figure]:
    """Scan boxes."""
    for what, words, floor in (
        ("posted", (), "bare commit"),
        ("through the line", ("--line",), "bare reader, commit"),
    ):
        with Lab.open() as lab, _on_this_disk() as disk:
            runs = [lab.run("scans", "--disk", disk, *words) for _ in range(times)]
        for mark, share, ratio in (("p50", 0.5, None), ("p99", 0.99, 3.0)):
            scan, bare = ([quantile(r[k], share) * MS for r in runs] for k in ("scan", "bare"))
            name = f"scan to commit and view, {what}: {mark}"
            notes = {"runs": runs} if ratio else {}
            yield Figure(name, "ms", scan, bare, floor, ratio=ratio, notes=notes)


def appends(times: int) -> Iterator[Figure]:
    """Append events to a record, each in a transaction of its own."""
    with Lab.open() as lab, _on_this_disk() as disk:
        runs = [lab.run("appends", "--disk", disk) for _ in range(times)]
    ms = {key: [quantile(run[key], 0.5) * MS for run in runs] for key in ("append", "bare")}
    yield Figure("append an event: p50", "ms", ms["append"], ms["bare"], "bare commit", ratio=1.5)
    rates = {key: [len(run[key]) / sum(run[key]) for run in runs] for key in ms}
    yield Figure("events appended", "1/s", rates["append"], rates["bare"], "bare commits")


def long_record(_times: int) -> Iterator[Figure]:
    """Fill a record with a million events, once; verify it, ask it, open it."""
    with Lab.open() as lab, _on_this_disk() as disk:
        run = lab.run("long_record", "--disk", disk)
    events = run["events"]
    yield Figure(
        f"verify {events} events", "s", run["verify"], run["floor"], "hash, parse", ratio=1.5
    )
    yield Figure("memory that verifying took", "MiB", [run["grown_mib"]])
    for mark, share in (("p50", 0.5), ("p99", 0.99)):
        took = [quantile(run["history"], share) * MS]
        yield Figure(f"history of one handset, {mark}", "ms", took, limit=1.0)
    opened = [second * MS for second in run["open"]]
    yield Figure("open it, to the first answer", "ms", opened, limit=300.0, worst=True)
    yield Figure("disk an event takes", "B", [run["bytes"] / events], limit=1024.0)


def demo(times: int) -> Iterator[Figure]:
    """Run the demonstration as a person does; the simulation is in the same process."""
    with Lab.open() as lab:
        runs = []
        for _ in range(times):
            began = time.perf_counter()
            told = lab.told("main", "demo", "--alone", "--headless", "--handsets", "16", "--json")
            result = json.loads(told.splitlines()[-1])
            runs.append(result | {"whole": time.perf_counter() - began})
    for what, key in (("plug to last scan", "seconds"), ("whole process", "whole")):
        yield Figure(f"demo of 16, headless: {what}", "s", [float(run[key]) for run in runs])


def _platforms() -> tuple[str, ...]:
    return ("offscreen", "xcb") if has_display() else ("offscreen",)


def _on_this_disk() -> tempfile.TemporaryDirectory[str]:
    """Return a folder where the program's own are, and not in memory as /tmp may be."""
    Path("out").mkdir(exist_ok=True)
    return tempfile.TemporaryDirectory(prefix="benchmark-", dir=Path("out").resolve())


ALL: dict[str, Measurement] = {
    "wave": wave,
    "identity": identity,
    "properties": properties,
    "window": window,
    "paint": paint,
    "scans": scans,
    "appends": appends,
    "long_record": long_record,
    "demo": demo,
    "plug_to_tile": usb_figures.plug_to_tile,
    "idle": usb_figures.idle,
    "scan_frames": scan_frames,
    "labels": labels,
    "reconcile": reconcile,
    "exports": exports,
    "stock_import": stock_import,
    "enrolment_codes": enrolment_codes,
    "central_ingest": central_ingest,
    "central_projection": central_projection,
    "central_history": central_history,
    "central_door": central_door,
    "sync_window": sync_window,
    "sync_night": sync_night,
    "sync_memory": sync_memory,
    "bench_syncs": bench_syncs,
    "stock_search": stock_search,
    "stock_report": stock_report,
    "programme_page": programme_page,
}
