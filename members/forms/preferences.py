"""What a member wants to hear of, where, when, and in which language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from hashlib import sha256
from typing import Any

from django import forms
from django.conf import settings
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members import wording
from members.models import Channel, QuietHours, Topic

CHANNELS = (Channel.INBOX, Channel.SMS, Channel.MAIL)
NIGHT, NEVER = "night", "never"


@dataclass(frozen=True, slots=True)
class Cell:
    """Whether somebody hears of something on a channel: theirs to say where there is a box."""

    channel: Channel
    box: BoundField | None
    is_always: bool = False


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event with a cell for each channel."""

    label: str | Promise
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class TopicRows:
    """A topic with a cell for each channel, and its events."""

    topic: Topic
    cells: list[Cell]
    events: list[EventRow]

    @property
    def is_mixed(self) -> bool:
        """Whether some of its events are declined by themselves."""
        boxes = [cell.box for row in self.events for cell in row.cells if cell.box is not None]
        return any(not box.value() for box in boxes)


class PreferencesForm(forms.Form):
    """One form, one save: a box for each topic and channel, and within it for each event."""

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

    edition = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    """Names the boxes that a page has: what an older page did not show was not declined on it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for topic in Topic:
            events = wording.events_about(topic)
            for channel in CHANNELS:
                offered = [event for event in events if wording.is_declinable(event, channel)]
                if offered:
                    self._add_box(topic, topic.label, channel)
                for event in offered if len(events) > 1 else ():
                    self._add_box(event, wording.WORDINGS[event].title, channel)
        self.boxes = [name for name in self.fields if "-" in name]
        self.fields["edition"].initial = sha256(" ".join(self.boxes).encode()).hexdigest()[:12]

    @property
    def is_outdated(self) -> bool:
        """Whether somebody filled in a page with other boxes."""
        return bool(self["edition"].value() != self.fields["edition"].initial)

    def _add_box(self, subject: str, called: str | Promise, channel: Channel) -> None:
        label = _("%(what)s: %(channel)s") % {"what": called, "channel": channel.label}
        self.fields[f"{subject}-{channel}"] = forms.BooleanField(label=label, required=False)

    def topics(self) -> Iterator[TopicRows]:
        """Yield the topics with their boxes and events."""
        for topic in Topic:
            events = wording.events_about(topic)
            rows = [EventRow(wording.WORDINGS[event].title, self._cells(event, [event])) for event in events]
            yield TopicRows(topic, self._cells(topic, events), rows if len(rows) > 1 else [])

    def _cells(self, subject: str, events: list[str]) -> list[Cell]:
        cells: list[Cell] = []
        for channel in CHANNELS:
            name = f"{subject}-{channel}"
            is_said = any(channel in wording.channels_of(event) for event in events)
            cells.append(Cell(channel, self[name] if name in self.fields else None, is_always=is_said))
        return cells

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
        declined = [name.split("-") for name in self.boxes if not self.cleaned_data[name]]
        return frozenset((subject, channel) for subject, channel in declined)

    @property
    def hours(self) -> tuple[time, time] | None:
        """The quiet hours that were chosen."""
        typed = self.cleaned_data
        return (typed["begins"], typed["ends"]) if typed["quiet"] == NIGHT else None
