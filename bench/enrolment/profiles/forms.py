"""The forms that profiles and payloads share: what passes in a file passes in its code too."""

from __future__ import annotations

from bench.enrolment.profiles.table import Form

COMPONENT = Form(
    r"[A-Za-z]\w*(\.\w+)+/\.?[A-Za-z_]\w*([.$]\w+)*",
    "give an app and its receiver, such as org.example.agent/.AdminReceiver",
)
LOCALE = Form(r"[a-z]{2,3}_[A-Z]{2}", "give language and country, such as en_GB")
TIME_ZONE = Form(r"[A-Za-z]+(?:[/_+-][A-Za-z0-9]+)*", "give an Olson name, such as Europe/London")
"""The names of places and of `Etc`; the old abbreviations with digits (`EST5EDT`) are left out."""
