"""What the settings of the central store have to be beyond their types."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bench.settings.sections import CentralSettings, SettingsError

_ADDRESS = "give postgresql://HOST:PORT/DATABASE, https://HOST/PATH or file:/FOLDER"
_DAY = 24 * 60


def check_central(central: CentralSettings) -> None:
    """Check the section; raises `SettingsError` with key and remedy."""
    _check_times(central)
    if not central.address:
        return
    scheme = _scheme(central.address)
    if bool(central.certificate) is not bool(central.key):
        raise SettingsError("central.key: give certificate and key, or neither")
    if scheme in ("postgresql", "file") and not (central.certificate and central.trust):
        raise SettingsError("central.certificate: this address takes certificate, key and trust")
    if scheme == "https" and not (central.certificate or central.token):
        raise SettingsError("central.token: give certificate and key, or a token's name")


def _scheme(address: str) -> str:
    """Return what kind of address it is; nothing of it is quoted: there might be a password."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        raise SettingsError(f"central.address: {_ADDRESS}") from None
    if parts.username or parts.password:
        raise SettingsError("central.address: no user, no password: the certificate says who it is")
    is_folder = parts.scheme == "file" and not parts.netloc and parts.path.startswith("/")
    if not is_folder and not (parts.scheme in ("postgresql", "https") and parts.hostname):
        raise SettingsError(f"central.address: {_ADDRESS}")
    return parts.scheme


def _check_times(central: CentralSettings) -> None:
    if central.interval < 1:
        raise SettingsError("central.interval: give a number of seconds from 1 on")
    if not re.fullmatch(r"(?:[01]\d|2[0-3]):[0-5]\d", central.night_from, re.ASCII):
        raise SettingsError("central.night_from: give a time of day, such as 01:00")
    if not 0 <= central.night_minutes < _DAY:
        raise SettingsError("central.night_minutes: give less than a day")
