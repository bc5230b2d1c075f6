"""Whether udev runs, and whether this program's rules are installed as they are now."""

from __future__ import annotations

from pathlib import Path

from bench.checks import Answer, udev_install
from hardware.doctor.machine import Machine

PLACES = (
    "/etc/udev/rules.d", "/run/udev/rules.d", "/usr/local/lib/udev/rules.d",
    "/usr/lib/udev/rules.d", "/lib/udev/rules.d",
)  # fmt: skip
"""Where udev looks for rules; of two files of one name it takes the first (udev(7))."""
_CONTROL = "/run/udev/control"
_NAME = "*staging-bench*.rules"


def udev_answer(machine: Machine) -> Answer:
    """Say whether udev runs."""
    if machine.has(_CONTROL):
        return Answer("it runs")
    return Answer(
        f"it does not run: {_CONTROL} is missing",
        "Start systemd-udevd; in a container, run the bench outside of it.",
    )


def rules_answer(machine: Machine, rules: Path) -> Answer:
    """Compare the rules that are installed with those of this program, byte by byte."""
    mend = f"{udev_install(rules)}; then plug everything in again."
    found = _installed(machine)
    in_force = next((each for each in found if each.name == rules.name), None)
    if in_force is None:
        others = _names(found)
        said = f"only others are: {others}" if others else "they are not installed"
        return Answer(said, mend)
    if strangers := _names([each for each in found if each.name != rules.name]):
        return Answer(f"others are installed besides: {strangers}", f"Remove {strangers}.")
    place = f"/{in_force.relative_to(machine.root)}"
    if machine.data(place) != rules.read_bytes():
        return Answer(f"{place} is not of this version of the program", mend)
    return Answer(f"{place} is of this version of the program")


def _installed(machine: Machine) -> list[Path]:
    """Return the files by this program's name, first those that count."""
    folders = [machine.at(place) for place in PLACES]
    seen = [folder for folder in folders if folder.is_dir()]
    unique = {folder.resolve(): folder for folder in reversed(seen)}  # /lib may be /usr/lib
    return [path for folder in seen if unique[folder.resolve()] == folder
            for path in sorted(folder.glob(_NAME))]  # fmt: skip


def _names(found: list[Path]) -> str:
    return " ".join(str(each) for each in found)
