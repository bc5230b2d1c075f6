"""Hub power: what uhubctl lists, which ports may be switched, and a program that goes wrong."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.identity.identifiers import UsbPath
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.hub_power.listing import read_listing, was_cycled
from hardware.hub_power.uhubctl import UhubctlPower
from tests.hardware.usb.tree import UsbTree

RECORDED = """\
Current status for hub 2-1 [05e3:0620 GenesysLogic USB3.1 Hub, USB 3.10, 4 ports, ppps]
  Port 1: 02a0 power 5gbps Rx.Detect
  Port 2: 0203 power 5gbps U0 enable connect [04e8:6860 SAMSUNG SAMSUNG_Android R58N00007XY]
  Port 3: 0080 off
Current status for hub 1-1 [05e3:0610 GenesysLogic USB2.1 Hub, USB 2.10, 4 ports, ppps]
  Port 1: 0100 power
  Port 2: 0503 power highspeed enable connect [04e8:6860 SAMSUNG power off R58N00007XY]
  Port 4: 0000 off
Current status for hub 1-1.4 [05e3:0608 USB2.0 Hub, USB 2.00, 4 ports, ganged]
  Port 1: 0100 power
Current status for hub 3 [1d6b:0002 Linux xhci-hcd xHCI Host Controller, USB 2.00, 2 ports, ppps]
  Port 2: 0100 power
"""
"""As uhubctl 2.5.0 prints it; serial numbers are made up."""
STAND_IN = """\
#!/bin/sh
# uhubctl 2.4.0 as documented: hub 1-1 with four ports, its state in a file
cd "$(dirname "$0")"
echo "$@" >>asked
case " $* " in *" -N "*) echo "uhubctl: invalid option -- 'N'" >&2; exit 1;; esac
[ -e denied ] && { echo "There were permission problems while accessing USB." >&2; exit 1; }
[ -e none ] && { echo "No compatible devices detected!" >&2; exit 1; }
[ -e hangs ] && exec sleep 60
[ -e garbage ] && { head -c 1048576 /dev/zero | tr '\\0' 'P'; exit 0; }
status() {
    echo "$1 status for hub 1-1 [05e3:0610, USB 2.10, 4 ports, ppps]"
    for port in 1 2 3 4; do
        if [ -e "off$port" ]; then echo "  Port $port: 0000 off"
        else echo "  Port $port: 0100 power"; fi
    done
}
status Current
case " $* " in
    *" -a cycle "*)
        [ -e locked ] && { echo "Failed to control port power!: Permission denied" >&2; exit 0; }
        touch off2; echo "Sent power off request"; status New
        [ -e hangs-off ] && exec sleep 60
        [ -e slow ] && sleep 0.5
        rm off2; echo "Sent power on request"; status New ;;
    *" -a on "*) rm -f off2; status New ;;
esac
"""


@pytest.fixture
def tree(tmp_path: Path) -> UsbTree:
    tree = UsbTree(tmp_path / "sys")
    tree.controller("0000:00:14.0", (1, 2))
    tree.hub("1-1")
    tree.device("1-1.2")
    return tree


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "bin" / "uhubctl"
    path.parent.mkdir()
    path.write_text(STAND_IN)
    path.chmod(0o755)
    return path


def power(program: Path | str, tree: UsbTree, deadline: float = 20) -> UhubctlPower:
    return UhubctlPower(str(program), tree.sys, deadline=deadline)


def path(text: str) -> UsbPath:
    return UsbPath.parse(text)


def offered(power: UhubctlPower) -> set[str]:
    return set(map(str, asyncio.run(power.switchable())))


def refused(power: UhubctlPower, port: str = "1-1.2") -> Problem:
    with pytest.raises(ProblemError) as caught:
        asyncio.run(power.cycle(path(port)))
    return caught.value.problem


def test_a_listing_is_read_port_by_port_and_hubs_that_switch_all_at_once_are_left_out() -> None:
    assert read_listing(RECORDED) == {
        path("2-1.1"): [True], path("2-1.2"): [True], path("2-1.3"): [False],
        path("1-1.1"): [True], path("1-1.2"): [True], path("1-1.4"): [False],
        path("3-2"): [True],
    }  # fmt: skip


def test_a_listing_cut_short_at_any_byte_names_no_port_that_is_not_there() -> None:
    whole = read_listing(RECORDED)
    for end in range(len(RECORDED)):
        assert read_listing(RECORDED[:end]).keys() <= whole.keys()


@given(st.text(max_size=300))
def test_no_words_of_a_hub_are_more_than_no_port(text: str) -> None:
    read_listing(text)
    assert read_listing(f"Current status for hub 1-1 [{text}").keys() <= read_listing(text).keys()


def test_a_mebibyte_of_one_line_is_no_listing() -> None:
    assert read_listing("  Port 1: " + "0" * 2**20) == {}
    assert read_listing("Current status for hub 1-1 [" + ", USB 2.00" * 2**17) == {}


@pytest.mark.parametrize(
    ("states", "cycled"),
    [
        ([], False),
        ([True], False),
        ([True, True, True, True], False),
        ([True, False], False),
        ([True, False, False, True], True),
        ([False, False, False, True], True),
        ([True, False, False, False], False),
    ],
)
def test_a_port_was_cycled_if_it_was_off_and_is_on_again(states: list[bool], cycled: bool) -> None:
    assert was_cycled(states) is cycled


def test_the_ports_of_a_hub_are_offered(tree: UsbTree, program: Path) -> None:
    assert offered(power(program, tree)) == {"1-1.1", "1-1.2", "1-1.3", "1-1.4"}


def test_a_port_is_cycled(tree: UsbTree, program: Path) -> None:
    asyncio.run(power(program, tree).cycle(path("1-1.2")))
    asked = (program.parent / "asked").read_text().splitlines()
    assert asked[-1] == "-l 1-1 -p 2 -a cycle -d 2"


def test_a_port_that_carries_a_hub_or_whose_other_half_does_is_not_offered(
    tree: UsbTree, program: Path
) -> None:
    tree.hub("1-1.3")
    tree.hub("2-1")
    tree.hub("2-1.4")
    tree.peer("1-1-port4", "2-1-port4")
    assert offered(power(program, tree)) == {"1-1.1", "1-1.2"}
    for port in ("1-1.3", "1-1.4"):
        assert refused(power(program, tree), port) == Problem(ProblemCode.HUB_POWER_SHARED, port)
    assert "-a" not in (program.parent / "asked").read_text()


def test_a_hub_that_only_a_devices_name_tells_of_is_none(tree: UsbTree, program: Path) -> None:
    tree.remove("1-1")
    assert offered(power(program, tree)) == set()


@pytest.mark.parametrize("state", ["none", "garbage", "hangs"])
def test_where_no_hub_can_switch_nothing_is_offered(
    tree: UsbTree, program: Path, state: str
) -> None:
    (program.parent / state).touch()
    asked = power(program, tree, deadline=0.5 if state == "hangs" else 20)
    assert offered(asked) == set()
    assert refused(asked).code == ProblemCode.HUB_POWER_REFUSED


def test_without_the_program_power_is_not_offered(tree: UsbTree, tmp_path: Path) -> None:
    for missing in (tmp_path / "nothing", tmp_path):
        asked = power(missing, tree)
        assert offered(asked) == set()
        assert refused(asked).code == ProblemCode.HUB_POWER_REFUSED


def test_hubs_that_this_account_may_not_use_are_told_of(tree: UsbTree, program: Path) -> None:
    (program.parent / "denied").touch()
    with pytest.raises(ProblemError) as caught:
        asyncio.run(power(program, tree).switchable())
    assert caught.value.problem == Problem(ProblemCode.HUB_POWER_LOCKED, "USB hubs")
    assert "udev" in str(caught.value)


def test_a_port_that_this_account_may_not_switch_is_told_of(tree: UsbTree, program: Path) -> None:
    (program.parent / "locked").touch()
    assert refused(power(program, tree)) == Problem(ProblemCode.HUB_POWER_LOCKED, "1-1.2")


def test_a_program_that_hangs_with_the_port_off_is_ended_and_the_port_switched_on(
    tree: UsbTree, program: Path
) -> None:
    (program.parent / "hangs-off").touch()
    problem = refused(power(program, tree, deadline=1.5))
    assert problem == Problem(ProblemCode.HUB_POWER_REFUSED, "1-1.2", "no answer")
    assert not (program.parent / "off2").exists()


@pytest.mark.parametrize(("state", "deadline"), [("slow", 20), ("hangs-off", 1.5)])
def test_a_bench_that_is_closed_with_a_port_off_switches_it_on_first(
    tree: UsbTree, program: Path, state: str, deadline: float
) -> None:
    (program.parent / state).touch()

    async def story() -> None:
        cycle = asyncio.create_task(power(program, tree, deadline).cycle(path("1-1.2")))
        while not (program.parent / "off2").exists():
            await asyncio.sleep(0.01)
        cycle.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cycle

    asyncio.run(story())
    assert not (program.parent / "off2").exists()


def test_the_program_is_found_where_only_root_looks(
    tree: UsbTree, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert os.access("/usr/sbin/uhubctl", os.X_OK), "install the package uhubctl"
    monkeypatch.setenv("PATH", str(tmp_path))
    ended = asyncio.run(power("uhubctl", tree)._run())
    assert "No compatible devices detected" in ended.err or ended.out
