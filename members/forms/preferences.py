"""What a member wants to hear of, where, when, and in which language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from members import wording
from members.models import Channel, QuietHours, Topic

CHANNELS = (Channel.SMS, Channel.MAIL)
NIGHT, NEVER = "night", "never"


class TopicRow(NamedTuple):
    """A topic with a box for each channel; None where nothing is ever said of it there."""

    topic: Topic
    boxes: list[BoundField | None]


class PreferencesForm(forms.Form):
    """One form, one save. The inbox has everything and is not asked about."""

    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose a language.")),
    )
    quiet = forms.ChoiceField(
        label=_("Quiet hours"),
        choices=[(NIGHT, _("Yes, at these hours")), (NEVER, _("No, at any time"))],
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose one of the two.")),
    )
    begins = forms.TimeField(
        label=_("Quiet from"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": _("Enter a time such as 22:00.")},
    )
    ends = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": _("Enter a time such as 08:00.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for topic in Topic:
            for channel in CHANNELS:
                if wording.is_offered(topic, channel):
                    label = _("%(topic)s by %(channel)s") % {"topic": topic.label, "channel": channel.label}
                    self.fields[f"{topic}-{channel}"] = forms.BooleanField(label=label, required=False)

    def rows(self) -> Iterator[TopicRow]:
        """Yield the topics with their boxes."""
        for topic in Topic:
            names = [f"{topic}-{channel}" for channel in CHANNELS]
            yield TopicRow(topic, [self[name] if name in self.fields else None for name in names])

    def clean(self) -> dict[str, Any]:
        """Ask for both ends of the quiet hours, and for two that differ."""
        typed = self.cleaned_data
        if typed.get("quiet") == NIGHT:
            for name, default in zip(("begins", "ends"), QuietHours.DEFAULT, strict=True):
                if name not in self.errors and typed.get(name) is None:
                    self.add_error(name, _("Enter a time such as %(time)s.") % {"time": f"{default:%H:%M}"})
            if typed.get("begins") is not None and typed.get("begins") == typed.get("ends"):
                self.add_error(
                    "ends", _("These hours end as they begin. Choose a later end, or no quiet hours.")
                )
        return typed

    @property
    def unwanted(self) -> frozenset[tuple[str, str]]:
        """What was left unticked."""
        pairs = ((name.split("-"), wanted) for name, wanted in self.cleaned_data.items() if "-" in name)
        return frozenset((topic, channel) for (topic, channel), wanted in pairs if not wanted)

    @property
    def hours(self) -> tuple[time, time] | None:
        """The quiet hours that were chosen."""
        typed = self.cleaned_data
        return (typed["begins"], typed["ends"]) if typed["quiet"] == NIGHT else None
