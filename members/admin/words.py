"""What members are told, word by word: what is in force for each event, channel and language, and how to change it."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.admin import ReadOnlyAdmin, cause_of
from foundation.refusals import Refusal
from members import services, wording
from members.models import Channel, MessageTemplate, SmsReceipt
from members.wording import Said

MAY = "members.change_messagetemplate"
OVERVIEW = "admin:members_messagetemplate_changelist"


@dataclass(frozen=True, slots=True)
class Place:
    """One event, channel and language; every one of them has words."""

    event: str
    channel: Channel
    language: str

    @property
    def standard(self) -> Said:
        """The house's own words."""
        with translation.override(self.language):
            return wording.standard(self.event, self.channel)

    def sampled(self, words: Said) -> Said:
        """Words as a preview shows them."""
        with translation.override(self.language):
            return wording.sampled(self.event, words)

    @property
    def title(self) -> str:
        """What the place is called."""
        language = dict(settings.LANGUAGES)[self.language]
        return f"{wording.WORDINGS[self.event].title} · {self.channel.label} · {language}"


class WordsForm(forms.Form):
    """Words for one place; a placeholder that the event does not have is refused beside its field."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=80)
    body = forms.CharField(
        label=gettext_lazy("Text"), max_length=1000, widget=forms.Textarea(attrs={"rows": 6})
    )
    provider_code = forms.CharField(
        label=gettext_lazy("Provider's template"),
        max_length=40,
        required=False,
        help_text=gettext_lazy(
            "The number under which the provider approved this text. "
            "The provider sends its own text, filled with our values in the order in which they stand here."
        ),
    )

    def __init__(self, place: Place, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.place = place
        del self.fields["title" if place.channel == Channel.SMS else "provider_code"]

    def clean_title(self) -> str:
        """Refuse what could not be filled in."""
        return self._checked("title")

    def clean_body(self) -> str:
        """Refuse what could not be filled in."""
        return self._checked("body")

    def _checked(self, name: str) -> str:
        text = str(self.cleaned_data[name])
        try:
            wording.check(self.place.event, Said("", text))
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return text


def _typed(form: WordsForm) -> Said:
    return Said(form.cleaned_data.get("title", ""), form.cleaned_data["body"])


@admin.register(MessageTemplate)
class WordsAdmin(ReadOnlyAdmin):
    """Not a list of rows: most places have none, and the house's own words hold there."""

    def get_urls(self) -> list[URLPattern]:
        """Every place has a page to edit it, and one to go back to the standard words."""
        place = "<str:event>/<str:channel>/<str:language>/"
        view = self.admin_site.admin_view
        return [
            path(f"{place}restore/", view(self.restore), name="members_words_restore"),
            path(place, view(self.edit), name="members_words_edit"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show every event with the words in force."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = {(row.event, row.channel, row.language): row for row in MessageTemplate.objects.all()}
        events = [
            {"code": event, "title": what.title, "places": [_shown(place, rows) for place in _places(event)]}
            for event, what in wording.WORDINGS.items()
        ]
        context = {"events": events, "may": request.user.has_perm(MAY), "title": self._plural()}
        return self._page(request, "words", context)

    def edit(self, request: HttpRequest, event: str, channel: str, language: str) -> HttpResponse:
        """Edit the words of one place, with a preview that needs no save."""
        place, row = self._found(request, event, channel, language)
        held = Said(row.title, row.body) if row else place.standard
        preview = held
        if request.method == "POST":
            form = WordsForm(place, request.POST)
            if form.is_valid():
                if "preview" not in request.POST:
                    return self._save(request, form)
                preview = _typed(form)
        else:
            code = row.provider_code if row else ""
            form = WordsForm(place, initial={"title": held.title, "body": held.body, "provider_code": code})
        context = {
            "form": form,
            "place": place,
            "row": row,
            "preview": place.sampled(preview),
            "samples": self._samples(place),
            "title": place.title,
        }
        return self._page(request, "words_edit", context, status=400 if form.errors else 200)

    def restore(self, request: HttpRequest, event: str, channel: str, language: str) -> HttpResponse:
        """Ask whether an operator's words shall go; when they shall, the house's own hold again."""
        place, row = self._found(request, event, channel, language)
        if row is None:
            return redirect("admin:members_words_edit", *astuple(place))
        if request.method == "POST":
            services.restore_words(*astuple(place))
            messages.success(request, _("The standard words hold again."))
            return redirect(OVERVIEW)
        context = {
            "place": place,
            "now": place.sampled(Said(row.title, row.body)),
            "then": place.sampled(place.standard),
            "title": place.title,
        }
        return self._page(request, "words_restore", context)

    def _found(
        self, request: HttpRequest, event: str, channel: str, language: str
    ) -> tuple[Place, MessageTemplate | None]:
        if not request.user.has_perm(MAY):
            raise PermissionDenied
        for place in _places(event) if event in wording.WORDINGS else []:
            if (place.channel, place.language) == (channel, language):
                rows = MessageTemplate.objects.filter(event=event, channel=channel, language=language)
                return place, rows.first()
        raise Http404

    def _save(self, request: HttpRequest, form: WordsForm) -> HttpResponse:
        cause = cause_of(request)
        services.choose_words(
            form.place.event,
            form.place.channel,
            form.place.language,
            _typed(form),
            provider_code=form.cleaned_data.get("provider_code", ""),
            at=cause.at,
            by=cause.by,
        )
        messages.success(request, _("The words are saved and hold from the next message on."))
        return redirect(OVERVIEW)

    def _samples(self, place: Place) -> list[tuple[str, str]]:
        with translation.override(place.language):
            given = {name: wording.SAMPLES.get(name, name) for name in wording.names_of(place.event)}
            return list(wording.shown(given).items())

    def _plural(self) -> str:
        return str(self.opts.verbose_name_plural).capitalize()

    def _page(
        self, request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
    ) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"desk/{name}.html", context, status=status)


def _places(event: str) -> list[Place]:
    languages = [code for code, _name in settings.LANGUAGES]
    return [Place(event, channel, code) for channel in wording.channels_of(event) for code in languages]


def _shown(place: Place, rows: dict[tuple[str, str, str], MessageTemplate]) -> dict[str, object]:
    row = rows.get((place.event, place.channel, place.language))
    words = Said(row.title, row.body) if row else place.standard
    language = dict(settings.LANGUAGES)[place.language]
    return {"place": place, "row": row, "words": words, "language": language}


@admin.register(SmsReceipt)
class SmsReceiptAdmin(ReadOnlyAdmin):
    """What providers told us, for whoever looks into a text that did not arrive."""

    list_display = [
        "provider",
        "provider_reference",
        "succeeded",
        "code",
        "received_at",
        "applied_at",
        "dead_at",
    ]
    find_by = ("provider_reference",)
    search_help_text = gettext_lazy("Provider's number")
    list_filter = ["provider", "succeeded"]
    ordering = ["-pk"]
