"""What each role at the operators' desk may see and do, and how long the books are kept."""

from __future__ import annotations

from collections.abc import Iterable

KEPT_YEARS = 30
"""So long the books of account are kept; what stays of a forgotten member is part of them."""


def _may(app: str, verbs: str, *models: str) -> frozenset[str]:
    return frozenset(f"{app}.{verb}_{model}" for model in models for verb in verbs.split())


ORDERS = _may("orders", "view", "order", "orderline")
TROUBLE = _may("orders", "view change", "exceptioncase")
CATALOGUE = _may(
    "inventory",
    "view",
    "category",
    "gift",
    "sku",
    "warehouse",
    "stock",
    "stockmovement",
    "reservation",
    "virtualcode",
)
PARCELS = _may(
    "logistics", "view", "picktask", "pickline", "parcel", "parcelline", "waybill", "trackingevent", "carrier",
    "carrierservice",
)  # fmt: skip
LEDGER = _may("members", "view", "pointsaccount", "pointslot", "pointstransaction", "pointsposting")
PEOPLE = _may("members", "view", "member", "address", "tier")
REFUNDS = _may("orders", "view", "refund", "refundline") | _may(
    "aftersales", "view", "returnrequest", "returnline"
)
SAID = _may("aftersales", "view", "giftreview", "survey")
DEAD_LETTERS = (
    _may("orders", "view change", "orderevent")
    | _may("members", "view change", "message")
    | _may("logistics", "view change", "waybill", "carrierpush")
)
COMPLAINTS = _may("aftersales", "view", "complaint", "helparticle")
RULES = _may("orders", "view", "redemptionrule", "reviewrule")

EVERYTHING_TO_READ = (
    ORDERS
    | _may("orders", "view", "exceptioncase", "reviewtask", "orderevent")
    | CATALOGUE
    | PARCELS
    | _may("logistics", "view", "carrierpush")
    | LEDGER
    | PEOPLE
    | _may("members", "view", "message", "messagetemplate", "smsreceipt", "region", "apikey", "user")
    | _may("auth", "view", "group")
    | REFUNDS
    | SAID
    | COMPLAINTS
    | RULES
    | _may("desk", "view", "auditrun", "erasurerequest")
    | _may("members", "view", "codepause", "refusedsignin")
)

ERASURE = _may("desk", "view", "erasurerequest")

ROLES: dict[str, frozenset[str]] = {
    "reviewer": ORDERS | PEOPLE | _may("orders", "view change", "reviewtask") | TROUBLE,
    "warehouse": PARCELS
    | CATALOGUE
    | _may("logistics", "change", "picktask", "parcel", "waybill")
    | _may("inventory", "change", "stock"),
    "service_desk": ORDERS
    | PEOPLE
    | LEDGER
    | PARCELS
    | REFUNDS
    | TROUBLE
    | _may("orders", "change", "order")
    | ERASURE
    | _may("desk", "change", "erasurerequest")
    | SAID
    | _may("aftersales", "change", "returnrequest", "giftreview")
    | COMPLAINTS
    | _may("aftersales", "change", "complaint")
    | _may("aftersales", "add change", "helparticle")
    | _may("members", "view change", "message")
    | _may("members", "add", "member"),
    "finance": ORDERS
    | PEOPLE
    | LEDGER
    | REFUNDS
    | _may("members", "add", "pointstransaction")
    | _may("inventory", "view", "stock", "stockmovement", "sku", "gift")
    | _may("desk", "view", "auditrun"),
    # Runs the mall, but grants no points: that is finance's, so that nobody does both.
    "manager": EVERYTHING_TO_READ
    | TROUBLE
    | DEAD_LETTERS
    | _may("orders", "change", "order", "reviewtask")
    | _may("orders", "add change", "redemptionrule", "reviewrule")
    | _may("inventory", "add change", "category", "gift", "sku", "warehouse")
    | _may("inventory", "change", "stock")
    | _may("logistics", "add change", "carrier", "carrierservice")
    | _may("logistics", "change", "picktask", "parcel")
    | _may("aftersales", "change", "returnrequest", "complaint", "giftreview")
    | _may("aftersales", "add change", "helparticle")
    | _may("members", "add change", "member", "tier", "apikey")
    | _may("members", "change", "codepause")
    | _may("desk", "change", "erasurerequest")
    | _may("members", "change", "region", "messagetemplate"),
    "auditor": EVERYTHING_TO_READ,
}


def codenames(permissions: Iterable[str]) -> set[tuple[str, str]]:
    """Return (app label, codename) pairs."""
    return {(app, codename) for app, _dot, codename in (name.partition(".") for name in permissions)}
