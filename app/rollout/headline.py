"""The few figures that are read from two metres away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from app.parts import Card, Text, scaled
from bench.stock.programme.view import Goal, RollOutView
from bench.stock.programme.words import day, lasted, millions, share

_ACROSS = (6, 3)
"""Figures beside each other: as many as there is room for."""
_LETTERS, _GAP = 21, 10
"""What a figure's card is wide at least, in letters, and the pixels between two."""


class Headline(NamedTuple):
    """A figure, what it is of, and what else belongs to it."""

    caption: str
    figure: str
    beside: str


def headlines(view: RollOutView) -> tuple[Headline, ...]:
    """Return the figures in their order."""
    return tuple(_headlines(view))


def _headlines(view: RollOutView) -> Iterator[Headline]:
    for goal in view.goals:
        of = f"of {view.aims.target:,}, {goal.rate:.0f} a day" if view.aims.target else ""
        yield Headline(goal.name, f"{goal.done:,}", of)
    yield Headline("Likely staged on", *_end(view.goals[0]))
    room = view.capacity
    left = f"{room.used:,} of {room.total:,} managed" if room.total else "no capacity was said"
    yield Headline("Room in the core", f"{room.left:,}" if room.total else "—", left)
    budget = sum(year.budgeted for year in view.money)
    spent = sum(year.spent for year in view.money)
    yield Headline("Received", millions(spent), f"of {millions(budget)} budgeted")
    slowest = view.slowest
    beside = f"slowest: {slowest.name}, {lasted(slowest.median)}" if slowest else ""
    yield Headline("Untroubled first runs", share(view.untroubled, view.judged), beside)


def _end(goal: Goal) -> tuple[str, str]:
    found = goal.forecast
    if found is None:
        return ("done", "") if goal.done and not goal.remaining else ("—", "too few days measured")
    low, middle, high = (day(at) if at else "later" for at in (found.low, found.middle, found.high))
    chance = "" if found.in_time is None else f", {found.in_time:.0%} in time"
    return middle, f"{low} to {high}{chance}"


class Headlines(QWidget):
    """Shows them, as many beside each other as there is room for."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_GAP)
        self._cards: list[_FigureCard] = []
        self._across = _ACROSS[-1]

    def show_view(self, view: RollOutView) -> None:
        """Show the figures; only what changed is set."""
        told = headlines(view)
        while len(self._cards) < len(told):
            self._cards.append(_FigureCard())
            self._place(len(self._cards) - 1)
        for card, headline in zip(self._cards, told, strict=True):
            card.show_headline(headline)

    def fit(self) -> None:
        """Follow the application's font and the width."""
        letter = QFontMetrics(scaled(1.0)).averageCharWidth()
        least = letter * _LETTERS + _GAP
        across = next((each for each in _ACROSS if each * least <= self.width()), _ACROSS[-1])
        if across != self._across:
            self._across = across
            for index in range(len(self._cards)):
                self._place(index)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Set them in as few rows as there is room for."""
        super().resizeEvent(event)
        self.fit()

    def _place(self, index: int) -> None:
        self._grid.addWidget(self._cards[index], index // self._across, index % self._across)


class _FigureCard(Card):
    """One figure."""

    def __init__(self) -> None:
        super().__init__()
        self._caption = Text(scale=0.92, bold=True, muted=True, wrap=True)
        self._figure = Text(scale=1.7, bold=True, wrap=True)
        self._beside = Text(scale=0.92, muted=True, wrap=True)
        for part in (self._caption, self._figure, self._beside):
            self.column.addWidget(part)
        self.column.addStretch(1)

    def show_headline(self, headline: Headline) -> None:
        parts = (self._caption, self._figure, self._beside)
        for part, text in zip(parts, headline, strict=True):
            if part.text() != text:
                part.setText(text)
        self.setAccessibleName(f"{headline.caption}: {headline.figure}, {headline.beside}")
