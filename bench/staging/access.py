"""Who may act at a bench: read from its record when it is opened, on the bench's own thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from bench.custody.ledger import Ledger
from bench.custody.people.sign_in import SignInPolicy
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.badges import BadgeFormat
from bench.staging.enrolled import Enrolled
from bench.staging.sign_in_rules import SignInRules

_USUAL_BADGES = BadgeFormat()


@dataclass(frozen=True, slots=True)
class Access:
    """Who may act where people are enrolled; where nobody is, nobody is asked for anything.

    `open_pepper` returns the record's pepper, and may block. With `policy` None a real bench asks
    for proof and training does not.
    """

    open_pepper: Callable[[], bytes] | None = None
    policy: SignInPolicy | None = None
    badges: BadgeFormat = _USUAL_BADGES

    async def rules(self, ledger: Ledger, *, simulated: bool) -> SignInRules:
        """Return what is asked here.

        Raises `ProblemError` KEY_UNUSABLE when proof is asked for that nobody could give, and
        `ValueError` for a policy whose times make no sense.
        """
        policy = self.policy or SignInPolicy(proof_needed=not simulated)
        if not Enrolled(ledger).anyone():
            return SignInRules(replace(policy, proof_needed=False), self.badges)
        if self.open_pepper is not None:
            return SignInRules(policy, self.badges, await asyncio.to_thread(self.open_pepper))
        if policy.proof_needed:
            detail = "there is none for badges and PINs"
            raise ProblemError(Problem(ProblemCode.KEY_UNUSABLE, ledger.path.name, detail))
        return SignInRules(policy, self.badges)
