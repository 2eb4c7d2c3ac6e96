"""What members ask again and again, with its answer in both languages, and whether it helped."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.names import in_language
from members.models import Member


class HelpArticle(models.Model):
    """A question and its answer. Ours come with each release; one that an operator edited stays as it is."""

    class Category(models.TextChoices):
        ORDERING = "ordering", _("Redeeming")
        POINTS = "points", _("Points")
        DELIVERY = "delivery", pgettext_lazy("topic", "Delivery")
        AFTERSALES = "aftersales", _("After-sales")
        ACCOUNT = "account", _("Account")
        PRIVACY = "privacy", _("Privacy and safety")

    class Page(models.TextChoices):
        NONE = "", _("none")
        GIFTS = "gifts", _("Look at the gifts")
        ORDERS = "my-orders", _("My orders")
        POINTS = "points", _("My points")
        INBOX = "inbox", _("My messages")
        PROFILE = "profile", _("My account")
        COMPLAINT = "complaint-new", _("Write to us")

    code = models.SlugField(_("code"), unique=True)
    category = models.CharField(_("category"), max_length=15, choices=Category.choices)
    question = models.CharField(_("question"), max_length=120)
    question_en = models.CharField(_("question in English"), max_length=160, blank=True)
    answer = models.TextField(_("answer"), max_length=2000)
    answer_en = models.TextField(_("answer in English"), max_length=3000, blank=True)
    phrasings = models.TextField(
        _("other phrasings"),
        max_length=2000,
        blank=True,
        help_text=_(
            "One a line, in either language: how else members ask this. They are searched, never shown."
        ),
    )
    page = models.CharField(
        _("page that does it"), max_length=20, choices=Page.choices, blank=True, default=Page.NONE
    )
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    is_published = models.BooleanField(_("published"), default=True)
    edited_by = models.CharField(_("edited by"), max_length=80, blank=True)
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        ordering = ["category", "position", "code"]
        verbose_name = _("help article")
        verbose_name_plural = _("help articles")

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The question in the language in force."""
        return in_language(self.question, self.question_en)

    @property
    def text(self) -> str:
        """The answer in the language in force."""
        return in_language(self.answer, self.answer_en)

    @property
    def other_questions(self) -> list[str]:
        """The other phrasings, one by one."""
        return [line.strip() for line in self.phrasings.splitlines() if line.strip()]


class HelpRating(models.Model):
    """Whether an article helped a member; each member has one voice per article and may change it."""

    article = models.ForeignKey(
        HelpArticle, models.PROTECT, related_name="ratings", db_index=False, verbose_name=_("help article")
    )
    member = models.ForeignKey(Member, models.PROTECT, related_name="help_ratings", verbose_name=_("member"))
    is_helpful = models.BooleanField(_("helpful"))
    rated_at = models.DateTimeField(_("rated at"))

    class Meta:
        verbose_name = _("help rating")
        verbose_name_plural = _("help ratings")
        constraints = [
            models.UniqueConstraint(fields=["article", "member"], name="one_voice_per_member_and_article")
        ]

    def __str__(self) -> str:
        return f"{self.article_id} {self.is_helpful}"
