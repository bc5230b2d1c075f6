"""Who there is in a store: the owner, the groups, and what all others of a database lose.

The groups cannot sign in; whoever does is a member of one. What PostgreSQL lets everybody do that
fills a disk or holds others up (large objects, advisory locks, words of their own in the log, small
programs) is taken from everybody and given to those who work here. What cannot be taken: the
statements NOTIFY and LISTEN, which have no rights (nothing here listens, and PostgreSQL refuses
more than 8 GB of them), computing for as long as one likes, and holding the locks of what one may
do in a transaction that stays open; whoever does that is shut out by `retire`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bench.inventory.central.form import OWNER

if TYPE_CHECKING:
    import psycopg


class Group(StrEnum):
    """What a role in the store is for, by the name of its group."""

    BENCH = "staging_bench"
    """A bench; may execute `custody.exchange`."""
    DOOR = "staging_door"
    """The HTTPS door; may execute `custody.exchange_for`."""
    SERVICE = "staging_service"
    """What works at the centre: projector, publisher, connectors."""
    READER = "staging_reader"
    """An auditor; reads what the organisations granted to it recorded."""


_GROUP = """DO $$ BEGIN
  CREATE ROLE {0} NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;
END $$"""
_NOT_FOR_ALL = """DO $$
DECLARE
  each regprocedure;
BEGIN
  FOR each IN SELECT oid FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND (
      proname ~ '^(lo_|lo(read|write)$|pg_(try_)?advisory_|pg_logical_emit_message)'
      OR proname IN ('pg_export_snapshot', 'pg_notify'))
    AND prorettype <> 'trigger'::regtype
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', each);
    IF each::text ~ 'advisory' THEN
      EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO staging_owner, staging_service', each);
    END IF;
  END LOOP;
END $$"""
_NARROW = (
    "GRANT pg_read_all_stats TO staging_owner",  # or it does not see whose certificate came in
    "REVOKE ALL ON SCHEMA public FROM PUBLIC",
    "REVOKE USAGE ON LANGUAGE plpgsql, sql FROM PUBLIC",
    "GRANT USAGE ON LANGUAGE plpgsql, sql TO staging_owner",
    _NOT_FOR_ALL,
)
_ON_DATABASE = (
    "REVOKE ALL ON DATABASE {0} FROM PUBLIC",
    "GRANT CREATE, TEMPORARY ON DATABASE {0} TO staging_owner",  # the projector's work
    *("GRANT CONNECT ON DATABASE {0} TO " + group for group in Group),
)


def lay_out(connection: psycopg.Connection[Any]) -> None:
    """Make owner and groups where they are missing, and narrow what others may; idempotent.

    A superuser's connection; `psycopg.Error` where it is none.
    """
    from psycopg import sql  # noqa: PLC0415 - only who works with a store loads it

    for name in (OWNER, *Group):
        connection.execute(sql.SQL(_GROUP).format(sql.Identifier(name)))
    database = sql.Identifier(connection.info.dbname)
    with connection.transaction():
        for words in _ON_DATABASE:
            connection.execute(sql.SQL(words).format(database))
        for statement in _NARROW:
            connection.execute(statement)
