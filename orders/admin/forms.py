"""What operators fill in about orders and their rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.admin import DeedForm
from members.models import ApiKey
from orders.models import RedemptionRule, ReviewRule
from orders.rules.amounts import cancellation_fee

OWN_CHANNELS = ("portal", "api")


def channels() -> list[str]:
    """Return the channels that orders can come through."""
    keys = ApiKey.objects.order_by("channel").values_list("channel", flat=True).distinct()
    return [*OWN_CHANNELS, *(channel for channel in keys if channel not in OWN_CHANNELS)]


class ReasonForm(DeedForm):
    """A reason that the member will read."""

    reason = forms.CharField(
        label=_("Reason for the member"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class NoteForm(DeedForm):
    """A word on what was done."""

    note = forms.CharField(label=_("What was done"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class CancelForm(ReasonForm):
    """Cancelling shows its price first; the price that was shown is the price that is taken."""

    fee = forms.IntegerField(widget=forms.HiddenInput)
    confirm = forms.BooleanField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Show what goes back and what does not."""
        super().__init__(*args, **kwargs)
        left = self.obj.points_left
        self.current = cancellation_fee(self.obj.status, left)
        self.fields["fee"].initial = self.current
        back = left - self.current
        self.fields["confirm"].label = _("%(back)s points go back, the fee is %(fee)s points") % {
            "back": f"{back:,}",
            "fee": f"{self.current:,}",
        }

    def clean_fee(self) -> int:
        """Refuse a price that has changed since it was shown."""
        fee = int(self.cleaned_data["fee"])
        if fee != self.current:
            raise forms.ValidationError(_("The fee has changed because the order went on. Look at it again."))
        return fee


class RedemptionRuleForm(forms.ModelForm[RedemptionRule]):
    """A redemption rule; only the fields that its kind uses count, the others are emptied."""

    channels = forms.MultipleChoiceField(
        label=_("channels"), required=False, widget=forms.CheckboxSelectMultiple
    )
    uses = {
        "tier_at_least": ("tier",),
        "max_per_order": ("quantity",),
        "max_per_member": ("quantity",),
        "max_per_period": ("quantity", "period"),
        "window": ("starts_at", "ends_at"),
        "channel": ("channels",),
    }
    """Which fields each kind needs; a window may be open at one end."""

    class Meta:
        model = RedemptionRule
        fields = [
            "kind", "gift", "category", "tier", "quantity", "period", "starts_at", "ends_at", "channels", "is_active",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the channels that are known, and those the rule names already."""
        super().__init__(*args, **kwargs)
        known = [*channels(), *(self.instance.channels or [])]
        if "channels" in self.fields:
            self.fields["channels"].choices = [(c, c) for c in dict.fromkeys(known)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for what the kind needs and drop the rest."""
        cleaned = super().clean() or {}
        kind = cleaned.get("kind", "")
        used = self.uses.get(kind, ())
        if cleaned.get("gift") and cleaned.get("category"):
            self.add_error("category", _("Name a gift or a category, not both."))
        if kind == "window":
            self._check_window(cleaned)
        else:
            for name in used:
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("This kind of rule needs it."))
        for name in {field for fields in self.uses.values() for field in fields} - set(used):
            self.errors.pop(name, None)
            cleaned[name] = "" if name == "period" else [] if name == "channels" else None
        return cleaned

    def _check_window(self, cleaned: dict[str, Any]) -> None:
        starts, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts is None and ends is None and not {"starts_at", "ends_at"} & set(self.errors):
            self.add_error("starts_at", _("Name the beginning, the end, or both."))
        if starts and ends and starts >= ends:
            self.add_error("ends_at", _("The end comes after the beginning."))


class ReviewRuleForm(forms.ModelForm[ReviewRule]):
    """A review rule; only the fields that its kind uses count, the others are emptied."""

    uses = {
        "high_value": (),
        "new_member": ("days",),
        "first_to_address": (),
        "many_orders": ("orders", "minutes"),
    }

    class Meta:
        model = ReviewRule
        fields = ["kind", "points_from", "days", "orders", "minutes", "is_active"]

    def clean(self) -> dict[str, Any]:
        """Ask for what the kind needs and drop the rest."""
        cleaned = super().clean() or {}
        used = self.uses.get(cleaned.get("kind", ""), ())
        for name in used:
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("This kind of rule needs it."))
        if cleaned.get("kind") == "high_value" and not cleaned.get("points_from"):
            self.add_error("points_from", _("This kind of rule needs it."))
        if (cleaned.get("points_from") or 0) < 0:
            self.add_error("points_from", _("Points are not negative."))
        for name in {"days", "orders", "minutes"} - set(used):
            self.errors.pop(name, None)
            cleaned[name] = None
        return cleaned
