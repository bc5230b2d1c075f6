"""Box, handset and label side by side: what each says, for whoever has to compare them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.events.device import HandsetIdentity
from bench.identity.identifiers import AssetTag, Imei, SerialNumber
from bench.identity.scans import Meaning
from bench.staging.run import StagingRun
from bench.staging.transitions.answers import Values


def identities(
    run: StagingRun, *, box: Imei | None = None, label: AssetTag | None = None
) -> Values:
    """Return what each of the three says; a label that was not read says so."""
    return (
        ("box", str(box or run.imei or run.boxed or "not scanned")),
        ("handset", _handset(run.identity)),
        ("label", str(label or "not read yet")),
    )


def contradictions(identity: HandsetIdentity, also: Sequence[Meaning]) -> Values:
    """Return what else the box says that the handset contradicts; nothing for what it left open."""
    return tuple(_contradictions(identity, also))


def _contradictions(
    identity: HandsetIdentity, also: Sequence[Meaning]
) -> Iterator[tuple[str, str]]:
    for each in also:
        match each:
            case Imei() if not identity.is_partial and each not in identity.imeis:
                yield "box, second IMEI", str(each)
            case SerialNumber() if identity.serial.text and each != identity.serial:
                yield "box, serial number", str(each)
                yield "handset, serial number", str(identity.serial)


def _handset(identity: HandsetIdentity | None) -> str:
    return " ".join(map(str, identity.imeis)) if identity and identity.imeis else "says nothing"
