"""What members choose and type when they redeem."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inventory.models import Sku
from members.models import Address
from orders.rules.placement import MAX_LINES, MAX_NOTE, MAX_QUANTITY, LineWish
from orders.rules.standing import Row

_NUMBER = _("Enter a whole number from 1 to 9,999.")


def _quantity(**options: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Quantity"),
        min_value=1,
        max_value=MAX_QUANTITY,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _NUMBER),
        **options,
    )


class WishForm(forms.Form):
    """Which variant of a gift, and how many."""

    sku = forms.ChoiceField(
        label=_("Variant"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a variant."), "invalid_choice": _("Choose a variant.")},
    )
    quantity = _quantity()

    def __init__(self, *args: Any, variants: Sequence[Sku], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.variants = variants
        field = self.fields["sku"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(sku.code, sku.specification_label) for sku in variants]

    @property
    def chosen(self) -> Sku | None:
        """The variant that is marked: the one asked for, else the first that can be had, else the first."""
        asked = self.data.get("sku") if self.is_bound else self.initial.get("sku")
        marked = next((sku for sku in self.variants if sku.code == asked), None)
        free = next((sku for sku in self.variants if getattr(sku, "free", 0)), None)
        return marked or free or next(iter(self.variants), None)


class CartForm(forms.Form):
    """How many of each gift in a cart, and which of them are to be redeemed now."""

    def __init__(self, *args: Any, rows: Sequence[Row], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            self.fields[self._name(row)] = _quantity(initial=row.quantity)

    @staticmethod
    def _name(row: Row) -> str:
        return f"quantity-{row.sku.code}"

    def pairs(self) -> list[tuple[Row, forms.BoundField]]:
        """Return each line with its field."""
        return [(row, self[self._name(row)]) for row in self.rows]

    def quantities(self) -> dict[str, int]:
        """Return the quantities typed, by SKU code; those that are none are left out."""
        return {
            row.sku.code: self.cleaned_data[self._name(row)]
            for row in self.rows
            if self._name(row) in self.cleaned_data
        }


def lines_asked(texts: Sequence[str]) -> list[LineWish]:
    """Read what is to be redeemed out of an address: each text is “quantity × SKU code”; nothing of what is odd."""
    wishes: dict[str, int] = {}
    for text in texts[:MAX_LINES]:
        quantity, _sep, sku = text.partition("×")
        is_number = quantity.isascii() and quantity.isdigit() and len(quantity) <= 4
        if not (is_number and 0 < int(quantity) <= MAX_QUANTITY and 0 < len(sku) <= 40 and "\0" not in sku):
            return []
        wishes[sku] = int(quantity)
    return [LineWish(sku, quantity) for sku, quantity in wishes.items()]


def line_text(line: LineWish) -> str:
    """Write a line as `lines_asked` reads it."""
    return f"{line.quantity}×{line.sku}"


class RedeemForm(forms.Form):
    """One click: where to, a note, and the key that makes it happen once."""

    address = forms.ChoiceField(
        label=_("Deliver to"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose where we deliver to."),
            "invalid_choice": _("We cannot deliver to this address. Choose another one."),
        },
    )
    note = forms.CharField(
        label=_("Note for the warehouse (optional)"),
        max_length=MAX_NOTE,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    request_id = forms.UUIDField(widget=forms.HiddenInput)
    expected_points = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, addresses: Sequence[Address], needs_address: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not needs_address:
            del self.fields["address"]
            return
        field = self.fields["address"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(address.pk), str(address)) for address in addresses]

    def digest(self, lines: Sequence[LineWish]) -> str:
        """Return the SHA-256 of what was asked; the same key with another digest is no retry."""
        asked = [
            [[line.sku, line.quantity] for line in lines],
            self.cleaned_data.get("address", ""),
            self.cleaned_data["note"],
        ]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def new_key() -> str:
    """Return a fresh key for one click."""
    return str(uuid.uuid4())
