"""Names that operators write in two languages."""

from django.db import models
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def in_language(chinese: str, english: str) -> str:
    """Return the text for the language in force; the Chinese one where no English was written."""
    return english if english and (get_language() or "").startswith("en") else chinese


in_readers_language = lazy(in_language, str)
"""The same, decided when it is read: a batch is decided in one thread, and each asker reads in their own."""


class Named(models.Model):
    """A row with a Chinese name and, where somebody wrote one, an English name."""

    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the language in force."""
        return in_language(self.name, self.name_en)
