"""What the centre's report holds, part by part: what it is called and what it asks the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report: a table, or `none` where it has no row."""

    name: str
    title: str
    columns: tuple[str, ...]
    none: str
    sql: LiteralString


_ALL_OF_IT: LiteralString = """(NOT row_security_active('custody.device')
  OR pg_has_role(current_user, 'staging_service', 'USAGE'))"""
"""A handset counts for the bench that has it: who reads some benches alone cannot compare these."""
BOOKS = Section(
    "books", "Whether the books agree", ("what", "one way", "the other", "agree"), "None are kept.",
    """SELECT what, one, other, one = other FROM (
      SELECT 1 AS n, 'events stored and the heads of their benches' AS what,
             (SELECT count(*) FROM custody.event) AS one,
             (SELECT coalesce(sum(last_seq), 0)::bigint FROM custody.head) AS other
      UNION ALL SELECT 2, 'events looked up by day or unreadable, and how far it got',
             (SELECT coalesce(sum(events), 0)::bigint FROM custody.daily)
               + (SELECT count(*) FROM custody.unprojected),
             (SELECT coalesce(sum(seq), 0)::bigint FROM custody.projected)
      UNION ALL SELECT 3, 'handsets that benches hold and handsets known',
             (SELECT count(DISTINCT key) FROM custody.holding),
             (SELECT count(*) FROM custody.device) WHERE {all_of_it}
      UNION ALL SELECT 4, 'handsets in open conflicts and handsets quarantined by them',
             (SELECT count(DISTINCT s.key) FROM custody.conflict_side s
                JOIN custody.conflict c USING (kind, value) WHERE c.state = 'open' AND s.stands),
             (SELECT count(*) FROM custody.device WHERE in_conflict) WHERE {all_of_it}
      ) AS book ORDER BY n""".replace("{all_of_it}", _ALL_OF_IT),
)  # fmt: skip
SECTIONS: tuple[Section, ...] = (
    Section(
        "benches", "Events of each bench",
        ("bench", "organisation", "state", "epoch", "head", "stored", "each once", "last received"),
        "No bench was added.",
        """SELECT b.bench_id, b.organisation, b.state, h.epoch, h.last_seq, coalesce(e.stored, 0),
          coalesce(e.stored, 0) = h.last_seq AND coalesce(e.newest, 0) = h.last_seq
            AND coalesce(e.oldest, 1) = 1 AND (h.last_seq = 0 OR h.last_hash = (
              SELECT hash FROM custody.event l WHERE l.bench_no = h.bench_no
                AND l.epoch = h.epoch AND l.seq = h.last_seq)),
          h.updated_at
          FROM custody.bench b JOIN custody.head h USING (bench_no)
          LEFT JOIN (SELECT bench_no, epoch, count(*) AS stored, min(seq) AS oldest,
              max(seq) AS newest FROM custody.event GROUP BY bench_no, epoch) AS e
            ON e.bench_no = h.bench_no AND e.epoch = h.epoch
          ORDER BY b.bench_id, h.epoch""",
    ),
    Section(
        "frozen", "Frozen benches", ("bench", "epoch", "event", "why", "since", "offered again"),
        "None.",
        """SELECT b.bench_id, b.epoch, a.seq, CASE a.kind
            WHEN 'fork' THEN 'it brought another event of this number than is stored'
            ELSE coalesce(a.kind, 'an administrator froze it') END, a.raised_at, a.times
          FROM custody.bench b LEFT JOIN LATERAL (SELECT * FROM custody.alarm a
            WHERE a.bench_no = b.bench_no AND a.epoch = b.epoch AND a.kind <> 'broken_chain'
            ORDER BY a.alarm_no DESC LIMIT 1) AS a ON true
          WHERE b.state = 'frozen' ORDER BY b.bench_id""",
    ),
    Section(
        "alarms", "Alarms that are open",
        ("bench", "kind", "epoch", "event", "first", "last", "times", "detail"), "None.",
        """SELECT b.bench_id, a.kind, a.epoch, a.seq, a.raised_at, a.last_at, a.times,
          coalesce(a.detail->>'error', 'SHA-256 ' || (a.detail->>'sha256'), '')
          FROM custody.open_alarm a JOIN custody.bench b USING (bench_no)
          ORDER BY a.alarm_no""",
    ),
    Section(
        "conflicts", "Conflicts between benches: open, resolved, ended by themselves",
        ("kind", "value", "state", "since", "bench", "phase", "IMEI", "serial", "asset tag",
         "epoch", "event", "at", "stands", "kept"),
        "None.",
        """SELECT c.kind, c.value, CASE c.state WHEN 'ended' THEN 'ended by itself'
            ELSE c.state END, c.opened_at, b.bench_id, s.phase, s.imei, s.serial,
          s.asset_tag, s.epoch, s.seq, s.at, s.stands, s.kept
          FROM custody.conflict c JOIN custody.conflict_side s USING (kind, value)
          JOIN custody.bench b USING (bench_no)
          ORDER BY array_position(ARRAY['open', 'ended', 'resolved'], c.state), c.kind,
            c.value, b.bench_id""",
    ),
    Section(
        "resolutions", "What was decided about conflicts",
        ("IMEI", "serial", "asset tag", "keeper", "why", "bench", "epoch", "event", "at", "stands"),
        "Nothing.",
        """SELECT r.imei, r.serial, r.asset_tag, r.keeper, r.why, b.bench_id, r.epoch, r.seq, r.at,
          CASE WHEN r.undone THEN 'taken back' WHEN r.signed_seq IS NULL
            THEN 'not yet in force: nobody signed it off'
            WHEN custody.names_none(r.bench_no, r.epoch, r.seq)
            THEN 'not in force: its keeper names no side'
            ELSE 'in force by event ' || r.signed_seq END
          FROM custody.resolution r JOIN custody.bench b USING (bench_no)
          ORDER BY r.received_at, r.bench_no, r.epoch, r.seq""",
    ),
    Section(
        "quarantined", "Handsets set aside",
        ("IMEI", "serial", "asset tag", "bench", "phase there", "since", "why"), "None.",
        """SELECT d.imei, d.serial, d.asset_tag, b.bench_id, d.phase, d.since,
          CASE WHEN d.in_conflict THEN 'benches contradict each other'
            ELSE 'its bench set it aside' END
          FROM custody.device d JOIN custody.bench b USING (bench_no)
          WHERE d.custody = 'quarantined' ORDER BY d.key""",
    ),
    Section(
        "unread", "Events that could not be read: stored and proven, not looked up",
        ("bench", "epoch", "event", "what of it", "received"), "None.",
        """SELECT b.bench_id, u.epoch, u.seq, u.why, u.received_at
          FROM custody.unprojected u JOIN custody.bench b USING (bench_no)
          ORDER BY b.bench_id, u.epoch, u.seq""",
    ),
    Section(
        "handsets", "Handsets by where they are", ("organisation", "custody", "handsets"), "None.",
        "SELECT organisation, custody, handsets FROM custody.standing ORDER BY 1, 2",
    ),
    Section(
        "sims", "SIMs, as events say them",
        ("ICCID", "EID", "MSISDN", "supplier", "bench", "IMEI", "said"), "None.",
        """SELECT s.iccid, s.eid, s.msisdn, s.supplier, b.bench_id, h.imei, s.at
          FROM custody.sim s JOIN custody.bench b USING (bench_no)
          LEFT JOIN custody.holding h ON h.bench_no = s.bench_no AND h.uid = s.uid
          ORDER BY s.iccid, b.bench_id""",
    ),
    Section(
        "licences", "Licences that are held", ("pool", "bench", "handsets"), "None.",
        """SELECT l.pool, b.bench_id, count(*) FROM custody.licence l
          JOIN custody.bench b USING (bench_no) GROUP BY 1, 2 ORDER BY 1, 2""",
    ),
    Section(
        "burn_up", "Handsets staged, by day", ("organisation", "day", "staged", "so far"), "None.",
        "SELECT organisation, day, handsets, so_far FROM custody.burn_up ORDER BY 1, 2",
    ),
    BOOKS,
)  # fmt: skip
