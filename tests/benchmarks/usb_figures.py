"""The figures that are measured over an emulated USB; each takes how often to repeat."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks.figures import Figure, quantile
from tests.benchmarks.peers import Lab

_MS = 1000.0
_PLUG_LIMIT_MS = 10.0
_IDLE_LIMIT = 3.0


def plug_to_tile(times: int) -> Iterator[Figure]:
    """Plug forty-eight handsets in, one by one, and pull them out again."""
    with Lab.open() as lab:
        runs = [lab.run("plug_to_tile", "--seed", str(turn)) for turn in range(times)]
    for what, event in (("plug", "plug"), ("pull", "pull")):
        for mark, share in (("p50", 0.5), ("p99", 0.99), ("worst", 1.0)):
            ours, bare = (
                [quantile(run[f"{who}_{event}"], share) * _MS for run in runs]
                for who in ("product", "bare")
            )
            is_required = (what, mark) == ("plug", "p50")
            yield Figure(
                f"{what} event to tile painted, 48 slots: {mark}", "ms", ours, bare,
                "bare pyudev loop", limit=_PLUG_LIMIT_MS if is_required else None,
                notes={"runs": runs} if is_required else {},
            )  # fmt: skip


def idle(times: int) -> Iterator[Figure]:
    """Let a bench with sixty-four handsets be idle."""
    with Lab.open() as lab:
        runs = [lab.run("idle") for _ in range(times)]
    shares = [run["share"] * 100 for run in runs]
    name = "idle bench, 64 handsets, product only: of one core"
    yield Figure(name, "%", shares, limit=_IDLE_LIMIT, notes={"runs": runs})
