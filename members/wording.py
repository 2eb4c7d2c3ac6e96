"""The words of each message, in the language in force when they are asked for."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.models import Message


class Wording(NamedTuple):
    """A title and a text; both may name values of the message's context."""

    title: str | Promise
    body: str | Promise


WORDINGS: dict[str, Wording] = {
    "order.confirmed": Wording(
        _("Order confirmed"),
        _("We have your order %(number)s for %(points)s points and are getting it ready."),
    ),
    "order.sent_to_review": Wording(
        _("Order received"),
        _(
            "We have your order %(number)s. Someone will check it before it goes on; your points are held until then."
        ),
    ),
    "order.approved": Wording(
        _("Order passed its check"), _("Your order %(number)s has been checked and is being prepared.")
    ),
    "order.rejected": Wording(
        _("Order not accepted"),
        _("We could not accept your order %(number)s: %(reason)s Your points are back in your account."),
    ),
    "order.shipped": Wording(
        _("Your gift is on its way"), _("Order %(number)s was handed to %(carrier)s, waybill %(waybill)s.")
    ),
    "order.delivered": Wording(
        _("Your gift has arrived"),
        _("Order %(number)s was delivered. Please confirm receipt once you have everything."),
    ),
    "order.signed": Wording(
        _("Receipt confirmed"), _("Thank you. Receipt of order %(number)s is confirmed.")
    ),
    "order.cancelled": Wording(
        _("Order cancelled"),
        _("Your order %(number)s was cancelled and %(points)s points are back in your account."),
    ),
    "order.expired": Wording(
        _("Order expired"), _("Order %(number)s was not paid in time. Your points are back in your account.")
    ),
    "order.refunded": Wording(
        _("Points returned"), _("%(points)s points of order %(number)s are back in your account.")
    ),
    "refund.rejected": Wording(
        _("Refund not accepted"),
        _("We could not accept your refund request for order %(number)s: %(reason)s"),
    ),
}


def of(message: Message) -> tuple[str, str]:
    """Return the title and text of a message."""
    wording = WORDINGS[message.template]
    values = {
        name: f"{value:,}" if isinstance(value, int) else value for name, value in message.context.items()
    }
    return str(wording.title), str(wording.body) % values
