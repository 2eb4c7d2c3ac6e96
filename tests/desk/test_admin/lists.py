"""The desk's lists, and which of them each role may open."""

from __future__ import annotations

from django.contrib import admin

MODELS = {model._meta.label_lower: model_admin for model, model_admin in admin.site._registry.items()}
CATALOGUE = {
    "inventory.category", "inventory.gift", "inventory.sku", "inventory.stock", "inventory.stockmovement",
    "inventory.warehouse", "inventory.virtualcode",
}  # fmt: skip
PARCELS = {
    "logistics.picktask", "logistics.parcel", "logistics.waybill", "logistics.trackingevent", "logistics.carrier",
    "logistics.carrierservice",
}  # fmt: skip
LEDGER = {"members.pointslot", "members.pointstransaction"}
PEOPLE = {"members.member", "members.tier"}
REFUNDS = {"orders.refund", "aftersales.returnrequest"}
COMPLAINTS = {"aftersales.complaint", "aftersales.helparticle"}
SAID = {"aftersales.giftreview", "aftersales.survey"}
OPEN_TO = {
    "reviewer": {"orders.order", "orders.reviewtask", "orders.exceptioncase"} | PEOPLE,
    "warehouse": PARCELS | CATALOGUE,
    "service_desk": {"orders.order", "orders.exceptioncase", "members.message", "desk.erasurerequest"}
    | PEOPLE
    | LEDGER
    | PARCELS
    | REFUNDS
    | COMPLAINTS
    | SAID,
    "finance": {
        "orders.order",
        "desk.auditrun",
        "inventory.stock",
        "inventory.stockmovement",
        "inventory.sku",
    }
    | {"inventory.gift"}
    | PEOPLE
    | LEDGER
    | REFUNDS,
    "manager": set(MODELS),
    "auditor": set(MODELS),
}
"""Which lists each role may open; every other answers 403, typed by hand or not."""

WRITTEN_BY_SERVICES = sorted(
    set(MODELS)
    - {
        "inventory.category", "inventory.gift", "inventory.sku", "inventory.warehouse", "orders.redemptionrule",
        "orders.reviewrule", "logistics.carrier", "logistics.carrierservice", "members.tier", "members.region",
        "members.user", "auth.group", "aftersales.helparticle",
    }
)  # fmt: skip
