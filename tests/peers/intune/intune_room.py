"""A simulated Intune and somebody who asks it with plain HTTP: no part of the product asks here."""

from __future__ import annotations

import asyncio
import json
import ssl
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import aiohttp
import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from hardware.simulator.intune import SimulatedIntune
from hardware.simulator.intune.certificates import Papers, make_papers

SCOPE = "https://graph.microsoft.com/.default"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DEVICES = "/deviceManagement/managedDevices"
PROFILES = "/deviceManagement/androidDeviceOwnerEnrollmentProfiles"
IDENTITIES = "/deviceManagement/importedDeviceIdentities/importDeviceIdentityList"


@dataclass(frozen=True, slots=True)
class Said:
    """An answer."""

    status: int
    headers: Any
    raw: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def error(self) -> Any:
        return self.json["error"]


@dataclass
class Asker:
    """Has a key and plain HTTP."""

    intune: SimulatedIntune
    session: aiohttp.ClientSession
    token: str = ""

    @property
    def sign_in_url(self) -> str:
        return f"{self.intune.address.authority}/oauth2/v2.0"

    async def ask(self, method: str, url: str, **more: Any) -> Said:
        """Ask for a path below Graph's root, or for a whole address."""
        whole = url if url.startswith("https:") else self.intune.address.graph + url
        more.setdefault("headers", {"Authorization": f"Bearer {self.token}"})
        async with self.session.request(method, whole, allow_redirects=False, **more) as answer:
            return Said(answer.status, answer.headers, await answer.read())

    async def get(self, url: str, **query: str) -> Said:
        return await self.ask("GET", url, params={f"${name}": v for name, v in query.items()})

    async def post(self, url: str, body: Any = None) -> Said:
        return await self.ask("POST", url, json=body)

    async def form(self, endpoint: str, **fields: str) -> Said:
        return await self.ask("POST", f"{self.sign_in_url}/{endpoint}", data=fields, headers={})

    async def by_assertion(self, assertion: str, **changed: str) -> Said:
        fields = {
            "grant_type": "client_credentials",
            "client_id": self.intune.client,
            "scope": SCOPE,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
        }
        return await self.form("token", **{k: v for k, v in (fields | changed).items() if v})

    async def sign_in(self) -> None:
        self.token = (await self.by_assertion(assertion(self.intune))).json["access_token"]


Story = Callable[[SimulatedIntune, Asker], Awaitable[None]]


@cache
def papers() -> Papers:
    """The keys of all these tests: making them is what takes time."""
    return make_papers()


@cache
def _key_in(pem: str) -> rsa.RSAPrivateKey:
    """Reading a key is checking it, which takes longer than all the rest."""
    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def assertion(
    intune: SimulatedIntune,
    *,
    algorithm: str = "PS256",
    header: dict[str, str] | None = None,
    key: Any = None,
    **claims: Any,
) -> str:
    """What proves the application, or with some of it changed."""
    pem = intune.address.key.encode()
    certificate = x509.load_pem_x509_certificate(pem)
    now = datetime.now(UTC)
    said = {
        "aud": f"{intune.address.authority}/oauth2/v2.0/token",
        "iss": intune.client,
        "sub": intune.client,
        "jti": str(uuid.uuid4()),
        "nbf": now,
        "exp": now + timedelta(minutes=10),
    }
    thumbprint = jwt.utils.base64url_encode(certificate.fingerprint(hashes.SHA256())).decode()
    return jwt.encode(
        said | claims,
        key or _key_in(intune.address.key),
        algorithm=algorithm,
        headers=header if header is not None else {"x5t#S256": thumbprint},
    )


def thumbprint_of(intune: SimulatedIntune) -> str:
    """The older name of a certificate: `x5t`, SHA-1."""
    certificate = x509.load_pem_x509_certificate(intune.address.key.encode())
    return jwt.utils.base64url_encode(certificate.fingerprint(hashes.SHA1())).decode()


def told(story: Story, *, signed_in: bool = True, interval: float = 0) -> SimulatedIntune:
    """Open an Intune, let the story happen, close it, and look that nothing is left over."""
    return asyncio.run(_told(story, signed_in, interval))


async def _told(story: Story, signed_in: bool, interval: float) -> SimulatedIntune:
    intune = SimulatedIntune(interval=timedelta(seconds=interval), papers=papers())
    async with intune:
        trusted = ssl.create_default_context(cafile=str(intune.address.certificates))
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusted)) as session:
            asker = Asker(intune, session)
            if signed_in:
                await asker.sign_in()
            await story(intune, asker)
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left, left
    return intune
