"""What members are told when something happens to their order. Loaded by OrdersConfig.ready()."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import override

from members import services as members
from orders import events
from orders.models import OrderEvent

Kind = OrderEvent.Kind

TOLD = (
    Kind.CONFIRMED,
    Kind.SENT_TO_REVIEW,
    Kind.APPROVED,
    Kind.REJECTED,
    Kind.ISSUED,
    Kind.SHIPPED,
    Kind.DELIVERED,
    Kind.SIGNED,
    Kind.CANCELLED,
    Kind.UNITS_CANCELLED,
    Kind.ADDRESS_CHANGED,
    Kind.EXPIRED,
    Kind.REFUNDED,
)


@events.on(*TOLD)
def tell_member(event: OrderEvent, at: datetime) -> None:
    if event.order.is_virtual and event.kind == Kind.DELIVERED:
        return  # the code was announced in the same breath
    parcel: dict[str, str] = next(iter(event.data.get("parcels", [])), {})
    members.send_notices(
        [
            members.Notice(
                member_id=event.order.member_id,
                template=event.kind,
                fact=f"{event.order.number}#{event.seq}",
                at=at,
                context={
                    "number": event.order.number,
                    "points": event.data.get("points", event.order.points_total),
                    **_reasons(event),
                    "carrier": parcel.get("carrier", ""),
                    "carrier_en": parcel.get("carrier_en", ""),
                    "waybill": parcel.get("waybill", ""),
                    **({"region": event.data["to"]} if event.kind == Kind.ADDRESS_CHANGED else {}),
                },
                did_it_themselves=event.by.startswith("member:"),
            )
        ]
    )


def _reasons(event: OrderEvent) -> dict[str, str]:
    """Return why it happened; a reason that was chosen from a list in both languages."""
    with override("zh-hans"):
        said = {"reason": event.reason}
    with override("en"):
        return {**said, "reason_en": event.reason} if event.reason_code else said
