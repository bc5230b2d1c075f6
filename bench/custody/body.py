"""The body of an event, version 1: everything it says, and what it follows.

Optional members are left out rather than null. A simulated record says so in every body, so that
no event of it can pass for a real one, wherever it is copied. Of a handset an event says its uid
and first IMEI; the rest when it is first met and whenever it changed.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from bench.custody.chain import GENESIS, admitted
from bench.custody.entries import (
    Actor,
    Blob,
    DeviceRef,
    Entry,
    LabelJob,
    LabelState,
    LedgerHeader,
    RunPosition,
)
from bench.custody.phases import Phase
from bench.events.orders import CustodyKind, Json
from bench.ports import Moment

VERSION = 1
OWN_DATA = frozenset({"run", "label"})
_NESTED = ("actor", "app", "clock", "dev")
_HASH_BYTES, _BOOT_DIGITS = 16, 12
"""What a body keeps of the fingerprint of a policy or program, and of the kernel's boot id."""


@dataclass(frozen=True, slots=True)
class Author:
    """What software acted, under which rules, and who acts where an entry does not say.

    Both hashes as `short` spells them.
    """

    app_version: str
    build_hash: str
    policy_hash: str
    actor: Actor


class Tail(NamedTuple):
    """The end of the chain: the last event's number, leaf hash in hex, id, and time.

    `boot` as a body spells it, `mono` milliseconds since that boot, `at` milliseconds since 1970.
    """

    seq: int = 0
    hash: str = GENESIS
    event_id: str = ""
    boot: str = ""
    mono: int = 0
    at: int = 0


class Standing(NamedTuple):
    """A handset as this record left it: its last event, its phase, what was said of it.

    `run` is that of its last event, "" where it was not looked up.
    """

    seq: int = 0
    hash: str = GENESIS
    phase: Phase = Phase.NEW
    device: DeviceRef | None = None
    run: str = ""


class Place(NamedTuple):
    """Where in the record an event goes, when, and by whose hand."""

    event_id: str
    moment: Moment
    header: LedgerHeader
    author: Author
    actor: Actor
    tail: Tail


def compose(
    entry: Entry,
    place: Place,
    standing: Standing,
    phase: Phase,
    *,
    commit: Mapping[str, Json] | None = None,
    second: Actor | None = None,
) -> dict[str, Json]:
    """Return the body of `entry` as the event that follows `place.tail`.

    `phase` is the handset's after it. Raises `UnrecordableError` for what has no place in a body.
    """
    header, tail, moment, author = place.header, place.tail, place.moment, place.author
    body: dict[str, Json] = {
        "v": VERSION,
        "id": place.event_id,
        "bench": header.bench,
        "epoch": header.epoch,
        "seq": tail.seq + 1,
        "prev": tail.hash,
        "type": entry.kind.value,
        "at": utc(moment.at),
        "boot": boot_of(moment),
        "mono": moment.mono,
        "clock": {"unsync": moment.unsynchronised, "maxerror_us": moment.max_error},
        "actor": _who(place.actor),
        "app": _software(author),
        "policy_hash": short(entry.policy) if entry.policy else author.policy_hash,
        "data": _data(entry),
    }
    if entry.device is not None:
        body["dev"] = _device(entry.device, standing, phase)
        body["dprev"], body["dseq"] = standing.hash, standing.seq
    if header.simulated:
        body["sim"] = True
    return body | _said(entry, commit, second)


def usual_keys(body: dict[str, Json]) -> int:
    """Count the keys of a body that is nested as most are (a `KeyCount`)."""
    data = body.get("data")
    inner = [body, *map(body.get, _NESTED), data]
    if type(data) is dict:
        run = data.get("run")
        inner += (run, data.get("label"))
        if type(run) is dict:
            inner.append(run.get("position"))
    return sum([len(each) for each in inner if type(each) is dict])


def short(fingerprint: str) -> str:
    """Spell the first 128 bits of a SHA-256 in hex as a body does: 22 characters of base64url."""
    return base64.urlsafe_b64encode(bytes.fromhex(fingerprint)[:_HASH_BYTES]).decode().rstrip("=")


def boot_of(moment: Moment) -> str:
    """Spell a boot as the record does: the first 12 hex digits of the kernel's boot id."""
    return moment.boot.replace("-", "")[:_BOOT_DIGITS]


def utc(at: datetime) -> str:
    """Spell a time as the record does: UTC to the millisecond, `2026-11-02T09:30:00.125Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def _software(author: Author) -> dict[str, Json]:
    app: dict[str, Json] = {"ver": author.app_version}
    if author.build_hash:
        app["build_hash"] = author.build_hash
    return app


def _who(actor: Actor) -> dict[str, Json]:
    return {"id": actor.id, "how": actor.how.value}


def _device(device: DeviceRef, standing: Standing, phase: Phase) -> dict[str, Json]:
    known = standing.device
    said: dict[str, Json] = {"uid": device.uid}
    changed = known is None or _described(known) != _described(device)
    tag_before = known.asset_tag if known else None
    for number, imei in enumerate(device.imeis if changed else device.imeis[:1], start=1):
        said["imei" if number == 1 else f"imei{number}"] = imei.digits
    if changed:
        said |= {"serial": admitted(str(device.serial)), "model": admitted(device.model)}
    if device.asset_tag is not None and (changed or tag_before != device.asset_tag):
        said["label"] = str(device.asset_tag)
    if phase is not standing.phase or known is None:
        said["phase"] = phase.value
    return said


def _described(device: DeviceRef) -> tuple[object, ...]:
    return device.imeis, device.serial, device.model


def _said(entry: Entry, commit: Mapping[str, Json] | None, second: Actor | None) -> dict[str, Json]:
    """Return the members that few events have."""
    texts = {
        "from": entry.from_,
        "to": entry.to,
        "reason": entry.reason,
        "order": entry.order,
        "lot": entry.lot,
        "docket": entry.docket,
        "override": entry.override,
    }
    said: dict[str, Json] = {name: admitted(text) for name, text in texts.items() if text}
    if entry.blobs:
        said["blobs"] = [_blob(blob) for blob in entry.blobs]
    if commit:
        said["commit"] = dict(commit)
    if second:
        said["second"] = _who(second)
    return said


def _blob(blob: Blob) -> dict[str, Json]:
    return {"sha256": blob.sha256, "size": blob.size, "media": admitted(blob.media)}


def _data(entry: Entry) -> dict[str, Json]:
    if OWN_DATA & entry.data.keys():
        raise ValueError("The keys run and label of an event's data are custody's own.")
    data: dict[str, Json] = admitted(dict(entry.data))
    if entry.run is not None:
        data["run"] = _run(entry.run)
    if entry.label_job is not None:
        state = entry.label_state or _label_state(entry.kind)
        data["label"] = _label(entry.label_job, entry.run, state)
    return data


def _run(run: RunPosition) -> dict[str, Json]:
    said: dict[str, Json] = {"id": run.run, "slot": run.slot, "state": run.state}
    if not run.open:
        said["open"] = False
    return said if run.data is None else said | {"position": admitted(dict(run.data))}


def _label(job: LabelJob, run: RunPosition | None, state: LabelState) -> dict[str, Json]:
    said: dict[str, Json] = {"copy": job.copy, "state": state.value}
    return said if run and run.run == job.run else said | {"run": job.run}


def _label_state(kind: CustodyKind) -> LabelState:
    return LabelState.QUEUED if kind is CustodyKind.LABEL_QUEUED else LabelState.PRINTED
