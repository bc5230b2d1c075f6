"""From the settings' words to a printer."""

from __future__ import annotations

from functools import partial

from bench.ports import LabelPrinter
from hardware.printers.address import (
    NetworkPlace,
    PrinterAddress,
    PrinterSettingsError,
    SerialPlace,
)
from hardware.printers.brother_ql.fitting import Fitting
from hardware.printers.brother_ql.media import MEDIA, Medium, medium_named
from hardware.printers.brother_ql.models import MODELS, Model, model_named
from hardware.printers.brother_ql.printer import BrotherPrinter
from hardware.printers.brother_ql.silent import SilentBrotherPrinter
from hardware.printers.connecting import connect
from hardware.printers.device_id import Language
from hardware.printers.transports.line import Connect
from hardware.printers.transports.serial_port import Handshake
from hardware.printers.zpl.printer import ZplPrinter

NAME = "Label printer"


def zpl_over_tcp(host: str, port: int, name: str = NAME) -> ZplPrinter:
    """Return a ZPL printer on the network; nothing is opened before it is asked for something."""
    return ZplPrinter(_line(PrinterAddress(NetworkPlace(host, port)), Language.ZPL, name), name)


def open_printer(
    address: PrinterAddress,
    language: Language,
    name: str = NAME,
    *,
    medium: str = "",
    model: str = "",
) -> LabelPrinter:
    """Return the printer at an address; nothing is opened before it is asked for something.

    `medium` is a Brother roll, `62` for tape or `62x29` for labels, empty for whatever is in it;
    `model` is Brother's name of the printer. Both have to be said of one on the network, which
    cannot say them itself; they mean nothing to a ZPL printer.

    Raises:
        PrinterSettingsError: there is no such medium or model, or they do not go together.
    """
    line = _line(address, language, name)
    if language is Language.BROTHER_QL:
        return _brother(address, line, name, _medium(medium), _model(model))
    if isinstance(address.place, SerialPlace):  # a label takes seconds on the wire alone
        return ZplPrinter(line, name, patience=1.0, deadline=20.0)
    return ZplPrinter(line, name)


def _brother(
    address: PrinterAddress, line: Connect, name: str, medium: Medium | None, model: Model | None
) -> LabelPrinter:
    place = address.place
    if isinstance(place, SerialPlace) and place.handshake is Handshake.XON_XOFF:
        raise PrinterSettingsError("A Brother printer at a serial port needs the handshake rtscts.")
    if not isinstance(place, NetworkPlace):
        return BrotherPrinter(line, Fitting(name, medium), name)
    if medium is None or model is None:
        raise PrinterSettingsError(
            "A Brother printer on the network cannot say what is in it: set media and model."
        )
    if medium.offset_on(model) is None:
        raise PrinterSettingsError(f"{medium.roll} mm is too wide for a {model.name}.")
    return SilentBrotherPrinter(line, Fitting(name, medium, model), name)


def _medium(name: str) -> Medium | None:
    medium = medium_named(name)
    if name.strip() and medium is None:
        known = ", ".join(str(one.roll) for one in MEDIA)
        raise PrinterSettingsError(f"{name} is none of Brother's media here: {known}.")
    return medium


def _model(name: str) -> Model | None:
    model = model_named(name)
    if name.strip() and model is None:
        known = ", ".join(one.name for one in MODELS)
        raise PrinterSettingsError(f"{name} is none of Brother's models here: {known}.")
    return model


def _line(address: PrinterAddress, language: Language, name: str) -> Connect:
    return partial(connect, address.place, language, name)
