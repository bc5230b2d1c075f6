"""What the code for a handset's camera says: built from a profile, or taken as a service gave it.

Source: AOSP `DevicePolicyManager` (`EXTRA_PROVISIONING_…`), and the payload of Microsoft's page on
Android Enterprise enrolment. Everything here is pure; every text made here is a secret.
"""

from bench.enrolment.payload.building import build
from bench.enrolment.payload.text import CodeText
from bench.enrolment.payload.verbatim import take

__all__ = ["CodeText", "build", "take"]
