"""What a member reads of an order, derived in this one place: where it stands, what happens next, and by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models.order import ENDED_EARLY, Order, Status
from orders.rules.changing import HOLDS

S = Status


@dataclass(frozen=True, slots=True)
class Step:
    """One stop on an order's way, as the progress line shows it."""

    label: str | Promise
    is_done: bool
    is_current: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """An order in a member's words.

    `tone` is how it feels: "waiting" for somebody, "moving" along, "act" when the member has something to do,
    "done" or "ended". `by` is when the next step is due, and None when nobody can promise a time.
    """

    label: str | Promise
    tone: str
    headline: str | Promise
    next: str | Promise
    by: datetime | None = None
    by_label: str | Promise = ""


_BY_STATUS: dict[str, tuple[str | Promise, str, str | Promise, str | Promise, str | Promise]] = {
    S.CREATED: (
        _("Placed"),
        "waiting",
        _("We have your order"),
        _("We check it right away."),
        "",
    ),
    S.UNDER_REVIEW: (
        _("In review"),
        "waiting",
        _("Your order is being checked"),
        _(
            "A colleague looks at it before it goes on. Your points are held until then, nothing has been taken yet."
        ),
        _("Checked by"),
    ),
    S.AWAITING_PAYMENT: (
        _("To pay"),
        "act",
        _("Your order waits for payment"),
        _("Pay to let it go on. Otherwise it ends by itself and your points come back."),
        _("Pay before"),
    ),
    S.READY: (
        _("Preparing"),
        "moving",
        _("Your order is confirmed"),
        _("The warehouse takes your gift off the shelf next. Until it starts you can cancel for free."),
        _("Picked by"),
    ),
    S.PICKING: (
        _("Preparing"),
        "moving",
        _("Your gift is being picked"),
        _("It is packed next, then handed to the carrier."),
        _("Packed by"),
    ),
    S.PACKED: (
        _("Preparing"),
        "moving",
        _("Your gift is packed"),
        _("The carrier collects it next; then you can follow the parcel here."),
        _("Sent by"),
    ),
    S.SHIPPED: (
        _("On its way"),
        "moving",
        _("Your gift is on its way"),
        _("Follow the parcel below. If you have it already, confirm receipt."),
        _("Confirmed by itself on"),
    ),
    S.DELIVERED: (
        _("Delivered"),
        "act",
        _("Your gift has arrived"),
        _("Please look at it and confirm receipt. If something is wrong, ask for a refund instead."),
        _("Confirmed by itself on"),
    ),
    S.SIGNED: (
        _("Received"),
        "done",
        _("You confirmed receipt"),
        _(
            "We hope you enjoy it. If something is wrong, you can ask for a refund until the order is completed."
        ),
        _("Completed on"),
    ),
    S.CLOSED: (
        _("Completed"),
        "done",
        _("Your order is completed"),
        _("Nothing is left to do. Thank you for redeeming with us."),
        "",
    ),
    S.REJECTED: (
        _("Not accepted"),
        "ended",
        _("We could not accept this order"),
        _("All its points are back in your account."),
        "",
    ),
    S.CANCELLED: (
        _("Cancelled"),
        "ended",
        _("This order was cancelled"),
        _("The points are back in your account."),
        "",
    ),
    S.EXPIRED: (
        _("Expired"),
        "ended",
        _("This order was not paid in time"),
        _("All its points are back in your account."),
        "",
    ),
}


_VIRTUAL: dict[str, tuple[str | Promise, str | Promise, str | Promise]] = {
    S.READY: (
        _("Your order is confirmed"),
        _("Your code is handed out in a few moments. Until then you can cancel for free."),
        "",
    ),
    S.DELIVERED: (
        _("Your code is ready"),
        _("Open it whenever you like. Confirm receipt once it works."),
        _("Confirmed by itself on"),
    ),
}
"""What is said otherwise of orders that are handed out as codes."""


def what_member_reads(order: Order) -> Reading:
    """Return what a member reads of an order: after-sales first, then a stop, then its state."""
    if order.open_cases:
        return Reading(
            _("Refund requested"),
            "waiting",
            _("Your refund request is being looked at"),
            _("The order waits until it is settled. You will find the answer in your inbox."),
        )
    label, tone, headline, following, by_label = _BY_STATUS[order.status]
    if order.on_hold_reason:
        return Reading(
            _("On hold"),
            "waiting",
            _("Your order is on hold"),
            HOLDS.get(order.on_hold_reason, order.on_hold_reason),
        )
    if order.status in (S.SIGNED, S.CLOSED) and order.points_refunded >= order.points_total:
        return Reading(
            _("Refunded"), "done", _("All points were returned"), _("They are back in your account.")
        )
    if order.is_virtual and order.status in _VIRTUAL:
        headline, following, by_label = _VIRTUAL[order.status]
        if order.status == S.READY:  # a worker hands it out; the deadline is the operators' alarm
            return Reading(label, tone, headline, following)
    return Reading(label, tone, headline, following, order.deadline_at, by_label)


_STEPS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (pgettext_lazy("step", "Placed"), (S.CREATED,)),
    (pgettext_lazy("step", "Checked"), (S.UNDER_REVIEW, S.AWAITING_PAYMENT)),
    (pgettext_lazy("step", "Packing"), (S.READY, S.PICKING, S.PACKED)),
    (pgettext_lazy("step", "Sent"), (S.SHIPPED,)),
    (pgettext_lazy("step", "Arrived"), (S.DELIVERED,)),
    (pgettext_lazy("step", "Done"), (S.SIGNED, S.CLOSED)),
)
"""Short words: six of them stand in a row on a phone."""

_VIRTUAL_STEPS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (pgettext_lazy("step", "Placed"), (S.CREATED,)),
    (pgettext_lazy("step", "Checked"), (S.UNDER_REVIEW, S.AWAITING_PAYMENT)),
    (pgettext_lazy("step", "Confirmed"), (S.READY, S.PICKING, S.PACKED)),  # nobody picks codes
    (pgettext_lazy("step", "Handed out"), (S.SHIPPED, S.DELIVERED)),
    (pgettext_lazy("step", "Done"), (S.SIGNED, S.CLOSED)),
)

_PAYING = pgettext_lazy("step", "Paying")
"""What the second stop is called while a member's payment is awaited: nobody checks anything then."""


def steps_of(order: Order) -> list[Step]:
    """Return the stops of an order's way; an order that ended early has none."""
    if order.status in ENDED_EARLY:
        return []
    stops = _STEPS if not order.is_virtual else _VIRTUAL_STEPS
    here = next(i for i, (_label, statuses) in enumerate(stops) if order.status in statuses)
    is_over = order.status == S.CLOSED
    return [
        Step(
            _PAYING if i == here and order.status == S.AWAITING_PAYMENT else label,
            is_done=i < here or is_over,
            is_current=i == here and not is_over,
        )
        for i, (label, _statuses) in enumerate(stops)
    ]
