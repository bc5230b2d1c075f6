"""Which of the printers here is meant by what the settings say."""

from __future__ import annotations

from dataclasses import dataclass

from bench.identity.plain import plain
from bench.ports import Bitmap, LabelPrinter
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.printers.address import PrinterAddress, PrinterSettingsError
from hardware.printers.device_id import Language

NAME = "Label printer"
_QUEUE = "cups:"


@dataclass(frozen=True, slots=True)
class WantedPrinter:
    """The settings' words: `language` is `zpl`, `brother-ql`, or `picture` for a queue's driver.

    Labels come at `dots_per_mm`. `media` and `model` are of a Brother QL, as in `open_printer`.
    """

    address: str
    language: str
    dots_per_mm: float
    media: str = ""
    model: str = ""


class MissetPrinter:
    """Implements `bench.ports.LabelPrinter` where the settings name none: labels wait for it."""

    def __init__(self, reason: str) -> None:
        self._problem = Problem(ProblemCode.SETTINGS_UNUSABLE, NAME, plain(reason))

    async def trouble(self) -> Problem:
        """Return what is wrong with the settings."""
        return self._problem

    async def print(self, label: Bitmap) -> None:  # noqa: ARG002 - none can be printed
        """Print nothing; always `ProblemError`."""
        raise ProblemError(self._problem)


def printer_of(wanted: WantedPrinter) -> LabelPrinter:
    """Return the printer; nothing is opened before it is asked for something.

    What cannot be, as the settings have it, is the trouble of what is returned.
    """
    try:
        return _chosen(wanted)
    except PrinterSettingsError as error:
        return MissetPrinter(error.reason)


def _chosen(wanted: WantedPrinter) -> LabelPrinter:
    if wanted.address.startswith(_QUEUE):
        return _queue(wanted)
    from hardware.printers.opening import open_printer  # noqa: PLC0415 - one of the two is used

    address, language = PrinterAddress.parse(wanted.address), Language(wanted.language)
    return open_printer(address, language, medium=wanted.media, model=wanted.model)


def _queue(wanted: WantedPrinter) -> LabelPrinter:
    from hardware.printers.cups.document import Language as Document  # noqa: PLC0415 - as above
    from hardware.printers.cups.printer import CupsPrinter  # noqa: PLC0415 - as above

    name = wanted.address.removeprefix(_QUEUE)
    if not name or name.startswith("-") or any(c.isspace() or c in "/#" for c in name):
        raise PrinterSettingsError(f"{name!r} is no name of a queue of CUPS.")
    language = Document.ZPL if wanted.language == Language.ZPL else Document.PDF
    return CupsPrinter(name, dots_per_mm=wanted.dots_per_mm, language=language)
