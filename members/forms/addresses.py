"""Where gifts are sent."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members import queries
from members.models import Address, Region
from members.rules.divisions import Divisions
from members.rules.pasted import MAX_TEXT, read_pasted

_PHONE = re.compile(r"(?:\+?86)?(1[3-9]\d{9}|0\d{2,3}\d{7,8}|400\d{7})")


class AddressForm(forms.Form):
    """Where gifts are sent. Each region select offers what lies within the one before it."""

    recipient = forms.CharField(
        label=_("Recipient"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter who receives the parcel.")},
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=20,
        help_text=_("The courier calls this number."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"required": _("Enter a phone number.")},
    )
    province = forms.ChoiceField(
        label=_("Province"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose a province.")),
    )
    city = forms.ChoiceField(label=_("City"), required=False)
    county = forms.ChoiceField(label=_("District or county"), required=False)
    detail = forms.CharField(
        label=_("Street and number"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        help_text=_("Road, number, building, flat"),
        error_messages={"required": _("Enter the street and number.")},
    )
    is_default = forms.BooleanField(label=_("Offer this address first"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._served: dict[str, bool] = {}
        self.region_code = ""
        province = self._offer("province", None, _("Choose a province"))
        city = self._offer("city", province, _("Choose a city")) if province else None
        county = self._offer("county", city, _("Choose a district or county")) if city else None
        self.region_code = county or city or province or ""

    def _offer(self, name: str, parent: str | None, prompt: Any) -> str | None:
        """Fill a select with the regions within another, and return the one that is chosen there."""
        regions = queries.regions_within(parent)
        self._served |= {region.code: region.is_served for region in regions}
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", prompt), *((region.code, region.name) for region in regions)]
        field.required = bool(regions)
        if len(regions) == 1:  # a municipality's only city
            self.initial[name] = regions[0].code
            field.choices = [(regions[0].code, regions[0].name)]
        source = self.data if self.is_bound else self.initial
        typed = str(source.get(name) or "")
        if len(regions) == 1:
            typed = regions[0].code
        return typed if any(region.code == typed for region in regions) else None

    def clean(self) -> dict[str, Any]:
        """Refuse a region that is not whole, or where nobody delivers."""
        for name, message in (("city", _("Choose a city.")), ("county", _("Choose a district or county."))):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            if not self.cleaned_data.get(name):
                self.errors.pop(name, None)  # nothing of what was offered was chosen
                if field.required:
                    self.add_error(name, message)
        if self.region_code and not self._served.get(self.region_code, True):
            self.add_error(
                self._deepest(), _("We do not deliver to this region yet. Choose an address somewhere else.")
            )
        return self.cleaned_data

    def clean_phone(self) -> str:
        """Accept the ways people write a phone number in mainland China; return its digits."""
        digits = re.sub(r"[\s\-()（）]", "", self.cleaned_data["phone"])
        match = _PHONE.fullmatch(digits)
        if match is None:
            raise forms.ValidationError(
                _("This does not look like a phone number. Mobile numbers have 11 digits.")
            )
        return match[1]

    def _deepest(self) -> str:
        chosen = [name for name in ("province", "city", "county") if self.cleaned_data.get(name)]
        return chosen[-1] if chosen else "province"


class PasteForm(forms.Form):
    """A whole address in one piece, as it stands in a chat or on a parcel."""

    pasted = forms.CharField(
        label=_("Paste the whole address"),
        max_length=MAX_TEXT,
        required=False,
        help_text=_("Name, phone and address in any order; we fill in the form below and you check it."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    said: dict[str, str]
    """What the text says, by the fields of `AddressForm`."""
    meant: list[tuple[str, str]]
    """Regions of one name that it may mean, by code."""

    def clean_pasted(self) -> str:
        """Refuse a text that says nothing of an address."""
        text: str = self.cleaned_data["pasted"]
        self.said, self.meant = self._reading(text)
        if not self.meant and not self.said.keys() - {"recipient", "detail"}:
            self.said = {}
            raise forms.ValidationError(
                _("We could not read an address here. Paste another text, or fill in the form.")
            )
        return text

    def _reading(self, text: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
        divisions = Divisions.of(queries.region_names())
        read = read_pasted(text, divisions)
        said = {
            "recipient": read.name,
            "phone": read.phone,
            "province": read.province,
            "city": read.city,
            "county": read.county,
            "detail": read.detail,
        }
        meant = [
            (code, "".join(dict.fromkeys(step.name for step in divisions.path(divisions.by_code[code]))))
            for code in read.alternatives
        ]
        return {name: value for name, value in said.items() if value}, meant


def region_values(region: Region) -> dict[str, str]:
    """Return what the three selects show of a region that was read with those it lies in."""
    steps = [region]
    while (parent := steps[0].parent) is not None:
        steps.insert(0, parent)
    return dict(zip(("province", "city", "county"), (step.code for step in steps), strict=False))


def values_of(address: Address) -> dict[str, Any]:
    """Return what the form shows of an address that is to be replaced."""
    return {
        "recipient": address.recipient,
        "phone": address.phone,
        "detail": address.detail,
        "is_default": address.is_default,
        **region_values(address.region),
    }
