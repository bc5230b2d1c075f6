"""`central serve`: the centre's door over HTTPS, and what the centre does by itself.

One process, one loop, until SIGTERM or SIGINT; SIGHUP has it read its certificate and the benches'
authority again. What happens is said on standard error, a line each, without tokens, bodies or
passwords.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import ssl
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from bench.command_line.central_chores import Work, chores
from bench.identity.plain import plain
from bench.inventory.serving.chores import Chore, Chores
from bench.inventory.serving.notify import Notifier
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bench.inventory.door.server import DoorServer
    from bench.inventory.door.tls import RenewableTls

_EXTRA = "the door needs what the extra `centre` brings: pip install 'staging-bench[centre]'"
_BACKLOG = 512
Bounds: TypeAlias = "Mapping[str, int]"


@dataclass(frozen=True, slots=True)
class DoorWay:
    """Where the door is and by what it is known; `database` is the store for staging_door.

    `port` 0 is any that is free. Without `client_authority` benches come with tokens alone. What
    `bounds` names is borne in place of what is usual (`bench.inventory.door.limits.Limits`).
    """

    host: str
    port: int
    certificate: Path
    tls_key: Path | None
    client_authority: Path | None
    database: str = field(repr=False)
    bounds: Bounds = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServeCentre:
    """What is to be done; no door where `door` is None."""

    door: DoorWay | None
    work: Work


def serve(asked: ServeCentre) -> int:
    """Serve until told to end; return the exit code. `ProblemError` where it cannot begin."""
    its = chores(asked.work)
    opened = None if asked.door is None else _opened(asked.door)
    asyncio.run(_serve(opened, its))
    return 0


@dataclass(frozen=True, slots=True)
class _Opened:
    """A door that listens already."""

    server: DoorServer
    place: str
    reload: Callable[[], None]
    close: Callable[[], Awaitable[None]]


async def _serve(door: _Opened | None, its: tuple[Chore, ...]) -> None:
    notifier = Notifier(os.environ)
    async with _told_to_end(door) as ended, asyncio.TaskGroup() as group:
        group.create_task(Chores(its, _say).keep(ended))
        group.create_task(notifier.keep_alive(ended))
        if door is None:
            _ready(notifier, its, "no door")
        else:
            ready = partial(_ready, notifier, its, door.place)
            group.create_task(door.server.answer(ended, ready))
        await ended.wait()
        notifier.stopping()


@asynccontextmanager
async def _told_to_end(door: _Opened | None) -> AsyncIterator[asyncio.Event]:
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    loop.add_signal_handler(signal.SIGHUP, door.reload if door else lambda: None)
    try:
        yield ended
    finally:
        if door is not None:
            await door.close()


def _ready(notifier: Notifier, its: tuple[Chore, ...], place: str) -> None:
    names = ", ".join(chore.name for chore in its)
    _say(f"The centre serves: {place}; {names}.")
    notifier.ready()


def _opened(way: DoorWay) -> _Opened:
    """Listen, so that whoever may not, or not there, is told before anything else begins."""
    try:
        from bench.inventory.door.application import Door, application  # noqa: PLC0415 - an extra
        from bench.inventory.door.server import DoorServer  # noqa: PLC0415 - as above
    except ModuleNotFoundError as error:
        raise _unusable("central serve", _EXTRA) from error
    from bench.inventory.door.limits import Limits  # noqa: PLC0415 - as above
    from bench.inventory.door.pool import Pool  # noqa: PLC0415 - as above
    from bench.inventory.door.store import Store, connecting  # noqa: PLC0415 - as above

    limits, tls = Limits(**way.bounds), _tls(way)
    pool = Pool(connecting(way.database, limits), limits.pool, limits.pool_wait)
    store = Store(pool, limits, _say)
    listening = _listening(way)
    place = "{}, port {}".format(*listening.getsockname()[:2])
    app = application(Door(store, limits), _say)
    server = DoorServer(app, listening, tls, limits, _say)
    return _Opened(server, place, lambda: _read_again(tls, way), store.close)


def _listening(way: DoorWay) -> socket.socket:
    family = socket.AF_INET6 if ":" in way.host else socket.AF_INET
    try:
        return socket.create_server((way.host, way.port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise _unusable(f"{way.host}:{way.port}", error.strerror or "no address") from error


def _tls(way: DoorWay) -> RenewableTls:
    from bench.inventory.door.tls import RenewableTls  # noqa: PLC0415 - where it is done

    try:
        return RenewableTls.of(_speaking(way))
    except (OSError, ValueError) as error:
        raise _unusable(way.certificate.name, _reason(error)) from error


def _speaking(way: DoorWay) -> ssl.SSLContext:
    from bench.inventory.door.tls import server_tls  # noqa: PLC0415 - where it is done

    authority = way.client_authority
    key = None if way.tls_key is None else str(way.tls_key)
    return server_tls(str(way.certificate), key, None if authority is None else str(authority))


def _read_again(tls: RenewableTls, way: DoorWay) -> None:
    """Take what was renewed, all of it or nothing; connections that there are keep the old one."""
    from bench.inventory.door.tls import ends_at  # noqa: PLC0415 - where it is done

    name = way.certificate.name
    try:
        tls.current, end = _speaking(way), ends_at(way.certificate)
    except (OSError, ValueError) as error:
        _say(f"{name} was not taken: {plain(_reason(error))}")
    else:
        _say(f"{name} was read again: it is good until {end:%d %B %Y}.")


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.lower().replace("_", " ")
    return getattr(error, "strerror", None) or str(error)


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _unusable(where: str, detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.CENTRE_UNUSABLE, where, detail))
