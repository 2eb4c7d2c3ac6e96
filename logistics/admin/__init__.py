"""Picking, packing, parcels and carriers at the operators' desk."""

from logistics.admin.carriers import CarrierAdmin, CarrierPushAdmin, CarrierServiceAdmin
from logistics.admin.parcels import ParcelAdmin, WaybillAdmin
from logistics.admin.picking import PickTaskAdmin

__all__ = [
    "CarrierAdmin",
    "CarrierPushAdmin",
    "CarrierServiceAdmin",
    "ParcelAdmin",
    "PickTaskAdmin",
    "WaybillAdmin",
]
