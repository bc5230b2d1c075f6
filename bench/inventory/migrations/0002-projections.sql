-- Form 2: what is looked up at the centre. All of it can be made again from the events.
--
-- Two layers. The first folds each bench's own events in their order, as that bench's record does
-- (bench/custody/projection.py). The second is a function of the first alone, so nothing depends on
-- the order in which benches come: handsets, and conflicts between what benches say of them.

-- ── words ──────────────────────────────────────────────────────────────────────────────────────
-- The same as CustodyKind, Phase and IN_HAND have: a test compares them.
CREATE FUNCTION custody.kinds() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT '{epoch_opened,session_opened,session_closed,checkpointed,clock_stepped,signed_off,exported,
    release_taken,person_enrolled,person_changed,erased,scanned,step_finished,confirmed,label_queued,labelled,
    staged,held,resumed,voided,taken_out,enrolled,goods_in,carried,packed,sealed,dispatched,
    received,handed_over,returned,quarantined,released,doa,wiped,disposed,identity_changed,
    corrected,conflict_resolved,imported,discrepancy,sim_married,sim_taken,sims_rehomed,unpacked,
    unsealed,consigned,consignment_sealed,manifest_signed,reconciled,shift_handed_over}'::text[]
$$;
CREATE FUNCTION custody.phases() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT '{new,in-stock,at-bench,staged,packed,sealed,dispatched,received,handed-over,returned,
    quarantined,wiped,dead-on-arrival,disposed}'::text[]
$$;
CREATE FUNCTION custody.in_hand(phase text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(phase IN ('at-bench', 'staged', 'packed', 'sealed'), false)
$$;

-- Raise it with every migration that reads more: benches with unread events are then read again.
CREATE FUNCTION custody.reading() RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT 1 $$;
-- What a body says that is not of version 1, in the words of version 1; null where nobody knows.
CREATE FUNCTION custody.upcast(body text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT NULL::jsonb
$$;

CREATE FUNCTION custody.word(said jsonb, name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE jsonb_typeof(said->name) WHEN 'string' THEN left(said->>name, 128) END
$$;
CREATE FUNCTION custody.members(said jsonb, name text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE jsonb_typeof(said->name) WHEN 'object' THEN said->name END
$$;
CREATE FUNCTION custody.words(said jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT ARRAY(SELECT left(each #>> '{}', 128)
    FROM jsonb_array_elements(CASE jsonb_typeof(said) WHEN 'array' THEN said ELSE '[]' END) each
    WHERE jsonb_typeof(each) = 'string' LIMIT 1000)
$$;
CREATE FUNCTION custody.as_json(body text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN body::jsonb;
EXCEPTION WHEN OTHERS THEN
  RETURN NULL;
END $$;
CREATE FUNCTION custody.names_handset(dev jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(jsonb_typeof(dev) = 'object' AND jsonb_typeof(dev->'uid') = 'string'
    AND length(dev->>'uid') BETWEEN 1 AND 64
    AND (NOT dev ? 'imei' OR jsonb_typeof(dev->'imei') = 'string' AND dev->>'imei' ~ '^\d{14,16}$')
    AND (NOT dev ? 'imei2'
         OR jsonb_typeof(dev->'imei2') = 'string' AND dev->>'imei2' ~ '^\d{14,16}$')
    AND coalesce(jsonb_typeof(dev->'serial'), 'string') = 'string'
    AND coalesce(jsonb_typeof(dev->'model'), 'string') = 'string'
    AND coalesce(jsonb_typeof(dev->'label'), 'string') = 'string'
    AND (NOT dev ? 'phase'
         OR jsonb_typeof(dev->'phase') = 'string' AND dev->>'phase' = ANY (custody.phases())), false)
$$;

-- ── how far ────────────────────────────────────────────────────────────────────────────────────
CREATE TABLE custody.projected (
  bench_no integer NOT NULL REFERENCES custody.bench,
  epoch integer NOT NULL,
  seq bigint NOT NULL,
  reading integer NOT NULL,
  moved_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (bench_no, epoch)
);
CREATE TABLE custody.unprojected (
  bench_no integer NOT NULL REFERENCES custody.bench,
  epoch integer NOT NULL,
  seq bigint NOT NULL,
  why text NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (bench_no, epoch, seq)
);
COMMENT ON TABLE custody.unprojected IS
  'Events that nobody could read, and of which part: stored and proven, but not in these tables.';

-- ── the first layer: what each bench says, by itself ───────────────────────────────────────────
CREATE TABLE custody.holding (
  bench_no integer NOT NULL REFERENCES custody.bench,
  uid text NOT NULL,
  key text NOT NULL GENERATED ALWAYS AS (CASE WHEN imei IS NOT NULL THEN 'imei:' || imei
    WHEN serial <> '' THEN 'serial:' || upper(serial) ELSE 'uid:' || uid END) STORED,
  imei text, imei2 text, serial text, model text, asset_tag text, phase text,
  formerly text[] NOT NULL DEFAULT '{}',
  custodian text, run text, slot text, run_state text,
  first_at timestamptz NOT NULL, first_received_at timestamptz NOT NULL,
  first_epoch integer NOT NULL, first_seq bigint NOT NULL,
  last_at timestamptz NOT NULL, last_received_at timestamptz NOT NULL,
  epoch integer NOT NULL, seq bigint NOT NULL, events bigint NOT NULL,
  phase_at timestamptz,
  set_aside boolean NOT NULL DEFAULT false,
  hand_at timestamptz, hand_received_at timestamptz, hand_epoch integer, hand_seq bigint,
  left_at timestamptz, left_received_at timestamptz, left_epoch integer, left_seq bigint,
  shown_at timestamptz, shown_received_at timestamptz, shown_epoch integer, shown_seq bigint,
  named_at timestamptz, named_received_at timestamptz, named_epoch integer, named_seq bigint,
  tagged_at timestamptz, tagged_received_at timestamptz, tagged_epoch integer, tagged_seq bigint,
  PRIMARY KEY (bench_no, uid)
);
CREATE INDEX holding_by_key ON custody.holding (key);
CREATE INDEX holding_by_imei ON custody.holding (imei) WHERE imei IS NOT NULL;
CREATE INDEX holding_by_imei2 ON custody.holding (imei2) WHERE imei2 IS NOT NULL;
CREATE INDEX holding_by_tag ON custody.holding (asset_tag) WHERE asset_tag IS NOT NULL;
COMMENT ON TABLE custody.holding IS
  'A handset as one bench knows it. hand: when it last came in hand there; left: when it last was '
  'no longer; shown: '
  'the last event that showed it there; named, tagged: the last that said its identity, its tag. '
  'set_aside: it was in hand until a resolution said that another bench has it.';

-- The IMEIs of `formerly`, for row security keeps an index over arrays from being used.
CREATE TABLE custody.former_imei (
  imei text NOT NULL,
  bench_no integer NOT NULL REFERENCES custody.bench,
  uid text NOT NULL,
  PRIMARY KEY (imei, bench_no, uid)
);
CREATE INDEX former_imei_of ON custody.former_imei (bench_no, uid);
CREATE TABLE custody.run (
  bench_no integer NOT NULL REFERENCES custody.bench,
  run text NOT NULL,
  uid text, slot text, state text, is_open boolean, outcome text, outcome_at timestamptz,
  epoch integer NOT NULL, seq bigint NOT NULL,
  PRIMARY KEY (bench_no, run)
);
CREATE INDEX run_by_handset ON custody.run (bench_no, uid);
CREATE TABLE custody.licence (
  bench_no integer NOT NULL REFERENCES custody.bench,
  pool text NOT NULL,
  uid text NOT NULL,
  epoch integer NOT NULL, seq bigint NOT NULL,
  PRIMARY KEY (bench_no, uid, pool)
);
CREATE TABLE custody.sim (
  bench_no integer NOT NULL REFERENCES custody.bench,
  iccid text NOT NULL,
  eid text, msisdn text, supplier text, uid text,
  at timestamptz NOT NULL, epoch integer NOT NULL, seq bigint NOT NULL,
  PRIMARY KEY (bench_no, iccid)
);
CREATE INDEX sim_by_handset ON custody.sim (bench_no, uid);
COMMENT ON TABLE custody.sim IS
  'SIMs as data.sims (a list) or data.sim of any event says: iccid, eid, msisdn, supplier; null '
  'where nobody said it. Of an event about a handset, it is the one that the SIM went with.';
CREATE TABLE custody.daily (
  bench_no integer NOT NULL REFERENCES custody.bench,
  day date NOT NULL,
  type text NOT NULL,
  events bigint NOT NULL,
  PRIMARY KEY (bench_no, day, type)
);
CREATE TABLE custody.resolution (
  bench_no integer NOT NULL REFERENCES custody.bench,
  epoch integer NOT NULL, seq bigint NOT NULL,
  hash bytea NOT NULL,
  imei text, asset_tag text, serial text, keeper text, why text,
  actor text, at timestamptz NOT NULL, received_at timestamptz NOT NULL,
  signed_seq bigint, signed_by text,
  undone boolean NOT NULL DEFAULT false,
  PRIMARY KEY (bench_no, epoch, seq)
);
CREATE INDEX resolution_by_imei ON custody.resolution (imei);
CREATE INDEX resolution_by_tag ON custody.resolution (asset_tag);
CREATE INDEX resolution_by_hash ON custody.resolution (bench_no, hash);
COMMENT ON TABLE custody.resolution IS
  'What was decided about conflicts; in force once another person signed it off, until undone.';
CREATE TABLE custody.taking_back (
  bench_no integer NOT NULL REFERENCES custody.bench,
  epoch integer NOT NULL, seq bigint NOT NULL,
  hash bytea NOT NULL,
  of_epoch integer NOT NULL, of_seq bigint NOT NULL,
  depth integer NOT NULL,
  actor text,
  signed boolean NOT NULL DEFAULT false,
  in_effect boolean NOT NULL DEFAULT false,
  PRIMARY KEY (bench_no, epoch, seq)
);
CREATE INDEX taking_back_by_hash ON custody.taking_back (bench_no, hash);
CREATE INDEX taking_back_of ON custody.taking_back (bench_no, of_epoch, of_seq);
COMMENT ON TABLE custody.taking_back IS
  'What undoes a resolution (depth 1), or an undoing of one: in effect once another person signed it '
  'off, while nothing in effect undoes it.';

-- ── the second layer: what they say together ───────────────────────────────────────────────────
CREATE TABLE custody.conflict (
  kind text NOT NULL CHECK (kind IN ('imei', 'serial', 'asset_tag')),
  value text NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'resolved', 'ended')),
  opened_at timestamptz NOT NULL,
  resolved_bench_no integer, resolved_epoch integer, resolved_seq bigint,
  PRIMARY KEY (kind, value)
);
COMMENT ON COLUMN custody.conflict.state IS
  'ended: nobody resolved it, but the handset left all benches but one; both facts stay listed.';
CREATE TABLE custody.conflict_side (
  kind text NOT NULL,
  value text NOT NULL,
  bench_no integer NOT NULL REFERENCES custody.bench,
  uid text NOT NULL,
  key text NOT NULL, imei text, serial text, asset_tag text, phase text,
  epoch integer NOT NULL, seq bigint NOT NULL,
  at timestamptz NOT NULL, received_at timestamptz NOT NULL, since timestamptz NOT NULL,
  stands boolean NOT NULL,
  kept boolean,
  PRIMARY KEY (kind, value, bench_no, uid),
  FOREIGN KEY (kind, value) REFERENCES custody.conflict ON DELETE CASCADE
);
CREATE TABLE custody.conflict_word (
  kind text NOT NULL,
  value text NOT NULL,
  bench_no integer NOT NULL REFERENCES custody.bench,
  epoch integer NOT NULL, seq bigint NOT NULL,
  PRIMARY KEY (kind, value, bench_no, epoch, seq),
  FOREIGN KEY (kind, value) REFERENCES custody.conflict ON DELETE CASCADE
);
COMMENT ON TABLE custody.conflict_word IS
  'The resolutions that count in a conflict, for they name one of its sides.';
CREATE INDEX conflict_side_by_key ON custody.conflict_side (key);
CREATE INDEX conflict_side_by_handset ON custody.conflict_side (bench_no, uid);
COMMENT ON COLUMN custody.conflict_side.stands IS
  'Whether its bench still says so: of an IMEI, whether the handset is in hand there.';
COMMENT ON COLUMN custody.conflict_side.kept IS
  'What a resolution in force says of this side; null where none does.';
CREATE TABLE custody.device (
  key text PRIMARY KEY,
  bench_no integer NOT NULL REFERENCES custody.bench,
  uid text NOT NULL,
  imei text, imei2 text, serial text, model text, asset_tag text, phase text,
  custody text NOT NULL,
  custodian text,
  since timestamptz,
  last_at timestamptz NOT NULL,
  benches integer NOT NULL,
  in_conflict boolean NOT NULL,
  beside jsonb,
  lasting text
);
CREATE INDEX device_by_custody ON custody.device (custody);
CREATE INDEX device_by_imei2 ON custody.device (imei2) WHERE imei2 IS NOT NULL;
COMMENT ON COLUMN custody.device.lasting IS
  'A name that it keeps when its IMEI changes or another bench has it: whose it was first, and the uid '
  'it had there.';
COMMENT ON TABLE custody.device IS
  'Custody now. custody is the phase at the bench that has it, or quarantined while benches '
  'contradict each other: beside then holds what each of them says.';

CREATE TYPE custody.last_word AS (
  received_at timestamptz, bench_no integer, epoch integer, seq bigint);

-- ── work, of one batch ─────────────────────────────────────────────────────────────────────────
-- Of the session that projects: where they were the store's, a backup that reads every table would
-- hold it up. Empty ones are here only while the functions below are made, and go at the end.
CREATE TABLE custody.taken (
  bench_no integer, epoch integer, seq bigint, hash bytea, why text,
  at timestamptz, received_at timestamptz, type text,
  uid text, whole boolean, imei text, imei2 text, serial text, model text, tag text,
  untagged boolean, phase text, custodian text,
  run text, slot text, run_state text, run_open boolean, has_run boolean, outcome text,
  pools text[], data jsonb, actor text, second text, proof text,
  PRIMARY KEY (bench_no, seq)
);
CREATE TABLE custody.touched (kind text, value text);
CREATE FUNCTION custody.lay_out_work() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, custody, pg_temp AS $$
BEGIN
  -- the owner's own: whoever else made some of that name, here or with triggers, gets an error
  IF 2 = (SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole
      AND oid IN (to_regclass('pg_temp.taken'), to_regclass('pg_temp.touched'))) THEN
    TRUNCATE pg_temp.taken, pg_temp.touched;
    RETURN;
  END IF;
  CREATE TEMPORARY TABLE taken (
    bench_no integer, epoch integer, seq bigint, hash bytea, why text,
    at timestamptz, received_at timestamptz, type text,
    uid text, whole boolean, imei text, imei2 text, serial text, model text, tag text,
    untagged boolean, phase text, custodian text,
    run text, slot text, run_state text, run_open boolean, has_run boolean, outcome text,
    pools text[], data jsonb, actor text, second text, proof text,
    PRIMARY KEY (bench_no, seq)
  ) ON COMMIT DELETE ROWS;
  CREATE TEMPORARY TABLE touched (kind text, value text) ON COMMIT DELETE ROWS;
END $$;

CREATE VIEW custody.waiting AS
  SELECT DISTINCT ON (h.bench_no) h.bench_no, h.epoch, coalesce(p.seq, 0) AS after, h.last_seq
    FROM custody.head h LEFT JOIN custody.projected p USING (bench_no, epoch)
    WHERE h.last_seq > coalesce(p.seq, 0)
    ORDER BY h.bench_no, h.epoch;

CREATE FUNCTION custody.take(most integer, carefully boolean) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, custody, pg_temp AS $$
DECLARE
  many integer;
BEGIN
  -- who has little comes first, so that a bench with months to send holds nobody up
  WITH queue AS (
    SELECT *, last_seq - after AS wants,
           sum(last_seq - after) OVER (ORDER BY last_seq - after, bench_no) AS so_far FROM waiting
  ), span AS MATERIALIZED (
    SELECT bench_no, epoch, after, least(last_seq, after + most - (so_far - wants)) AS upto
      FROM queue WHERE so_far - wants < most
  )
  INSERT INTO taken
  SELECT e.bench_no, e.epoch, e.seq, e.hash,
         CASE WHEN said IS NULL THEN
                CASE WHEN position('\u0000' IN e.body) > 0 THEN 'characters'
                     WHEN position('"v":1,' IN e.body) = 0 THEN 'version' ELSE 'body' END
              WHEN jsonb_typeof(said) <> 'object' THEN 'body'
              WHEN moment IS NULL THEN 'at'
              WHEN kind IS NULL OR kind <> ALL (kinds()) THEN 'type'
              WHEN said ? 'data' AND data IS NULL THEN 'data'
              WHEN said ? 'dev' AND NOT names_handset(dev) THEN 'dev' END,
         moment, e.received_at, kind,
         word(dev, 'uid'), dev ? 'serial', word(dev, 'imei'), word(dev, 'imei2'),
         word(dev, 'serial'), word(dev, 'model'), nullif(word(dev, 'label'), ''),
         coalesce(jsonb_typeof(told->'label') = 'null', false),
         word(dev, 'phase'), word(said, 'to'),
         coalesce(word(run, 'id'), word(told, 'run')),
         word(run, 'slot'), coalesce(word(told, 'state'), word(run, 'state')),
         CASE WHEN run <> '{}' THEN NOT run ? 'open' END, run <> '{}',
         CASE WHEN kind IN ('staged', 'voided') AND run <> '{}' THEN kind
              ELSE word(told, 'outcome') END,
         CASE WHEN kind = 'staged' THEN words(data->'licences')
              WHEN kind = 'carried' THEN words(told->'licences') END,
         CASE WHEN kind IN ('conflict_resolved', 'signed_off', 'corrected') OR data ?| '{sim,sims}'
              THEN data END,
         word(members(said, 'actor'), 'id'), word(members(said, 'second'), 'id'),
         word(members(said, 'second'), 'how')
    FROM span s
    -- by its key, whatever is thought of how many there are
    CROSS JOIN LATERAL (SELECT * FROM event e WHERE e.bench_no = s.bench_no AND e.epoch = s.epoch
      AND e.seq > s.after AND e.seq <= s.upto OFFSET 0) AS e
    CROSS JOIN LATERAL (SELECT CASE WHEN NOT e.parsed THEN upcast(e.body)
      WHEN carefully THEN as_json(e.body) ELSE e.body::jsonb END AS said OFFSET 0) AS j
    CROSS JOIN LATERAL (SELECT word(said, 'type') AS kind, members(said, 'dev') AS dev,
      members(said, 'data') AS data, coalesce(e.at, as_moment(said->>'at')) AS moment
      OFFSET 0) AS m
    CROSS JOIN LATERAL (SELECT coalesce(members(data, 'run'), '{}') AS run,
      CASE kind WHEN 'carried' THEN members(data, 'carried')
                WHEN 'corrected' THEN members(data, 'set') END AS told OFFSET 0) AS r;
  GET DIAGNOSTICS many = ROW_COUNT;
  RETURN many;
END $$;

-- ── folding one batch; of one bench it holds one epoch only, so numbers are order ──────────────
CREATE FUNCTION custody.touch_holdings() RETURNS void
LANGUAGE sql SET search_path = pg_catalog, custody, pg_temp AS $$
  INSERT INTO touched
    SELECT touch.kind, touch.value
      FROM (SELECT DISTINCT bench_no, uid FROM taken WHERE uid IS NOT NULL) t
      JOIN holding h USING (bench_no, uid)
      CROSS JOIN LATERAL (VALUES ('key', h.key), ('imei', h.imei), ('imei', h.imei2),
        ('asset_tag', h.asset_tag)) AS touch(kind, value)
      WHERE touch.value IS NOT NULL
$$;

CREATE FUNCTION custody.fold_holdings() RETURNS void
LANGUAGE sql SET search_path = pg_catalog, custody, pg_temp AS $$
  WITH ours AS MATERIALIZED (
    SELECT bench_no, uid, seq, phase, type, imei, imei2, whole, tag, untagged, custodian, run,
           has_run, at, received_at
      FROM taken WHERE uid IS NOT NULL
  ), moves AS (
    SELECT o.bench_no, o.uid, o.seq, o.phase, o.type,
           CASE WHEN lag(o.seq) OVER its IS NULL THEN h.phase ELSE lag(o.phase) OVER its END AS before
      FROM ours o LEFT JOIN holding h USING (bench_no, uid)
      WHERE o.phase IS NOT NULL WINDOW its AS (PARTITION BY o.bench_no, o.uid ORDER BY o.seq)
  ), hands AS (
    SELECT bench_no, uid, max(seq) FILTER (WHERE in_hand(phase) AND NOT in_hand(before)) AS seq,
           max(seq) FILTER (WHERE in_hand(before) AND NOT in_hand(phase)) AS parted,
           max(seq) FILTER (WHERE phase IS DISTINCT FROM before) AS phase,
           max(seq) FILTER (WHERE type = 'conflict_resolved' AND in_hand(before)) AS aside
      FROM moves GROUP BY bench_no, uid
  ), marks AS (
    SELECT bench_no, uid, count(*) AS events, min(seq) AS first, max(seq) AS last,
           max(seq) FILTER (WHERE whole OR imei IS NOT NULL) AS imei,
           max(seq) FILTER (WHERE whole) AS whole,
           max(seq) FILTER (WHERE tag IS NOT NULL OR untagged) AS tag,
           max(seq) FILTER (WHERE phase IS NOT NULL) AS phase,
           max(seq) FILTER (WHERE custodian IS NOT NULL) AS custodian,
           max(seq) FILTER (WHERE has_run) AS run,
           max(seq) FILTER (WHERE type = 'scanned'
             OR in_hand(phase) AND type <> 'carried') AS shown,
           max(seq) FILTER (WHERE whole AND type <> 'carried') AS named,
           min(seq) FILTER (WHERE whole) AS first_named,
           max(seq) FILTER (WHERE tag IS NOT NULL AND type <> 'carried') AS tagged,
           min(seq) FILTER (WHERE tag IS NOT NULL) AS first_tagged,
           min(seq) FILTER (WHERE in_hand(phase)) AS first_in_hand,
           array_agg(DISTINCT imei) FILTER (WHERE imei IS NOT NULL)
             || array_agg(DISTINCT imei2) FILTER (WHERE imei2 IS NOT NULL) AS imeis
      FROM ours GROUP BY bench_no, uid
  ), folded AS (
    SELECT m.*, f.epoch, f.at AS first_at, f.received_at AS first_received_at, l.at AS last_at, l.received_at AS last_received_at,
           CASE WHEN m.imei IS NULL THEN h.imei ELSE i.imei END AS now_imei,
           CASE WHEN m.whole IS NULL THEN h.imei2 ELSE w.imei2 END AS now_imei2,
           CASE WHEN m.whole IS NULL THEN h.serial ELSE w.serial END AS now_serial,
           CASE WHEN m.whole IS NULL THEN h.model ELSE w.model END AS now_model,
           CASE WHEN m.tag IS NULL THEN h.asset_tag WHEN g.untagged THEN NULL
                ELSE g.tag END AS now_tag,
           coalesce(p.phase, h.phase) AS now_phase,
           CASE WHEN hs.phase IS NULL THEN h.phase_at ELSE pa.at END AS now_phase_at,
           CASE WHEN m.phase IS NULL THEN h.set_aside ELSE coalesce(hs.aside = m.phase, false)
                END AS now_aside,
           coalesce(c.custodian, h.custodian) AS now_custodian,
           CASE WHEN m.run IS NULL THEN h.run ELSE r.run END AS now_run,
           CASE WHEN m.run IS NULL THEN h.slot ELSE r.slot END AS now_slot,
           CASE WHEN m.run IS NULL THEN h.run_state ELSE r.run_state END AS now_run_state,
           hs.seq AS hand, hs.parted, coalesce(m.shown, CASE WHEN h.shown_seq IS NULL
                                     THEN m.first_in_hand END) AS shows,
           coalesce(m.named, CASE WHEN h.named_seq IS NULL THEN m.first_named END) AS names,
           coalesce(m.tagged, CASE WHEN h.tagged_seq IS NULL THEN m.first_tagged END) AS tags,
           h.formerly, h.imei AS was_imei, h.imei2 AS was_imei2
      FROM marks m
      JOIN taken f ON f.bench_no = m.bench_no AND f.seq = m.first
      JOIN taken l ON l.bench_no = m.bench_no AND l.seq = m.last
      LEFT JOIN holding h ON h.bench_no = m.bench_no AND h.uid = m.uid
      LEFT JOIN taken i ON i.bench_no = m.bench_no AND i.seq = m.imei
      LEFT JOIN taken w ON w.bench_no = m.bench_no AND w.seq = m.whole
      LEFT JOIN taken g ON g.bench_no = m.bench_no AND g.seq = m.tag
      LEFT JOIN taken p ON p.bench_no = m.bench_no AND p.seq = m.phase
      LEFT JOIN taken c ON c.bench_no = m.bench_no AND c.seq = m.custodian
      LEFT JOIN taken r ON r.bench_no = m.bench_no AND r.seq = m.run
      LEFT JOIN hands hs ON hs.bench_no = m.bench_no AND hs.uid = m.uid
      LEFT JOIN taken pa ON pa.bench_no = m.bench_no AND pa.seq = hs.phase
  )
  INSERT INTO holding AS h (
    bench_no, uid, imei, imei2, serial, model, asset_tag, phase, formerly, custodian, run, slot,
    run_state, first_at, first_received_at, first_epoch, first_seq, last_at, last_received_at, epoch, seq, events,
    phase_at, set_aside, hand_at, hand_received_at, hand_epoch, hand_seq,
    left_at, left_received_at, left_epoch, left_seq,
    shown_at, shown_received_at, shown_epoch, shown_seq,
    named_at, named_received_at, named_epoch, named_seq,
    tagged_at, tagged_received_at, tagged_epoch, tagged_seq)
  SELECT f.bench_no, f.uid, now_imei, now_imei2, now_serial, now_model, now_tag, now_phase,
         ARRAY(SELECT DISTINCT x FROM unnest(f.formerly || f.imeis || was_imei || was_imei2) x
               WHERE x IS DISTINCT FROM now_imei AND x IS DISTINCT FROM now_imei2
                 AND x IS NOT NULL ORDER BY x LIMIT 100),
         now_custodian, now_run, now_slot, now_run_state, f.first_at, f.first_received_at,
         f.epoch, f.first,
         f.last_at, f.last_received_at, f.epoch, f.last, f.events, now_phase_at,
         coalesce(now_aside, false), hd.at, hd.received_at, hd.epoch, hd.seq,
         lf.at, lf.received_at, lf.epoch, lf.seq, sh.at, sh.received_at, sh.epoch, sh.seq,
         nm.at, nm.received_at, nm.epoch, nm.seq, tg.at, tg.received_at, tg.epoch, tg.seq
    FROM folded f
    LEFT JOIN taken hd ON hd.bench_no = f.bench_no AND hd.seq = f.hand
    LEFT JOIN taken lf ON lf.bench_no = f.bench_no AND lf.seq = f.parted
    LEFT JOIN taken sh ON sh.bench_no = f.bench_no AND sh.seq = f.shows
    LEFT JOIN taken nm ON nm.bench_no = f.bench_no AND nm.seq = f.names
    LEFT JOIN taken tg ON tg.bench_no = f.bench_no AND tg.seq = f.tags
  ON CONFLICT (bench_no, uid) DO UPDATE SET
    imei = excluded.imei, imei2 = excluded.imei2, serial = excluded.serial,
    model = excluded.model, asset_tag = excluded.asset_tag, phase = excluded.phase,
    formerly = excluded.formerly, custodian = excluded.custodian, run = excluded.run,
    slot = excluded.slot, run_state = excluded.run_state, last_at = excluded.last_at,
    last_received_at = excluded.last_received_at, epoch = excluded.epoch, seq = excluded.seq,
    events = h.events + excluded.events, phase_at = excluded.phase_at,
    set_aside = excluded.set_aside,
    (hand_at, hand_received_at, hand_epoch, hand_seq) = (SELECT
      coalesce(excluded.hand_at, h.hand_at),
      coalesce(excluded.hand_received_at, h.hand_received_at),
      coalesce(excluded.hand_epoch, h.hand_epoch), coalesce(excluded.hand_seq, h.hand_seq)),
    (left_at, left_received_at, left_epoch, left_seq) = (SELECT
      coalesce(excluded.left_at, h.left_at),
      coalesce(excluded.left_received_at, h.left_received_at),
      coalesce(excluded.left_epoch, h.left_epoch), coalesce(excluded.left_seq, h.left_seq)),
    (shown_at, shown_received_at, shown_epoch, shown_seq) = (SELECT
      coalesce(excluded.shown_at, h.shown_at),
      coalesce(excluded.shown_received_at, h.shown_received_at),
      coalesce(excluded.shown_epoch, h.shown_epoch), coalesce(excluded.shown_seq, h.shown_seq)),
    (named_at, named_received_at, named_epoch, named_seq) = (SELECT
      coalesce(excluded.named_at, h.named_at),
      coalesce(excluded.named_received_at, h.named_received_at),
      coalesce(excluded.named_epoch, h.named_epoch), coalesce(excluded.named_seq, h.named_seq)),
    (tagged_at, tagged_received_at, tagged_epoch, tagged_seq) = (SELECT
      coalesce(excluded.tagged_at, h.tagged_at),
      coalesce(excluded.tagged_received_at, h.tagged_received_at),
      coalesce(excluded.tagged_epoch, h.tagged_epoch),
      coalesce(excluded.tagged_seq, h.tagged_seq))
$$;

CREATE FUNCTION custody.fold_former_imeis() RETURNS void
LANGUAGE sql SET search_path = pg_catalog, custody, pg_temp AS $$
  DELETE FROM former_imei f USING (SELECT DISTINCT bench_no, uid FROM taken) t
    JOIN holding h USING (bench_no, uid)
    WHERE f.bench_no = h.bench_no AND f.uid = h.uid AND f.imei <> ALL (h.formerly);
  INSERT INTO former_imei
    SELECT former, bench_no, uid FROM (SELECT DISTINCT bench_no, uid FROM taken) t
      JOIN holding h USING (bench_no, uid) CROSS JOIN unnest(h.formerly) AS former
      WHERE h.formerly <> '{}'
    ON CONFLICT DO NOTHING
$$;

-- A run that is voided gives back what it took itself: one that was not staged took nothing.
CREATE FUNCTION custody.fold_licences() RETURNS void
LANGUAGE sql SET search_path = pg_catalog, custody, pg_temp AS $$
  WITH ends AS (
    SELECT t.bench_no, t.uid, t.seq, t.type, CASE
        WHEN lag(t.seq) OVER its IS NULL THEN r.outcome ELSE lag(t.outcome) OVER its END AS before
      FROM taken t LEFT JOIN run r ON r.bench_no = t.bench_no AND r.run = t.run
      WHERE t.run IS NOT NULL AND t.outcome IS NOT NULL
      WINDOW its AS (PARTITION BY t.bench_no, t.run ORDER BY t.seq)
  ), gone AS (
    SELECT bench_no, uid, max(seq) AS seq FROM (
      SELECT bench_no, uid, seq FROM taken
        WHERE uid IS NOT NULL AND type IN ('staged', 'returned', 'wiped', 'disposed')
      UNION ALL
      SELECT bench_no, uid, seq FROM ends
        WHERE uid IS NOT NULL AND type = 'voided' AND before = 'staged') AS every
      GROUP BY bench_no, uid
  ), its AS (
    SELECT t.bench_no, t.uid, t.epoch, g.seq FROM (
      SELECT bench_no, uid, max(epoch) AS epoch FROM taken WHERE uid IS NOT NULL
        GROUP BY bench_no, uid) AS t LEFT JOIN gone g USING (bench_no, uid)
  ), held AS (
    SELECT t.bench_no, pool, t.uid, t.epoch, max(t.seq) AS seq
      FROM taken t JOIN its i USING (bench_no, uid) CROSS JOIN unnest(t.pools) AS pool
      WHERE t.pools <> '{}' AND t.seq >= coalesce(i.seq, 0)
      GROUP BY t.bench_no, pool, t.uid, t.epoch
  ), back AS (
    -- an epoch says anew what each handset has that it carries over
    DELETE FROM licence l USING its i
      WHERE l.bench_no = i.bench_no AND l.uid = i.uid AND (i.seq IS NOT NULL OR l.epoch < i.epoch)
        AND NOT EXISTS (SELECT FROM held h WHERE h.bench_no = l.bench_no AND h.uid = l.uid
                        AND h.pool = l.pool)
  )
  INSERT INTO licence (bench_no, pool, uid, epoch, seq) SELECT * FROM held
    ON CONFLICT (bench_no, uid, pool) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq
$$;

CREATE FUNCTION custody.fold_runs() RETURNS void
LANGUAGE sql SET search_path = pg_catalog, custody, pg_temp AS $$
  WITH marks AS (
    SELECT bench_no, run, max(epoch) AS epoch, max(seq) AS last,
           min(seq) FILTER (WHERE has_run AND uid IS NOT NULL) AS uid,
           max(seq) FILTER (WHERE has_run) AS position,
           max(seq) FILTER (WHERE slot IS NOT NULL) AS slot,
           max(seq) FILTER (WHERE run_state IS NOT NULL) AS state,
           max(seq) FILTER (WHERE outcome IS NOT NULL) AS outcome
      FROM taken WHERE run IS NOT NULL GROUP BY bench_no, run
  )
  INSERT INTO run AS r
    SELECT m.bench_no, m.run, u.uid, l.slot, s.run_state, p.run_open, o.outcome, o.at, m.epoch,
           m.last
      FROM marks m
      LEFT JOIN taken u ON u.bench_no = m.bench_no AND u.seq = m.uid
      LEFT JOIN taken p ON p.bench_no = m.bench_no AND p.seq = m.position
      LEFT JOIN taken l ON l.bench_no = m.bench_no AND l.seq = m.slot
      LEFT JOIN taken s ON s.bench_no = m.bench_no AND s.seq = m.state
      LEFT JOIN taken o ON o.bench_no = m.bench_no AND o.seq = m.outcome
    ON CONFLICT (bench_no, run) DO UPDATE SET
      uid = coalesce(r.uid, excluded.uid), slot = coalesce(excluded.slot, r.slot),
      state = coalesce(excluded.state, r.state), is_open = coalesce(excluded.is_open, r.is_open),
      outcome = coalesce(excluded.outcome, r.outcome),
      outcome_at = coalesce(excluded.outcome_at, r.outcome_at),
      epoch = excluded.epoch, seq = excluded.seq
$$;

CREATE FUNCTION custody.fold_sims() RETURNS void
LANGUAGE sql SET search_path = pg_catalog, custody, pg_temp AS $$
  WITH said AS (
    SELECT t.bench_no, t.epoch, t.seq, t.at, t.uid, word(each, 'iccid') AS iccid,
           word(each, 'eid') AS eid, word(each, 'msisdn') AS msisdn,
           word(each, 'supplier') AS supplier
      FROM taken t
      CROSS JOIN LATERAL jsonb_array_elements(CASE
        WHEN jsonb_typeof(t.data->'sims') = 'array' THEN t.data->'sims'
        WHEN jsonb_typeof(t.data->'sim') = 'object' THEN jsonb_build_array(t.data->'sim')
        ELSE '[]' END) AS each
      WHERE t.data ?| '{sim,sims}'
  ), marks AS (
    SELECT bench_no, iccid, max(seq) AS last, max(seq) FILTER (WHERE eid IS NOT NULL) AS eid,
           max(seq) FILTER (WHERE msisdn IS NOT NULL) AS msisdn,
           max(seq) FILTER (WHERE supplier IS NOT NULL) AS supplier,
           max(seq) FILTER (WHERE uid IS NOT NULL) AS uid
      FROM said WHERE iccid ~ '^\d{18,20}$' GROUP BY bench_no, iccid
  ), one AS (
    -- an event may name one twice, and say another half of it each time
    SELECT bench_no, epoch, seq, at, uid, iccid, max(eid) AS eid, max(msisdn) AS msisdn,
           max(supplier) AS supplier
      FROM said GROUP BY bench_no, epoch, seq, at, uid, iccid
  )
  INSERT INTO sim AS s
    SELECT m.bench_no, m.iccid, e.eid, n.msisdn, p.supplier, u.uid, l.at, l.epoch, l.seq
      FROM marks m
      JOIN one l ON (l.bench_no, l.iccid, l.seq) = (m.bench_no, m.iccid, m.last)
      LEFT JOIN one e ON (e.bench_no, e.iccid, e.seq) = (m.bench_no, m.iccid, m.eid)
      LEFT JOIN one n ON (n.bench_no, n.iccid, n.seq) = (m.bench_no, m.iccid, m.msisdn)
      LEFT JOIN one p ON (p.bench_no, p.iccid, p.seq) = (m.bench_no, m.iccid, m.supplier)
      LEFT JOIN one u ON (u.bench_no, u.iccid, u.seq) = (m.bench_no, m.iccid, m.uid)
    ON CONFLICT (bench_no, iccid) DO UPDATE SET
      eid = coalesce(excluded.eid, s.eid), msisdn = coalesce(excluded.msisdn, s.msisdn),
      supplier = coalesce(excluded.supplier, s.supplier), uid = coalesce(excluded.uid, s.uid),
      at = excluded.at, epoch = excluded.epoch, seq = excluded.seq
$$;

-- Whether an undoing is in effect, and what that means for what it undoes.
CREATE FUNCTION custody.weigh_taking_back(its_bench_no integer, its_epoch integer, its_seq bigint)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, custody, pg_temp AS $$
DECLARE
  its taking_back%ROWTYPE;
  counts boolean;
BEGIN
  LOOP
    SELECT * INTO STRICT its FROM taking_back
      WHERE bench_no = its_bench_no AND epoch = its_epoch AND seq = its_seq;
    counts := its.signed AND NOT EXISTS (SELECT FROM taking_back o WHERE o.bench_no = its_bench_no
      AND o.of_epoch = its_epoch AND o.of_seq = its_seq AND o.in_effect);
    EXIT WHEN counts = its.in_effect;
    UPDATE taking_back SET in_effect = counts
      WHERE bench_no = its_bench_no AND epoch = its_epoch AND seq = its_seq;
    its_epoch := its.of_epoch;
    its_seq := its.of_seq;
    IF its.depth = 1 THEN
      WITH moved AS (
        UPDATE resolution SET undone = EXISTS (SELECT FROM taking_back o
            WHERE o.bench_no = its_bench_no AND o.of_epoch = its_epoch AND o.of_seq = its_seq
              AND o.in_effect)
          WHERE bench_no = its_bench_no AND epoch = its_epoch AND seq = its_seq
          RETURNING imei, asset_tag
      )
      INSERT INTO touched SELECT touch.kind, touch.value FROM moved
        CROSS JOIN LATERAL (VALUES ('imei', imei), ('asset_tag', asset_tag)) AS touch(kind, value)
        WHERE touch.value IS NOT NULL;
      EXIT;
    END IF;
  END LOOP;
END $$;

-- Few of them, and what they undo is a matter of order: one by one.
CREATE FUNCTION custody.fold_resolutions() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, custody, pg_temp AS $$
DECLARE
  t taken%ROWTYPE;
  trains boolean := (SELECT simulated FROM store);
  its record;
  undoes bytea;
  named bytea[];
BEGIN
  FOR t IN SELECT * FROM taken WHERE type IN ('conflict_resolved', 'signed_off')
      OR type = 'corrected' AND data ? 'undo' ORDER BY bench_no, epoch, seq LOOP
    IF t.type = 'conflict_resolved' THEN
      INSERT INTO resolution VALUES (t.bench_no, t.epoch, t.seq, t.hash,
        coalesce(word(t.data, 'imei'), t.imei), word(t.data, 'asset_tag'), word(t.data, 'serial'),
        word(t.data, 'keeper'), word(t.data, 'why'), t.actor, t.at, t.received_at);
    ELSIF t.type = 'corrected' THEN
      undoes := CASE WHEN word(t.data, 'of') ~ '^[0-9a-f]{64}$'
        THEN decode(word(t.data, 'of'), 'hex') END;
      -- twenty times to and fro is nobody's decision any more
      INSERT INTO taking_back
        SELECT t.bench_no, t.epoch, t.seq, t.hash, epoch, seq, depth, t.actor FROM (
          SELECT epoch, seq, 1 AS depth FROM resolution
            WHERE bench_no = t.bench_no AND hash = undoes
          UNION ALL SELECT epoch, seq, depth + 1 FROM taking_back
            WHERE bench_no = t.bench_no AND hash = undoes AND depth < 20) AS its LIMIT 1;
    ELSIF t.second IS NOT NULL AND (trains OR t.proof NOT IN ('unproven', 'badge')) THEN
      named := ARRAY(SELECT decode(each, 'hex') FROM unnest(words(t.data->'of')) AS each
        WHERE each ~ '^[0-9a-f]{64}$');
      WITH signed AS (
        UPDATE resolution SET signed_seq = t.seq, signed_by = t.second
          WHERE bench_no = t.bench_no AND epoch = t.epoch AND signed_seq IS NULL
            AND hash = ANY (named) AND t.second IS DISTINCT FROM actor
          RETURNING imei, asset_tag
      )
      INSERT INTO touched SELECT touch.kind, touch.value FROM signed
        CROSS JOIN LATERAL (VALUES ('imei', imei), ('asset_tag', asset_tag)) AS touch(kind, value)
        WHERE touch.value IS NOT NULL;
      FOR its IN UPDATE taking_back SET signed = true
          WHERE bench_no = t.bench_no AND epoch = t.epoch AND NOT signed
            AND hash = ANY (named) AND t.second IS DISTINCT FROM actor
          RETURNING epoch, seq LOOP
        PERFORM weigh_taking_back(t.bench_no, its.epoch, its.seq);
      END LOOP;
    END IF;
  END LOOP;
END $$;

-- ── what they say together ─────────────────────────────────────────────────────────────────────
-- The conflict rule, as bench/inventory/projections/rule.py has it. A handset is in hand at a bench
-- while its phase there is one of in_hand. One IMEI in hand at two benches, or with two serial
-- numbers, or one asset tag on two handsets, is a conflict, until a resolution says which is right:
-- the last one received that is in force, came after what showed the side, and names one of the sides.
-- One that nobody resolved and that is over, for a bench says that the handset left it after the other
-- had it in hand, stays as ended.

-- Whether a resolution says of that side that it is right.
CREATE FUNCTION custody.names_side(
  kind text, keeper text, its_imei text, its_serial text, bench text, imei text, serial text)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(CASE kind
    WHEN 'imei' THEN keeper = bench
    WHEN 'serial' THEN keeper = bench AND coalesce(upper(its_serial) = upper(serial), true)
    ELSE CASE WHEN its_imei IS NULL THEN upper(its_serial) = upper(serial)
         ELSE its_imei = imei END END, false)
$$;

CREATE FUNCTION custody.find_conflicts() RETURNS void
LANGUAGE sql SET search_path = pg_catalog, custody, pg_temp AS $$
  WITH asked AS MATERIALIZED (
    SELECT DISTINCT kind, value FROM touched WHERE kind IN ('imei', 'asset_tag')
  ), meant AS MATERIALIZED (
    SELECT kind, value, bench_no, uid FROM asked JOIN holding ON imei = value WHERE kind = 'imei'
    UNION SELECT kind, value, bench_no, uid FROM asked JOIN holding ON imei2 = value
      WHERE kind = 'imei'
    UNION SELECT kind, value, bench_no, uid FROM asked JOIN holding ON asset_tag = value
      WHERE kind = 'asset_tag'
  ), several AS MATERIALIZED (
    SELECT h.*, m.kind, m.value FROM (SELECT kind, value FROM meant
      GROUP BY kind, value HAVING count(*) > 1) AS s
      JOIN meant m USING (kind, value) JOIN holding h USING (bench_no, uid)
  ), claim AS MATERIALIZED (
    SELECT 'imei' AS kind, value, bench_no, uid, key, imei, serial, asset_tag, phase,
           shown_epoch AS epoch, shown_seq AS seq, shown_at AS at,
           shown_received_at AS received_at, hand_received_at AS since, bench_no::text AS is_it,
           in_hand(phase) OR set_aside AS stands, hand_at, left_at, left_received_at, left_epoch,
           left_seq
      FROM several WHERE kind = 'imei' AND hand_seq IS NOT NULL AND shown_seq IS NOT NULL
    UNION ALL
    SELECT 'serial', value, bench_no, uid, key, imei, serial, asset_tag, phase, named_epoch,
           named_seq, named_at, named_received_at, named_received_at, upper(serial), true,
           NULL, NULL, NULL, NULL, NULL
      FROM several WHERE kind = 'imei' AND serial <> '' AND named_seq IS NOT NULL
    UNION ALL
    SELECT 'asset_tag', value, bench_no, uid, key, imei, serial, asset_tag, phase, tagged_epoch,
           tagged_seq, tagged_at, tagged_received_at, tagged_received_at, key, true,
           NULL, NULL, NULL, NULL, NULL
      FROM several WHERE kind = 'asset_tag' AND tagged_seq IS NOT NULL
  ), side AS MATERIALIZED (
    SELECT s.*, b.bench_id FROM (SELECT kind, value FROM claim GROUP BY kind, value
      HAVING min(is_it) <> max(is_it)) AS shared
      JOIN claim s USING (kind, value) JOIN bench b USING (bench_no)
  ), spell AS MATERIALIZED (
    -- of each bench one, so that many handsets of one IMEI there are no work for each with each
    SELECT value, is_it, bool_or(stands) AS stands, min(since) AS since, min(hand_at) AS hand_at,
           max(left_received_at) AS left_received_at, max(left_at) AS left_at
      FROM side WHERE kind = 'imei' GROUP BY value, is_it
  ), pair AS MATERIALIZED (
    SELECT s.value, s.is_it, o.is_it AS other FROM spell s JOIN spell o
      ON o.value = s.value AND o.is_it <> s.is_it
      AND (s.stands OR s.left_received_at > o.since AND s.left_at > o.hand_at)
      AND (o.stands OR o.left_received_at > s.since AND o.left_at > s.hand_at)
  ), party AS MATERIALIZED (
    SELECT s.*, s.kind <> 'imei' OR p.is_it IS NOT NULL AS is_party
      FROM side s LEFT JOIN (SELECT DISTINCT value, is_it FROM pair) AS p
        ON s.kind = 'imei' AND p.value = s.value AND p.is_it = s.is_it
  ), decided AS MATERIALIZED (
    SELECT DISTINCT ON (g.kind, g.value, r.bench_no, r.epoch, r.seq) g.kind AS of_kind,
           g.value AS of_value, r.keeper, r.imei, r.serial, r.bench_no, r.epoch, r.seq, r.received_at
      FROM (SELECT DISTINCT kind, value FROM party) AS g
      CROSS JOIN LATERAL (
        SELECT * FROM resolution WHERE g.kind <> 'asset_tag' AND imei = g.value
        UNION ALL SELECT * FROM resolution WHERE g.kind = 'asset_tag' AND asset_tag = g.value) AS r
      JOIN party k ON k.kind = g.kind AND k.value = g.value
      WHERE r.signed_seq IS NOT NULL AND NOT r.undone
        AND names_side(k.kind, r.keeper, r.imei, r.serial, k.bench_id, k.imei, k.serial)
        AND (k.is_party OR k.stands OR CASE WHEN r.bench_no = k.bench_no
          THEN (k.left_epoch, k.left_seq) >= (r.epoch, r.seq)
          ELSE k.left_received_at >= r.received_at END)
  ), weighed AS MATERIALIZED (
    SELECT s.*, d.bench_no AS r_bench_no, d.epoch AS r_epoch, d.seq AS r_seq,
           d.received_at AS r_received_at, d.kept
      FROM party s LEFT JOIN LATERAL (
        SELECT d.*, names_side(
            s.kind, d.keeper, d.imei, d.serial, s.bench_id, s.imei, s.serial) AS kept FROM decided d
        WHERE d.of_kind = s.kind AND d.of_value = s.value
          AND CASE WHEN d.bench_no = s.bench_no THEN (d.epoch, d.seq) > (s.epoch, s.seq)
                   ELSE d.received_at >= s.received_at END
        ORDER BY d.received_at DESC, d.bench_no DESC, d.epoch DESC, d.seq DESC LIMIT 1) AS d ON true
  ), still AS MATERIALIZED (
    SELECT DISTINCT value, is_it FROM weighed WHERE kind = 'imei' AND kept IS NOT false
  ), apart AS MATERIALIZED (
    SELECT DISTINCT p.value FROM pair p JOIN still s USING (value, is_it)
      JOIN still o ON o.value = p.value AND o.is_it = p.other
  ), found AS MATERIALIZED (
    SELECT w.kind, w.value, coalesce(min(is_it) FILTER (WHERE kept IS NOT false AND stands)
             <> max(is_it) FILTER (WHERE kept IS NOT false AND stands), false) AS is_open,
           bool_or(a.value IS NOT NULL) AS is_apart,
           array_agg(CASE WHEN r_received_at >= since THEN received_at ELSE since END
             ORDER BY CASE WHEN r_received_at >= since THEN received_at ELSE since END)
             FILTER (WHERE kept IS NOT false AND stands) AS live,
           array_agg(since ORDER BY since) AS every,
           (array_agg(ROW(r_received_at, r_bench_no, r_epoch, r_seq)::last_word
             ORDER BY r_received_at DESC, r_bench_no DESC, r_epoch DESC, r_seq DESC)
             FILTER (WHERE r_seq IS NOT NULL))[1] AS last
      FROM weighed w LEFT JOIN apart a ON w.kind = 'imei' AND a.value = w.value
      WHERE w.is_party OR w.kept IS NOT NULL GROUP BY w.kind, w.value
  ), made AS (
    INSERT INTO conflict
      SELECT kind, value,
             CASE WHEN is_open THEN 'open' WHEN is_apart THEN 'ended' ELSE 'resolved' END,
             CASE WHEN is_open THEN live[2] ELSE coalesce(every[2], every[1]) END,
             CASE WHEN NOT is_open AND NOT is_apart THEN (last).bench_no END,
             CASE WHEN NOT is_open AND NOT is_apart THEN (last).epoch END,
             CASE WHEN NOT is_open AND NOT is_apart THEN (last).seq END
        FROM found
  ), counted AS (
    INSERT INTO conflict_word SELECT d.of_kind, d.of_value, d.bench_no, d.epoch, d.seq
      FROM decided d JOIN found f ON f.kind = d.of_kind AND f.value = d.of_value
  )
  INSERT INTO conflict_side
    SELECT kind, value, bench_no, uid, key, imei, serial, asset_tag, phase, epoch, seq, at,
           received_at, since, stands, kept
      FROM (SELECT *, row_number() OVER (PARTITION BY kind, value ORDER BY turn, bench_no) AS n
        FROM (SELECT w.*, row_number() OVER (PARTITION BY kind, value, bench_no ORDER BY uid) AS turn
          FROM weighed w WHERE w.is_party OR w.kept IS NOT NULL) AS each) AS ranked
      -- a printer that gives one tag to all: of each bench some, so that none is left out
      WHERE n <= 1000
$$;

-- Whether a resolution names none of those it is about, so that it decides nothing; for the report,
-- whose readers may not see all sides.
CREATE FUNCTION custody.names_none(its_bench_no integer, its_epoch integer, its_seq bigint)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, custody, pg_temp AS $$
  SELECT NOT EXISTS (SELECT FROM bench WHERE bench_id = r.keeper)
      OR EXISTS (SELECT FROM conflict c WHERE (c.kind, c.value) IN (VALUES
        ('imei', r.imei), ('serial', r.imei), ('asset_tag', r.asset_tag)))
      AND NOT EXISTS (SELECT FROM conflict_word w
        WHERE w.bench_no = its_bench_no AND w.epoch = its_epoch AND w.seq = its_seq)
    FROM resolution r WHERE r.bench_no = its_bench_no AND r.epoch = its_epoch AND r.seq = its_seq
$$;

CREATE FUNCTION custody.settle_devices() RETURNS void
LANGUAGE sql SET search_path = pg_catalog, custody, pg_temp AS $$
  DELETE FROM device d USING (SELECT DISTINCT value AS key FROM touched WHERE kind = 'key') AS t
    WHERE d.key = t.key AND NOT EXISTS (SELECT FROM holding h WHERE h.key = t.key);
  WITH asked AS MATERIALIZED (
    SELECT DISTINCT value AS key FROM touched WHERE kind = 'key'
  ), mine AS MATERIALIZED (
    SELECT DISTINCT s.key, s.kind, s.value FROM conflict_side s JOIN asked USING (key)
      JOIN conflict c USING (kind, value) WHERE c.state = 'open' AND s.stands
  ), shown AS MATERIALIZED (
    -- of each conflict twenty, before each handset is joined with them
    SELECT kind, value, n, jsonb_build_object('conflict', kind, 'bench', bench_id, 'phase', phase,
             'imei', imei, 'serial', serial, 'asset_tag', asset_tag,
             'epoch', epoch, 'seq', seq, 'at', at) AS fact
      FROM (SELECT s.*, b.bench_id,
                   row_number() OVER (PARTITION BY kind, value ORDER BY s.bench_no, s.uid) AS n
        FROM (SELECT DISTINCT kind, value FROM mine) AS disputed
        JOIN conflict_side s USING (kind, value) JOIN bench b USING (bench_no)
        WHERE s.stands) AS every
      WHERE n <= 20
  ), beside AS MATERIALIZED (
    SELECT key, jsonb_agg(fact ORDER BY fact) AS beside FROM (
      SELECT mine.key, shown.fact,
             row_number() OVER (PARTITION BY mine.key ORDER BY kind, value, shown.n) AS n
        FROM mine JOIN shown USING (kind, value)) AS every
      WHERE n <= 20 GROUP BY key
  ), known AS MATERIALIZED (
    SELECT h.*, EXISTS (SELECT FROM conflict_side s WHERE s.bench_no = h.bench_no
      AND s.uid = h.uid AND s.kind <> 'asset_tag' AND s.kept IS false) AS overruled
      FROM asked JOIN holding h USING (key)
  ), lasting AS MATERIALIZED (
    -- what was received first stays first, whatever comes
    SELECT DISTINCT ON (key) key, b.bench_id || '/' || uid AS lasting
      FROM known JOIN bench b USING (bench_no) ORDER BY key, first_received_at, bench_no, uid
  )
  INSERT INTO device AS d
    SELECT DISTINCT ON (h.key) h.key, h.bench_no, h.uid, h.imei, h.imei2, h.serial, h.model,
           h.asset_tag, h.phase,
           CASE WHEN b.key IS NOT NULL THEN 'quarantined' ELSE coalesce(h.phase, 'new') END,
           h.custodian, h.phase_at, h.last_at, count(*) OVER (PARTITION BY h.key),
           b.key IS NOT NULL, b.beside, l.lasting
      FROM known h JOIN lasting l USING (key) LEFT JOIN beside b USING (key)
      -- a clock that is ahead cannot have seen what was received before
      ORDER BY h.key, h.overruled, in_hand(h.phase) DESC, least(h.last_at, h.last_received_at) DESC, h.bench_no,
               h.uid
    ON CONFLICT (key) DO UPDATE SET
      bench_no = excluded.bench_no, uid = excluded.uid, imei = excluded.imei,
      imei2 = excluded.imei2, serial = excluded.serial, model = excluded.model,
      asset_tag = excluded.asset_tag, phase = excluded.phase, custody = excluded.custody,
      custodian = excluded.custodian, since = excluded.since, last_at = excluded.last_at,
      benches = excluded.benches, in_conflict = excluded.in_conflict, beside = excluded.beside,
      lasting = excluded.lasting
$$;

CREATE FUNCTION custody.settle() RETURNS void
LANGUAGE sql SET search_path = pg_catalog, custody, pg_temp AS $$
  INSERT INTO touched SELECT 'key', s.key FROM conflict_side s
    WHERE (s.kind, s.value) IN (SELECT 'imei', value FROM touched WHERE kind = 'imei'
      UNION SELECT 'serial', value FROM touched WHERE kind = 'imei'
      UNION SELECT 'asset_tag', value FROM touched WHERE kind = 'asset_tag');
  DELETE FROM conflict c WHERE (c.kind, c.value) IN (
    SELECT 'imei', value FROM touched WHERE kind = 'imei'
    UNION SELECT 'serial', value FROM touched WHERE kind = 'imei'
    UNION SELECT 'asset_tag', value FROM touched WHERE kind = 'asset_tag');
  SELECT find_conflicts();
  INSERT INTO touched SELECT 'key', s.key FROM conflict_side s
    WHERE (s.kind, s.value) IN (SELECT 'imei', value FROM touched WHERE kind = 'imei'
      UNION SELECT 'serial', value FROM touched WHERE kind = 'imei'
      UNION SELECT 'asset_tag', value FROM touched WHERE kind = 'asset_tag');
  SELECT settle_devices();
$$;

-- ── going on ───────────────────────────────────────────────────────────────────────────────────
CREATE FUNCTION custody.forget_bench(its_bench_no integer) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, custody, pg_temp AS $$
  INSERT INTO touched SELECT touch.kind, touch.value FROM holding h
    CROSS JOIN LATERAL (VALUES ('key', h.key), ('imei', h.imei), ('imei', h.imei2),
      ('asset_tag', h.asset_tag)) AS touch(kind, value)
    WHERE h.bench_no = its_bench_no AND touch.value IS NOT NULL
    UNION ALL SELECT touch.kind, touch.value FROM resolution r
    CROSS JOIN LATERAL (VALUES ('imei', r.imei), ('asset_tag', r.asset_tag)) AS touch(kind, value)
    WHERE r.bench_no = its_bench_no AND touch.value IS NOT NULL;
  DELETE FROM holding WHERE bench_no = its_bench_no;
  DELETE FROM former_imei WHERE bench_no = its_bench_no;
  DELETE FROM run WHERE bench_no = its_bench_no;
  DELETE FROM licence WHERE bench_no = its_bench_no;
  DELETE FROM sim WHERE bench_no = its_bench_no;
  DELETE FROM daily WHERE bench_no = its_bench_no;
  DELETE FROM resolution WHERE bench_no = its_bench_no;
  DELETE FROM taking_back WHERE bench_no = its_bench_no;
  DELETE FROM unprojected WHERE bench_no = its_bench_no;
  DELETE FROM projected WHERE bench_no = its_bench_no;
$$;

-- Benches to be read again: what nobody could read may be read now, or an epoch had an end that
-- came after the next one had begun.
CREATE VIEW custody.stale AS
  SELECT p.bench_no FROM custody.projected p WHERE p.reading < custody.reading() AND EXISTS (
      SELECT FROM custody.unprojected u WHERE u.bench_no = p.bench_no AND u.epoch = p.epoch)
    UNION SELECT w.bench_no FROM custody.waiting w JOIN custody.projected p USING (bench_no)
      WHERE p.epoch > w.epoch;
CREATE FUNCTION custody.forget_stale() RETURNS void
LANGUAGE sql SET search_path = pg_catalog, custody, pg_temp AS $$
  SELECT forget_bench(bench_no) FROM stale
$$;

-- Compiling its statements takes longer than running them, and so does looking for better plans.
CREATE FUNCTION custody.project(most integer DEFAULT 20000) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, custody, pg_temp SET jit = off
SET join_collapse_limit = 1 SET default_statistics_target = 5 AS $$
DECLARE
  many integer;
BEGIN
  PERFORM pg_advisory_xact_lock(8241170611);
  IF NOT EXISTS (SELECT FROM waiting) AND NOT EXISTS (SELECT FROM stale) THEN
    RETURN 0;
  END IF;
  PERFORM lay_out_work();
  PERFORM forget_stale();
  most := least(greatest(coalesce(most, 0), 0), 100000);
  BEGIN
    many := take(most, false);
  EXCEPTION WHEN OTHERS THEN
    many := take(most, true);
  END;
  ANALYZE taken (bench_no, epoch, seq, uid, run, type);
  INSERT INTO projected AS p SELECT bench_no, epoch, max(seq), reading() FROM taken
    GROUP BY bench_no, epoch
    ON CONFLICT (bench_no, epoch)
      DO UPDATE SET seq = excluded.seq, reading = excluded.reading, moved_at = now();
  INSERT INTO unprojected SELECT bench_no, epoch, seq, why, received_at FROM taken
    WHERE why IS NOT NULL;
  DELETE FROM taken WHERE why IS NOT NULL;
  PERFORM touch_holdings();
  PERFORM fold_licences();
  PERFORM fold_runs();
  PERFORM fold_holdings();
  PERFORM fold_former_imeis();
  PERFORM fold_sims();
  PERFORM fold_resolutions();
  INSERT INTO daily AS d SELECT bench_no, (at AT TIME ZONE 'UTC')::date, type, count(*) FROM taken
    GROUP BY 1, 2, 3
    ON CONFLICT (bench_no, day, type) DO UPDATE SET events = d.events + excluded.events;
  PERFORM touch_holdings();
  PERFORM settle();
  RETURN many;
END $$;
COMMENT ON FUNCTION custody.project IS
  'Take up to so many events into what is looked up; returns how many it took, 0 when none waits.';

-- Forget all of it; `project` makes it again from the events. In one transaction with that, nobody sees
-- half of it, and whoever reads meanwhile (a backup) holds nothing up.
CREATE FUNCTION custody.project_anew() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, custody, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(8241170611);
  DELETE FROM conflict_side;
  DELETE FROM conflict;
  DELETE FROM device;
  DELETE FROM holding;
  DELETE FROM former_imei;
  DELETE FROM run;
  DELETE FROM licence;
  DELETE FROM sim;
  DELETE FROM daily;
  DELETE FROM resolution;
  DELETE FROM taking_back;
  DELETE FROM unprojected;
  DELETE FROM projected;
END $$;

-- ── what others read ───────────────────────────────────────────────────────────────────────────
-- What a bench is to be told of handsets at others. Of a bench that is no more nothing is in hand.
CREATE VIEW custody.known_elsewhere AS
  SELECT said.imei, h.serial, b.bench_id AS bench, h.phase,
         custody.in_hand(h.phase) AND b.state <> 'retired' AND NOT EXISTS (
           SELECT FROM custody.conflict_side s WHERE s.bench_no = h.bench_no AND s.uid = h.uid
             AND s.kind <> 'asset_tag' AND s.kept IS false) AS in_hand,
         coalesce(d.in_conflict, false) AS in_conflict, h.phase_at AS since
    FROM custody.holding h JOIN custody.bench b USING (bench_no)
    LEFT JOIN custody.device d ON d.key = h.key
    CROSS JOIN LATERAL (VALUES (h.imei), (h.imei2)) AS said(imei)
    WHERE said.imei IS NOT NULL;

-- Where other benches have these handsets, at once: as it is looked up, and as events say that were
-- not yet taken up. A bench writes a phase only when it changes, and IMEIs beyond the first only when it
-- first meets a handset. Of a handset that a resolution says is not there nothing is told, and nothing of
-- benches that are no more. A correction of an IMEI counts once it is taken up.
CREATE OR REPLACE FUNCTION custody.sightings(its_bench_no integer, imeis text[]) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, custody, pg_temp AS $$
  WITH asked AS MATERIALIZED (
    SELECT DISTINCT imei FROM unnest(imeis[1:100]) AS imei WHERE imei IS NOT NULL
  ), known AS MATERIALIZED (
    SELECT a.imei AS asked, h.* FROM asked a JOIN holding h ON h.imei = a.imei
    UNION SELECT a.imei, h.* FROM asked a JOIN holding h ON h.imei2 = a.imei
  ), sought AS MATERIALIZED (
    SELECT imei FROM asked UNION SELECT imei FROM known WHERE imei IS NOT NULL
  ), raw AS MATERIALIZED (
    SELECT e.* FROM event e LEFT JOIN projected p USING (bench_no, epoch)
      WHERE e.imei = ANY (ARRAY(SELECT imei FROM sought)) AND e.seq > coalesce(p.seq, 0)
    UNION SELECT e.* FROM event e LEFT JOIN projected p USING (bench_no, epoch)
      WHERE e.imei2 = ANY (ARRAY(SELECT imei FROM asked)) AND e.seq > coalesce(p.seq, 0)
  ), fresh AS MATERIALIZED (
    SELECT e.bench_no, e.epoch, e.seq, e.at, e.type, e.imei, e.imei2, d.dev->>'uid' AS uid,
           d.dev->>'phase' AS phase
      FROM raw e
      CROSS JOIN LATERAL (SELECT e.body::jsonb->'dev' AS dev OFFSET 0) AS d
      WHERE e.parsed AND names_handset(d.dev)
  ), meant AS (
    SELECT asked, bench_no, uid FROM known
    UNION SELECT a.imei, f.bench_no, f.uid FROM asked a JOIN fresh f ON a.imei IN (f.imei, f.imei2)
  ), told AS (
    SELECT m.asked, m.bench_no, b.bench_id, b.organisation, coalesce(f.at, k.last_at) AS at,
           coalesce(f.type, l.type) AS type, coalesce(fp.phase, k.phase, before.phase) AS phase
      FROM meant m JOIN bench b ON b.bench_no = m.bench_no AND b.state <> 'retired'
      LEFT JOIN holding k ON k.bench_no = m.bench_no AND k.uid = m.uid
      LEFT JOIN event l ON l.bench_no = k.bench_no AND l.epoch = k.epoch AND l.seq = k.seq
      LEFT JOIN LATERAL (SELECT * FROM fresh f WHERE f.bench_no = m.bench_no AND f.uid = m.uid
        ORDER BY f.epoch DESC, f.seq DESC LIMIT 1) AS f ON true
      LEFT JOIN LATERAL (SELECT phase FROM fresh f
        WHERE f.bench_no = m.bench_no AND f.uid = m.uid AND f.phase IS NOT NULL
        ORDER BY f.epoch DESC, f.seq DESC LIMIT 1) AS fp ON true
      -- met under another IMEI, and all of that is not taken up yet
      LEFT JOIN LATERAL (SELECT e.body::jsonb->'dev'->>'phase' AS phase FROM (
          SELECT * FROM event WHERE bench_no = m.bench_no AND epoch = f.epoch AND seq < f.seq
            ORDER BY seq DESC LIMIT 5000) AS e
        WHERE k.uid IS NULL AND fp.phase IS NULL AND e.parsed
          AND position('"' || m.uid || '"' IN e.body) > 0
          AND e.body::jsonb->'dev'->>'uid' = m.uid AND e.body::jsonb->'dev' ? 'phase'
        ORDER BY e.seq DESC LIMIT 1) AS before ON true
      WHERE m.bench_no <> its_bench_no
        AND (EXISTS (SELECT FROM fresh f WHERE f.bench_no = m.bench_no AND f.uid = m.uid
            AND (f.type = 'scanned' OR in_hand(f.phase) AND f.type <> 'carried'))
          OR NOT EXISTS (SELECT FROM conflict_side s
          WHERE s.bench_no = m.bench_no AND s.uid = m.uid AND s.kind <> 'asset_tag'
            AND s.kept IS false))
  )
  SELECT coalesce(jsonb_agg(found), '[]') FROM (
    SELECT DISTINCT ON (t.asked, t.bench_no) jsonb_build_object(
        'imei', t.asked, 'at', to_char(t.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'bench', CASE WHEN t.organisation = its.organisation THEN t.bench_id
                      ELSE 'another organisation' END,
        'type', t.type, 'phase', coalesce(t.phase, '')) AS found
      FROM told t JOIN bench its ON its.bench_no = its_bench_no
      ORDER BY t.asked, t.bench_no, in_hand(t.phase) DESC, t.at DESC
  ) AS every
$$;

-- The number of the last event received before that moment: received_at rises with the numbers, but
-- for exchanges that waited for each other, so twenty looks find it among a million.
CREATE FUNCTION custody.received_before(its_bench_no integer, its_epoch integer, moment timestamptz)
RETURNS bigint LANGUAGE plpgsql STABLE SET search_path = pg_catalog, custody, pg_temp AS $$
DECLARE
  low bigint := 0;
  high bigint := (SELECT last_seq FROM head WHERE bench_no = its_bench_no AND epoch = its_epoch);
  middle bigint;
BEGIN
  WHILE low < high LOOP
    middle := (low + high + 1) / 2;
    IF (SELECT received_at < moment FROM event
        WHERE bench_no = its_bench_no AND epoch = its_epoch AND seq = middle) THEN
      low := middle;
    ELSE
      high := middle - 1;
    END IF;
  END LOOP;
  RETURN low;
END $$;

-- Readers see these by the row security of what is under them.
-- What is stored of each bench and not looked up yet: how many events, and since when the oldest waits.
CREATE VIEW custody.behind WITH (security_invoker = true) AS
  SELECT h.bench_no, h.epoch, h.last_seq - coalesce(p.seq, 0) AS events,
         (SELECT e.received_at FROM custody.event e WHERE e.bench_no = h.bench_no
           AND e.epoch = h.epoch AND e.seq = coalesce(p.seq, 0) + 1) AS since
    FROM custody.head h LEFT JOIN custody.projected p USING (bench_no, epoch)
    WHERE h.last_seq > coalesce(p.seq, 0);

-- Whether what is looked up is of the present: who tells others by it (releases, inventories) waits
-- until then, or months of a bench that was away would be told as if they were now. What came within
-- the last minute counts as present, unless it is much of one bench.
CREATE FUNCTION custody.is_caught_up(late interval DEFAULT '1 minute', many bigint DEFAULT 1000)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, custody, pg_temp AS $$
  SELECT NOT EXISTS (SELECT FROM behind
    WHERE events > many OR since IS NULL OR since <= clock_timestamp() - late)
$$;

-- What a person looked at and let be: that alarm is told of again only where it comes again.
CREATE TABLE custody.acknowledged (
  alarm_no bigint PRIMARY KEY REFERENCES custody.alarm,
  bench_no integer NOT NULL REFERENCES custody.bench,
  times bigint NOT NULL,
  by text NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);

-- A fault is over once events of a later epoch, or those it kept out, were taken in; that an epoch was
-- opened is told until its first event came.
CREATE VIEW custody.open_alarm WITH (security_invoker = true) AS
  SELECT a.* FROM custody.alarm a JOIN custody.bench b USING (bench_no)
    LEFT JOIN custody.head h ON h.bench_no = a.bench_no AND h.epoch = a.epoch
    WHERE b.state <> 'retired' AND NOT EXISTS (SELECT FROM custody.acknowledged k
      WHERE k.alarm_no = a.alarm_no AND k.times >= a.times) AND CASE
      WHEN a.kind = 'epoch_opened' THEN a.epoch = b.epoch AND coalesce(h.last_seq, 0) = 0
      -- of an earlier epoch only what was found out after the next had been opened
      WHEN a.epoch < b.epoch THEN a.kind = 'fork' AND a.raised_at > coalesce((SELECT o.raised_at
        FROM custody.alarm o WHERE o.bench_no = a.bench_no AND o.epoch = b.epoch
          AND o.kind = 'epoch_opened' LIMIT 1), a.raised_at)
      WHEN a.kind = 'broken_chain' THEN coalesce(h.last_seq, 0) < a.seq ELSE true END;
CREATE VIEW custody.programme WITH (security_invoker = true) AS
  SELECT b.organisation, d.day, d.type, sum(d.events)::bigint AS events
    FROM custody.daily d JOIN custody.bench b USING (bench_no) GROUP BY 1, 2, 3;
CREATE VIEW custody.standing WITH (security_invoker = true) AS
  SELECT b.organisation, d.custody, count(*) AS handsets
    FROM custody.device d JOIN custody.bench b USING (bench_no) GROUP BY 1, 2;
CREATE VIEW custody.burn_up WITH (security_invoker = true) AS
  SELECT organisation, day, count(*) AS handsets,
         sum(count(*)) OVER (PARTITION BY organisation ORDER BY day)::bigint AS so_far
    FROM (SELECT b.organisation, h.key, min((r.outcome_at AT TIME ZONE 'UTC')::date) AS day
            FROM custody.run r JOIN custody.holding h USING (bench_no, uid)
            JOIN custody.bench b USING (bench_no)
            WHERE r.outcome = 'staged' GROUP BY 1, 2) AS staged
    GROUP BY organisation, day;
COMMENT ON VIEW custody.burn_up IS
  'Handsets by the day on which they were first staged, as far as no run of that was voided since.';

DO $$
DECLARE
  each text;
BEGIN
  FOREACH each IN ARRAY ARRAY['projected', 'unprojected', 'holding', 'former_imei', 'run', 'licence',
      'sim', 'daily', 'resolution', 'conflict_side', 'device', 'acknowledged'] LOOP
    EXECUTE format('ALTER TABLE custody.%I ENABLE ROW LEVEL SECURITY', each);
    EXECUTE format('CREATE POLICY of_its_organisations ON custody.%I FOR SELECT'
      ' TO staging_reader USING (bench_no = ANY ((SELECT custody.readable_benches())::integer[]))',
      each);
    EXECUTE format('CREATE POLICY all_of_it ON custody.%I TO staging_service USING (true)', each);
  END LOOP;
END $$;
-- A conflict is seen by all whose bench is a side of it, of the other sides only that there are any.
ALTER TABLE custody.conflict ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_its_organisations ON custody.conflict FOR SELECT TO staging_reader
  USING (EXISTS (SELECT FROM custody.conflict_side s
    WHERE s.kind = conflict.kind AND s.value = conflict.value));
CREATE POLICY all_of_it ON custody.conflict TO staging_service USING (true);

DROP TABLE custody.taken, custody.touched;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA custody FROM PUBLIC;
GRANT SELECT ON custody.projected, custody.unprojected, custody.holding, custody.former_imei,
  custody.run, custody.licence, custody.sim, custody.daily, custody.resolution, custody.conflict,
  custody.conflict_side, custody.open_alarm, custody.programme, custody.standing, custody.burn_up,
  custody.behind, custody.acknowledged
  TO staging_reader, staging_service;
GRANT SELECT ON custody.device, custody.known_elsewhere TO staging_service;
-- what other organisations' benches say stands in `beside`
GRANT SELECT (key, bench_no, uid, imei, imei2, serial, model, asset_tag, phase, custody, custodian,
  since, last_at, benches, in_conflict, lasting) ON custody.device TO staging_reader;
GRANT EXECUTE ON FUNCTION custody.in_hand, custody.received_before, custody.is_caught_up,
  custody.names_none
  TO staging_reader, staging_service;
GRANT EXECUTE ON FUNCTION custody.project, custody.project_anew TO staging_service;
