"""Whether a handset gets into a network, and what its screen says where it does not. Pure."""

from __future__ import annotations

from hardware.simulator.wizard.provisioning import WantedNetwork
from hardware.simulator.wizard.surroundings import Network

_WITHOUT_PASSWORD = ("NONE", "EAP")


def why_not_joined(wanted: WantedNetwork, there: Network | None) -> str:
    """Return why a handset is not in the network it wants, "" when it is.

    Whoever is let in by EAP (their identity and certificate) is not looked at.
    """
    if there is None:
        return "Can't find the Wi-Fi network"
    if not there.associates:
        return "Connecting to Wi-Fi…"
    if bool(there.password) is (wanted.security == "NONE"):
        return "Can't connect to Wi-Fi: another kind of security"
    if wanted.security not in _WITHOUT_PASSWORD and wanted.password != there.password:
        return "Can't connect to Wi-Fi: check the password"
    return ""
