"""What a bench's steps may ask besides handsets, opened when the bench is: secrets, service, files.

Nothing is asked of the service before a step does.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.settings import EnrolmentSettings, IntuneSettings

if TYPE_CHECKING:
    from bench.enrolment.intune.intune import Intune
    from bench.enrolment.secrets.store import SecretStore
    from bench.ports import Equipment, Management, ManagementAddress, Secrets
    from bench.staging.crew import Services


@dataclass(frozen=True, slots=True)
class KeptNow:
    """The port `Secrets` over a store that others may change while the bench runs."""

    store: SecretStore

    def secret(self, name: str) -> str:
        """Return it as it is kept now; blocks while systemd-creds works."""
        return self.store.reread(name)


@dataclass(frozen=True)
class LateServices:
    """`record` is the bench's; `secrets` those of a training bench, where nothing is kept."""

    record: Path
    enrolment: EnrolmentSettings = field(default_factory=EnrolmentSettings)
    intune: IntuneSettings = field(default_factory=IntuneSettings)
    secrets: Secrets | None = None
    interval: float = 0.0
    """Seconds between two looks at the service, 0 for what the settings say."""

    @asynccontextmanager
    async def open(self, equipment: Equipment) -> AsyncIterator[Services]:
        """Get ready to ask; each secret is read when a step needs it, as it is kept then."""
        from bench.command_line.secrets import store_of
        from bench.enrolment.exports.register import UploadRegister
        from bench.staging.crew import NoSecrets, Services

        store = None if self.secrets else store_of(self.record)
        secrets = self.secrets or (KeptNow(store) if store else NoSecrets())
        async with AsyncExitStack() as held:
            yield Services(
                secrets=secrets,
                management=self._management(equipment.management, secrets, store, held),
                uploads=UploadRegister(self._uploads),
                quoted_ssid=self.enrolment.quoted_ssid,
            )

    @property
    def _uploads(self) -> Path:
        return Path(self.enrolment.uploads or self.record.with_name("uploads"))

    def _management(
        self,
        given: ManagementAddress | None,
        secrets: Secrets,
        store: SecretStore | None,
        held: AsyncExitStack,
    ) -> Management | None:
        """Return the training bench's, or that of the settings; None where there is none."""
        from bench.command_line.late_management import LateManagement

        if not given and not self.intune.client:
            return None
        key = partial(self._key, secrets) if self.intune.certificate and not given else None
        late = LateManagement(
            lambda: given or self._address(secrets),
            lambda address: self._intune(address, store, key),
        )
        held.push_async_callback(late.close)
        return late

    def _intune(
        self, address: ManagementAddress, store: SecretStore | None, key: Callable[[], str] | None
    ) -> Intune:
        from bench.enrolment.intune.devices import By
        from bench.enrolment.intune.intune import Intune
        from bench.enrolment.intune.kept_sign_in import KeptSignIn

        interval = self.interval or self.intune.interval
        cache = KeptSignIn(store) if store else None
        filters = [By(name) for name in self.intune.filters.split()]
        return Intune(address, cache=cache, key=key, interval=interval, filters=filters)

    def _key(self, secrets: Secrets) -> str:
        """Return the application's key as it is kept now, "" where a person signs in."""
        return secrets.secret(self.intune.certificate) if self.intune.certificate else ""

    def _address(self, secrets: Secrets) -> ManagementAddress:
        """Return where the settings say the service is; `ProblemError` for what is wrong there."""
        from bench.enrolment.intune.address import microsoft

        named = self.intune
        return microsoft(
            named.tenant,
            named.client,
            key=self._key(secrets),
            graph=named.graph,
            authority=named.authority,
            certificates=Path(named.trust) if named.trust else None,
        )
