"""What a member says when they want to be forgotten."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ErasureForm(forms.Form):
    """Two ticks: that it cannot be undone, and, who has points, that they are lost."""

    is_sure = forms.BooleanField(
        label=_("I want my data erased and my account closed. I know that this cannot be undone."),
        error_messages={"required": _("Tick this to go on.")},
    )
    gives_up_points = forms.BooleanField(
        label=_("I give up the points that are left."),
        error_messages={"required": _("Redeem your points first, or tick this to give them up.")},
    )

    def __init__(self, *args: Any, points: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not points:
            del self.fields["gives_up_points"]
