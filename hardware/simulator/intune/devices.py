"""One device under management, and how Graph prints it.

Source of the properties: Microsoft Graph (beta), resource type `managedDevice`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bench.events.management import Compliance
from hardware.simulator.intune.asking import Json, timestamp

ENROLLMENT_TYPES = {
    "corporateOwnedDedicatedDevice": "androidEnterpriseDedicatedDevice",
    "corporateOwnedFullyManaged": "androidEnterpriseFullyManaged",
    "corporateOwnedWorkProfile": "androidEnterpriseCorporateWorkProfile",
}
"""`androidDeviceOwnerEnrollmentMode` to `deviceEnrollmentType`."""
_UNSAID = (
    "userId", "emailAddress", "userDisplayName", "phoneNumber", "deviceCategoryDisplayName",
    "subscriberCarrier", "wiFiMacAddress", "ethernetMacAddress", "iccid", "udid", "notes",
    "activationLockBypassCode", "remoteAssistanceSessionUrl", "easDeviceId",
)  # fmt: skip
_NEVER = "0001-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class ManagedDevice:
    """One `managedDevice`; `number` is its place in the order of the whole list.

    `imei` is the one IMEI that Intune records of a handset. `user` is "" until somebody signed in.
    """

    number: int
    id: str
    name: str
    serial: str
    imei: str
    model: str
    profile: str
    mode: str
    enrolled: datetime
    synced: datetime
    compliance: Compliance = Compliance.UNKNOWN
    user: str = ""

    def json(self) -> dict[str, Json]:
        """Return it as Graph prints it; what says nothing of an Android handset is left out."""
        said: dict[str, Json] = dict.fromkeys(_UNSAID, "")
        return said | {
            "id": self.id,
            "deviceName": self.name,
            "managedDeviceName": f"{self.user}_AndroidForWork_{self.enrolled:%m/%d/%Y}",
            "ownerType": "company",
            "managedDeviceOwnerType": "company",
            "managementState": "managed",
            "enrolledDateTime": timestamp(self.enrolled),
            "lastSyncDateTime": timestamp(self.synced),
            "operatingSystem": "Android",
            "osVersion": "13.0",
            "deviceType": "androidEnterprise",
            "chassisType": "phone",
            "complianceState": str(self.compliance),
            "jailBroken": "False",
            "managementAgent": "googleCloudDevicePolicyController",
            "deviceEnrollmentType": ENROLLMENT_TYPES.get(self.mode, "unknown"),
            "enrollmentProfileName": self.profile,
            "azureADRegistered": bool(self.user),
            "azureADDeviceId": self.id,
            "deviceRegistrationState": "registered",
            "isSupervised": False,
            "isEncrypted": True,
            "easActivated": False,
            "userPrincipalName": self.user,
            "model": self.model,
            "manufacturer": "samsung",
            "imei": self.imei,
            "meid": "",
            "serialNumber": self.serial,
            "androidSecurityPatchLevel": "2023-08-01",
            "totalStorageSpaceInBytes": 128_000_000_000,
            "freeStorageSpaceInBytes": 96_000_000_000,
            "complianceGracePeriodExpirationDateTime": "9999-12-31T23:59:59.9999999Z",
            "exchangeLastSuccessfulSyncDateTime": _NEVER,
            "partnerReportedThreatState": "unknown",
            "lostModeState": "disabled",
            "roleScopeTagIds": [],
            "deviceActionResults": [],
            "skuFamily": "",
        }
