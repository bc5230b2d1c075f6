"""Ten million events at the centre: one handset's history, and taking events in to be looked up.

The events are made by the server itself and are shorter than real ones (some 260 bytes a body for
the history, some 700 for the projection), so that they are made within minutes; the history is read
as an auditor, by certificate, over TLS, under row security. The floor of a history is the same rows
by their index alone, read by the administrator over a local socket; the floor of a projection is
reading the same bodies as `jsonb`.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bench.identity.identifiers import Imei
from bench.inventory.projections import taking
from bench.inventory.reports.history import history
from tests.benchmarks.figures import Figure, quantile
from tests.peers.centre.centre_room import CentreRoom, centre_room

_EVENTS, _BENCHES, _PER_HANDSET = 10_000_000, 8, 20
_PROJECTED = 200_000
_ASKED = 300
_MS = 1000.0
_HISTORY = """WITH place AS MATERIALIZED (
  SELECT r, k, (r + k) % 8 AS b, row_number() OVER (PARTITION BY (r + k) % 8 ORDER BY r, k) AS n
    FROM generate_series(0, 7) r, generate_series(0, 19) k
), bench AS MATERIALIZED (
  SELECT bench_no, bench_id, row_number() OVER (ORDER BY bench_no) - 1 AS b FROM custody.bench
), number AS MATERIALIZED (
  SELECT device, fourteen || (10 - (SELECT sum(CASE WHEN i % 2 = 0 THEN d / 5 + d * 2 % 10 ELSE d
      END) FROM generate_series(1, 14) i, LATERAL (SELECT substr(fourteen, i, 1)::int AS d) AS x
    ) % 10) % 10 AS imei
    FROM generate_series(0, @blocks@ * 8 - 1) device,
      LATERAL (SELECT '00440000' || lpad(device::text, 6, '0') AS fourteen) AS y
), every AS (
  SELECT bench_no, bench_id, block * 20 + n AS seq, block * 8 + r AS device, k,
         timestamptz '2026-01-01Z' + (block * 20 + n) * interval '1 second' AS at
    FROM generate_series(0, @blocks@ - 1) AS block, place JOIN bench USING (b)
)
INSERT INTO custody.event (bench_no, epoch, seq, parsed, type, imei, at, hash, sig, body)
  SELECT bench_no, 1, seq, true, kind, imei, at, sha256((bench_no || ':' || seq)::bytea),
         decode(repeat('00', 64), 'hex'),
         '{"at":"2026-01-01T00:00:00.000Z","bench":"' || bench_id || '","dev":{"imei":"' || imei
         || '","phase":"at-bench","uid":"u' || device || '"},"epoch":1,"prev":"'
         || encode(sha256((bench_no || ':' || seq - 1)::bytea), 'hex') || '","seq":' || seq
         || ',"type":"' || kind || '","v":1}'
    FROM every JOIN number USING (device) CROSS JOIN LATERAL (SELECT
      CASE k % 4 WHEN 0 THEN 'scanned' WHEN 1 THEN 'step_finished' WHEN 2 THEN 'staged'
        ELSE 'taken_out' END AS kind) AS its"""
_HOLDINGS = """INSERT INTO custody.holding (bench_no, uid, imei, serial, phase, first_at,
    first_epoch, first_seq, last_at, last_received_at, epoch, seq, events)
  SELECT DISTINCT ON (bench_no, imei) bench_no, imei, imei, 'S' || seq, 'in-stock', at, 1, seq, at,
         received_at, 1, seq, 3 FROM custody.event ORDER BY bench_no, imei"""
_LIVES = """INSERT INTO custody.event
    (bench_no, epoch, seq, parsed, type, imei, at, hash, sig, body)
SELECT bench_no, 1, n + 1, true, kind, imei, at, sha256((bench_no || ':' || n)::bytea),
  decode(repeat('00', 64), 'hex'),
  '{"actor":{"how":"badge+pin","id":"p-000000000001"},"app":{"ver":"1.0"},"at":"'
  || to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '","bench":"' || bench_id
  || '","boot":"0123456789ab","clock":{"maxerror_us":1000,"unsync":false},"data":{"run":{"id":"r'
  || device || '","position":{"box":1,"step":' || k || '},"slot":"A1","state":"staging"}'
  || CASE k WHEN 8 THEN ',"licences":["vpn"]' ELSE '' END || '},"dev":{"imei":"' || imei
  || '","uid":"u' || device || '"' || CASE k WHEN 5 THEN ',"label":"AST-' || bench_no || device
      || '"' WHEN 0 THEN ',"model":"SM-A325F","phase":"at-bench","serial":"S' || device || '"'
      WHEN 8 THEN ',"phase":"staged"' ELSE '' END
  || '},"dprev":"' || repeat('ab', 32) || '","dseq":' || n || ',"epoch":1,'
  || '"id":"019ac3d2-0000-7000-8000-000000000000","mono":123456,"policy_hash":'
  || '"AAAAAAAAAAAAAAAAAAAAAA","prev":"' || repeat('cd', 32) || '","seq":' || n + 1 || ',"type":"'
  || kind || '","v":1}'
  FROM (SELECT bench_no, bench_id, device, k, device * 10 + k AS n,
      (ARRAY['scanned', 'step_finished', 'step_finished', 'step_finished', 'enrolled',
             'label_queued', 'labelled', 'confirmed', 'staged', 'taken_out'])[k + 1] AS kind,
      '004400' || lpad((device * 8 + bench_no)::text, 9, '0') AS imei,
      timestamptz '2026-01-01Z' + (device * 10 + k) * interval '1 second' AS at
    FROM custody.bench, generate_series(0, @events@ / 80 - 1) device,
      generate_series(0, 9) k) AS said"""
_HEADS = """INSERT INTO custody.head
  SELECT bench_no, 1, max(seq), decode(repeat('00', 32), 'hex') FROM custody.event GROUP BY 1"""
_FLOOR = "SELECT * FROM custody.event WHERE imei = %s"
_READ = "SELECT count(*) FROM custody.event WHERE jsonb_typeof(body::jsonb->'dev') = 'object'"


def central_history(_: int) -> Iterator[Figure]:
    """Ask a centre of ten million events for handsets all over them."""
    with _room() as room:
        seconds = _build(room, _HISTORY.replace("@blocks@", str(_EVENTS // 160)))
        took, floors = _ask(room)
    yield Figure(
        f"history of one handset of {_EVENTS} events, as an auditor", "ms", took, floors,
        "its rows alone", limit=10.0,
        notes={"p99": quantile(took, 0.99), "first": took[0], "build_s": seconds},
    )  # fmt: skip


def central_projection(times: int) -> Iterator[Figure]:
    """Take events of eight benches into what is looked up."""
    with _room() as room:
        _build(room, _LIVES.replace("@events@", str(_PROJECTED)), holdings=False)
        with room.admin() as admin:
            runs = [_projected(admin) for _ in range(times)]
            floors = [_timed(admin, _READ) for _ in range(times)]
    yield Figure(
        f"looking {_PROJECTED} events up", "s", runs, floors, "reading them as jsonb",
        limit=_PROJECTED / 20_000, notes={"per_second": [_PROJECTED / run for run in runs]},
    )  # fmt: skip


def _build(room: CentreRoom, words: str, *, holdings: bool = True) -> float:
    for number in range(_BENCHES):
        room.add_bench(f"bench-{number + 1}")
    room.add_reader("auditor")
    began = time.monotonic()
    with room.admin() as admin:
        admin.execute("SET jit = off")
        for each in (words, _HEADS, *((_HOLDINGS,) if holdings else ())):
            admin.execute(each.encode())
        admin.execute("VACUUM (ANALYZE)")
    return time.monotonic() - began


def _ask(room: CentreRoom) -> tuple[list[float], list[float]]:
    luck, took, floors = random.Random(1), [], []
    handsets = [
        Imei.with_check_digit(f"00440000{luck.randrange(_EVENTS // _PER_HANDSET):06d}")
        for _ in range(_ASKED)
    ]
    with room.as_bench("auditor") as auditor, room.admin() as admin:
        for imei in handsets:
            began = time.perf_counter()
            found = history(auditor, imei)
            took.append((time.perf_counter() - began) * _MS)
            if len(found) != _PER_HANDSET or len({each.bench for each in found}) != _BENCHES:
                raise RuntimeError(f"{len(found)} events of {imei}")
            floors.append(_timed(admin, _FLOOR, imei.digits) * _MS)
    return took, floors


def _projected(admin: psycopg.Connection[Any]) -> float:
    taking.begin_anew(admin)
    began = time.perf_counter()
    if taking.project_all(admin) != _PROJECTED:
        raise RuntimeError("not all of them")
    return time.perf_counter() - began


def _timed(connection: psycopg.Connection[Any], words: str, *values: str) -> float:
    began = time.perf_counter()
    connection.execute(words.encode(), values).fetchall()
    return time.perf_counter() - began


@contextmanager
def _room() -> Iterator[CentreRoom]:
    with (
        tempfile.TemporaryDirectory(prefix="central-") as folder,
        centre_room(Path(folder)) as room,
    ):
        yield room
