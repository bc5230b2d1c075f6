"""Who is at the bench, as it is shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccessView:
    """Who is signed in and what is asked of whom; all texts are plain, and "" for nobody or none.

    `who` is a name where one is kept, else a pseudonym. `asks` is whose PIN is waited for,
    `purpose` what a second person is waited for to sign off. `told` says what became of the last
    badge or PIN. `needed` says that nothing is done before somebody signs in.
    """

    who: str = ""
    role: str = ""
    asks: str = ""
    purpose: str = ""
    told: str = ""
    checking: bool = False
    needed: bool = True
