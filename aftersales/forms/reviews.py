"""What members say of a gift and of their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.models import GiftReview, ReviewPicture, Survey
from aftersales.services import MAX_PICTURES, Opinion
from foundation.pictures import Picture, redrawn
from foundation.refusals import Refusal

STARS = (
    ("1", pgettext_lazy("stars", "Poor")),
    ("2", pgettext_lazy("stars", "Not so good")),
    ("3", pgettext_lazy("stars", "All right")),
    ("4", pgettext_lazy("stars", "Good")),
    ("5", pgettext_lazy("stars", "Very good")),
)
_TOO_MANY = _("Choose at most five pictures in all.")


class _Several(forms.ClearableFileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Several pictures, each drawn again while it is read; what cannot be is refused with the file's name."""

    widget = _Several(attrs={"accept": "image/jpeg,image/png,image/webp"})

    def clean(self, data: Any, _initial: Any = None) -> list[Picture]:
        """Return the pictures as they will be kept."""
        files: Sequence[UploadedFile[Any]] = data or ()
        if len(files) > MAX_PICTURES:
            raise forms.ValidationError(_TOO_MANY)
        try:
            return [redrawn(file, name=str(file.name), size=file.size or 0) for file in files if file]
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class ReviewForm(forms.Form):
    """Stars, words and pictures; pictures that were sent before stay when they are ticked."""

    stars = forms.ChoiceField(
        label=_("How do you like it?"),
        choices=STARS,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Give one to five stars.")),
    )
    words = forms.CharField(
        label=_("In your words (optional)"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What would help others to choose? At most 500 characters."),
    )
    pictures = PicturesField(
        label=_("Pictures (optional)"),
        required=False,
        help_text=_("Up to five, 8 MB each: JPEG, PNG or WebP. We remove where and when they were taken."),
    )
    kept = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, review: GiftReview | None, **kwargs: Any) -> None:
        if review is not None:
            kwargs["initial"] = {"stars": str(review.stars), "words": review.words}
        super().__init__(*args, **kwargs)
        self.standing: list[ReviewPicture] = list(review.pictures.all()) if review else []
        field = self.fields["kept"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(picture.name, picture.name) for picture in self.standing]

    def kept_names(self) -> list[str]:
        """Return which pictures stay ticked on the page."""
        return self.data.getlist("kept") if self.is_bound else [p.name for p in self.standing]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Count old and new pictures together."""
        kept, fresh = self.cleaned_data.get("kept") or [], self.cleaned_data.get("pictures") or []
        if len(kept) + len(fresh) > MAX_PICTURES:
            self.add_error("pictures", _TOO_MANY)
        return self.cleaned_data

    def opinion(self) -> Opinion:
        """Return what was said."""
        said = self.cleaned_data
        return Opinion(int(said["stars"]), said["words"].strip(), said["pictures"] or [], said["kept"])


class SurveyForm(forms.Form):
    """Two questions, one tap each, and a word if somebody wants to add one."""

    delivery = forms.TypedChoiceField(
        label=_("How satisfied are you with the delivery?"),
        choices=Survey.Delivery.choices,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose one of the three.")),
    )
    again = forms.ChoiceField(
        label=_("Would you redeem with us again?"),
        choices=Survey.Again.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose one of the three.")),
    )
    words = forms.CharField(
        label=_("Anything to add? (optional)"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
