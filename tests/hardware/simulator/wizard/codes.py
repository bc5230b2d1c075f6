"""Codes as they are shown to a handset, made by hand."""

from __future__ import annotations

import json
from typing import Any

from bench.events.person import HiddenText

PREFIX = "android.app.extra.PROVISIONING_"
TOKEN_KEY = "com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN"
INTUNE = {
    "DEVICE_ADMIN_COMPONENT_NAME": (
        "com.google.android.apps.work.clouddpc/.receivers.CloudDeviceAdminReceiver"
    ),
    "DEVICE_ADMIN_SIGNATURE_CHECKSUM": "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg",
    "DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION": (
        "https://play.google.com/managed/downloadManagingApp?identifier=setup"
    ),
}
"""Source: memdocs, android-dedicated-devices-fully-managed-enroll."""
NETWORK = {"WIFI_SSID": "bench", "WIFI_SECURITY_TYPE": "WPA", "WIFI_PASSWORD": "canary-password"}


def code(token: str = "canary-token", *, without: tuple[str, ...] = (), **keys: Any) -> str:
    """Return Intune's code with the bench's network, with these keys besides or instead."""
    bundle = {"ADMIN_EXTRAS_BUNDLE": {TOKEN_KEY: token}}
    said = {**INTUNE, **NETWORK, **bundle, **keys}
    return json.dumps({PREFIX + key: said[key] for key in said if key not in without})


def shown(token: str = "canary-token", **keys: Any) -> HiddenText:
    return HiddenText(code(token, **keys))
