"""How far a desk is: what was counted of how many, and the work that goes on behind it."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.parts import Card, Text, scaled
from app.theme import Theme
from bench.events.desks import JobView
from bench.events.views import Category
from bench.identity.plain import plain

_WHOLE = 100


class Bar(QWidget):
    """A bar that is filled to a share, from where its language begins to read."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.share = 0.0
        self.fit()

    def show_share(self, share: float) -> None:
        """Fill it to a share, 0 to 1; more is the whole."""
        share = max(0.0, min(1.0, share))
        if share != self.share:
            self.share = share
            self.update()

    def show_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.update()

    def fit(self) -> None:
        """Follow the application's font."""
        self.setFixedHeight(round(QFontMetrics(scaled(1.0)).height() * 0.7))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint what is done over all that is to be."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        round_ = self.height() / 2
        whole, done = QPainterPath(), QPainterPath()
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        whole.addRoundedRect(box, round_, round_)
        painter.fillPath(whole, self.palette().color(QPalette.ColorRole.Mid))
        wide = box.width() * self.share
        left = box.right() - wide if self.isRightToLeft() else box.left()
        done.addRect(QRectF(left, box.top(), wide, box.height()))
        paint = self._theme.paint(Category.DONE if self.share >= 1 else Category.WORKING)
        painter.fillPath(whole.intersected(done), QColor(paint.fill))


class Counted(QWidget):
    """So many of so many, in words and as a bar; out of sight where there is nothing to count."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.told = Text(scale=1.25, bold=True)
        self.bar = Bar(theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.told)
        column.addWidget(self.bar)
        self.hide()

    def show_count(self, done: int, total: int, unit: str) -> None:
        """Show a count; with a total of 0 there is none."""
        self.setVisible(bool(total))
        if total:
            self.told.setText(counted(done, total, unit))
            self.setAccessibleName(self.told.text())
            self.bar.show_share(done / total)


class Doing(Card):
    """The work behind a desk and how far it is; out of sight while there is none."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.told = Text(bold=True, wrap=True)
        self.bar = Bar(theme)
        self.column.addWidget(self.told)
        self.column.addWidget(self.bar)
        self.hide()

    def show_job(self, job: JobView | None) -> None:
        """Show a job, or none."""
        self.setVisible(job is not None)
        if job:
            done = round(job.share * _WHOLE)
            self.told.setText(f"{plain(job.title)}: {done} % is done. Esc stops it.")
            self.setAccessibleName(self.told.text())
            self.bar.show_share(job.share)


def counted(done: int, total: int, unit: str) -> str:
    """Return a count in words: `12 of 40 boxes (30 %)`; 100 % is said of the whole only."""
    share = round(done * _WHOLE / total)
    if done < total:
        share = min(share, _WHOLE - 1)
    return f"{done:,} of {total:,} {plain(unit)} ({share} %)"
