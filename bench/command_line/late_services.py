"""What a bench's steps may ask besides handsets, opened when the bench is: secrets, service, files.

Nothing is asked of the service before a step does.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bench.settings import EnrolmentSettings, IntuneSettings

if TYPE_CHECKING:
    from bench.enrolment.profiles.profile import EnrolmentProfile
    from bench.enrolment.secrets.store import SecretStore
    from bench.ports import Equipment, Management, ManagementAddress, Secrets
    from bench.staging.crew import Services


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
    async def open(
        self, equipment: Equipment, profiles: Iterable[EnrolmentProfile]
    ) -> AsyncIterator[Services]:
        """Read the secrets that the profiles name, and get ready to ask the rest."""
        from bench.enrolment.exports.register import UploadRegister
        from bench.staging.crew import NoSecrets, Services

        store = None if self.secrets else await self._kept(profiles)
        secrets = self.secrets or store or NoSecrets()
        address = equipment.management or self._address(secrets)
        async with AsyncExitStack() as held:
            yield Services(
                secrets=secrets,
                management=await self._management(address, store, held) if address else None,
                uploads=UploadRegister(self._uploads),
            )

    @property
    def _uploads(self) -> Path:
        return Path(self.enrolment.uploads or self.record.with_name("uploads"))

    async def _management(
        self, address: ManagementAddress, store: SecretStore | None, held: AsyncExitStack
    ) -> Management:
        from bench.enrolment.intune.intune import Intune
        from bench.enrolment.intune.kept_sign_in import KeptSignIn

        interval = self.interval or self.intune.interval
        cache = KeptSignIn(store) if store else None
        return await held.enter_async_context(Intune(address, cache=cache, interval=interval))

    async def _kept(self, profiles: Iterable[EnrolmentProfile]) -> SecretStore:
        from bench.command_line.secrets import store_of

        store = store_of(self.record)
        await store.load({*_names(profiles), *filter(None, [self.intune.certificate])})
        return store

    def _address(self, secrets: Secrets) -> ManagementAddress | None:
        """Return where the settings say the service is; None where they name none."""
        from bench.enrolment.intune.address import microsoft

        named = self.intune
        if not named.client:
            return None
        return microsoft(
            named.tenant,
            named.client,
            key=secrets.secret(named.certificate) if named.certificate else "",
            graph=named.graph,
            authority=named.authority,
            certificates=Path(named.trust) if named.trust else None,
        )


def _names(profiles: Iterable[EnrolmentProfile]) -> Iterator[str]:
    """Yield the name of every secret that a step may ask for."""
    from bench.enrolment.profiles.vocabulary import CodeSource, ShowCode

    for profile in profiles:
        if profile.wifi and profile.wifi.password:
            yield profile.wifi.password
        if profile.payload and profile.payload.token:
            yield profile.payload.token
        for step in profile.steps:
            if isinstance(step.action, ShowCode) and step.action.source is CodeSource.FILE:
                yield step.action.name
