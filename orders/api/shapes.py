"""What orders look like over HTTP, written and read."""

from __future__ import annotations

from typing import Any

from django_fsm import can_proceed
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from foundation.instants import Instant
from members.rules import masked_phone
from orders import queries
from orders.models import CancelReason, Order, OrderEvent
from orders.rules.amounts import cancellation_fee
from orders.rules.placement import MAX_LINES, MAX_NOTE, MAX_QUANTITY

_REASONS_TOLD = (OrderEvent.Kind.REJECTED, OrderEvent.Kind.CANCELLED)


class LineWrite(serializers.Serializer[Any]):
    sku = serializers.CharField(max_length=40)
    quantity = serializers.IntegerField(min_value=1, max_value=MAX_QUANTITY)


class OrderWrite(serializers.Serializer[Any]):
    lines = serializers.ListField(child=LineWrite(), min_length=1, max_length=MAX_LINES)
    address_id = serializers.IntegerField(
        required=False,
        allow_null=True,
        help_text="One of the member's own. Virtual gifts need none; integrators may leave it out.",
    )
    note = serializers.CharField(max_length=MAX_NOTE, required=False, allow_blank=True, allow_null=True)
    expected_points = serializers.IntegerField(
        min_value=0, required=False, allow_null=True, help_text="What was shown; another price is refused."
    )
    member = serializers.CharField(
        max_length=20, required=False, help_text="Integrators only: member number."
    )
    external_ref = serializers.CharField(
        max_length=64, required=False, allow_null=True, help_text="Integrators only: their own unique number."
    )


class ConfirmWrite(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, allow_null=True)


class CancelWrite(ConfirmWrite):
    fee = serializers.IntegerField(
        min_value=0, required=False, allow_null=True, help_text="What was shown; another fee is refused."
    )


class LineReceipt(serializers.Serializer[Any]):
    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()
    unit_points = serializers.IntegerField()


class Receipt(serializers.Serializer[Any]):
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=Order.Status.choices)
    placed_at = Instant()
    points_total = serializers.IntegerField()
    cash_total = serializers.IntegerField(help_text="In fen.")
    lines = LineReceipt(many=True)


class LineRead(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    sku = serializers.CharField(source="sku_code")
    name = serializers.CharField(source="label")
    specification = serializers.CharField(source="specification_label")
    quantity = serializers.IntegerField()
    unit_points = serializers.IntegerField()
    shipped = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    returned = serializers.IntegerField()


class OrderRead(serializers.Serializer[Any]):
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=Order.Status.choices)
    status_display = serializers.CharField(source="get_status_display")
    channel = serializers.CharField()
    external_ref = serializers.CharField(allow_null=True)
    placed_at = Instant()
    points_total = serializers.IntegerField()
    cash_total = serializers.IntegerField(help_text="In fen.")
    points_refunded = serializers.IntegerField()
    lines = LineRead(many=True, source="lines.all")


class OrderPage(serializers.Serializer[Any]):
    orders = OrderRead(many=True)
    cursor = serializers.CharField(source="after", help_text="Asks for the next page; empty on the last one.")


class EventRead(serializers.Serializer[Any]):
    at = Instant(source="occurred_at")
    kind = serializers.ChoiceField(choices=OrderEvent.Kind.choices)
    kind_display = serializers.CharField(source="get_kind_display")
    status = serializers.ChoiceField(choices=Order.Status.choices, source="to_status")
    status_display = serializers.CharField(source="get_to_status_display")
    reason = serializers.SerializerMethodField()
    reason_code = serializers.ChoiceField(
        choices=[*CancelReason.choices, ("", "no reason was chosen")],
        help_text="Of a cancellation: what the member chose as its reason; `reason` says it in words.",
    )

    def get_reason(self, event: OrderEvent) -> str:
        """Return the reason where it was written for the member to read."""
        return event.reason if event.kind in _REASONS_TOLD else ""


class ParcelRead(serializers.Serializer[Any]):
    carrier = serializers.CharField()
    waybill = serializers.CharField()


class RecipientRead(serializers.Serializer[Any]):
    name = serializers.CharField()
    phone = serializers.CharField()
    region_code = serializers.CharField()
    region_name = serializers.CharField()
    detail = serializers.CharField()


class OrderDetail(OrderRead):
    note = serializers.CharField()
    deadline_at = Instant(allow_null=True)
    recipient = serializers.SerializerMethodField()
    timeline = EventRead(many=True, source="events.all")
    parcels = serializers.SerializerMethodField()
    can_cancel = serializers.SerializerMethodField()
    cancel_fee = serializers.SerializerMethodField()
    can_confirm = serializers.SerializerMethodField()

    @extend_schema_field(RecipientRead)
    def get_recipient(self, order: Order) -> dict[str, str]:
        """Return where it goes; an integrator sees enough to recognise it and not enough to use it."""
        is_masked = self.context["is_masked"]
        return {
            "name": f"{order.recipient[:1]}**" if is_masked else order.recipient,
            "phone": masked_phone(order.recipient_phone) if is_masked else order.recipient_phone,
            "region_code": order.region_code,
            "region_name": order.region_name,
            "detail": "***" if is_masked else order.address_detail,
        }

    @extend_schema_field(ParcelRead(many=True))
    def get_parcels(self, order: Order) -> list[dict[str, str]]:
        """Return what was handed to carriers."""
        return [
            {name: str(p.get(name, "")) for name in ("carrier", "waybill")} for p in queries.parcels_of(order)
        ]

    def get_can_cancel(self, order: Order) -> bool:
        """Tell whether it can still be cancelled."""
        return bool(can_proceed(order.cancel))

    def get_cancel_fee(self, order: Order) -> int:
        """Return the points that cancelling costs by now."""
        return cancellation_fee(order.status, order.points_left)

    def get_can_confirm(self, order: Order) -> bool:
        """Tell whether receipt can be confirmed."""
        return bool(can_proceed(order.sign))
