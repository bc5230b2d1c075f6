"""Each kind of step: done, proven, and refused when the proof fails."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bench.enrolment.profiles.vocabulary import (
    Action,
    Command,
    Install,
    Namespace,
    Push,
    Run,
    Setting,
    Step,
    Verify,
)
from bench.events.device import HandsetIdentity
from bench.ports import HandsetRefusalError, Progress, ShellReply
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.steps.performing import perform
from tests.bench.staging.bench_talk import handset, means

FILE = Path(__file__)
DIGEST = hashlib.sha256(FILE.read_bytes()).hexdigest()


@dataclass
class ScriptedHandset:
    """Answers each command with what the test says, and remembers what it was asked."""

    answers: dict[str, ShellReply] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def identify(self) -> HandsetIdentity:
        return handset()

    async def shell(self, *words: str) -> ShellReply:
        self.asked.append(" ".join(words))
        return self.answers.get(" ".join(words), ShellReply(0, "", ""))

    async def push(self, source: Path, target: str, progress: Progress) -> None:
        self.asked.append(f"push {source.name} {target}")
        progress(1.0)

    async def install(self, package: Path, progress: Progress) -> None:
        self.asked.append(f"install {package.name}")
        progress(1.0)


def say(device: ScriptedHandset, command: str, out: str, code: int = 0, err: str = "") -> None:
    device.answers[command] = ShellReply(code, out, err)


def refusal(action: Action, prepare: Callable[[ScriptedHandset], None]) -> str:
    device = ScriptedHandset()
    prepare(device)
    with pytest.raises(HandsetRefusalError) as refused:
        asyncio.run(perform(Step("step", action, 5, 0), means(device)))
    return refused.value.reason


def test_an_installation_is_proven_by_the_list_of_packages() -> None:
    install = Install(FILE, DIGEST, "org.example.agent")
    device = ScriptedHandset()
    say(device, "pm list packages org.example.agent", "package:org.example.agent\n")
    asyncio.run(perform(Step("step", install, 5, 0), means(device)))
    assert device.asked == [f"install {FILE.name}", "pm list packages org.example.agent"]
    longer = "package:org.example.agent.other\n"
    reason = refusal(install, lambda d: say(d, "pm list packages org.example.agent", longer))
    assert "is not listed" in reason


def test_a_copy_is_proven_by_the_digest_the_handset_computes() -> None:
    push = Push(FILE, DIGEST, "/sdcard/a.txt")
    device = ScriptedHandset()
    say(device, "sha256sum /sdcard/a.txt", f"{DIGEST}  /sdcard/a.txt\n")
    shares: list[float] = []
    asyncio.run(perform(Step("step", push, 5, 0), means(device, shares.append)))
    assert shares == [1.0]
    other = f"{'0' * 64}  /sdcard/a.txt\n"
    assert "differs" in refusal(push, lambda d: say(d, "sha256sum /sdcard/a.txt", other))


def test_a_setting_is_proven_by_reading_it_back() -> None:
    setting = Setting(Namespace.GLOBAL, "auto_time", "1")
    device = ScriptedHandset()
    say(device, "settings get global auto_time", "1\n")
    asyncio.run(perform(Step("step", setting, 5, 0), means(device)))
    assert device.asked == ["settings put global auto_time 1", "settings get global auto_time"]
    reason = refusal(setting, lambda d: say(d, "settings get global auto_time", "null\n"))
    assert reason == "global/auto_time is null, not 1"


def test_a_command_is_proven_by_its_exit_code_and_refused_in_the_handsets_own_words() -> None:
    run = Run(Command.CLEAR_LOG)
    device = ScriptedHandset()
    asyncio.run(perform(Step("step", run, 5, 0), means(device)))
    assert device.asked == ["logcat -c"]
    told = refusal(run, lambda d: say(d, "logcat -c", "", 1, "not\x1b[31m allowed"))
    assert told == "not [31m allowed"
    assert refusal(run, lambda d: say(d, "logcat -c", "", 7)) == "exit code 7"


def test_a_property_must_have_the_one_value_allowed() -> None:
    verify = Verify("ro.boot.verifiedbootstate", "green")
    command = "getprop ro.boot.verifiedbootstate"
    device = ScriptedHandset()
    say(device, command, "green\n")
    asyncio.run(perform(Step("step", verify, 5, 0), means(device)))
    for value in ("orange", "", "green ", "greenish", "GREEN"):
        said = value
        assert "not green" in refusal(verify, lambda d, said=said: say(d, command, f"{said}\n"))  # type: ignore[misc]


def test_a_step_that_takes_longer_than_its_limit_is_the_handsets_fault() -> None:
    class Slow(ScriptedHandset):
        async def shell(self, *words: str) -> ShellReply:
            await asyncio.sleep(60)
            return await super().shell(*words)

    step = Step("step", Run(Command.GO_HOME), 1, 0)
    with pytest.raises(HandsetRefusalError, match="within 1 s"):
        asyncio.run(perform(step, means(Slow())))


def test_a_lost_link_is_no_refusal() -> None:
    class Gone(ScriptedHandset):
        async def shell(self, *words: str) -> ShellReply:
            raise ProblemError(Problem(ProblemCode.LINK_LOST, detail=" ".join(words)))

    with pytest.raises(ProblemError):
        asyncio.run(perform(Step("step", Run(Command.GO_HOME), 5, 0), means(Gone())))
