"""Every write to picking, parcels, waybills and tracking."""

from logistics.services.carriers import poll_tracking, replay_waybill, request_waybills
from logistics.services.offers import name_past_services
from logistics.services.packing import Box, NoCarrier, Packing, pack
from logistics.services.picking import (
    AlreadyPicked,
    TaskMove,
    WrongBarcode,
    WrongTaskState,
    drop_tasks,
    open_pick_tasks,
    pick_all,
    scan,
    start_picking,
    trim_tasks,
)
from logistics.services.shipping import NoWaybill, ship
from logistics.services.tracking import Report, apply_pushes, receive_push, record_tracking, replay_push

__all__ = [
    "AlreadyPicked",
    "Box",
    "NoCarrier",
    "NoWaybill",
    "Packing",
    "Report",
    "TaskMove",
    "WrongBarcode",
    "WrongTaskState",
    "apply_pushes",
    "drop_tasks",
    "name_past_services",
    "open_pick_tasks",
    "pack",
    "pick_all",
    "poll_tracking",
    "receive_push",
    "record_tracking",
    "replay_push",
    "replay_waybill",
    "request_waybills",
    "scan",
    "ship",
    "start_picking",
    "trim_tasks",
]
