-- The central store, form 1: what benches sent, and the narrow door they send it through.
--
-- Applied once, in one transaction, by the owner of an empty database; what changes it later stands
-- in `migrations/`. Every bench signs in as a role of its own and may execute `custody.exchange`,
-- nothing else. Nothing a bench says is more than data here: no statement is made of it.

CREATE SCHEMA custody;
REVOKE ALL ON SCHEMA custody FROM PUBLIC;
-- Also of what comes later, nobody may execute anything that was not granted.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE TABLE custody.form (
  number integer PRIMARY KEY,
  name text NOT NULL,
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
  applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE custody.form IS 'Which forms of the store were applied, by the digest of their text.';

CREATE TABLE custody.store (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  name text NOT NULL,
  simulated boolean NOT NULL,
  asks_certificate boolean NOT NULL DEFAULT true,
  address text NOT NULL DEFAULT ''
);
COMMENT ON TABLE custody.store IS 'What this store is: of training or real, never both.';
COMMENT ON COLUMN custody.store.address IS 'The host that benches are told to reach it by.';

CREATE TABLE custody.bench (
  bench_no integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  bench_id text NOT NULL UNIQUE CHECK (bench_id ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$'),
  role_name name NOT NULL UNIQUE,
  organisation text NOT NULL,
  epoch integer NOT NULL DEFAULT 1 CHECK (epoch > 0),
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'frozen', 'retired')),
  added_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE custody.certificate (
  serial numeric PRIMARY KEY,
  bench_no integer NOT NULL REFERENCES custody.bench,
  not_after timestamptz NOT NULL,
  ends_at timestamptz NOT NULL
);
COMMENT ON COLUMN custody.certificate.ends_at IS
  'Until when it is taken: its own end, or sooner where it was replaced or revoked.';

CREATE TABLE custody.token (
  sha256 bytea PRIMARY KEY CHECK (octet_length(sha256) = 32),
  bench_no integer NOT NULL REFERENCES custody.bench,
  ends_at timestamptz NOT NULL
);

CREATE TABLE custody.head (
  bench_no integer NOT NULL REFERENCES custody.bench,
  epoch integer NOT NULL,
  last_seq bigint NOT NULL,
  last_hash bytea NOT NULL CHECK (octet_length(last_hash) = 32),
  updated_at timestamptz NOT NULL DEFAULT now(),
  frozen boolean NOT NULL DEFAULT false,
  PRIMARY KEY (bench_no, epoch)
);
COMMENT ON COLUMN custody.head.frozen IS
  'Another history of this epoch came, or an administrator froze it: nothing follows it, ever.';

CREATE TABLE custody.heard (
  bench_no integer PRIMARY KEY REFERENCES custody.bench,
  at timestamptz NOT NULL
);
COMMENT ON TABLE custody.heard IS
  'When each bench last called, also with nothing new; to the hour, so that a call stays cheap.';

CREATE TABLE custody.alarm (
  alarm_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  bench_no integer NOT NULL REFERENCES custody.bench,
  epoch integer NOT NULL,
  seq bigint NOT NULL,
  kind text NOT NULL,
  detail json NOT NULL,
  raised_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  times bigint NOT NULL DEFAULT 1,
  last_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (bench_no, epoch, seq, kind)
);
COMMENT ON TABLE custody.alarm IS
  'What is for a person to look at: one row a fault and place, however often it came again.';

CREATE TABLE custody.event (
  bench_no integer NOT NULL,
  epoch integer NOT NULL,
  seq bigint NOT NULL,
  parsed boolean NOT NULL,
  event_id uuid,
  type text,
  imei text,
  imei2 text,
  at timestamptz,
  received_at timestamptz NOT NULL DEFAULT now(),
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  sig bytea NOT NULL CHECK (octet_length(sig) = 64),
  body text NOT NULL CHECK (octet_length(body) <= 65536),
  PRIMARY KEY (bench_no, epoch, seq)
) PARTITION BY HASH (bench_no);
COMMENT ON TABLE custody.event IS
  'Every event as its bench wrote and signed it. What no column could be read from has parsed false.';

-- Rows never change: what is full is frozen at once, so that no later vacuum reads it all again.
DO $$
BEGIN
  FOR part IN 0..31 LOOP
    EXECUTE format(
      'CREATE TABLE custody.event_%s PARTITION OF custody.event'
      ' FOR VALUES WITH (MODULUS 32, REMAINDER %s) WITH (autovacuum_freeze_min_age = 0,'
      ' autovacuum_vacuum_insert_threshold = 50000, autovacuum_vacuum_insert_scale_factor = 0.02,'
      ' autovacuum_analyze_scale_factor = 0.05)', to_char(part, 'FM00'), part);
  END LOOP;
END $$;
CREATE INDEX event_by_imei ON custody.event (imei, at) WHERE imei IS NOT NULL;
CREATE INDEX event_by_imei2 ON custody.event (imei2, at) WHERE imei2 IS NOT NULL;

CREATE TABLE custody.part (
  sha256 bytea PRIMARY KEY CHECK (octet_length(sha256) = 32),
  body text NOT NULL
);
CREATE TABLE custody.release (
  bench_no integer NOT NULL REFERENCES custody.bench,
  number bigint NOT NULL CHECK (number > 0),
  note text NOT NULL,
  published_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (bench_no, number)
);
COMMENT ON TABLE custody.release IS
  'What each bench is to have, as signed notes that name parts by their digest.';

-- Append-only against accidents; against a database administrator the witness stands.
CREATE FUNCTION custody.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append-only';
END $$;
CREATE FUNCTION custody.only_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.alarm_no, NEW.bench_no, NEW.epoch, NEW.seq, NEW.kind, NEW.detail::text, NEW.raised_at)
     IS DISTINCT FROM
     (OLD.alarm_no, OLD.bench_no, OLD.epoch, OLD.seq, OLD.kind, OLD.detail::text, OLD.raised_at)
     OR NEW.times < OLD.times OR NEW.last_at < OLD.last_at THEN
    RAISE EXCEPTION 'append-only';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER event_never_changes BEFORE UPDATE OR DELETE ON custody.event
  FOR EACH ROW EXECUTE FUNCTION custody.refuse_change();
CREATE TRIGGER event_never_emptied BEFORE TRUNCATE ON custody.event
  FOR EACH STATEMENT EXECUTE FUNCTION custody.refuse_change();
DO $$
BEGIN
  FOR part IN 0..31 LOOP  -- a statement's trigger is not handed down, as a row's is
    EXECUTE format(
      'CREATE TRIGGER event_never_emptied BEFORE TRUNCATE ON custody.event_%s'
      ' FOR EACH STATEMENT EXECUTE FUNCTION custody.refuse_change()', to_char(part, 'FM00'));
  END LOOP;
END $$;
CREATE TRIGGER alarm_never_changes BEFORE UPDATE ON custody.alarm
  FOR EACH ROW EXECUTE FUNCTION custody.only_counted();
CREATE TRIGGER alarm_never_goes BEFORE DELETE ON custody.alarm
  FOR EACH ROW EXECUTE FUNCTION custody.refuse_change();
CREATE TRIGGER alarm_never_emptied BEFORE TRUNCATE ON custody.alarm
  FOR EACH STATEMENT EXECUTE FUNCTION custody.refuse_change();

-- ── what a text may be read as; null where it is none ──────────────────────────────────────────
-- Which days there are is in the pattern, so that no cast can fail and no block has to catch it.
CREATE FUNCTION custody.as_moment(said text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN said ~ '^20[0-9]{2}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9][.][0-9]{3}Z$'
      THEN said::timestamptz
    WHEN said ~ '^20([02468][048]|[13579][26])-02-29T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9][.][0-9]{3}Z$'
      THEN said::timestamptz
  END
$$;

CREATE FUNCTION custody.as_id(said text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN said ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
    THEN said::uuid END
$$;

CREATE FUNCTION custody.as_imei(said text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN said ~ '^[0-9]{14,16}$' THEN said END
$$;

-- A body that `jsonb` cannot hold, as far as it can be read: its escaped characters are replaced,
-- and its numbers stay text.
CREATE FUNCTION custody.as_far_as_read(body text) RETURNS json LANGUAGE sql IMMUTABLE AS $$
  SELECT regexp_replace(body, '[\\]u[0-9a-fA-F]{4}', '\\ufffd', 'g')::json
$$;

-- ── taking in ──────────────────────────────────────────────────────────────────────────────────
CREATE FUNCTION custody.raise_alarm(
  its_bench_no integer, its_epoch integer, at_seq bigint, of_kind text, its_detail json)
RETURNS void LANGUAGE sql SET search_path = pg_catalog, custody, pg_temp AS $$
  INSERT INTO custody.alarm AS its (bench_no, epoch, seq, kind, detail)
    VALUES (its_bench_no, its_epoch, at_seq, of_kind, its_detail)
    ON CONFLICT (bench_no, epoch, seq, kind)
      DO UPDATE SET times = its.times + 1, last_at = greatest(clock_timestamp(), its.last_at)
$$;

-- Where an epoch ended as the next one says: what comes late of it is taken up to there. `ends` is null
-- while nothing of the next is stored, and 0 where that one names another history.
CREATE FUNCTION custody.end_of(
  its_bench_no integer, its_epoch integer, OUT ends bigint, OUT its_hash text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, custody, pg_temp AS $$
DECLARE
  told jsonb;
BEGIN
  SELECT CASE WHEN e.parsed THEN e.body::jsonb->'data'->'continues' ELSE '{}' END INTO told
    FROM head h CROSS JOIN LATERAL (SELECT * FROM event
      WHERE bench_no = its_bench_no AND epoch = h.epoch AND seq = 1 OFFSET 0) AS e
    WHERE h.bench_no = its_bench_no AND h.epoch > its_epoch
    ORDER BY h.epoch LIMIT 1;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  ends := 0;
  IF told->'epoch' = to_jsonb(its_epoch) AND told->>'seq' ~ '^[0-9]{1,18}$' THEN
    ends := (told->>'seq')::bigint;
    its_hash := told->>'hash';
  END IF;
END $$;

-- An epoch is taken while it is the bench's, and what was still on its way afterwards too: unless it
-- forked, and never beyond where the next epoch says that it ended.
CREATE FUNCTION custody.found_fork(
  its custody.bench, its_epoch integer, at_seq bigint, body text)
RETURNS void LANGUAGE sql SET search_path = pg_catalog, custody, pg_temp AS $$
  SELECT raise_alarm(its.bench_no, its_epoch, at_seq, 'fork', json_build_object(
    'body', left(body, 65536), 'sha256', encode(sha256(convert_to(body, 'UTF8')), 'hex')));
  UPDATE head SET frozen = true WHERE bench_no = its.bench_no AND epoch = its_epoch;
  -- an earlier epoch's is no fault of the one that came after it
  -- nor does it bring back a bench that was retired, or the epoch opened, while it was waited for
  UPDATE bench SET state = 'frozen'
    WHERE bench_no = its.bench_no AND epoch = its_epoch AND state = 'active';
$$;

CREATE FUNCTION custody.take_in(
  its_bench_no integer, its_epoch integer, from_seq bigint, bodies text[], sigs bytea[],
  OUT status text, OUT accepted_through bigint, OUT head_hash bytea, OUT stored integer)
LANGUAGE plpgsql SET search_path = pg_catalog, custody, pg_temp AS $$
DECLARE
  its bench%ROWTYPE;
  many integer := coalesce(cardinality(bodies), 0);
  known integer;
  shut boolean;
  ends bigint;
  end_hash text;
  taken_at timestamptz;
  other record;
  trouble text;
BEGIN
  stored := 0;
  SELECT * INTO its FROM bench WHERE bench_no = its_bench_no;
  IF its.state IS DISTINCT FROM 'active' OR its_epoch IS NULL OR its_epoch < 1
     OR its_epoch > its.epoch THEN
    SELECT last_seq, last_hash INTO accepted_through, head_hash
      FROM head WHERE bench_no = its_bench_no AND epoch = its_epoch;
    status := 'frozen';
    RETURN;
  END IF;
  IF many <> coalesce(cardinality(sigs), 0) OR many > 5000 OR coalesce(from_seq, 0) < 1
     OR coalesce(array_ndims(bodies), 1) <> 1 OR coalesce(array_ndims(sigs), 1) <> 1
     OR coalesce(array_lower(bodies, 1), 1) <> 1 OR coalesce(array_lower(sigs, 1), 1) <> 1
     OR array_position(bodies, NULL) IS NOT NULL OR array_position(sigs, NULL) IS NOT NULL THEN
    status := 'bad_request';
    RETURN;
  END IF;
  SELECT last_seq, last_hash, frozen INTO accepted_through, head_hash, shut
    FROM head WHERE bench_no = its_bench_no AND epoch = its_epoch FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO head VALUES (its_bench_no, its_epoch, 0, decode(repeat('00', 32), 'hex'))
      ON CONFLICT DO NOTHING;
    SELECT last_seq, last_hash, frozen INTO accepted_through, head_hash, shut
      FROM head WHERE bench_no = its_bench_no AND epoch = its_epoch FOR UPDATE;
  END IF;
  -- not when its transaction began: a session may be as old as it likes
  taken_at := clock_timestamp();
  -- Who had the head before may have frozen this bench while it was waited for.
  SELECT * INTO its FROM bench WHERE bench_no = its_bench_no;
  IF shut OR its.state <> 'active' THEN
    status := 'frozen';
    RETURN;
  END IF;
  IF from_seq - 1 > accepted_through THEN
    status := 'gap';
    RETURN;
  END IF;
  known := least(many, accepted_through - from_seq + 1);
  -- One range of the index, compared as a whole; row by row a plan may join each with each.
  IF known > 0 AND bodies[1:known] IS DISTINCT FROM (
      SELECT array_agg(e.body ORDER BY e.seq) FROM event e
        WHERE e.bench_no = its_bench_no AND e.epoch = its_epoch
          AND e.seq >= from_seq AND e.seq < from_seq + known) THEN
    SELECT from_seq + given.n - 1 AS seq, given.body INTO STRICT other
      FROM unnest(bodies[1:known]) WITH ORDINALITY AS given(body, n)
      LEFT JOIN event e ON e.bench_no = its_bench_no AND e.epoch = its_epoch
        AND e.seq = from_seq + given.n - 1
      WHERE e.body IS NULL OR e.body <> given.body
      ORDER BY given.n LIMIT 1;
    PERFORM found_fork(its, its_epoch, other.seq, other.body);
    status := 'fork';
    RETURN;
  END IF;
  status := 'ok';
  IF known = many THEN
    RETURN;
  END IF;
  IF known > 0 THEN
    bodies := bodies[known + 1:];
    sigs := sigs[known + 1:];
  END IF;
  many := many - known;
  IF its_epoch < its.epoch THEN
    SELECT * INTO ends, end_hash FROM end_of(its_bench_no, its_epoch);
    IF accepted_through + many > ends THEN
      status := 'frozen';
      RETURN;
    END IF;
    IF accepted_through + many = ends AND end_hash IS DISTINCT FROM
        encode(sha256('\x00'::bytea || convert_to(bodies[many], 'UTF8')), 'hex') THEN
      PERFORM found_fork(its, its_epoch, ends, bodies[many]);
      status := 'fork';
      RETURN;
    END IF;
    its.epoch := its_epoch;
  END IF;
  BEGIN
    stored := append_new(its, accepted_through, head_hash, bodies, sigs, taken_at);
    IF stored <> many THEN
      RAISE data_exception;  -- undoes those that were in order
    END IF;
  EXCEPTION WHEN data_exception OR integrity_constraint_violation OR program_limit_exceeded THEN
    stored := 0;
  END;
  IF stored <> many THEN
    BEGIN
      PERFORM append_carefully(its, accepted_through, head_hash, bodies, sigs, taken_at);
      stored := many;
    EXCEPTION WHEN data_exception OR integrity_constraint_violation OR program_limit_exceeded
        OR raise_exception THEN
      trouble := left(SQLERRM, 200);
    END;
  END IF;
  IF trouble IS NOT NULL THEN
    stored := 0;
    PERFORM raise_alarm(its_bench_no, its_epoch, accepted_through + 1, 'broken_chain',
      json_build_object('error', trouble, 'events', many));
    status := 'broken_chain';
    RETURN;
  END IF;
  accepted_through := accepted_through + many;
  head_hash := sha256('\x00'::bytea || convert_to(bodies[many], 'UTF8'));
  UPDATE head SET last_seq = accepted_through, last_hash = head_hash, updated_at = taken_at
    WHERE bench_no = its_bench_no AND epoch = its_epoch;
END $$;

-- Stores those that are in order, in one statement; the caller undoes it if they are not all.
CREATE FUNCTION custody.append_new(
  its custody.bench, after bigint, after_hash bytea, bodies text[], sigs bytea[],
  taken_at timestamptz) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, custody, pg_temp SET work_mem = '32MB' AS $$
DECLARE
  its_bench jsonb := to_jsonb(its.bench_id);
  its_epoch jsonb := to_jsonb(its.epoch);
  its_sim jsonb := (SELECT to_jsonb(simulated) FROM store);
  stored integer;
BEGIN
  WITH given AS (
    SELECT after + n AS seq, body, sig, body::jsonb AS said,
           sha256('\x00'::bytea || convert_to(body, 'UTF8')) AS hash
      FROM unnest(bodies, sigs) WITH ORDINALITY AS t(body, sig, n) OFFSET 0
  ), chained AS (
    SELECT *, lag(hash, 1, after_hash) OVER (ORDER BY seq) AS before,
           as_moment(said->>'at') AS moment, said->'dev'->>'imei' AS imei,
           said->'dev'->>'imei2' AS imei2 FROM given
  )
  INSERT INTO event (bench_no, epoch, seq, parsed, event_id, type, imei, imei2, at, received_at,
      hash, sig, body)
    SELECT its.bench_no, its.epoch, seq,
           coalesce(said->'v', 'null') = '1'
             AND jsonb_typeof(said->'type') IS NOT DISTINCT FROM 'string' AND moment IS NOT NULL,
           as_id(said->>'id'), left(said->>'type', 64), as_imei(imei),
           as_imei(imei2), moment, taken_at, hash, sig, body
      FROM chained
      WHERE said->>'prev' = encode(before, 'hex') AND said->'seq' = to_jsonb(seq)
        AND said->'bench' = its_bench AND said->'epoch' = its_epoch
        AND coalesce(said->'sim', 'false') = its_sim;
  GET DIAGNOSTICS stored = ROW_COUNT;
  RETURN stored;
END $$;

-- Stores them one by one, also what `jsonb` cannot hold, or says which is not in order and why.
CREATE FUNCTION custody.append_carefully(
  its custody.bench, after bigint, before bytea, bodies text[], sigs bytea[],
  taken_at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, custody, pg_temp AS $$
DECLARE
  its_sim text := (SELECT simulated::text FROM store);
  its_hash bytea;
  seq bigint;
  said json;
  holds boolean;
BEGIN
  FOR n IN 1..cardinality(bodies) LOOP
    seq := after + n;
    IF octet_length(bodies[n]) > 65536 THEN
      RAISE 'event %: its body is longer than 65536 bytes', seq;
    END IF;
    BEGIN
      said := bodies[n]::jsonb::json;
      holds := true;
    EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
      holds := false;
    END;
    BEGIN
      IF NOT holds THEN
        said := as_far_as_read(bodies[n]);
      END IF;
    EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
      said := NULL;
    END;
    IF json_typeof(said) IS DISTINCT FROM 'object' THEN
      RAISE 'event %: its body is no JSON object', seq;
    ELSIF (said->'seq')::text IS DISTINCT FROM seq::text THEN
      RAISE 'event %: it is numbered otherwise', seq;
    ELSIF (said->'prev')::text IS DISTINCT FROM '"' || encode(before, 'hex') || '"' THEN
      RAISE 'event %: it does not name the hash of the one before', seq;
    ELSIF (said->'bench')::text IS DISTINCT FROM '"' || its.bench_id || '"' THEN
      RAISE 'event %: it is of another bench', seq;
    ELSIF (said->'epoch')::text IS DISTINCT FROM its.epoch::text THEN
      RAISE 'event %: it is of another epoch', seq;
    ELSIF coalesce((said->'sim')::text, 'false') <> its_sim THEN
      RAISE 'event %: only one of it and this store is of training', seq;
    END IF;
    its_hash := sha256('\x00'::bytea || convert_to(bodies[n], 'UTF8'));
    INSERT INTO event
      (bench_no, epoch, seq, parsed, event_id, type, imei, imei2, at, received_at, hash, sig, body)
      VALUES (its.bench_no, its.epoch, seq,
        holds AND (said->'v')::text IS NOT DISTINCT FROM '1'
          AND json_typeof(said->'type') IS NOT DISTINCT FROM 'string'
          AND as_moment(said->>'at') IS NOT NULL,
        as_id(said->>'id'), left(said->>'type', 64), as_imei(said->'dev'->>'imei'),
        as_imei(said->'dev'->>'imei2'), as_moment(said->>'at'), taken_at, its_hash, sigs[n], bodies[n]);
    before := its_hash;
  END LOOP;
END $$;

-- ── answering ──────────────────────────────────────────────────────────────────────────────────
-- The number of what benches and the store say to each other; a form that changes none of it leaves it.
CREATE FUNCTION custody.protocol() RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT 1 $$;

-- Where other benches have handsets: form 2 knows.
CREATE FUNCTION custody.sightings(its_bench_no integer, imeis text[]) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, custody, pg_temp AS $$ SELECT '[]'::jsonb $$;

CREATE FUNCTION custody.answers(its_bench_no integer, asks jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, custody, pg_temp AS $$
DECLARE
  told jsonb := '{}';
BEGIN
  IF asks ? 'hello' THEN
    told := told || (SELECT jsonb_build_object('hello', jsonb_build_object(
      'name', name, 'simulated', simulated, 'form', (SELECT max(number) FROM form),
      'protocol', protocol(),
      'bench', (SELECT bench_id FROM bench WHERE bench_no = its_bench_no),
      'epoch', (SELECT epoch FROM bench WHERE bench_no = its_bench_no),
      'now', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
      FROM store);
  END IF;
  IF jsonb_typeof(asks->'imeis') = 'array' THEN
    told := told || jsonb_build_object('sightings', sightings(
      its_bench_no, ARRAY(SELECT jsonb_array_elements_text(asks->'imeis') LIMIT 100)));
  END IF;
  IF jsonb_typeof(asks->'release') = 'number' THEN
    told := told || jsonb_build_object('release', (
      SELECT note FROM release
        WHERE bench_no = its_bench_no AND number > (asks->>'release')::numeric
        ORDER BY number DESC LIMIT 1));
  END IF;
  IF asks->>'part' ~ '^[0-9a-f]{64}$' THEN
    told := told || jsonb_build_object('part', (
      SELECT body FROM part WHERE sha256 = decode(asks->>'part', 'hex')));
  END IF;
  RETURN told;
END $$;

-- What is asked never undoes what was brought beside it.
CREATE FUNCTION custody.answers_if_any(its_bench_no integer, asks jsonb) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, custody, pg_temp AS $$
BEGIN
  IF asks IS NULL OR asks = '{}' OR jsonb_typeof(asks) <> 'object'
     OR pg_column_size(asks) > 65536 THEN
    RETURN '{}';
  END IF;
  RETURN answers(its_bench_no, asks);
EXCEPTION WHEN data_exception OR integrity_constraint_violation OR program_limit_exceeded
    OR raise_exception THEN
  RETURN '{}';
END $$;

-- ── the narrow door ────────────────────────────────────────────────────────────────────────────
CREATE FUNCTION custody.certificate_serves(its_bench_no integer, number numeric) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, custody, pg_temp AS $$
  SELECT EXISTS (SELECT FROM custody.certificate
    WHERE serial = number AND bench_no = its_bench_no AND ends_at > clock_timestamp())
$$;

-- Written once an hour at most: who has nothing new calls often.
CREATE FUNCTION custody.hear(its_bench_no integer) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, custody, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM heard
      WHERE bench_no = its_bench_no AND at > clock_timestamp() - interval '1 hour') THEN
    INSERT INTO heard VALUES (its_bench_no, clock_timestamp())
      ON CONFLICT (bench_no) DO UPDATE SET at = excluded.at;
  END IF;
END $$;

-- How a session reads literals and writes times is its own to set: not in here.
CREATE FUNCTION custody.exchange(
  epoch integer, from_seq bigint, bodies text[], sigs bytea[], asks jsonb,
  OUT status text, OUT accepted_through bigint, OUT head_hash bytea, OUT stored integer,
  OUT answers jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, custody, pg_temp
SET standard_conforming_strings = on SET timezone = 'UTC' SET datestyle = 'ISO, YMD' AS $$
DECLARE
  its bench%ROWTYPE;
BEGIN
  SELECT * INTO its FROM bench WHERE role_name = session_user;
  IF NOT FOUND THEN
    status := 'unknown_bench';
    RETURN;
  END IF;
  IF coalesce((SELECT asks_certificate FROM store), true) AND NOT certificate_serves(its.bench_no,
      (SELECT client_serial FROM pg_stat_ssl WHERE pid = pg_backend_pid())) THEN
    status := 'certificate_ended';
    RETURN;
  END IF;
  SELECT * INTO status, accepted_through, head_hash, stored
    FROM take_in(its.bench_no, epoch, from_seq, bodies, sigs);
  PERFORM hear(its.bench_no);
  answers := answers_if_any(its.bench_no, asks);
END $$;

CREATE FUNCTION custody.exchange_for(
  its_bench_id text, serial numeric, token_sha256 bytea,
  epoch integer, from_seq bigint, bodies text[], sigs bytea[], asks jsonb,
  OUT status text, OUT accepted_through bigint, OUT head_hash bytea, OUT stored integer,
  OUT answers jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, custody, pg_temp
SET standard_conforming_strings = on SET timezone = 'UTC' SET datestyle = 'ISO, YMD' AS $$
DECLARE
  its_no integer;
BEGIN
  SELECT b.bench_no INTO its_no FROM bench b WHERE b.bench_id = its_bench_id AND (
    certificate_serves(b.bench_no, serial) OR EXISTS (
      SELECT FROM token t WHERE t.sha256 = token_sha256 AND t.bench_no = b.bench_no
        AND t.ends_at > clock_timestamp()));
  IF NOT FOUND THEN
    status := 'unknown_bench';
    RETURN;
  END IF;
  SELECT * INTO status, accepted_through, head_hash, stored
    FROM take_in(its_no, epoch, from_seq, bodies, sigs);
  PERFORM hear(its_no);
  answers := answers_if_any(its_no, asks);
END $$;

-- ── who reads ──────────────────────────────────────────────────────────────────────────────────
CREATE TABLE custody.reader (
  role_name name NOT NULL,
  organisation text NOT NULL,
  PRIMARY KEY (role_name, organisation)
);
COMMENT ON TABLE custody.reader IS 'Which organisations'' events an auditor reads.';

-- The benches whose events who is signed in may read; of one whole statement the same.
CREATE FUNCTION custody.readable_benches() RETURNS integer[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, custody, pg_temp AS $$
  SELECT coalesce(array_agg(b.bench_no), '{}') FROM custody.bench b
    JOIN custody.reader r USING (organisation) WHERE r.role_name = session_user
$$;

DO $$
DECLARE
  each text;
BEGIN
  FOREACH each IN ARRAY ARRAY['event', 'bench', 'head', 'heard', 'alarm'] LOOP
    EXECUTE format('ALTER TABLE custody.%I ENABLE ROW LEVEL SECURITY', each);
    EXECUTE format('CREATE POLICY of_its_organisations ON custody.%I FOR SELECT'
      ' TO staging_reader USING (bench_no = ANY ((SELECT custody.readable_benches())::integer[]))',
      each);
    EXECUTE format('CREATE POLICY all_of_it ON custody.%I TO staging_service USING (true)', each);
  END LOOP;
END $$;

-- ── who may do what ────────────────────────────────────────────────────────────────────────────
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA custody FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA custody FROM PUBLIC;
GRANT USAGE ON SCHEMA custody TO staging_bench, staging_door, staging_reader, staging_service;
GRANT EXECUTE ON FUNCTION custody.exchange TO staging_bench;
GRANT EXECUTE ON FUNCTION custody.exchange_for TO staging_door;
GRANT EXECUTE ON FUNCTION custody.readable_benches TO staging_reader;
GRANT SELECT ON custody.event, custody.bench, custody.head, custody.heard, custody.alarm
  TO staging_reader, staging_service;
GRANT SELECT ON custody.form, custody.store TO staging_reader, staging_service;
