"""Which page of help is a desk's own."""

from __future__ import annotations

from collections.abc import Mapping

from bench.events.desks import DeskView, Workspace

_OF_WORKSPACE: Mapping[Workspace, str] = {
    Workspace.GOODS_IN: "goods-in.md",
    Workspace.DISPATCH: "dispatch.md",
    Workspace.CUSTODY: "stock-papers.md",
    Workspace.ROLL_OUT: "roll-out.md",
}
_OF_TASK: tuple[tuple[str, str], ...] = (
    ("Take in a file", "stock-files.md"),
    ("Marry SIMs", "sims-and-licences.md"),
    ("Re-home SIMs", "sims-and-licences.md"),
    ("Licence pools", "sims-and-licences.md"),
    ("Who has it", "dispatch.md"),
    ("Report lost or stolen", "dispatch.md"),
    ("Quarantine and disposal", "dispatch.md"),
    ("Set aside in quarantine", "dispatch.md"),
    ("Release from quarantine", "dispatch.md"),
    ("Wiped", "dispatch.md"),
    ("Back to the supplier", "dispatch.md"),
    ("Dispose of handsets", "dispatch.md"),
)
"""Tasks whose page is not their workspace's, by how their titles begin."""


def page_of(desk: DeskView) -> str:
    """Return the page about what is done at a desk now; "" where there is none."""
    own = (page for title, page in _OF_TASK if desk.title.startswith(title))
    return next(own, _OF_WORKSPACE.get(desk.workspace, ""))
