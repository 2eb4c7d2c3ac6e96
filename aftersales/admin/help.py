"""Help articles: edited with a preview, and how many members each one helped."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from aftersales import services
from aftersales.models import HelpArticle
from foundation.admin import DeskAdmin, badge, cause_of, number

UNTYPED = {"_preview", "csrfmiddlewaretoken"}
RESERVED = {"ask"}
"""Codes that are addresses of their own under /help/."""


class ArticleForm(forms.ModelForm[HelpArticle]):
    """An article; its code is part of its address."""

    class Meta:
        model = HelpArticle
        fields = [
            "code", "category", "position", "is_published", "question", "question_en", "answer", "answer_en",
            "phrasings", "page",
        ]  # fmt: skip

    def clean_code(self) -> str:
        """Keep the assistant's own address free."""
        code: str = self.cleaned_data["code"]
        if code in RESERVED:
            raise forms.ValidationError(_("This address is the assistant's. Choose another code."))
        return code


@admin.register(HelpArticle)
class HelpArticleAdmin(DeskAdmin):
    form = ArticleForm
    list_display = [
        "question",
        "category",
        "position",
        "shown",
        "helped",
        "not_helped",
        "edited_by",
        "changed_at",
    ]
    list_filter = ["category", "is_published"]
    find_by = ("code", "question__icontains", "phrasings__icontains")
    search_help_text = _("Code, or part of a question")
    ordering = ["category", "position", "pk"]
    sortable_by = ()
    change_form_template = "desk/help_article.html"
    add_form_template = "desk/help_article.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Count what members said along."""
        said: QuerySet[Any] = super().get_queryset(request)
        return said.annotate(  # type: ignore[no-any-return]
            yes=Count("ratings", filter=Q(ratings__is_helpful=True)),
            no=Count("ratings", filter=Q(ratings__is_helpful=False)),
        )

    @admin.display(description=_("published"))
    def shown(self, article: HelpArticle) -> SafeString:
        return badge(_("yes"), "good") if article.is_published else badge(_("no"), "quiet")

    @admin.display(description=_("helped"))
    def helped(self, article: Any) -> SafeString:
        return number(article.yes)

    @admin.display(description=_("did not help"))
    def not_helped(self, article: Any) -> SafeString:
        return number(article.no)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Keep the code: links and ratings hang on it."""
        return ["code"] if obj is not None else []

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Show what was typed as members would see it, if that is asked for; nothing is kept then."""
        if request.method == "POST" and "_preview" in request.POST:
            return self._preview(request, object_id)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _preview(self, request: HttpRequest, object_id: str | None) -> HttpResponse:
        there = self.get_object(request, object_id) if object_id else None
        may = self.has_change_permission(request, there) if there else self.has_add_permission(request)
        form = self.get_form(request, there)(request.POST, instance=there)
        if (
            not may or not form.is_valid()
        ):  # the usual page says so, each fault beside its field, and saves nothing
            usual: HttpResponse = super().changeform_view(request, object_id)
            return usual
        typed = [(name, value) for name, value in request.POST.items() if name not in UNTYPED]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Preview"),
            "opts": self.opts,
            "article": form.instance,
            "typed": typed,
        }
        return TemplateResponse(request, "desk/help_preview.html", context)

    def save_model(self, request: HttpRequest, obj: HelpArticle, form: Any, change: bool) -> None:
        """Keep it as this operator wrote it."""
        cause = cause_of(request)
        services.save_article(obj, at=cause.at, by=cause.by)
