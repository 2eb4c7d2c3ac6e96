"""From the shelf to the member's door: pick tasks, parcels, waybills, tracking."""

from logistics.models.carriers import Carrier, CarrierService
from logistics.models.parcels import Parcel, ParcelLine, Waybill
from logistics.models.picking import PickLine, PickTask
from logistics.models.tracking import CarrierPush, TrackingEvent

__all__ = [
    "Carrier",
    "CarrierPush",
    "CarrierService",
    "Parcel",
    "ParcelLine",
    "PickLine",
    "PickTask",
    "TrackingEvent",
    "Waybill",
]
