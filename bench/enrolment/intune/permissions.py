"""What the application may do in Microsoft Graph, and why it asks for no more.

Source: Microsoft Graph permissions reference, and the section "Permissions" of each request's page.
"""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """A permission of Microsoft Graph; the value is its name there."""

    READ_PROFILES = "DeviceManagementConfiguration.Read.All"
    MAKE_TOKENS = "DeviceManagementConfiguration.ReadWrite.All"
    READ_DEVICES = "DeviceManagementManagedDevices.Read.All"
    LIST_IDENTITIES = "DeviceManagementServiceConfig.ReadWrite.All"


WHY: dict[Permission, str] = {
    Permission.READ_PROFILES: "to read enrolment profiles, their codes and when those expire",
    Permission.MAKE_TOKENS: "only to make and revoke enrolment tokens: `intune token`",
    Permission.READ_DEVICES: "to see whether a handset came under management and is compliant",
    Permission.LIST_IDENTITIES: "only to list corporate identifiers: `intune identities`",
}
"""One reason each, as the help page and a refusal say it."""

READING = (Permission.READ_PROFILES, Permission.READ_DEVICES)
"""All that a bench needs while it stages."""
