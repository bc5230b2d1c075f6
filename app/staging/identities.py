"""What box, handset and label say where they do not agree: whole numbers, and nowhere else."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.staging.comparing import compared
from app.staging.identity_row import IdentityRow
from bench.identity.plain import plain


class Identities(QWidget):
    """The values below each other; out of sight while nothing disagrees."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[IdentityRow, ...] = ()
        self.setAccessibleName("What does not agree")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._shown: tuple[tuple[str, str], ...] = ()
        self.hide()

    def show_values(self, values: tuple[tuple[str, str], ...]) -> None:
        """Show a name and a value each."""
        if values == self._shown:
            return
        self._shown = values
        for row in self.rows:
            self._column.removeWidget(row)
            row.deleteLater()
        said = compared((plain(name), plain(value)) for name, value in values)
        self.rows = tuple(map(IdentityRow, said))
        for row in self.rows:
            self._column.addWidget(row)
        self.setVisible(bool(values))
