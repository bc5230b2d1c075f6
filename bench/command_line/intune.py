"""`intune …`: the management service, asked by a person or a monitor.

Each returns an exit code: 0 all is well, 1 there are differences, 2 it was asked wrongly or this
bench is not set up for it, 3 the service could not be asked. No token is ever shown.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from bench.command_line.people_desk import AnswerError
from bench.enrolment.intune import token_file
from bench.enrolment.intune.identities import RowError
from bench.enrolment.intune.permissions import READING, Permission
from bench.identity.plain import plain
from bench.problems import ProblemCode, ProblemError

if TYPE_CHECKING:
    from bench.enrolment.intune.intune import Intune
    from bench.enrolment.intune.profiles import ServiceProfile
    from bench.enrolment.intune.tokens import SignInPrompt
    from bench.enrolment.secrets.store import SecretStore

WELL, DIFFERENT, WRONG, NO_SERVICE = 0, 1, 2, 3
Reach: TypeAlias = "Callable[[Sequence[Permission]], Intune]"
"""Makes the service, on the loop that runs then; raises `ProblemError` where none is set."""
_SERVICE = frozenset({
    ProblemCode.SERVICE_UNREACHABLE, ProblemCode.SERVICE_REFUSED, ProblemCode.SERVICE_BUSY,
    ProblemCode.SERVICE_GARBLED, ProblemCode.SIGN_IN_AGAIN, ProblemCode.CLOCK_WRONG,
    ProblemCode.TOKEN_EXPIRED,
})  # fmt: skip


# ── signing in, profiles, tokens ────────────────────────────────────────────────────────────────
def sign_in(reach: Reach, more: Sequence[Permission] = ()) -> int:
    """Sign in: a person by a code, or try that the application's certificate is taken."""

    async def work(intune: Intune) -> int:
        if intune.by_person:
            await intune.tokens.sign_in(_show)
        await intune.tokens.token()
        say("signed in")
        return WELL

    return at_service(reach, work, (*READING, *more))


def show_profiles(reach: Reach) -> int:
    """Say which enrolment profiles there are and until when their tokens hold."""

    async def work(intune: Intune) -> int:
        there = await intune.enrolling.overview()
        lines = [_line(each) for each in there.profiles]
        if there.unreadable:
            lines.append(f"{there.unreadable} more cannot be read")
        say("\n".join(lines) or "there is no enrolment profile")
        return WELL

    return at_service(reach, work)


def make_token(reach: Reach, name: str, days: int) -> int:
    """Make a new token for a profile, and say until when it holds; the one before it ends."""

    async def work(intune: Intune) -> int:
        seconds = int(timedelta(days=days).total_seconds())
        made = await intune.enrolling.create_token(name, seconds)
        say(f"{made.profile}: a new token, {_until(made.expires)}")
        return WELL

    return at_service(reach, work, (*READING, Permission.MAKE_TOKENS))


def revoke_token(reach: Reach, name: str) -> int:
    """End the token of a profile; handsets that enrolled with it stay."""

    async def work(intune: Intune) -> int:
        await intune.enrolling.revoke_token(name)
        say(f"{plain(name)}: its token is revoked")
        return WELL

    return at_service(reach, work, (*READING, Permission.MAKE_TOKENS))


def import_token(store: SecretStore, file: Path, name: str, now: datetime) -> int:
    """Keep a token file among the secrets, once it is known to enrol handsets."""
    from bench.enrolment.secrets.store import SecretError  # noqa: PLC0415 - where it is done

    def work() -> int:
        with file.open("rb") as opened:
            text = token_file.decoded(opened.read(token_file.LIMIT + 1), file.name)
        content = token_file.content_of(text, name, now)
        try:
            store.keep(name, text)
        except SecretError as error:
            raise AnswerError(str(error)) from error
        say(f"{name}: kept, {_until(content.expires)}; now delete {plain(file.name)}")
        return WELL

    return _settled(work)


# ── how it is said ──────────────────────────────────────────────────────────────────────────────
def at_service(
    reach: Reach, work: Callable[[Intune], Awaitable[int]], needs: Sequence[Permission] = READING
) -> int:
    """Do that at the service, with no more permission than it needs; return its exit code."""

    async def play() -> int:
        async with reach(needs) as intune:
            return await work(intune)

    return _settled(lambda: asyncio.run(play()))


def _settled(work: Callable[[], int]) -> int:
    """Do it, and say what went wrong with the exit code of whose fault it is."""
    try:
        return work()
    except ProblemError as error:
        code, said = NO_SERVICE if error.problem.code in _SERVICE else WRONG, str(error)
    except (AnswerError, RowError, UnicodeDecodeError) as error:
        code = WRONG
        said = "the file is no text in UTF-8" if isinstance(error, UnicodeError) else str(error)
    except OSError as error:
        code, said = WRONG, f"{plain(str(error.filename or ''))}: {error.strerror}"
    except (EOFError, KeyboardInterrupt):
        code, said = WRONG, "it was broken off"
    sys.stderr.write(f"staging-bench: {said}\n")
    return code


def say(text: str) -> None:
    """Write lines to standard output."""
    sys.stdout.write(f"{text}\n")


def _show(prompt: SignInPrompt) -> None:
    say(f"Open {prompt.page} and type {prompt.code}, within {prompt.minutes} minutes.")
    sys.stdout.flush()


def _line(profile: ServiceProfile) -> str:
    what = f"{profile.mode}, {profile.kind.value}, {profile.enrolled} enrolled"
    until = _until(profile.expires) if profile.made or profile.expires else "no token"
    return f"{profile.name}  {what}, {until}"


def _until(expires: datetime | None) -> str:
    return f"until {expires:%Y-%m-%d %H:%M} UTC" if expires else "no end is known"
