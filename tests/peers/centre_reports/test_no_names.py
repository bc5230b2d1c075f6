"""A person at a bench is a pseudonym at the centre, and an erasure there reaches the centre so."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from bench.custody import queries
from bench.custody.database import connect_reader
from bench.custody.entries import Entry, PersonalText
from bench.custody.people.roles import Role
from bench.custody.personal import erasure
from bench.events.orders import CustodyKind
from tests.bench.custody.people.enrolled import ask, badge, enrol, make, name, real_ledger
from tests.peers.centre.centre_room import centre_room
from tests.peers.centre_reports.benches_at_work import MORNING, TABLES, project, put

NOTE = "Erika Beispiel saw the crack"


def test_no_name_of_a_person_reaches_the_centre_and_an_erased_one_is_told_of(
    tmp_path: Path,
) -> None:
    with closing(real_ledger(tmp_path)) as ledger:
        chief = enrol(ledger, Role.SUPERVISOR, 1)
        who = enrol(ledger, Role.TECHNICIAN, 2, by=chief)
        note = PersonalText("note", NOTE, who.id)
        ledger.append([Entry(CustodyKind.CARRIED, personal=(note,))], by=who)
        make(ledger, ask(ledger, lambda record: erasure.erase(record, who.id)), chief)
    with closing(connect_reader(tmp_path / "ledger.db")) as record:
        events = list(queries.events(record, 0, 100))
    with centre_room(tmp_path) as room, room.admin() as admin:
        room.add_bench("bench-07")
        put(admin, "bench-07", [(1, event, MORNING) for event in events])
        assert project(admin) == len(events)
        stored = "".join(
            str(row)
            for table in ("event", "alarm", *TABLES)
            for row in admin.execute(f"SELECT t::text FROM custody.{table} t")
        )
    assert who.id in stored
    assert '"type":"erased"' in stored.replace('""', '"')
    for secret in (NOTE, name(2), name(1), "Erika", badge(2).uid):
        assert secret not in stored
