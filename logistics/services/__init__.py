"""Every write to picking, parcels, waybills and tracking."""

from logistics.services.cancelling import cancel_waybills, note_cancelled
from logistics.services.carriers import replay_waybill, request_waybills
from logistics.services.offers import name_past_services
from logistics.services.packing import Box, NoCarrier, Packing, PutBackFirst, pack
from logistics.services.picking import (
    AlreadyPicked,
    PutBackChanged,
    TaskMove,
    WrongBarcode,
    WrongTaskState,
    drop_tasks,
    open_pick_tasks,
    pick_all,
    put_back,
    scan,
    start_picking,
)
from logistics.services.polling import follow_parcels, poll_tracking
from logistics.services.shipping import NoWaybill, PackAgain, ship
from logistics.services.tracking import Report, apply_pushes, receive_push, record_tracking, replay_push
from logistics.services.trimming import trim_tasks

__all__ = [
    "AlreadyPicked",
    "Box",
    "NoCarrier",
    "NoWaybill",
    "PackAgain",
    "Packing",
    "PutBackChanged",
    "PutBackFirst",
    "Report",
    "TaskMove",
    "WrongBarcode",
    "WrongTaskState",
    "apply_pushes",
    "cancel_waybills",
    "drop_tasks",
    "follow_parcels",
    "name_past_services",
    "note_cancelled",
    "open_pick_tasks",
    "pack",
    "pick_all",
    "poll_tracking",
    "put_back",
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
