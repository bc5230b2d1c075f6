"""What a cell means: one spelling for the book, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bench.stock.intake import values
from tests.bench.stock.counter import made_up_imei
from tests.bench.stock.intake import supplied

IMEI = str(made_up_imei(7))


@pytest.mark.parametrize(
    ("read", "cell", "is_"),
    [
        (values.imei, f"{IMEI[:2]}-{IMEI[2:8]}-{IMEI[8:14]}-{IMEI[14]}", IMEI),
        (values.iccid, supplied.iccid(12), supplied.iccid(12)),
        (values.msisdn, "07700 900123", "+447700900123"),
        (values.msisdn, "447700900123", "+447700900123"),
        (values.msisdn, "+44 (7700) 900-123", "+447700900123"),
        (values.msisdn, "00447700900123", "+447700900123"),
        (values.asset_tag, "met-000123", "MET-000123"),
        (values.code, "12E4", "12E4"),
        (values.code, "00340123450000000018", "00340123450000000018"),
        (values.tacs, "35123456, 35123457;35123456", "35123456 35123457"),
        (values.count, "29,737", 29737),
        (values.count, "100.00", 100),
        (values.pence, "£1,234.56", 123456),
        (values.pence, "185.4", 18540),
        (values.pence, "GBP 8200000", 820000000),
        (values.day, "24/11/2026", "2026-11-24"),
        (values.day, "2026-11-24 00:00:00", "2026-11-24"),
        (values.day, "24-Nov-2026", "2026-11-24"),
        (values.financial_year, "FY 2022-23", "2022/23"),
        (values.financial_year, "2022/2023", "2022/23"),
        (values.line_kind, "Smartphone", "handset"),
        (values.budget_kind, "CAPEX", "capital"),
        (values.flag, "Yes", 1),
        (values.pool, "NetMotion Mobility (UK)", "netmotion-mobility-uk"),
    ],
)
def test_it_is_kept_in_one_spelling(read: Callable[[str], object], cell: str, is_: object) -> None:
    assert read(cell) == is_


@pytest.mark.parametrize(
    ("read", "cell", "why"),
    [
        (values.imei, "3.56E+14", "spreadsheet"),
        (values.imei, "3,56938E+14", "spreadsheet"),
        (values.imei, IMEI[2:], "zeros"),
        (values.imei, IMEI[:14] + str((int(IMEI[14]) + 1) % 10), "check digit"),
        (values.iccid, "8.94411E+18", "spreadsheet"),
        (values.eid, "8.9E+31", "spreadsheet"),
        (values.msisdn, "7700900123", "zero at its beginning"),
        (values.msisdn, "4.477009E+11", "spreadsheet"),
        (values.msisdn, "0770090012x", "8 to 15 digits"),
        (values.code, "1.23E+05", "spreadsheet"),
        (values.asset_tag, "MET123", "asset tag"),
        (values.serial, "'; DROP TABLE", "serial number"),
        (values.tacs, "3512345", "8 digits"),
        (values.count, "-1", "whole number"),
        (values.count, "1.5", "whole number"),
        (values.count, "9999999", "million"),
        (values.pence, "1.234,56", "sum"),
        (values.pence, "-5", "sum"),
        (values.pence, "1.005", "sum"),
        (values.day, "46350", "number of this day"),
        (values.day, "11/24/2026", "no day"),
        (values.day, "24/11/1999", "century"),
        (values.financial_year, "2022/24", "financial year"),
        (values.line_kind, "thing", "none of handset"),
        (values.text, "x" * 81, "80 characters"),
        (values.flag, "maybe", "neither"),
        (values.pool, "-", "English alphabet"),
    ],
)
def test_what_was_damaged_is_refused_with_the_one_reason(
    read: Callable[[str], object], cell: str, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        read(cell)
