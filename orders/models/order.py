"""A redemption order, its states, and its lines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_fsm as fsm
import pgtrigger
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from foundation.names import in_language
from inventory.models import Gift, Sku
from members.models import Address, Member


class Status(models.TextChoices):
    """The states of an order, in life order; the three early ends last."""

    CREATED = "created", _("created")
    UNDER_REVIEW = "under_review", _("under review")
    AWAITING_PAYMENT = "awaiting_payment", _("awaiting payment")
    READY = "ready", _("ready to pick")
    PICKING = "picking", _("picking")
    PACKED = "packed", _("packed")
    SHIPPED = "shipped", _("shipped")
    DELIVERED = "delivered", _("delivered")
    SIGNED = "signed", _("signed for")
    CLOSED = "closed", _("closed")
    REJECTED = "rejected", _("rejected")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("expired")


S = Status
CANCELLABLE = (S.UNDER_REVIEW, S.AWAITING_PAYMENT, S.READY, S.PICKING, S.PACKED)
CAPTURED = (S.READY, S.PICKING, S.PACKED, S.SHIPPED, S.DELIVERED, S.SIGNED, S.CLOSED)
SENT = (S.SHIPPED, S.DELIVERED, S.SIGNED, S.CLOSED)
ENDED_EARLY = (S.REJECTED, S.CANCELLED, S.EXPIRED)

TABS: dict[str, tuple[str, ...]] = {
    "to_review": (S.CREATED, S.UNDER_REVIEW),
    "to_pay": (S.AWAITING_PAYMENT,),
    "preparing": (S.READY, S.PICKING, S.PACKED),
    "on_the_way": (S.SHIPPED, S.DELIVERED),
    "completed": (S.SIGNED, S.CLOSED),
    "ended": ENDED_EARLY,
}
"""How a member's list is divided; every state stands under one tab."""

IN_AFTER_SALE = Q(open_cases__gt=0) | Q(status__in=SENT, points_refunded__gt=F("points_cancelled"))
"""One more tab, across the states: orders with a case open, or with points given back after they were sent."""

# Every edge of the machine below, written out for the database trigger and the auditor; a test compares the two.
EDGES: tuple[tuple[str, str], ...] = (
    ("created", "under_review"),
    ("created", "awaiting_payment"),
    ("created", "ready"),
    ("under_review", "awaiting_payment"),
    ("under_review", "ready"),
    ("under_review", "rejected"),
    ("under_review", "cancelled"),
    ("awaiting_payment", "ready"),
    ("awaiting_payment", "expired"),
    ("awaiting_payment", "cancelled"),
    ("ready", "picking"),
    ("ready", "shipped"),
    ("ready", "cancelled"),
    ("picking", "packed"),
    ("picking", "cancelled"),
    ("packed", "shipped"),
    ("packed", "cancelled"),
    ("shipped", "delivered"),
    ("shipped", "signed"),
    ("delivered", "signed"),
    ("signed", "closed"),
)
_EDGE_LIST = ", ".join(f"('{source}', '{target}')" for source, target in EDGES)
_MOMENTS = ("ready_at", "shipped_at", "delivered_at", "signed_at", "closed_at", "ended_at")


def _goes_nowhere(order: Any) -> bool:
    return bool(order.is_virtual)


class Order(fsm.FSMModelMixin, models.Model):
    """A member's redemption. Its status moves only through the methods below, top to bottom."""

    Status = Status

    number = models.CharField(_("order number"), max_length=18, unique=True)
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="orders", db_index=False, verbose_name=_("member")
    )
    status = fsm.FSMField(_("status"), choices=Status.choices, default=Status.CREATED, protected=True)
    on_hold_reason = models.CharField(_("on hold because"), max_length=200, blank=True)
    channel = models.SlugField(_("channel"), max_length=20, db_index=False)
    external_ref = models.CharField(  # noqa: DJ001 - none is NULL, since an empty text would be unique per channel
        _("external reference"), max_length=64, null=True, blank=True
    )
    requested_by = models.CharField(_("requested by"), max_length=60)
    request_id = models.CharField(_("request id"), max_length=64)
    request_digest = models.CharField(_("SHA-256 of the request"), max_length=64)
    points_total = models.BigIntegerField(_("points"))
    cash_total = models.BigIntegerField(_("cash (fen)"), default=0)
    points_refunded = models.BigIntegerField(_("points refunded"), default=0)
    points_cancelled = (
        models.BigIntegerField(  # of the refunded ones, those given back before anything was sent
            _("points of what was cancelled"), default=0, db_default=0
        )
    )
    address = models.ForeignKey(
        Address, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("address")
    )
    recipient = models.CharField(_("recipient"), max_length=60)
    recipient_phone = models.CharField(_("recipient's phone"), max_length=20)
    region_code = models.CharField(_("region code"), max_length=6)
    region_name = models.CharField(_("region name"), max_length=120)
    address_detail = models.CharField(_("street and number"), max_length=200)
    address_final_at = models.DateTimeField(_("carrier knows the address since"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    placed_at = models.DateTimeField(_("placed at"))
    entered_at = models.DateTimeField(_("in this state since"))
    deadline_at = models.DateTimeField(_("due by"), null=True, blank=True)
    ready_at = models.DateTimeField(_("ready at"), null=True, blank=True)
    shipped_at = models.DateTimeField(_("shipped at"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    open_cases = models.PositiveSmallIntegerField(_("open after-sales cases"), default=0)
    last_seq = models.PositiveIntegerField(_("last event"), default=0)
    tab = models.GeneratedField(
        expression=Case(
            *(When(status__in=statuses, then=Value(tab)) for tab, statuses in TABS.items()),
            output_field=models.CharField(max_length=10),
        ),
        output_field=models.CharField(max_length=10),
        db_persist=True,
        verbose_name=_("tab"),
    )

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            models.Index(fields=["member", "-placed_at", "-id"], name="orders_of_a_member"),
            models.Index(fields=["member", "tab", "-placed_at", "-id"], name="orders_of_a_member_by_tab"),
            models.Index(
                fields=["member", "-placed_at", "-id"], condition=IN_AFTER_SALE, name="orders_in_after_sale"
            ),
            models.Index(fields=["channel", "-placed_at", "-id"], name="orders_of_a_channel"),
            models.Index(fields=["status", "entered_at"], name="orders_by_status_and_age"),
            models.Index(fields=["deadline_at"], condition=Q(deadline_at__isnull=False), name="orders_due"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["requested_by", "request_id"], name="one_order_per_click"),
            models.UniqueConstraint(
                fields=["channel", "external_ref"],
                condition=Q(external_ref__isnull=False),
                name="one_order_per_external_reference",
            ),
            models.CheckConstraint(
                condition=Q(points_total__gt=0, cash_total__gte=0), name="an_order_costs_points"
            ),
            models.CheckConstraint(
                condition=Q(points_refunded__gte=0, points_refunded__lte=F("points_total")),
                name="refunds_within_the_order",
            ),
            models.CheckConstraint(
                condition=Q(points_cancelled__gte=0, points_cancelled__lte=F("points_refunded")),
                name="what_was_cancelled_was_refunded",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=CAPTURED) | Q(ready_at__isnull=False),
                name="a_ready_order_was_captured",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=SENT) | Q(shipped_at__isnull=False), name="shipped_has_its_moment"
            ),
            models.CheckConstraint(
                condition=~Q(status=S.DELIVERED) | Q(delivered_at__isnull=False),
                name="delivered_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=(S.SIGNED, S.CLOSED)) | Q(signed_at__isnull=False),
                name="signed_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(status=S.CLOSED) | Q(closed_at__isnull=False), name="closed_has_its_moment"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=ENDED_EARLY) | Q(ended_at__isnull=False), name="ended_has_its_moment"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="status_moves_along_edges",
                operation=pgtrigger.UpdateOf("status"),  # type: ignore[no-untyped-call]
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__status__df=pgtrigger.F("new__status")),
                func=f"""
                    IF NOT ((OLD.status, NEW.status) IN ({_EDGE_LIST})) THEN
                        RAISE EXCEPTION 'order % cannot move from % to %', OLD.number, OLD.status, NEW.status
                            USING ERRCODE = 'restrict_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_ended(self) -> bool:
        """Tell whether nothing more will happen to the order."""
        return self.status in (*ENDED_EARLY, S.CLOSED)

    @property
    def is_virtual(self) -> bool:
        """Tell whether it is handed out as codes: such an order goes to no address."""
        return self.address_id is None

    @property
    def points_kept(self) -> int:
        """Points of the order that have not come back, fees among them."""
        return self.points_total - self.points_refunded

    @property
    def points_left(self) -> int:
        """Points of the units that were not cancelled, read from the lines: what a cancel is counted on."""
        return sum(line.points_left for line in self.lines.all())

    @property
    def fee(self) -> int:
        """Points that cancelling cost so far, read from the lines."""
        worth = sum(line.cancelled * line.unit_points for line in self.lines.all())
        return worth - self.points_cancelled if self.ready_at else 0

    def _enter(self, at: datetime, *, moment: str | None = None) -> None:
        self.entered_at = at
        if moment:
            setattr(self, moment, at)

    @fsm.transition(field=status, source=S.CREATED, target=S.UNDER_REVIEW)
    def send_to_review(self, *, at: datetime) -> None:
        self._enter(at)

    @fsm.transition(field=status, source=[S.CREATED, S.UNDER_REVIEW], target=S.AWAITING_PAYMENT)
    def ask_payment(self, *, at: datetime) -> None:
        self._enter(at)

    @fsm.transition(field=status, source=[S.CREATED, S.UNDER_REVIEW, S.AWAITING_PAYMENT], target=S.READY)
    def make_ready(self, *, at: datetime) -> None:
        self._enter(at, moment="ready_at")

    @fsm.transition(field=status, source=S.UNDER_REVIEW, target=S.REJECTED)
    def reject(self, *, at: datetime) -> None:
        self._enter(at, moment="ended_at")

    @fsm.transition(field=status, source=S.AWAITING_PAYMENT, target=S.EXPIRED)
    def expire(self, *, at: datetime) -> None:
        self._enter(at, moment="ended_at")

    @fsm.transition(field=status, source=S.READY, target=S.SHIPPED, conditions=[_goes_nowhere])
    def issue(self, *, at: datetime) -> None:
        self._enter(at, moment="shipped_at")

    @fsm.transition(field=status, source=S.READY, target=S.PICKING)
    def start_picking(self, *, at: datetime) -> None:
        self._enter(at)

    @fsm.transition(field=status, source=S.PICKING, target=S.PACKED)
    def pack(self, *, at: datetime) -> None:
        self._enter(at)

    @fsm.transition(field=status, source=S.PACKED, target=S.SHIPPED)
    def ship(self, *, at: datetime) -> None:
        self._enter(at, moment="shipped_at")

    @fsm.transition(field=status, source=S.SHIPPED, target=S.DELIVERED)
    def deliver(self, *, at: datetime) -> None:
        self._enter(at, moment="delivered_at")

    @fsm.transition(field=status, source=[S.SHIPPED, S.DELIVERED], target=S.SIGNED)
    def sign(self, *, at: datetime) -> None:
        self._enter(at, moment="signed_at")

    @fsm.transition(field=status, source=S.SIGNED, target=S.CLOSED)
    def close(self, *, at: datetime) -> None:
        self._enter(at, moment="closed_at")

    @fsm.transition(
        field=status,
        source=list(CANCELLABLE),
        target=S.CANCELLED,
    )
    def cancel(self, *, at: datetime) -> None:
        self._enter(at, moment="ended_at")


class OrderLine(models.Model):
    """So many of one SKU, as they were named and priced when the order was placed."""

    order = models.ForeignKey(
        Order, models.PROTECT, related_name="lines", db_index=False, verbose_name=_("order")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="+", db_index=False, verbose_name=_("member")
    )
    gift = models.ForeignKey(Gift, models.PROTECT, related_name="+", db_index=False, verbose_name=_("gift"))
    sku = models.ForeignKey(Sku, models.PROTECT, related_name="+", verbose_name=_("SKU"))
    sku_code = models.CharField(_("SKU code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    specification = models.CharField(_("specification"), max_length=120, blank=True)
    specification_en = models.CharField(_("English specification"), max_length=120, blank=True)
    picture = models.CharField(_("picture"), max_length=200, blank=True)
    weight_g = models.PositiveIntegerField(_("weight (g)"), default=0)
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_points = models.BigIntegerField(_("points each"))
    unit_cash = models.BigIntegerField(_("cash each (fen)"), default=0)
    shipped = models.PositiveIntegerField(_("shipped"), default=0)
    cancelled = models.PositiveIntegerField(_("cancelled"), default=0)
    returned = models.PositiveIntegerField(_("returned"), default=0)
    points_refunded = models.BigIntegerField(_("points refunded"), default=0)

    class Meta:
        ordering = ["order", "position"]
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        indexes = [models.Index(fields=["member", "gift"], name="lines_of_a_member_by_gift")]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="one_line_per_position"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="a_line_orders_something"),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("shipped") + F("cancelled")),
                name="shipped_and_cancelled_within_quantity",
            ),
            models.CheckConstraint(condition=Q(returned__lte=F("shipped")), name="returned_within_shipped"),
            models.CheckConstraint(
                condition=Q(points_refunded__lte=F("quantity") * F("unit_points")),
                name="line_refunds_within_the_line",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku_code} × {self.quantity}"

    @property
    def label(self) -> str:
        """The gift's name at order time in the language in force."""
        return in_language(self.name, self.name_en)

    @property
    def specification_label(self) -> str:
        """The specification at order time in the language in force."""
        return in_language(self.specification, self.specification_en)

    @property
    def points(self) -> int:
        """Points of the whole line."""
        return self.quantity * self.unit_points

    @property
    def left(self) -> int:
        """Units that were not cancelled."""
        return self.quantity - self.cancelled

    @property
    def points_left(self) -> int:
        """Points of the units that were not cancelled."""
        return self.left * self.unit_points

    @property
    def cash(self) -> int:
        """Fen of the whole line."""
        return self.quantity * self.unit_cash

    @property
    def cash_left(self) -> int:
        """Fen of the units that were not cancelled."""
        return self.left * self.unit_cash

    @property
    def refundable(self) -> int:
        """Units that were shipped and have not come back."""
        return self.shipped - self.returned
