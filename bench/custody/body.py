"""The body of an event, version 1: everything it says, and what it follows.

Optional members are left out rather than null. A simulated record says so in every body, so that
no event of it can pass for a real one, wherever it is copied.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from bench.custody.chain import GENESIS
from bench.custody.entries import DeviceRef, Entry, LabelState, LedgerHeader, RunPosition
from bench.events.orders import CustodyKind, Json
from bench.ports import Moment

VERSION = 1
OWN_DATA = frozenset({"run", "label"})


@dataclass(frozen=True, slots=True)
class Author:
    """What software acted, under which rules, and for whom; nobody proves who they are yet."""

    app_version: str
    build_hash: str
    policy_hash: str
    actor: str


@dataclass(frozen=True, slots=True)
class Tail:
    """The end of the chain: the last event's number, leaf hash in hex, and time since boot."""

    seq: int = 0
    hash: str = GENESIS
    boot: str = ""
    mono: int = 0


@dataclass(frozen=True, slots=True)
class DeviceTail:
    """The last event of one handset on this bench: what an export must not leave out."""

    seq: int = 0
    hash: str = GENESIS


def compose(
    entry: Entry,
    event_id: str,
    moment: Moment,
    header: LedgerHeader,
    author: Author,
    tail: Tail,
    device_tail: DeviceTail,
) -> dict[str, Json]:
    """Return the body of `entry` as the event that follows `tail`."""
    return {
        "v": VERSION,
        "id": event_id,
        "bench": header.bench,
        "epoch": header.epoch,
        "seq": tail.seq + 1,
        "prev": tail.hash,
        "type": entry.kind.value,
        **_time(moment),
        **_actor(author),
        **_subject(entry, device_tail),
        "data": _data(entry),
        **({"sim": True} if header.simulated else {}),
    }


def _time(moment: Moment) -> dict[str, Json]:
    return {
        "at": utc(moment.at),
        "boot": moment.boot,
        "mono": moment.mono,
        "clock": {
            "unsync": moment.unsynchronised,
            "maxerror_us": moment.max_error,
            "src": "adjtimex",
        },
    }


def utc(at: datetime) -> str:
    """Spell a time as the record does: UTC to the millisecond, `2026-11-02T09:30:00.125Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def _actor(author: Author) -> dict[str, Json]:
    app: dict[str, Json] = {"ver": author.app_version}
    if author.build_hash:
        app["build_hash"] = author.build_hash
    return {
        "actor": {"id": author.actor, "how": "unproven"},
        "app": app,
        "policy_hash": author.policy_hash,
    }


def _subject(entry: Entry, device_tail: DeviceTail) -> dict[str, Json]:
    subject: dict[str, Json] = {}
    if entry.device is not None:
        subject["dev"] = _device(entry.device)
        subject["dprev"] = device_tail.hash
        subject["dseq"] = device_tail.seq
    said = {"from": entry.from_, "to": entry.to, "reason": entry.reason}
    return subject | {name: text for name, text in said.items() if text is not None}


def _device(device: DeviceRef) -> dict[str, Json]:
    said: dict[str, Json] = {"uid": device.uid}
    for number, imei in enumerate(device.imeis, start=1):
        said["imei" if number == 1 else f"imei{number}"] = str(imei)
    said |= {"serial": str(device.serial), "model": device.model}
    if device.asset_tag is not None:
        said["label"] = str(device.asset_tag)
    return said


def _data(entry: Entry) -> dict[str, Json]:
    if OWN_DATA & entry.data.keys():
        raise ValueError("The keys run and label of an event's data are custody's own.")
    data = dict(entry.data)
    if entry.run is not None:
        data["run"] = _run(entry.run)
    if entry.label_job is not None:
        state = entry.label_state or _label_state(entry.kind)
        job = entry.label_job
        data["label"] = {"run": job.run, "copy": job.copy, "state": state.value}
    return data


def _run(run: RunPosition) -> dict[str, Json]:
    return {
        "id": run.run,
        "slot": run.slot,
        "state": run.state,
        "open": run.open,
        "position": dict(run.data),
    }


def _label_state(kind: CustodyKind) -> LabelState:
    return LabelState.QUEUED if kind is CustodyKind.LABEL_QUEUED else LabelState.PRINTED
