"""What members ask and complain about, in their own words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.models import Complaint
from aftersales.models.complaints import MAX_WORDS
from orders.models import Order

MAX_QUESTION = 200


class WordsField(forms.CharField):
    """Words over several lines; a browser counts a line's end as one character and sends two."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        """Count line ends the way the reader does."""
        words = super().to_python(value)
        return words.replace("\r\n", "\n") if isinstance(words, str) else words


class QuestionForm(forms.Form):
    """One question to the assistant."""

    q = forms.CharField(
        label=_("Your question"),
        max_length=MAX_QUESTION,
        error_messages={
            "required": _("Type your question."),
            "max_length": _("At most %(limit_value)d characters. Use the form below for longer stories."),
        },
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "enterkeyhint": "search"}),
    )


class ComplaintForm(forms.Form):
    """A complaint: what it is about, the order if there is one, the words, and the key that files it once."""

    category = forms.ChoiceField(
        label=_("What do you write about?"),
        choices=[("", _("Please choose")), *Complaint.Category.choices],
        error_messages={
            "required": _("Choose what it is about."),
            "invalid_choice": _("Choose what it is about."),
        },
    )
    order = forms.CharField(label=_("Order (optional)"), max_length=40, required=False, widget=forms.Select)
    words = WordsField(
        label=_("What happened?"),
        max_length=MAX_WORDS,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("What went wrong, and what would help you? At most 1,000 characters."),
        error_messages={"required": _("Tell us what happened.")},
    )
    request_id = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, offered: Sequence[Order], **kwargs: Any) -> None:
        """Offer the member's latest orders."""
        super().__init__(*args, **kwargs)
        widget = self.fields["order"].widget
        assert isinstance(widget, forms.Select)
        widget.choices = [
            ("", _("No particular order")),
            *((order.number, _named(order)) for order in offered),
        ]


class ReopenForm(forms.Form):
    """What an answer leaves open; `round` is the answer that was read."""

    words = WordsField(
        label=_("What is still open?"),
        max_length=MAX_WORDS,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Tell us what is still open.")},
    )
    round = forms.IntegerField(min_value=1, max_value=99, widget=forms.HiddenInput)


def _named(order: Order) -> str:
    first = next(iter(order.lines.all()), None)
    return f"{first.label if first else ''} · {order.number}"
