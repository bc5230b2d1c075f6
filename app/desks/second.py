"""What a desk shows while a second person is waited for: that, and nothing to press."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bench.events.desks import DeskView, Wanted

if TYPE_CHECKING:
    from bench.events.access import AccessView  # where somebody is enrolled

_LEAVES = "Esc leaves it: then nothing is changed."


def waiting(view: DeskView, access: AccessView | None) -> DeskView:
    """Return a desk as it is while nobody is waited for, or what is waited for in its place."""
    if access is None or not access.purpose:
        return view
    from app.sign_in import state_of  # noqa: PLC0415 - only where somebody is enrolled

    prompt, wanted = state_of(access), Wanted.NOTHING if access.asks else Wanted.BADGE
    remark = _LEAVES if access.asks else ""
    return replace(view, prompt=prompt, wanted=wanted, choices=(), remark=remark)
