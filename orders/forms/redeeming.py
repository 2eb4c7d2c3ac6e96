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
from orders.rules.placement import MAX_NOTE, MAX_QUANTITY

_NUMBER = _("Enter a whole number from 1 to 9,999.")


class WishForm(forms.Form):
    """Which variant of a gift, and how many."""

    sku = forms.ChoiceField(
        label=_("Variant"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a variant."), "invalid_choice": _("Choose a variant.")},
    )
    quantity = forms.IntegerField(
        label=_("Quantity"),
        min_value=1,
        max_value=MAX_QUANTITY,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _NUMBER),
    )

    def __init__(self, *args: Any, variants: Sequence[Sku], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.variants = variants
        field = self.fields["sku"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(sku.code, sku.specification_label) for sku in variants]

    @property
    def chosen(self) -> Sku | None:
        """The variant that is marked: the one asked for, else the first that can be had, else the first."""
        asked = self.data.get("sku") if self.is_bound else None
        marked = next((sku for sku in self.variants if sku.code == asked), None)
        free = next((sku for sku in self.variants if getattr(sku, "free", 0)), None)
        return marked or free or next(iter(self.variants), None)


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

    def __init__(self, *args: Any, addresses: Sequence[Address], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["address"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(address.pk), str(address)) for address in addresses]

    def digest(self, sku: str, quantity: int) -> str:
        """Return the SHA-256 of what was asked; the same key with another digest is no retry."""
        asked = [sku, quantity, self.cleaned_data["address"], self.cleaned_data["note"]]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def new_key() -> str:
    """Return a fresh key for one click."""
    return str(uuid.uuid4())
