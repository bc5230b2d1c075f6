"""The plans of a bench, and which one the handset in a slot begins with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bench.enrolment.profiles.profile import EnrolmentProfile
from bench.events.views import ProfileView
from bench.identity.identifiers import SlotCode
from bench.staging.plan import Plan, plan_of


@dataclass(frozen=True)
class Shelf:
    """`usual` is every slot's plan but for those `placed`: by slot (`B3`), or by row (`B`)."""

    usual: Plan
    placed: Mapping[str, Plan] = field(default_factory=dict)
    adjusted: tuple[Plan, ...] = ()
    """Variants: a handset gets one when a technician chooses it."""

    @property
    def plans(self) -> tuple[Plan, ...]:
        """Every plan once: what a technician may choose among."""
        every = (self.usual, *self.placed.values(), *self.adjusted)
        return tuple({plan.fingerprint: plan for plan in every}.values())

    def plan_for(self, slot: SlotCode) -> Plan:
        """Return the plan that a handset in that slot begins with."""
        return self.placed.get(str(slot)) or self.placed.get(slot.row) or self.usual

    def views(self) -> tuple[ProfileView, ...]:
        """Return what may be chosen, for a window."""
        return tuple(
            ProfileView(p.fingerprint, p.name, p.version, p.variant, p.method.value)
            for p in self.plans
        )


def shelf_of(usual: EnrolmentProfile, placed: Mapping[str, EnrolmentProfile]) -> Shelf:
    """Return the plans of a bench's profiles and of their variants."""
    variants = (each for each in whole(usual, placed) if each.variant)
    plans = {where: plan_of(profile) for where, profile in placed.items()}
    return Shelf(plan_of(usual), plans, tuple(map(plan_of, variants)))


def whole(
    usual: EnrolmentProfile, placed: Mapping[str, EnrolmentProfile]
) -> Iterator[EnrolmentProfile]:
    """Yield every profile of a bench, its variants among them."""
    for profile in (usual, *placed.values()):
        yield profile
        yield from profile.variants
