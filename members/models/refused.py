"""Sign-ins that were refused: written once, kept as the trail that shows who was guessed at, from where, and when.

The trail is kept for half a year at least, as China's law on network security has it (article 21), and not for ever:
it holds network addresses.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.append_only import append_only_for

KEPT_AT_LEAST = 184
"""Days for which nobody can remove a row, since the law wants six months."""


class RefusedSignIn(models.Model):
    """One wrong password or code, or a limit that a wrong one used up.

    Whose account it was is told by its id, which names nobody once its owner is forgotten; of a name that nobody has
    only a keyed digest is kept, since people type their password there.
    """

    class Action(models.TextChoices):
        FAILED = "auth.failed", _("wrong")
        THROTTLED = "auth.throttled", _("no more tries")

    class Way(models.TextChoices):
        PASSWORD = "password", _("password")
        CODE = "code", _("code by SMS")

    at = models.DateTimeField(_("at"))
    action = models.CharField(_("what happened"), max_length=20, choices=Action.choices)
    way = models.CharField(_("signed in by"), max_length=10, choices=Way.choices)
    user_id = models.BigIntegerField(_("id of the account"), null=True, blank=True)
    name_digest = models.CharField(_("digest of who was named"), max_length=64, blank=True)
    network = models.CharField(_("network address"), max_length=45, blank=True)
    limit = models.CharField(_("limit"), max_length=40, blank=True)
    until = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("refused sign-in")
        verbose_name_plural = _("refused sign-ins")
        triggers = append_only_for(KEPT_AT_LEAST, since="at")
        indexes = [
            models.Index(fields=["user_id", "-id"], name="refused_sign_ins_of_a_user"),
            models.Index(fields=["at"], name="refused_sign_ins_by_age"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(action="auth.failed", limit="", until=None)
                | (models.Q(action="auth.throttled", until__isnull=False) & ~models.Q(limit="")),
                name="a_used_up_limit_is_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"
