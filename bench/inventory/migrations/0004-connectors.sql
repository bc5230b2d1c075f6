-- What inventories are to have of each device, and what they have of it already.
--
-- One row for each connector and device: what is overtaken is never sent. The feeder looks at the
-- projections and at nothing else, takes no lock on events or heads, and holds no transaction while
-- it waits for an inventory.

CREATE TABLE custody.connector (
  name text PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
  preview bytea CHECK (octet_length(preview) = 32),
  preview_mapping bytea,
  preview_said text NOT NULL DEFAULT '',
  previewed_at timestamptz,
  begun_preview bytea CHECK (octet_length(begun_preview) = 32),
  begun_mapping bytea,
  begun_by text NOT NULL DEFAULT '',
  begun_at timestamptz,
  bucket jsonb NOT NULL DEFAULT '{}',
  failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
  next_try timestamptz NOT NULL DEFAULT '-infinity',
  last_word text NOT NULL DEFAULT '',
  last_run timestamptz,
  file_number bigint NOT NULL DEFAULT 0 CHECK (file_number >= 0),
  file_digest bytea CHECK (octet_length(file_digest) = 32)
);
COMMENT ON COLUMN custody.connector.file_digest IS
  'What is in the file of that number, until devices count as done: a run that broke off goes on.';
COMMENT ON TABLE custody.connector IS
  'The inventories that are fed; one is inert until a person said yes to a preview of its mapping.';

CREATE TABLE custody.connector_device (
  connector text NOT NULL REFERENCES custody.connector ON DELETE CASCADE,
  device text NOT NULL,
  wanted bytea NOT NULL CHECK (octet_length(wanted) = 32),
  done bytea CHECK (octet_length(done) = 32),
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed', 'refused')),
  tries integer NOT NULL DEFAULT 0,
  next_try timestamptz NOT NULL DEFAULT now(),
  waiting_since timestamptz NOT NULL DEFAULT now(),
  claimed_at timestamptz,
  last_word text NOT NULL DEFAULT '',
  PRIMARY KEY (connector, device)
);
CREATE INDEX connector_device_due ON custody.connector_device (connector, next_try, device)
  WHERE state <> 'done';

-- Benches of which much waits for the projector, or for long: what it shows of their handsets is the
-- past, and of one that moved a contradiction. What came within the last minute counts as present, for
-- a bench at work always has something that waits.
-- A function, so that it is asked once and not for each device.
CREATE FUNCTION custody.connector_behind() RETURNS integer[]
LANGUAGE sql STABLE SET search_path = pg_catalog, custody, pg_temp SET jit = off AS $$
  SELECT coalesce(array_agg(DISTINCT bench_no), '{}') FROM behind
    WHERE events > 1000 OR since IS NULL OR since <= clock_timestamp() - interval '1 minute'
$$;

-- A device as inventories are told of it: custody now, and in quarantine while benches contradict
-- each other. The event is the last that its bench said of it. `native` is a name that it keeps when
-- its board is changed; it is `behind` while any bench that had it is.
CREATE VIEW custody.connector_source AS
  SELECT d.key AS device, coalesce(d.asset_tag, '') AS asset_tag, coalesce(d.serial, '') AS serial,
    coalesce(d.imei, '') AS imei, coalesce(d.imei2, '') AS imei2, coalesce(d.model, '') AS model,
    coalesce(d.phase, '') AS phase,
    d.in_conflict OR d.custody = 'quarantined' AS quarantined,
    (SELECT bench_id FROM custody.bench b WHERE b.bench_no = d.bench_no) AS bench,
    coalesce(d.custodian, '') AS holder, ''::text AS location,
    coalesce(d.since, d.last_at) AS since,
    coalesce((SELECT e.event_id::text FROM custody.holding h JOIN custody.event e
      ON e.bench_no = h.bench_no AND e.epoch = h.epoch AND e.seq = h.seq
      WHERE h.bench_no = d.bench_no AND h.uid = d.uid), '') AS event,
    coalesce(d.lasting, d.key) AS native,
    d.bench_no = ANY ((SELECT custody.connector_behind())::integer[])
      OR EXISTS (SELECT FROM custody.holding h WHERE h.key = d.key
        AND h.bench_no = ANY ((SELECT custody.connector_behind())::integer[])) AS behind
  FROM custody.device d;

-- What was read of an inventory, while it is compared; nothing is lost with it.
CREATE UNLOGGED TABLE custody.connector_theirs (
  connector text NOT NULL REFERENCES custody.connector ON DELETE CASCADE,
  n bigint NOT NULL,
  key text NOT NULL,
  device text NOT NULL,
  tag text NOT NULL,
  serial text NOT NULL,
  imei text NOT NULL,
  imei2 text NOT NULL,
  fields jsonb NOT NULL,
  holder text,
  archived boolean NOT NULL,
  known boolean NOT NULL DEFAULT false,
  PRIMARY KEY (connector, n)
);
CREATE INDEX connector_theirs_tag ON custody.connector_theirs (connector, tag) WHERE tag <> '';
CREATE INDEX connector_theirs_serial ON custody.connector_theirs (connector, serial)
  WHERE serial <> '';
CREATE INDEX connector_theirs_imei ON custody.connector_theirs (connector, imei) WHERE imei <> '';
CREATE INDEX connector_theirs_imei2 ON custody.connector_theirs (connector, imei2)
  WHERE imei2 <> '';
CREATE INDEX connector_theirs_device ON custody.connector_theirs (connector, device)
  WHERE device <> '';

GRANT USAGE ON SCHEMA custody TO staging_service;
GRANT SELECT ON custody.store, custody.connector_source TO staging_service;
REVOKE ALL ON FUNCTION custody.connector_behind FROM PUBLIC;
GRANT EXECUTE ON FUNCTION custody.connector_behind TO staging_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON
  custody.connector, custody.connector_device, custody.connector_theirs TO staging_service;
