"""Which kinds of file there are, and what each field of their rows is: one table.

Pure. A heading is compared by its letters and digits alone, in lower case: `IMEI No.` is `imeino`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from bench.stock.intake import values

Value: TypeAlias = str | int
Read: TypeAlias = Callable[[str], Value]
"""Reads a cell that is not empty; raises `ValueError` with the one reason."""


class FileKind(StrEnum):
    """What a file is a list of; these words stand in the book and in the record."""

    ORDER = "order"
    DESPATCH = "despatch"
    FLEET = "fleet"
    SIMS = "sims"
    LICENCES = "licences"
    BUDGET = "budget"
    PROGRAMME = "programme"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a kind: `words` are headings that mean it, without blanks and signs.

    A `needed` one must stand in every row. What is `given` may be said once for a whole file that
    has no column of it. A `private` one is shown by its end only. What no column has is `empty`.
    """

    name: str
    title: str
    words: tuple[str, ...]
    read: Read = values.text
    needed: bool = False
    given: bool = False
    private: bool = False
    empty: Value = ""


KINDS: Mapping[FileKind, str] = {
    FileKind.ORDER: "lines of a purchase order",
    FileKind.DESPATCH: "handsets that a supplier despatched",
    FileKind.FLEET: "handsets that were in use before",
    FileKind.SIMS: "SIMs of an operator",
    FileKind.LICENCES: "licences that were bought",
    FileKind.BUDGET: "lines of the budget",
    FileKind.PROGRAMME: "the programme itself",
}
_ORDER = ("order", "orderno", "ordernumber", "po", "pono", "ponumber", "purchaseorder",
          "purchaseorderno", "purchaseordernumber", "yourorder", "yourref", "customerorder",
          "customerpo")  # fmt: skip
_SUPPLIER = ("supplier", "vendor", "reseller", "seller", "suppliername", "operator", "network",
             "carrier")  # fmt: skip
_CONTRACT = ("contract", "contractno", "contractnumber", "agreement", "framework", "tariffcontract")
_MODEL = ("model", "modelname", "modelno", "modelnumber", "modelcode", "devicemodel", "handset",
          "materialcode", "sku")  # fmt: skip
_IMEI = ("imei", "imei1", "imeino", "imeinumber", "imeimeid", "primaryimei", "imeisv", "modemid")
_IMEI2 = ("imei2", "secondimei", "secondaryimei", "imeino2", "imeinumber2")
_SERIAL = ("serial", "serialnumber", "serialno", "sn", "serialnr")
_QUANTITY = ("quantity", "qty", "count", "units", "number", "quantityordered", "seats")
_DAY = ("date", "orderdate", "placed", "dateplaced", "podate")
_YEAR = ("year", "financialyear", "fy", "budgetyear")
_BUDGET = ("budget", "budgettype", "fund", "capitalrevenue", "capex", "costtype", "budgetkind")

FIELDS: Mapping[FileKind, tuple[Field, ...]] = {
    FileKind.ORDER: (
        Field("number", "Order", _ORDER, values.code, needed=True, given=True),
        Field("supplier", "Supplier", _SUPPLIER, given=True),
        Field("contract", "Contract", _CONTRACT, given=True),
        Field("placed", "Placed", (*_DAY,), values.day),
        Field("line", "Line", ("line", "lineno", "linenumber", "itemno", "pos", "position"),
              values.count, empty=0),
        Field("item", "Item", ("item", "description", "itemdescription", "product", "productname",
                               "article", "details")),
        Field("kind", "Kind", ("kind", "type", "itemtype", "category", "producttype"),
              values.line_kind),
        Field("model", "Model", _MODEL),
        Field("tacs", "TACs", ("tac", "tacs", "typeallocationcode", "tacrange"), values.tacs),
        Field("quantity", "Quantity", _QUANTITY, values.count, needed=True),
        Field("unit_pence", "Unit price", ("unitprice", "price", "unitcost", "priceeach", "each",
                                           "unitpricegbp", "pricegbp", "netprice"),
              values.pence, empty=0),
        Field("year", "Financial year", _YEAR, values.financial_year),
        Field("budget", "Budget", _BUDGET, values.budget_kind),
        Field("pool", "Licence pool", ("pool", "licencepool", "licensepool", "licence", "license"),
              values.pool),
    ),
    FileKind.DESPATCH: (
        Field("imei", "IMEI", _IMEI, values.imei, needed=True),
        Field("imei2", "Second IMEI", _IMEI2, values.imei),
        Field("serial", "Serial number", _SERIAL, values.serial),
        Field("model", "Model", _MODEL, given=True),
        Field("number", "Order", _ORDER, values.code, needed=True, given=True),
        Field("despatch", "Despatch note", ("despatch", "dispatch", "despatchnote", "dispatchnote",
              "deliverynote", "deliverynoteno", "deliverynotenumber", "delivery", "deliveryno",
              "deliverynumber", "shipment", "shipmentno", "asn", "consignmentnote", "advicenote",
              "despatchno", "dispatchno", "despatchnoteno", "dispatchnoteno"),
              values.code, needed=True, given=True),
        Field("pallet", "Pallet", ("pallet", "palletid", "palletno", "palletnumber", "palletsscc",
              "palletcode"), values.code),
        Field("carton", "Carton", ("carton", "cartonid", "cartonno", "cartonnumber", "cartonsscc",
              "cartoncode", "box", "boxid", "boxno", "boxnumber", "masterbox", "mastercarton",
              "sscc", "case", "caseno"), values.code),
    ),
    FileKind.FLEET: (
        Field("imei", "IMEI", _IMEI, values.imei, needed=True),
        Field("imei2", "Second IMEI", _IMEI2, values.imei),
        Field("serial", "Serial number", _SERIAL, values.serial),
        Field("model", "Model", _MODEL, given=True),
        Field("asset_tag", "Asset tag", ("assettag", "asset", "assetno", "assetnumber", "assetid",
              "tag", "tagno", "inventorynumber"), values.asset_tag),
        Field("issued", "Issued", ("issued", "issuedate", "dateissued", "issuedon", "inusesince",
              "purchasedate", "purchased"), values.day),
        Field("carton", "Carton", ("carton", "cartonid", "cartonno", "box", "boxno", "crate"),
              values.code),
    ),
    FileKind.SIMS: (
        Field("iccid", "ICCID", ("iccid", "iccidno", "iccidnumber", "sim", "simno", "simnumber",
              "simserial", "simserialnumber", "simcard", "ssn", "cardnumber"),
              values.iccid, needed=True),
        Field("eid", "EID", ("eid", "esimeid", "euiccid"), values.eid),
        Field("msisdn", "Telephone number", ("msisdn", "mobile", "mobileno", "mobilenumber",
              "telephone", "telephonenumber", "phone", "phoneno", "phonenumber", "cli", "ctn",
              "number", "mpn"), values.msisdn, private=True),
        Field("supplier", "Supplier", _SUPPLIER, given=True),
        Field("contract", "Contract", _CONTRACT, given=True),
        Field("number", "Order", _ORDER, values.code, given=True),
    ),
    FileKind.LICENCES: (
        Field("pool", "Licence pool", ("pool", "licence", "license", "licencepool", "licensepool",
              "product", "licencename", "licensename", "software"),
              values.pool, needed=True, given=True),
        Field("reference", "Reference", ("reference", "ref", "licenceref", "certificate",
              "licencereference", "entitlement", "invoice", "purchase"), values.code,
              needed=True, given=True),
        Field("quantity", "Quantity", _QUANTITY, values.count, needed=True),
        Field("bought", "Bought", ("bought", "purchased", "purchasedate", "start", "startdate",
              "from", "validfrom", *_DAY), values.day),
        Field("until", "Until", ("until", "expires", "expiry", "expirydate", "end", "enddate",
              "validuntil", "renewal", "renewaldate", "to"), values.day),
        Field("number", "Order", _ORDER, values.code, given=True),
    ),
    FileKind.BUDGET: (
        Field("year", "Financial year", _YEAR, values.financial_year, needed=True),
        Field("budget", "Budget", (*_BUDGET, "kind", "type"), values.budget_kind, needed=True),
        Field("line", "Line", ("line", "budgetline", "description", "heading", "costcentre",
                               "item")),
        Field("pence", "Amount", ("amount", "amountgbp", "gbp", "pounds", "sum", "value", "total",
                                  "budgetgbp", "approved"), values.pence, needed=True),
    ),
    FileKind.PROGRAMME: (
        Field("name", "Programme", ("programme", "program", "name", "rollout", "project"),
              needed=True),
        Field("target", "Target", ("target", "handsets", "total", "quantity"), values.count,
              needed=True),
        Field("begins", "Begins", ("begins", "start", "startdate", "begin", "from"), values.day),
        Field("deadline", "Deadline", ("deadline", "end", "enddate", "due", "until", "by"),
              values.day, needed=True),
        Field("capacity", "Capacity", ("capacity", "manageddevices", "limit", "licensedfor"),
              values.count, empty=0),
        Field("in_service", "In service", ("inservice", "existing", "inuse", "alreadyinuse"),
              values.count, empty=0),
        Field("refresh_months", "Refresh, months", ("refreshmonths", "refresh", "lifetimemonths",
              "lifemonths"), values.count, empty=0),
        Field("example", "Example", ("example",), values.flag, empty=0),
    ),
}  # fmt: skip
"""The order is that in which a person is shown them."""


def bare(heading: str) -> str:
    """Return the letters and digits of a heading, in lower case."""
    return "".join(each for each in heading.casefold() if each.isalnum())


def field_of(kind: FileKind, name: str) -> Field | None:
    """Return a field of a kind by its name."""
    return next((each for each in FIELDS[kind] if each.name == name), None)
