"""A file or a folder is looked for, on a sheet over the window; Esc leaves it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from app.sheet import Sheet


def file_sheet(parent: QWidget, found: Callable[[str], None], *, folder: bool) -> Sheet:
    """Show the files there are; `found` is told which was chosen, "" where none was."""
    looking = QFileDialog()
    looking.setWindowFlags(Qt.WindowType.Widget)
    looking.setOption(QFileDialog.Option.DontUseNativeDialog)
    modes = QFileDialog.FileMode
    looking.setFileMode(modes.Directory if folder else modes.ExistingFile)
    looking.setOption(QFileDialog.Option.ShowDirsOnly, folder)
    looking.setOption(QFileDialog.Option.DontUseCustomDirectoryIcons)
    looking.setAccessibleName("Folders" if folder else "Files")
    looking.fileSelected.connect(found)
    looking.rejected.connect(lambda: found(""))
    heading = "Which folder?" if folder else "Which file?"
    return Sheet(parent, heading, looking, fits=False)
