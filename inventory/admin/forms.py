"""What operators type about gifts."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from foundation.pictures import Picture, redrawn
from foundation.refusals import Refusal
from inventory import services
from inventory.models import MORE_PICTURES, UPLOADED, Gift

_DRAWN = re.compile(r"[\w-]+(/[\w-]+)*\.(svg|png|jpe?g|webp)", re.ASCII)
_SENT = re.compile(rf"{UPLOADED}[0-9a-f]{{32}}\.jpg")


def is_picture(path: str) -> bool:
    """Tell whether a picture is there: one of ours among the static files, or one that was uploaded."""
    if path.startswith(UPLOADED):
        name = path.removeprefix(UPLOADED)
        return bool(_SENT.fullmatch(path)) and default_storage.exists(services.picture_path(name))
    if not _DRAWN.fullmatch(path):
        return False
    return finders.find(path) is not None or staticfiles_storage.exists(path)


class PicturesField(forms.CharField):
    """Paths of pictures, one a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        """Show a list as lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """Read lines as a list.

        :raises ValidationError: there are too many, or one is not there
        """
        paths = list(dict.fromkeys(str(super().clean(value)).split()))
        if len(paths) > MORE_PICTURES:
            raise forms.ValidationError(_("At most %(most)s more pictures.") % {"most": MORE_PICTURES})
        for path in paths:
            _check(path)
        return paths


def _check(path: str) -> None:
    if not is_picture(path):
        raise forms.ValidationError(_("There is no picture “%(path)s”.") % {"path": path[:80]})


class UploadField(forms.FileField):
    """A picture that is drawn again while it is read."""

    widget = forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"})

    def clean(self, data: Any, initial: Any = None) -> Picture | None:
        """Return the picture as it will be kept.

        :raises ValidationError: it is none, or it is too large
        """
        file: UploadedFile[Any] | None = super().clean(data, initial)
        if not file:
            return None
        try:
            return redrawn(file, name=file.name or "", size=file.size or 0)
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class GiftForm(forms.ModelForm[Gift]):
    """A gift with its pictures: those that are there by their paths, and one that comes along."""

    more_pictures = PicturesField(
        label=_("more pictures"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "One a line, in the order in which members see them. Take a line away to take a picture away."
        ),
    )
    upload = UploadField(
        label=_("add a picture"),
        required=False,
        help_text=_("JPEG, PNG or WebP, at most 8 MB. It becomes the first picture, or the last of more."),
    )

    class Meta:
        model = Gift
        fields = (
            "name", "name_en", "code", "kind", "category", "position", "is_listed", "on_shelf_from", "on_shelf_until",
            "return_days", "summary", "summary_en", "description", "description_en", "picture", "more_pictures",
        )  # fmt: skip

    def clean_picture(self) -> str:
        """Refuse a path behind which nothing is."""
        path = str(self.cleaned_data["picture"]).strip()
        if path:
            _check(path)
        return path

    def clean(self) -> dict[str, Any]:
        """Keep a place for the picture that comes along."""
        cleaned = super().clean() or {}
        more = cleaned.get("more_pictures") or []
        if cleaned.get("upload") and cleaned.get("picture") and len(more) >= MORE_PICTURES:
            self.add_error("upload", _("At most %(most)s more pictures.") % {"most": MORE_PICTURES})
        return cleaned
