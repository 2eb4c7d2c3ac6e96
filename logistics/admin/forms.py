"""What the warehouse fills in: how a task was packed, and what a carrier service takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.admin import DeedForm
from logistics import rules
from logistics.models import CarrierService, PickLine, PickTask
from logistics.services import Box
from members.models import Region

MOST_GRAMS, MOST_MILLIMETRES = 1_000_000, 10_000


class BoxForm(forms.Form):
    """One box: weight, sizes, who takes it, and, when there are several, what lies in it."""

    weight_g = forms.IntegerField(label=_("Weight (g)"), min_value=1, max_value=MOST_GRAMS)
    length_mm = forms.IntegerField(label=_("Length (mm)"), min_value=0, max_value=MOST_MILLIMETRES)
    width_mm = forms.IntegerField(label=_("Width (mm)"), min_value=0, max_value=MOST_MILLIMETRES)
    height_mm = forms.IntegerField(label=_("Height (mm)"), min_value=0, max_value=MOST_MILLIMETRES)
    service = forms.ChoiceField(label=_("Carrier service"), required=False)

    def __init__(
        self, *args: Any, lines: Sequence[PickLine], services: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        """Ask for the contents only when `lines` are given."""
        super().__init__(*args, **kwargs)
        self.fields["service"].choices = [("", _("the cheapest that takes it")), *services]  # type: ignore[attr-defined]
        self.lines = lines
        for line in lines:
            self.fields[f"line_{line.pk}"] = forms.IntegerField(
                label=f"{line.order_line.label} {line.order_line.specification_label}".strip(),
                min_value=0,
                max_value=line.picked,
                required=False,
                help_text=_("of %(picked)s") % {"picked": line.picked},
            )

    def box(self) -> Box:
        """Return the box as the service takes it."""
        values = self.cleaned_data
        contents = {line.pk: values[f"line_{line.pk}"] or 0 for line in self.lines}
        return Box(
            values["weight_g"],
            values["length_mm"],
            values["width_mm"],
            values["height_mm"],
            {pk: quantity for pk, quantity in contents.items() if quantity} if self.lines else None,
            values["service"] or None,
        )


def proposal(lines: Sequence[PickLine]) -> dict[str, int]:
    """Return the weight of what was picked and the largest sides among it, as a first guess at the box."""
    return {
        "weight_g": sum(line.order_line.weight_g * line.picked for line in lines) or 1,
        "length_mm": max((line.sku.length_mm for line in lines), default=0),
        "width_mm": max((line.sku.width_mm for line in lines), default=0),
        "height_mm": max((line.sku.height_mm for line in lines), default=0),
    }


def service_choices(province: str, sizes: Mapping[str, int]) -> list[tuple[str, str]]:
    """Name the services that take such a box there, with price and days, the cheapest first."""
    longest = max(sizes["length_mm"], sizes["width_mm"], sizes["height_mm"])
    fitting = [
        (rules.freight(service, sizes["weight_g"]), service)
        for service in CarrierService.objects.filter(is_active=True, carrier__is_active=True)
        if rules.takes(service, province=province, weight_g=sizes["weight_g"], longest_mm=longest)
    ]
    fitting.sort(key=lambda pair: (pair[0], pair[1].days, pair[1].code))
    return [
        (
            service.code,
            _("%(name)s · ¥%(price)s · %(days)s days")
            % {"name": service.label, "price": f"{price // 100}.{price % 100:02d}", "days": service.days},
        )
        for price, service in fitting
    ]


class ShownList(forms.CharField):
    """What the page says is to be put back: a click brings the list that was shown, a new page shows the new one."""

    widget = forms.HiddenInput

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Show the list as it is now, also on the page of a click that was refused."""
        return initial


class PutBackForm(DeedForm):
    """The list of pieces that somebody put back; without it all that are known."""

    shown = ShownList(required=False, max_length=4_000)

    def __init__(self, *args: Any, obj: PickTask | None = None, **kwargs: Any) -> None:
        """Read the list when the page is made."""
        super().__init__(*args, obj=obj, **kwargs)
        if obj is not None:
            self.fields["shown"].initial = lambda: rules.put_back_list(obj.lines.all())


class CarrierServiceForm(forms.ModelForm[CarrierService]):
    """A carrier service; the provinces are chosen by name."""

    provinces = forms.MultipleChoiceField(
        label=_("Provinces"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None means everywhere."),
    )

    class Meta:
        model = CarrierService
        fields = [
            "carrier", "code", "name", "name_en", "provinces", "max_weight_g", "max_length_mm", "first_weight_g",
            "first_price", "additional_weight_g", "additional_price", "days", "is_active",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the provinces."""
        super().__init__(*args, **kwargs)
        if "provinces" in self.fields:
            provinces = Region.objects.filter(parent=None).order_by("code").values_list("code", "name")
            self.fields["provinces"].choices = list(provinces)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Hold what the database would hold, in words."""
        cleaned = super().clean() or {}
        for name in ("first_price", "additional_price"):
            if (cleaned.get(name) or 0) < 0:
                self.add_error(name, _("Prices are not negative."))
        if cleaned.get("additional_weight_g") == 0:
            self.add_error("additional_weight_g", _("A step of weight is more than nothing."))
        return cleaned
