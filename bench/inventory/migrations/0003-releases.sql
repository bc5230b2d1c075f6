-- Form 3: what is sent down to benches. Who works there, what was bought, under which profiles, which
-- asset tags each may give, and which handsets other lists know.
--
-- The publisher (a member of staging_service) reads these and signs; no bench reaches them but by the
-- releases made of them. An organisation's people, orders and profiles are for its own benches only.

CREATE TABLE custody.person (
  organisation text NOT NULL,
  person text NOT NULL CHECK (person ~ '^p-[0-9a-f]{12}$'),
  role text NOT NULL CHECK (role IN ('technician', 'supervisor', 'auditor')),
  standing text NOT NULL CHECK (standing IN ('active', 'retired')),
  name text NOT NULL CHECK (char_length(name) <= 100),
  badge text CHECK (badge ~ '^[0-9A-Z]{4,64}$'),
  pin text CHECK (char_length(pin) <= 220),
  pepper text CHECK (pepper ~ '^[0-9a-f]{16}$'),
  benches text[] NOT NULL DEFAULT '{}',
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation, person),
  CONSTRAINT badge_of_one UNIQUE (organisation, badge) DEFERRABLE INITIALLY DEFERRED,
  CHECK ((pin IS NULL) = (pepper IS NULL))
);
COMMENT ON TABLE custody.person IS
  'Personal data: names and badges of those who are sent down. benches: where to, empty for all.';

CREATE TABLE custody.order_line (
  organisation text NOT NULL,
  number text NOT NULL CHECK (char_length(number) BETWEEN 1 AND 80),
  model text NOT NULL CHECK (char_length(model) BETWEEN 1 AND 80),
  count integer NOT NULL CHECK (count BETWEEN 1 AND 1000000),
  supplier text NOT NULL CHECK (char_length(supplier) <= 80),
  due date,
  closed boolean NOT NULL DEFAULT false,
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation, number, model)
);

CREATE TABLE custody.profile (
  organisation text NOT NULL,
  name text NOT NULL CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,58}\.toml$'),
  body text NOT NULL CHECK (octet_length(body) <= 65536),
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation, name)
);

CREATE TABLE custody.sent_person (
  bench_no integer NOT NULL REFERENCES custody.bench,
  person text NOT NULL CHECK (person ~ '^p-[0-9a-f]{12}$'),
  PRIMARY KEY (bench_no, person)
);
COMMENT ON TABLE custody.sent_person IS
  'Whom each bench was ever sent, by pseudonym alone: who is no longer sent there has left there.';

CREATE TABLE custody.known_handset (
  organisation text NOT NULL,
  list text NOT NULL CHECK (char_length(list) BETWEEN 1 AND 80),
  imei text NOT NULL CHECK (imei ~ '^\d{15}$'),
  serial text NOT NULL,
  place text NOT NULL CHECK (char_length(place) BETWEEN 1 AND 60),
  PRIMARY KEY (organisation, list, imei, serial, place)
);
COMMENT ON TABLE custody.known_handset IS 'Handsets that inventories of an organisation know, list by list.';

CREATE TABLE custody.release_part (
  bench_no integer NOT NULL,
  number bigint NOT NULL,
  kind text NOT NULL,
  sha256 bytea NOT NULL REFERENCES custody.part,
  PRIMARY KEY (bench_no, number, kind),
  FOREIGN KEY (bench_no, number) REFERENCES custody.release ON DELETE CASCADE
);
CREATE INDEX release_part_by_digest ON custody.release_part (sha256);
COMMENT ON TABLE custody.release_part IS 'Which parts a release names, as its note says it too.';

CREATE TABLE custody.elsewhere_now (
  organisation text PRIMARY KEY,
  sha256 bytea NOT NULL REFERENCES custody.part,
  made_at timestamptz NOT NULL
);
COMMENT ON TABLE custody.elsewhere_now IS
  'The newest part of handsets known elsewhere, as each organisation may know it.';

-- ── asset tags ─────────────────────────────────────────────────────────────────────────────────
-- The blocks of a prefix are a chain: each begins behind the last number of just one other, and none
-- has two behind it. So no two can ever overlap, whoever writes them and however many at once, by
-- constraints that need neither an extension nor a lock.
CREATE TABLE custody.tag_block (
  prefix text NOT NULL CHECK (prefix ~ '^[A-Z]{2,5}$'),
  first integer NOT NULL CHECK (first >= 1),
  last integer NOT NULL CHECK (last <= 99999999),
  after integer,
  bench_no integer NOT NULL REFERENCES custody.bench,
  allotted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (prefix, last),
  CONSTRAINT one_behind_each UNIQUE NULLS NOT DISTINCT (prefix, after),
  CONSTRAINT behind_one FOREIGN KEY (prefix, after) REFERENCES custody.tag_block (prefix, last),
  CHECK (first <= last),
  CHECK (first > coalesce(after, 0))
);
CREATE INDEX tag_block_by_bench ON custody.tag_block (bench_no);
CREATE TRIGGER tag_block_never_changes BEFORE UPDATE OR DELETE ON custody.tag_block
  FOR EACH ROW EXECUTE FUNCTION custody.refuse_change();
CREATE TRIGGER tag_block_never_emptied BEFORE TRUNCATE ON custody.tag_block
  FOR EACH STATEMENT EXECUTE FUNCTION custody.refuse_change();

CREATE TABLE custody.tag_scan (
  bench_no integer NOT NULL REFERENCES custody.bench,
  epoch integer NOT NULL,
  through bigint NOT NULL,
  PRIMARY KEY (bench_no, epoch)
);
COMMENT ON TABLE custody.tag_scan IS 'How far events were looked through for asset tags.';

CREATE TABLE custody.tag_used (
  prefix text NOT NULL,
  last integer NOT NULL,
  epoch integer NOT NULL,
  highest integer NOT NULL,
  PRIMARY KEY (prefix, last, epoch),
  FOREIGN KEY (prefix, last) REFERENCES custody.tag_block
);
COMMENT ON TABLE custody.tag_used IS
  'The highest tag of a block that its bench gave in each epoch, as its events say.';

CREATE TABLE custody.tag_stray (
  prefix text NOT NULL,
  number integer NOT NULL,
  bench_no integer NOT NULL REFERENCES custody.bench,
  PRIMARY KEY (prefix, number, bench_no)
);
COMMENT ON TABLE custody.tag_stray IS
  'Tags that a bench gave outside its blocks: no block is ever laid over them.';

CREATE FUNCTION custody.see_tags() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = custody, pg_temp AS $$
BEGIN
  LOCK TABLE tag_scan IN SHARE ROW EXCLUSIVE MODE;
  WITH stand AS MATERIALIZED (
    SELECT h.bench_no, h.epoch, coalesce(s.through, 0) AS after, h.last_seq AS through
      FROM head h LEFT JOIN tag_scan s USING (bench_no, epoch)
      WHERE h.last_seq > coalesce(s.through, 0)
  ), found AS MATERIALIZED (
    SELECT DISTINCT e.bench_no, e.epoch, said[1] AS prefix, said[2]::integer AS number
      FROM stand JOIN event e
        ON e.bench_no = stand.bench_no AND e.epoch = stand.epoch
        AND e.seq > stand.after AND e.seq <= stand.through
      CROSS JOIN LATERAL regexp_matches(e.body, '"label":"([A-Z]{2,5})-([0-9]{6,8})"', 'g') said
      WHERE position('"label":"' IN e.body) > 0
  ), placed AS MATERIALIZED (
    SELECT f.*, b.last FROM found f LEFT JOIN tag_block b
      ON b.prefix = f.prefix AND b.bench_no = f.bench_no AND f.number BETWEEN b.first AND b.last
  ), used AS (
    INSERT INTO tag_used
      SELECT prefix, last, epoch, max(number) FROM placed WHERE last IS NOT NULL GROUP BY 1, 2, 3
      ON CONFLICT (prefix, last, epoch)
        DO UPDATE SET highest = greatest(tag_used.highest, excluded.highest)
  ), stray AS (
    INSERT INTO tag_stray SELECT prefix, number, bench_no FROM placed
      WHERE last IS NULL AND number > 0 ON CONFLICT DO NOTHING
  )
  INSERT INTO tag_scan SELECT bench_no, epoch, through FROM stand
    ON CONFLICT (bench_no, epoch) DO UPDATE SET through = excluded.through;
END $$;

CREATE FUNCTION custody.allot_tags(
  its_bench_id text, its_prefix text, many integer, beginning integer DEFAULT 1,
  OUT first integer, OUT last integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = custody, pg_temp AS $$
DECLARE
  its_no integer;
  before integer;
  taken integer;
BEGIN
  SELECT bench_no INTO its_no FROM bench WHERE bench_id = its_bench_id AND state <> 'retired';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no bench of that name' USING ERRCODE = 'no_data_found';
  END IF;
  IF many IS NULL OR many < 1 OR many > 1000000 THEN
    RAISE EXCEPTION 'a block has 1 to 1000000 tags' USING ERRCODE = 'numeric_value_out_of_range';
  END IF;
  LOCK TABLE tag_block IN SHARE ROW EXCLUSIVE MODE;
  PERFORM see_tags();
  SELECT max(b.last) INTO before FROM tag_block b WHERE b.prefix = its_prefix;
  first := greatest(coalesce(before, 0) + 1, beginning);
  LOOP
    SELECT max(number) INTO taken FROM tag_stray
      WHERE prefix = its_prefix AND number BETWEEN first AND first::bigint + many - 1;
    EXIT WHEN taken IS NULL;
    first := taken + 1;
  END LOOP;
  IF first::bigint + many - 1 > 99999999 THEN
    RAISE EXCEPTION 'the prefix has no such block left' USING ERRCODE = 'numeric_value_out_of_range';
  END IF;
  last := first + many - 1;
  INSERT INTO tag_block (prefix, first, last, after, bench_no)
    VALUES (its_prefix, first, last, before, its_no);
END $$;

-- ── who may do what ────────────────────────────────────────────────────────────────────────────
REVOKE ALL ON FUNCTION custody.see_tags, custody.allot_tags FROM PUBLIC;
GRANT USAGE ON SCHEMA custody TO staging_service;
GRANT EXECUTE ON FUNCTION custody.see_tags, custody.allot_tags TO staging_service;
GRANT SELECT ON custody.store, custody.bench, custody.head TO staging_service;
GRANT SELECT, INSERT, DELETE ON custody.part, custody.release, custody.release_part
  TO staging_service;
GRANT SELECT, INSERT ON custody.sent_person TO staging_service;
GRANT SELECT, INSERT, UPDATE, DELETE
  ON custody.person, custody.order_line, custody.profile, custody.known_handset,
    custody.elsewhere_now
  TO staging_service;
GRANT SELECT ON custody.tag_block, custody.tag_used, custody.tag_stray, custody.tag_scan
  TO staging_service;
