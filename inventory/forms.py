"""What somebody looks for on the shelves."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ShelfForm(forms.Form):
    """Words, a category, an order, and whether only what one's points can buy; whatever is odd is ignored."""

    SORTS = (
        ("recommended", _("Recommended")),
        ("points_up", _("Points, low to high")),
        ("points_down", _("Points, high to low")),
        ("newest", _("Newest")),
    )
    q = forms.CharField(label=_("Search gifts"), max_length=60, required=False)
    category = forms.SlugField(max_length=50, required=False)
    sort = forms.ChoiceField(label=_("Sort by"), choices=SORTS, required=False)
    within_reach = forms.BooleanField(label=_("Within my points"), required=False)
