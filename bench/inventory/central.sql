-- The central store, form 1: what benches sent, and the narrow door they send it through.
--
-- Applied once, in one transaction, by the owner of an empty database; what changes it later stands
-- in `migrations/`. Every bench signs in as a role of its own and may execute `custody.exchange`,
-- nothing else. Nothing a bench says is more than data here: no statement is made of it.

CREATE SCHEMA custody;
REVOKE ALL ON SCHEMA custody FROM PUBLIC;

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
  asks_certificate boolean NOT NULL DEFAULT true
);
COMMENT ON TABLE custody.store IS 'What this store is: of training or real, never both.';

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
  PRIMARY KEY (bench_no, epoch)
);

CREATE TABLE custody.alarm (
  alarm_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  bench_no integer NOT NULL REFERENCES custody.bench,
  epoch integer NOT NULL,
  seq bigint NOT NULL,
  kind text NOT NULL,
  detail json NOT NULL,
  raised_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE custody.event (
  bench_no integer NOT NULL,
  epoch integer NOT NULL,
  seq bigint NOT NULL,
  parsed boolean NOT NULL,
  event_id uuid,
  type text,
  imei text,
  at timestamptz,
  received_at timestamptz NOT NULL DEFAULT now(),
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  sig bytea NOT NULL CHECK (octet_length(sig) = 64),
  body text NOT NULL CHECK (octet_length(body) <= 65536),
  PRIMARY KEY (bench_no, epoch, seq)
) PARTITION BY HASH (bench_no);
COMMENT ON TABLE custody.event IS
  'Every event as its bench wrote and signed it. What no column could be read from has parsed false.';

DO $$
BEGIN
  FOR part IN 0..31 LOOP
    EXECUTE format(
      'CREATE TABLE custody.event_%s PARTITION OF custody.event'
      ' FOR VALUES WITH (MODULUS 32, REMAINDER %s)', to_char(part, 'FM00'), part);
  END LOOP;
END $$;
CREATE INDEX event_by_imei ON custody.event (imei, at) WHERE imei IS NOT NULL;

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
CREATE TRIGGER event_never_changes BEFORE UPDATE OR DELETE ON custody.event
  FOR EACH ROW EXECUTE FUNCTION custody.refuse_change();
CREATE TRIGGER event_never_emptied BEFORE TRUNCATE ON custody.event
  FOR EACH STATEMENT EXECUTE FUNCTION custody.refuse_change();
CREATE TRIGGER alarm_never_changes BEFORE UPDATE OR DELETE ON custody.alarm
  FOR EACH ROW EXECUTE FUNCTION custody.refuse_change();

-- ── what a text may be read as; null where it is none ──────────────────────────────────────────
CREATE FUNCTION custody.as_moment(said text) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF said !~ '^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\d\dZ$' THEN
    RETURN NULL;
  END IF;
  RETURN said::timestamptz;
EXCEPTION WHEN data_exception THEN
  RETURN NULL;
END $$;

-- ── taking in ──────────────────────────────────────────────────────────────────────────────────
CREATE FUNCTION custody.take_in(
  its_bench_no integer, its_epoch integer, from_seq bigint, bodies text[], sigs bytea[],
  OUT status text, OUT accepted_through bigint, OUT head_hash bytea, OUT stored integer)
LANGUAGE plpgsql SET search_path = custody, pg_temp AS $$
DECLARE
  its bench%ROWTYPE;
  simulates boolean;
  many integer := coalesce(cardinality(bodies), 0);
  known integer;
  other record;
  trouble text;
BEGIN
  stored := 0;
  SELECT * INTO its FROM bench WHERE bench_no = its_bench_no;
  IF its.state <> 'active' OR its.epoch <> its_epoch THEN
    SELECT last_seq, last_hash INTO accepted_through, head_hash
      FROM head WHERE bench_no = its.bench_no AND epoch = its_epoch;
    status := 'frozen';
    RETURN;
  END IF;
  IF many <> coalesce(cardinality(sigs), 0) OR many > 5000 OR from_seq < 1
     OR from_seq IS NULL THEN
    status := 'bad_request';
    RETURN;
  END IF;
  INSERT INTO head VALUES (its.bench_no, its_epoch, 0, decode(repeat('00', 32), 'hex'))
    ON CONFLICT DO NOTHING;
  SELECT last_seq, last_hash INTO accepted_through, head_hash
    FROM head WHERE bench_no = its.bench_no AND epoch = its_epoch FOR UPDATE;
  IF from_seq > accepted_through + 1 THEN
    status := 'gap';
    RETURN;
  END IF;
  known := least(many, accepted_through - from_seq + 1);
  IF known > 0 THEN
    SELECT e.seq, given.body INTO other
      FROM unnest(bodies[1:known]) WITH ORDINALITY AS given(body, n)
      LEFT JOIN event e ON e.bench_no = its.bench_no AND e.epoch = its_epoch
        AND e.seq = from_seq + given.n - 1
      WHERE e.body IS DISTINCT FROM given.body
      ORDER BY given.n LIMIT 1;
    IF FOUND THEN
      INSERT INTO alarm (bench_no, epoch, seq, kind, detail) VALUES
        (its.bench_no, its_epoch, other.seq, 'fork', json_build_object('body', other.body));
      UPDATE bench SET state = 'frozen' WHERE bench_no = its.bench_no;
      status := 'fork';
      RETURN;
    END IF;
  END IF;
  IF known = many THEN
    status := 'ok';
    RETURN;
  END IF;
  SELECT simulated INTO simulates FROM store;
  BEGIN
    stored := append_new(its, accepted_through, head_hash, bodies[known + 1:], sigs[known + 1:],
                         simulates);
  EXCEPTION WHEN data_exception OR integrity_constraint_violation OR raise_exception THEN
    trouble := SQLERRM;
  END;
  IF trouble IS NOT NULL THEN
    stored := 0;
    INSERT INTO alarm (bench_no, epoch, seq, kind, detail) VALUES
      (its.bench_no, its_epoch, accepted_through + 1, 'broken_chain',
       json_build_object('error', trouble, 'events', many - known));
    status := 'broken_chain';
    RETURN;
  END IF;
  SELECT last_seq, last_hash INTO accepted_through, head_hash
    FROM head WHERE bench_no = its.bench_no AND epoch = its_epoch;
  status := 'ok';
END $$;

CREATE FUNCTION custody.append_new(
  its custody.bench, after bigint, after_hash bytea, bodies text[], sigs bytea[],
  simulates boolean) RETURNS integer
LANGUAGE plpgsql SET search_path = custody, pg_temp AS $$
DECLARE
  many integer := cardinality(bodies);
  stored integer;
BEGIN
  WITH given AS MATERIALIZED (
    SELECT after + n AS seq, body, sig, position('\u0000' IN body) = 0 AS plain,
           sha256('\x00'::bytea || convert_to(body, 'UTF8')) AS hash
      FROM unnest(bodies, sigs) WITH ORDINALITY AS t(body, sig, n)
  ), chained AS (
    SELECT *, encode(lag(hash, 1, after_hash) OVER (ORDER BY seq), 'hex') AS before,
           CASE WHEN plain THEN body::jsonb END AS said
      FROM given
  ), read AS MATERIALIZED (
    SELECT *, CASE WHEN plain THEN
        said->>'prev' = before AND said->>'seq' = seq::text AND said->>'bench' = its.bench_id
        AND said->>'epoch' = its.epoch::text
        AND coalesce((said->'sim')::boolean, false) = simulates
      ELSE
        position('"prev":"' || before || '"' IN body) > 0
        AND position('"seq":' || seq || ',' IN body) > 0
        AND position('"bench":"' || its.bench_id || '"' IN body) > 0
        AND position('"epoch":' || its.epoch || ',' IN body) > 0
        AND (position('"sim":true' IN body) > 0) = simulates
      END AS fits,
      as_moment(said->>'at') AS moment
      FROM chained
  )
  INSERT INTO event (bench_no, epoch, seq, parsed, event_id, type, imei, at, hash, sig, body)
    SELECT its.bench_no, its.epoch, seq,
           plain AND said->>'v' = '1' AND said->>'type' IS NOT NULL AND moment IS NOT NULL,
           CASE WHEN said->>'id' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                THEN (said->>'id')::uuid END,
           left(said->>'type', 64),
           CASE WHEN said->'dev'->>'imei' ~ '^\d{14,16}$' THEN said->'dev'->>'imei' END,
           moment, hash, sig, body
      FROM read WHERE fits;
  GET DIAGNOSTICS stored = ROW_COUNT;
  IF stored <> many THEN
    RAISE EXCEPTION '% of % events do not follow the head', many - stored, many;
  END IF;
  UPDATE head SET last_seq = after + many, updated_at = now(),
      last_hash = sha256('\x00'::bytea || convert_to(bodies[many], 'UTF8'))
    WHERE bench_no = its.bench_no AND epoch = its.epoch;
  RETURN stored;
END $$;

-- ── answering ──────────────────────────────────────────────────────────────────────────────────
CREATE FUNCTION custody.sightings(its_bench_no integer, imeis text[]) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = custody, pg_temp AS $$
  SELECT coalesce(jsonb_agg(found), '[]') FROM (
    SELECT DISTINCT ON (e.imei, e.bench_no)
           jsonb_build_object(
             'imei', e.imei, 'bench', b.bench_id, 'at', e.body::jsonb->>'at', 'type', e.type,
             'phase', e.body::jsonb->'dev'->>'phase') AS found
      FROM event e JOIN bench b USING (bench_no)
      WHERE e.imei = ANY (imeis[1:100]) AND e.bench_no <> its_bench_no AND e.parsed
      ORDER BY e.imei, e.bench_no, e.epoch DESC, e.seq DESC
  ) AS every
$$;

CREATE FUNCTION custody.answers(its_bench_no integer, asks jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = custody, pg_temp AS $$
DECLARE
  told jsonb := '{}';
BEGIN
  IF asks ? 'hello' THEN
    told := told || (SELECT jsonb_build_object('hello', jsonb_build_object(
      'name', name, 'simulated', simulated, 'form', (SELECT max(number) FROM form),
      'bench', (SELECT bench_id FROM bench WHERE bench_no = its_bench_no),
      'epoch', (SELECT epoch FROM bench WHERE bench_no = its_bench_no),
      'now', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
      FROM store);
  END IF;
  IF jsonb_typeof(asks->'imeis') = 'array' THEN
    told := told || jsonb_build_object('sightings', sightings(
      its_bench_no, ARRAY(SELECT jsonb_array_elements_text(asks->'imeis'))));
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

-- ── the narrow door ────────────────────────────────────────────────────────────────────────────
CREATE FUNCTION custody.certificate_serves(its_bench_no integer, number numeric) RETURNS boolean
LANGUAGE sql STABLE SET search_path = custody, pg_temp AS $$
  SELECT EXISTS (SELECT FROM certificate
    WHERE serial = number AND bench_no = its_bench_no AND ends_at > clock_timestamp())
$$;

CREATE FUNCTION custody.exchange(
  epoch integer, from_seq bigint, bodies text[], sigs bytea[], asks jsonb,
  OUT status text, OUT accepted_through bigint, OUT head_hash bytea, OUT stored integer,
  OUT answers jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = custody, pg_temp AS $$
DECLARE
  its bench%ROWTYPE;
BEGIN
  SELECT * INTO its FROM bench WHERE role_name = session_user;
  IF NOT FOUND THEN
    status := 'unknown_bench';
    RETURN;
  END IF;
  IF (SELECT asks_certificate FROM store) AND NOT certificate_serves(its.bench_no,
      (SELECT client_serial FROM pg_stat_ssl WHERE pid = pg_backend_pid())) THEN
    status := 'certificate_ended';
    RETURN;
  END IF;
  SELECT * INTO status, accepted_through, head_hash, stored
    FROM take_in(its.bench_no, epoch, from_seq, bodies, sigs);
  answers := custody.answers(its.bench_no, asks);
END $$;

CREATE FUNCTION custody.exchange_for(
  its_bench_id text, serial numeric, token_sha256 bytea,
  epoch integer, from_seq bigint, bodies text[], sigs bytea[], asks jsonb,
  OUT status text, OUT accepted_through bigint, OUT head_hash bytea, OUT stored integer,
  OUT answers jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = custody, pg_temp AS $$
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
  answers := custody.answers(its_no, asks);
END $$;

-- ── who may do what ────────────────────────────────────────────────────────────────────────────
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA custody FROM PUBLIC;
GRANT USAGE ON SCHEMA custody TO staging_bench, staging_door;
GRANT EXECUTE ON FUNCTION custody.exchange TO staging_bench;
GRANT EXECUTE ON FUNCTION custody.exchange_for TO staging_door;
