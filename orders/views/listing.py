"""A member's orders, newest first, by tab and by what is looked for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from foundation.refusals import InvalidInput
from members.models import Member
from members.views import member_page
from orders import queries
from orders.forms import ListForm
from orders.rules.reading import what_member_reads

TABS = (
    ("", pgettext_lazy("orders", "All")),
    ("to_review", pgettext_lazy("orders", "In review")),
    ("to_pay", pgettext_lazy("orders", "To pay")),
    ("preparing", pgettext_lazy("orders", "To be sent")),
    ("on_the_way", pgettext_lazy("orders", "To receive")),
    ("completed", pgettext_lazy("orders", "Completed")),
    (queries.AFTER_SALE, pgettext_lazy("orders", "After-sales")),
)
"""Orders that ended early stand under "all": nobody has anything to do about them."""

NOTHING = {
    "": (_("No orders yet"), _("What you redeem is kept here, from the click to your door.")),
    "to_review": (_("Nothing is being reviewed"), _("Most orders are confirmed at once, without a review.")),
    "to_pay": (_("Nothing to pay"), _("Orders that cost cash beside points wait here until they are paid.")),
    "preparing": (_("Nothing waits to be sent"), _("What you redeem stands here until the carrier has it.")),
    "on_the_way": (_("Nothing is on its way"), _("Parcels stand here until you confirm that you have them.")),
    "completed": (
        _("Nothing completed yet"),
        _("Orders you confirmed stand here; there you review your gifts."),
    ),
    queries.AFTER_SALE: (
        _("No refunds"),
        _("If a gift is broken or not what you redeemed, open its order and ask for a refund."),
    ),
}


@require_safe
@member_page
def my_orders(request: HttpRequest, member: Member) -> HttpResponse:
    """Show one page of a member's orders, and how many there are under each tab."""
    form = ListForm(request.GET)
    tab = request.GET.get("tab", "")
    tab = tab if tab in dict(TABS) else ""
    found = queries.Page([], "")
    if form.is_valid():
        try:
            found = queries.order_page(
                member.pk,
                status=tab or None,
                q=form.cleaned_data["q"],
                placed_from=form.placed_from(),
                placed_to=form.placed_to(),
                after=request.GET.get("after") or None,
                size=10,
            )
        except InvalidInput:  # a cursor that somebody edited: the list starts from its top
            return redirect("my-orders")
    counts = queries.counts_by_tab(member.pk)
    context = {
        "form": form,
        "tab": tab,
        "tabs": [(code, label, _shown(counts[code or "all"])) for code, label in TABS],
        "orders": [
            (order, what_member_reads(order), _("Order %(number)s") % {"number": order.number})
            for order in found.orders
        ],
        "after": found.after,
        "is_searching": any(form.data.get(name) for name in ("q", "since", "until")),
        "nothing": NOTHING[tab],
    }
    return render(request, "orders/my_orders.html", context)


def _shown(count: int) -> str:
    return f"{queries.COUNTED_TO - 1}+" if count >= queries.COUNTED_TO else str(count)
