"""Pressing the button of a deed, and what became of the order."""

from __future__ import annotations

from django.test import Client

from orders.models import Order
from tests.answers import Answer
from tests.desk.operators import page

CHECKBOX = "_selected_action"


def do(client: Client, model: str, deed: str, pk: int, **values: object) -> Answer:
    """Press the button of a deed, with what was filled in."""
    return client.post(page(model, deed, pk), {f"{deed}-{name}": value for name, value in values.items()})


def status_of(order: Order) -> str:
    return str(Order.objects.values_list("status", flat=True).get(pk=order.pk))
