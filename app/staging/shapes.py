"""The seven outlines, drawn: a state can be told by its outline alone."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from app.theme import Shape


def draw(painter: QPainter, shape: Shape, box: QRectF, ink: QColor, share: float = 0.0) -> None:
    """Draw a shape into a square; `share`, 0 to 1, is how far an arc is filled."""
    width = max(2.0, box.width() * 0.12)
    inner = box.adjusted(width / 2, width / 2, -width / 2, -width / 2)
    pen = QPen(
        ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    )
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    match shape:
        case Shape.DASHED:
            pen.setDashPattern([1.6, 2.0])
            painter.setPen(pen)
            painter.drawRoundedRect(inner, width, width)
        case Shape.RING:
            painter.drawEllipse(inner)
        case Shape.TRIANGLE:
            _triangle(painter, inner)
        case Shape.ARC:
            _arc(painter, inner, ink, pen, share)
        case Shape.TICK:
            painter.drawPolyline(_points(inner, ((0.04, 0.55), (0.36, 0.88), (0.96, 0.16))))
        case Shape.OCTAGON:
            _octagon(painter, inner)
        case Shape.BAR:
            painter.drawEllipse(inner)
            painter.drawPolyline(_points(inner, ((0.15, 0.85), (0.85, 0.15))))


def _triangle(painter: QPainter, box: QRectF) -> None:
    painter.drawPolygon(_points(box, ((0.5, 0.04), (1.0, 0.94), (0.0, 0.94))))
    painter.drawPolyline(_points(box, ((0.5, 0.4), (0.5, 0.62))))
    painter.drawPoints(_points(box, ((0.5, 0.79),)))


def _arc(painter: QPainter, box: QRectF, ink: QColor, pen: QPen, share: float) -> None:
    faint = QColor(ink)
    faint.setAlphaF(0.3)
    painter.setPen(QPen(faint, pen.widthF()))
    painter.drawEllipse(box)
    painter.setPen(pen)
    painter.drawArc(box, 90 * 16, -round(max(share, 0.04) * 360 * 16))


def _octagon(painter: QPainter, box: QRectF) -> None:
    angles = [math.radians(22.5 + 45 * corner) for corner in range(8)]
    ring = tuple((0.5 + 0.53 * math.cos(angle), 0.5 + 0.53 * math.sin(angle)) for angle in angles)
    painter.drawPolygon(_points(box, ring))
    painter.drawPolyline(_points(box, ((0.28, 0.5), (0.72, 0.5))))


def _points(box: QRectF, shares: tuple[tuple[float, float], ...]) -> QPolygonF:
    left, top, width, height = box.left(), box.top(), box.width(), box.height()
    return QPolygonF([QPointF(left + x * width, top + y * height) for x, y in shares])
