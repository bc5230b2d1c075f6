"""A centre's authority, benches and servers that have its certificates, and drops between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.inventory.central.certificates import Authority, Identity
from bench.inventory.doors.drop import DropDoor
from bench.inventory.drop.seal import Seal, Trust

NOW = datetime.now(UTC)


def seal_of(identity: Identity) -> Seal:
    return Seal.of(identity.certificate, identity.key, "test")


@dataclass
class Sealing:
    """One authority; who has a certificate of it keeps it."""

    authority: Authority
    trust: Trust
    centre: Seal

    @classmethod
    def begin(cls, name: str = "Centre") -> Sealing:
        authority = Authority.begin(name, NOW)
        trust = Trust.of(authority.identity.certificate, "test")
        return cls(authority, trust, seal_of(authority.server(["localhost"], NOW)))

    def bench(self, name: str) -> Seal:
        return seal_of(self.authority.bench(name, NOW))

    def door(self, folder: Path, name: str, seal: Seal | None = None) -> DropDoor:
        return DropDoor(folder, name, seal or self.bench(name), self.trust, simulated=False)
