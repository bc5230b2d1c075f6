"""What is asked of whoever acts at a bench, and what it takes to know them."""

from __future__ import annotations

from dataclasses import dataclass, field

from bench.custody.people.badge import PEPPER_BYTES
from bench.custody.people.sign_in import SignInPolicy
from bench.staging.badges import BadgeFormat

_NO_PROOF = SignInPolicy(proof_needed=False)
_USUAL_BADGES = BadgeFormat()


@dataclass(frozen=True, slots=True)
class SignInRules:
    """The policy, how badges are told, and the record's pepper, which is b"" where nobody signs in.

    `ValueError` for times that make no sense, and for proof that nobody could give.
    """

    policy: SignInPolicy = _NO_PROOF
    badges: BadgeFormat = _USUAL_BADGES
    pepper: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        if not 0 < self.policy.pin_wait < self.policy.idle_lock or self.policy.tap_holds <= 0:
            raise ValueError("Wait for a PIN a while, and less long than for the idle lock.")
        if self.policy.proof_needed and len(self.pepper) != PEPPER_BYTES:
            raise ValueError("Without the pepper nobody can show who they are.")
