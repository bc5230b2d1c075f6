"""The steps over ADB: carried out on the handset, and proven there.

A handset that says no, or says yes and did not, is refused with `HandsetRefusalError` (FAIL); what
keeps the bench from asking at all comes as `ProblemError` (ERROR).
"""

from __future__ import annotations

from bench.enrolment.profiles.vocabulary import COMMAND_WORDS, Install, Push, Run, Setting, Verify
from bench.identity.plain import plain
from bench.ports import Handset, HandsetRefusalError, Progress
from bench.staging.steps.files import check_source, checked_package
from bench.staging.steps.packages import refusal_in_words


async def install_package(install: Install, handset: Handset, progress: Progress) -> str:
    """Install a package, proven to be the profile's and its signer's, and see it listed."""
    try:
        async with checked_package(install) as package:
            await handset.install(package, progress)
    except HandsetRefusalError as refusal:
        raise HandsetRefusalError(refusal_in_words(refusal.reason)) from None
    listed = await answer(handset, "pm", "list", "packages", install.package)
    if f"package:{install.package}" not in listed.split():
        raise HandsetRefusalError(f"{install.package} is not listed after its installation")
    return f"{install.package} installed"


async def push_file(push: Push, handset: Handset, progress: Progress) -> str:
    """Copy a file that is still the profile's, and have the handset compute its SHA-256."""
    await check_source(push)
    await handset.push(push.file, push.target, progress)
    digest = (await answer(handset, "sha256sum", push.target)).split(" ", 1)[0]
    if digest != push.sha256:
        raise HandsetRefusalError(f"the copy at {push.target} differs from the file")
    return f"sha256 {digest[:16]}"


async def run_command(run: Run, handset: Handset) -> str:
    """Run a command of the vocabulary."""
    await answer(handset, *COMMAND_WORDS[run.command])
    return str(run.command)


async def change_setting(setting: Setting, handset: Handset) -> str:
    """Change a setting, and read it back."""
    where = (str(setting.namespace), setting.key)
    await answer(handset, "settings", "put", *where, setting.value)
    now = await answer(handset, "settings", "get", *where)
    _compare("/".join(where), now, setting.value)
    return f"{setting.key}={setting.value}"


async def verify_property(verify: Verify, handset: Handset) -> str:
    """Compare a system property with the one value allowed."""
    now = await answer(handset, "getprop", verify.property)
    _compare(verify.property, now, verify.value)
    return f"{verify.property}={verify.value}"


def _compare(what: str, got: str, wanted: str) -> None:
    if got != wanted:
        raise HandsetRefusalError(f"{what} is {plain(got) or 'empty'}, not {wanted}")


async def answer(handset: Handset, *words: str) -> str:
    """Run a command that must end with exit code 0; return its output without the line end."""
    reply = await handset.shell(*words)
    if reply.code:
        raise HandsetRefusalError(plain(reply.err or reply.out, 200) or f"exit code {reply.code}")
    return reply.out.rstrip("\r\n")
