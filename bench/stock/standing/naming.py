"""What a person calls a handset, and how much of a number a screen shows."""

from __future__ import annotations


def end_of(number: str) -> str:
    """Return the last four digits of a number, as a screen may show them; "" for none."""
    return f"…{number[-4:]}" if number else ""


def called(tag: str, imei: str) -> str:
    """Return what a person calls a handset: its tag, else the end of its IMEI."""
    return tag or end_of(imei)
