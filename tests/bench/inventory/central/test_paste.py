from __future__ import annotations

import tomllib
from pathlib import Path

from bench.inventory.central.paste import bench_section, host_rules, server_settings
from bench.inventory.doors.postgres import PostgresAddress


def test_every_group_comes_in_by_certificate_and_in_no_other_way() -> None:
    lines = host_rules("custody").splitlines()
    assert 'hostssl "custody" +staging_bench all cert' in lines
    assert "host all +staging_bench all reject" in lines
    groups = len(lines) // 2
    assert all(line.endswith("cert") for line in lines[:groups])
    assert all(line.endswith("reject") for line in lines[groups:])


def test_a_database_with_a_nasty_name_stays_one_word() -> None:
    first = host_rules('a" +x all trust').splitlines()[0]
    assert first == 'hostssl "a"" +x all trust" +staging_bench all cert'


def test_a_folder_with_a_quote_stays_one_value() -> None:
    assert "ssl_ca_file = '/it''s/ca.crt'" in server_settings(Path("/it's"))


def test_the_section_of_a_bench_is_what_its_door_reads() -> None:
    text = bench_section("::1", 5433, "a b", Path('/etc/it\'s "x"'), "bench-07")
    section = tomllib.loads(text)["central"]
    assert PostgresAddress.parse(section["address"]) == PostgresAddress("::1", 5433, "a b")
    assert section["key"] == '/etc/it\'s "x"/bench-07.key'
    assert section["trust"].endswith("/ca.crt")
