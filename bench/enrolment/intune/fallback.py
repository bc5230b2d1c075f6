"""The least a code says to enrol with Intune, where the service gives a token and no code. Pure.

Source: MicrosoftDocs/memdocs, "android-dedicated-devices-fully-managed-enroll" (the JSON of DPC
extras; its use as a code's content is not confirmed, which is why the service's own goes first).
"""

from __future__ import annotations

import json

PREFIX = "android.app.extra.PROVISIONING_"
COMPONENT_KEY = PREFIX + "DEVICE_ADMIN_COMPONENT_NAME"
EXTRAS_KEY = PREFIX + "ADMIN_EXTRAS_BUNDLE"
TOKEN_KEY = "com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN"  # noqa: S105 - a key's name
_COMPONENT = "com.google.android.apps.work.clouddpc/.receivers.CloudDeviceAdminReceiver"
_CHECKSUM = "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg"
_DOWNLOAD = "https://play.google.com/managed/downloadManagingApp?identifier=setup"


def built(token: str) -> str:
    """Return the content of a code for that token, as small as JSON can be."""
    payload = {
        COMPONENT_KEY: _COMPONENT,
        PREFIX + "DEVICE_ADMIN_SIGNATURE_CHECKSUM": _CHECKSUM,
        PREFIX + "DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION": _DOWNLOAD,
        EXTRAS_KEY: {TOKEN_KEY: token},
    }
    return json.dumps(payload, separators=(",", ":"))
