"""What labels say: an asset label on a handset, a card at a slot."""

from __future__ import annotations

from dataclasses import dataclass

from bench.identity.identifiers import AssetTag, SlotCode
from bench.identity.plain import plain

LONGEST_TAG = "ABCDE-12345678"
LONGEST_SLOT = "SLOT-Z99"


@dataclass(frozen=True, slots=True)
class LabelContent:
    """What one label says. `imei_tail` is the end of the IMEI; copies are numbered from 1."""

    asset_tag: AssetTag
    model: str
    imei_tail: str
    copy: int
    simulated: bool

    @property
    def code(self) -> str:
        """What its codes say."""
        return str(self.asset_tag)

    def texts(self) -> dict[str, str]:
        """Return each text by the name of its box; an empty one is not printed."""
        return {
            "asset_tag": str(self.asset_tag),
            "model": plain(self.model),
            "imei": f"IMEI …{plain(self.imei_tail)}",
            "copy": f"Copy {self.copy}" if self.copy > 1 else "",
            "training": "TRAINING" if self.simulated else "",
        }


@dataclass(frozen=True, slots=True)
class SlotContent:
    """What the card at a slot says: the slot, and which bench it belongs to."""

    slot: SlotCode
    bench: str

    @property
    def code(self) -> str:
        """What its codes say: the slot with the prefix that no other code has."""
        return f"SLOT-{self.slot}"

    def texts(self) -> dict[str, str]:
        """Return each text by the name of its box."""
        return {"slot": str(self.slot), "bench": plain(self.bench)}
