"""Where each maker says how its scanners are set up, in words for the paper.

No maker publishes what its set-up codes hold in a form that can be printed from (a symbol's start
and function characters, not only its text), so none is printed here: a code that is nearly right
can leave a scanner mute. The sections are named so that the maker's own codes are found.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MakersGuide:
    """A maker's book and its sections for the three things that a bench wants of a scanner.

    `remark` is what else a person at the bench must know.
    """

    maker: str
    book: str
    serial: str
    aim: str
    suffix: str
    remark: str = ""


GUIDES = (
    MakersGuide(
        "Zebra (Symbol)",
        "Product Reference Guide of the model",
        "USB Interface, USB Device Type: USB CDC Host",
        "Transmit Code ID Character: AIM Code ID Character",
        "Scan Data Transmission Format, with a suffix of CR",
        "Not Simple COM Port Emulation: that is no serial port on Linux. The maker's 123Scan "
        "prints one code with all three settings.",
    ),
    MakersGuide(
        "Honeywell",
        "User's Guide of the model (Xenon 1900: chapters 2 and 6)",
        "Programming the Interface: USB serial, also called USB COM emulation (terminal ID 130)",
        "Data Editing, To Add a Prefix or Suffix (page 6-1): AIM I.D. as a prefix for all",
        "The same section: a carriage return as a suffix for all",
    ),
    MakersGuide(
        "Datalogic",
        "Product Reference Guide of the model",
        "Interface selection: USB-COM",
        "Data Editing, Global AIM ID (QuickScan QD2100: page 92; QuickScan QW2100: page 261)",
        "Data Editing, Global Prefix/Suffix",
        "Scan ENTER/EXIT PROGRAMMING MODE before and after.",
    ),
    MakersGuide(
        "Newland",
        "User Guide of the model",
        "USB interface: USB COM port emulation (CDC)",
        "Prefix and suffix: AIM ID prefix",
        "Prefix and suffix: terminating character suffix, CR",
        "Scan Enter Setup before and Exit Setup after.",
    ),
    MakersGuide(
        "Any other",
        "the maker's manual",
        "USB interface: virtual COM port, USB serial or CDC",
        "AIM identifier, AIM ID or symbology identifier: on",
        "Suffix, terminator or postamble: CR",
        "Its USB id, as lsusb prints it, goes into the settings under [scanner].",
    ),
)
"""Read for this: Honeywell, Xenon 1900 and 1910 User's Guides, pages 3-31 (terminal ID 130) and
chapter 6; Datalogic, QuickScan QD2100 Product Reference Guide, page 92, and QuickScan Lite QW2100,
page 261; Newland, NLS-HR42 User Guide, pages 15 and 92. The other names are those by which the
sections are generally known and differ by model."""
