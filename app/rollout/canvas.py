"""A plot as it is painted: points of a square become pixels, names stand beside their curves."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QWidget

from app.parts import scaled
from app.rollout.colours import ink
from app.theme import Theme
from bench.identity.plain import plain
from bench.stock.programme.plot import Curve, Plot, Point, Role, Tick
from bench.stock.programme.strokes import DASHES, spread

_LETTERS = 0.82
_WIDTH = 2.2
_DOTS_A_MM = 2.2
_PALE = 0.22
_LINES_HIGH = 17
"""Lines of text that a plot is as high as."""
_ROOM = 40
_TOP, _BOTTOM = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom
_MIDDLE = Qt.AlignmentFlag.AlignHCenter
_AT_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class PlotCanvas(QWidget):
    """Paints one plot; a screen reader is told what it says."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._plot = Plot("", "")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_plot(self, plot: Plot) -> None:
        """Show a plot; nothing is painted anew where it is the same."""
        if plot != self._plot:
            self._plot = plot
            self.setAccessibleName(plot.title)
            self.setAccessibleDescription(plain(plot.spoken, 600))
            self.update()

    def show_theme(self, theme: Theme) -> None:
        """Change to another theme."""
        self._theme = theme
        self.update()

    def fit(self) -> None:
        """Follow the application's font."""
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the room for its scales and names."""
        metrics = QFontMetricsF(scaled(_LETTERS))
        return QSize(int(metrics.averageCharWidth() * 70), int(metrics.height() * _LINES_HIGH))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the height that it always has."""
        return QSize(200, self.sizeHint().height())

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Show where the focus is."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Show that it is no longer here."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint scales, surfaces, curves, names."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(scaled(_LETTERS))
        if self.hasFocus():
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 2))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 7, 7)
        square = self._square()
        self._scales(painter, square)
        for band in self._plot.bands:
            self._surface(painter, square, band.role, band.points)
        for upright in self._plot.uprights:
            line = (Point(upright.x, 0.0), Point(upright.x, 1.0))
            self._line(painter, square, Curve(upright.role, "", line))
            self._head(painter, square, upright.x, upright.name)
        for curve in self._plot.curves:
            self._line(painter, square, curve)
        self._names(painter, square)

    # ── parts ───────────────────────────────────────────────────────────────────────────────────
    def _square(self) -> QRectF:
        metrics = QFontMetricsF(scaled(_LETTERS))
        left = max((metrics.horizontalAdvance(t.text) for t in self._plot.up), default=0.0) + 14
        names = (plain(curve.name, _ROOM) for curve in self._plot.curves)
        right = max((metrics.horizontalAdvance(name) for name in names), default=0.0) + 16
        high = metrics.height()
        return QRectF(self.rect()).adjusted(left, high * 2, -right, -high * 1.6)

    def _scales(self, painter: QPainter, square: QRectF) -> None:
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Mid), 1))
        for tick in self._plot.up:
            painter.drawLine(_at(square, Point(0.0, tick.at)), _at(square, Point(1.0, tick.at)))
        for tick in self._plot.across:
            painter.drawLine(_at(square, Point(tick.at, 0.0)), _at(square, Point(tick.at, 1.0)))
        painter.setPen(QPen(QColor(self._theme.muted), 1))
        for tick in self._plot.up:
            self._count(painter, square, tick)
        for tick in self._plot.across:
            where = _at(square, Point(tick.at, 0.0))
            painter.drawText(_around(where, 120, down=True), int(_TOP | _MIDDLE), tick.text)

    def _count(self, painter: QPainter, square: QRectF, tick: Tick) -> None:
        where = _at(square, Point(0.0, tick.at))
        room = QRectF(0, where.y() - 20, where.x() - 6, 40)
        painter.drawText(room, int(_AT_RIGHT), tick.text)

    def _surface(
        self, painter: QPainter, square: QRectF, role: Role, points: tuple[Point, ...]
    ) -> None:
        colour = QColor(ink(role, self._theme))
        colour.setAlphaF(_PALE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(QPolygonF([_at(square, point) for point in points]))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _line(self, painter: QPainter, square: QRectF, curve: Curve) -> None:
        pen = QPen(QColor(ink(curve.role, self._theme)), _WIDTH)
        dash, gap = DASHES[curve.role]
        if dash:
            pen.setDashPattern([dash * _DOTS_A_MM, gap * _DOTS_A_MM])
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF([_at(square, point) for point in curve.points]))

    def _head(self, painter: QPainter, square: QRectF, x: float, name: str) -> None:
        """Write an upright's name above it, within the widget."""
        where = _at(square, Point(x, 1.0))
        room = _around(where, 2 * QFontMetricsF(painter.font()).horizontalAdvance(name), down=False)
        room.translate(0, -QFontMetricsF(painter.font()).height() * 0.45)
        room.moveRight(min(room.right(), self.width() - 2.0 + room.width() / 4))
        painter.drawText(room, int(_BOTTOM | _MIDDLE), name)

    def _names(self, painter: QPainter, square: QRectF) -> None:
        named = [curve for curve in self._plot.curves if curve.points and curve.name]
        high = QFontMetricsF(painter.font()).height()
        heights = spread([c.points[-1].y for c in named], high / max(square.height(), 1.0))
        for curve, height in zip(named, heights, strict=True):
            where = _at(square, Point(1.0, height))
            painter.setPen(QColor(ink(curve.role, self._theme)))
            painter.drawText(QPointF(where.x() + 8, where.y() + high / 3), plain(curve.name, _ROOM))


def _at(square: QRectF, point: Point) -> QPointF:
    """Return the pixel of a point."""
    return QPointF(
        square.left() + point.x * square.width(), square.bottom() - point.y * square.height()
    )


def _around(where: QPointF, width: float, *, down: bool) -> QRectF:
    """Return room for a text in the middle below or above a point."""
    return QRectF(where.x() - width / 2, where.y() + 4 if down else where.y() - 44, width, 40)
