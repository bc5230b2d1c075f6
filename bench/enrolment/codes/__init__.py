"""Codes for a handset's camera: the modules of a QR code, and what is to be said of it."""

from bench.enrolment.codes.making import make_code

__all__ = ["make_code"]
