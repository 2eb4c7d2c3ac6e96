"""What of an order can still be changed, and for what cannot the reason and the way out, in a member's words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from orders.models.order import ENDED_EARLY, Order, Status
from orders.rules.amounts import CANCEL_FEE_PERCENT

CHANGEABLE = (
    Status.CREATED,
    Status.UNDER_REVIEW,
    Status.AWAITING_PAYMENT,
    Status.READY,
    Status.PICKING,
    Status.PACKED,
)
"""States in which an order can go elsewhere, as long as no carrier was asked for its waybill."""

NEW_ADDRESS = "new_address"
"""Why an order is on hold and what its case is about: it was sent elsewhere, and a review rule wants to see that."""

HOLDS = {NEW_ADDRESS: _("You changed the address to one that is new to us. A colleague looks at it first.")}
"""Reasons of a hold in a member's words; what an operator typed is read as it stands."""


@dataclass(frozen=True, slots=True)
class Why:
    """A question a member may have about what is not offered, and its answer."""

    question: str | Promise
    answer: str | Promise


def can_change_address(order: Order) -> bool:
    """Tell whether an order can still go elsewhere."""
    return order.status in CHANGEABLE and order.address_final_at is None and not order.is_virtual


def can_cancel_part(order: Order) -> bool:
    """Tell whether single units of an order read in full can be cancelled, and not only all of them."""
    return can_proceed(order.cancel) and sum(line.left for line in order.lines.all()) > 1


def can_ask_refund(order: Order) -> bool:
    """Tell whether something of an order read in full has arrived and can be given back."""
    arrived = order.status in (Status.DELIVERED, Status.SIGNED) and not order.is_virtual
    return arrived and not order.open_cases and any(line.refundable for line in order.lines.all())


def why_not_cancel(order: Order) -> str | Promise:
    """Say why an order cannot be cancelled, and what to do instead."""
    match order.status:
        case Status.SHIPPED:
            return _(
                "The parcel is with the carrier already. Refuse it at the door, or ask for a refund once it is there."
            )
        case Status.DELIVERED | Status.SIGNED:
            return _("The gift has arrived, so there is nothing to cancel. You can ask for a refund instead.")
    return _("This order is over; there is nothing left to cancel.")


def why_not_part(order: Order) -> str | Promise:
    """Say why single gifts cannot be cancelled, and what to do instead."""
    if can_proceed(order.cancel):
        return _("There is only one piece left in this order. Cancel the whole order instead.")
    return why_not_cancel(order)


def rule_of_part(order: Order) -> str | Promise:
    """Say what cancelling single gifts costs where an order stands, and what becomes of the rest."""
    match order.status:
        case Status.UNDER_REVIEW | Status.AWAITING_PAYMENT:
            return _(
                "It is free. Their points are no longer held and can be used at once; the rest of the order waits on."
            )
        case Status.PICKING:
            return _(
                "The warehouse has begun to work on it, so it costs %(percent)s %% of their points. The rest comes "
                "back at once; the pieces go back on the shelf, and the rest of the order goes on."
            ) % {"percent": CANCEL_FEE_PERCENT}
        case Status.PACKED:
            return _(
                "The order is packed, so it costs %(percent)s %% of their points. The rest comes back at once; your "
                "parcel is opened and packed again, which may take a little longer."
            ) % {"percent": CANCEL_FEE_PERCENT}
    return _(
        "It is free as long as nobody has begun to pick. The points come back at once; the rest of the order goes on."
    )


def why_not_address(order: Order) -> str | Promise:
    """Say why an order cannot go elsewhere any more, and what to do instead."""
    if order.status in (Status.DELIVERED, Status.SIGNED):
        return _("The gift has been delivered already.")
    if order.status == Status.SHIPPED:
        return _(
            "The parcel is on its way to the address on its label. Ask the carrier to send it on, or refuse it at "
            "the door."
        )
    return _(
        "The carrier has been given the address and its label is made. If nobody can receive it there, cancel the "
        "order before it is sent, or ask the carrier to send it on."
    )


def why_not_confirm(order: Order) -> str | Promise:
    """Say why receipt cannot be confirmed."""
    if order.open_cases:
        return _("Your refund request comes first; the order goes on when it is settled.")
    return _("Nothing has been sent yet. You confirm once you have the gift in your hands.")


def why_not_refund(order: Order) -> str | Promise:
    """Say why a refund cannot be asked for, and what to do instead."""
    if order.status == Status.CLOSED:
        return _(
            "The order is completed and its time for refunds is over. If something is wrong all the same, complain "
            "about the order."
        )
    if order.open_cases:
        return _("You asked for one already. You will find the answer in your inbox.")
    if order.status == Status.SHIPPED:
        return _("The gift is still on its way. Refuse it at the door, or ask once it is there.")
    if order.status in (Status.DELIVERED, Status.SIGNED):
        return _("Everything that was sent has been refunded.")
    return _("Nothing has been sent yet, so cancel the order instead: that is quicker.")


def whys_of(order: Order) -> list[Why]:
    """Return the questions about what an order read in full does not offer now."""
    if order.status in ENDED_EARLY:
        return []
    whys = []
    if not can_proceed(order.cancel) and order.status != Status.CLOSED:
        whys.append(Why(_("Why can I not cancel?"), why_not_cancel(order)))
    if not can_change_address(order) and order.status not in (Status.SIGNED, Status.CLOSED):
        whys.append(Why(_("Why can I not change the address?"), why_not_address(order)))
    if order.status not in (Status.SIGNED, Status.CLOSED) and (
        not can_proceed(order.sign) or order.open_cases
    ):
        whys.append(Why(_("Why can I not confirm receipt?"), why_not_confirm(order)))
    if not can_ask_refund(order):
        whys.append(Why(_("Why can I not ask for a refund?"), why_not_refund(order)))
    return whys
