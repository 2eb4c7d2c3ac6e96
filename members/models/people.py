"""Who logs in, who redeems, and where gifts are sent."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from foundation.names import Named


class User(AbstractUser):
    """Somebody who logs in: an operator, or the person behind a member (then the username is the member number)."""

    token_epoch = models.PositiveIntegerField(
        _("token epoch"), default=0, help_text=_("Raising it by one signs every API token of this user out.")
    )

    class Meta(AbstractUser.Meta):  # whose names are plain text
        verbose_name = _("user")  # type: ignore[assignment]
        verbose_name_plural = _("users")  # type: ignore[assignment]

    def get_session_auth_hash(self) -> str:
        """Return what a session must have signed to be this user's: it ends with the password and with the epoch."""
        return self._signed_for_sessions(settings.SECRET_KEY)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Return the same under earlier secret keys."""
        return (self._signed_for_sessions(key) for key in settings.SECRET_KEY_FALLBACKS)

    def _signed_for_sessions(self, key: str) -> str:
        value = f"{self.token_epoch}{self.password}"
        return salted_hmac("members.User.session", value, secret=key, algorithm="sha256").hexdigest()


class Tier(Named):
    """A member's standing with the bank; a higher rank includes what the lower ones may do."""

    code = models.SlugField(_("code"), unique=True)
    rank = models.PositiveSmallIntegerField(_("rank"), unique=True)

    class Meta:
        ordering = ["rank"]
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")


class Member(models.Model):
    """A customer of the bank who redeems points."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        FROZEN = "frozen", _("frozen")
        CLOSED = "closed", _("closed")

    user = models.OneToOneField(User, models.PROTECT, related_name="member", verbose_name=_("user"))
    number = models.CharField(_("member number"), max_length=20, unique=True)
    bank_reference = models.CharField(_("bank customer reference"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    phone = models.CharField(_("phone"), max_length=20, unique=True)
    email = models.EmailField(_("e-mail"), blank=True)
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="members", verbose_name=_("tier"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ACTIVE)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    joined_at = models.DateTimeField(_("joined at"))

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Region(models.Model):
    """A province, city or county by its official six-digit division code."""

    code = models.CharField(_("code"), max_length=6, primary_key=True)
    name = models.CharField(_("name"), max_length=40)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    is_served = models.BooleanField(_("served"), default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("region")
        verbose_name_plural = _("regions")

    def __str__(self) -> str:
        return self.name

    @property
    def province_code(self) -> str:
        """The first two digits followed by zeros: the province this region lies in."""
        return f"{self.code[:2]}0000"


class Address(models.Model):
    """Where a member has gifts sent. Never edited: a change makes a new row and retires the old one."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="addresses", verbose_name=_("member"))
    recipient = models.CharField(_("recipient"), max_length=60)
    phone = models.CharField(_("phone"), max_length=20)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("region"))
    region_name = models.CharField(_("region name"), max_length=120)
    detail = models.CharField(_("street and number"), max_length=200)
    is_default = models.BooleanField(_("default"), default=False)
    created_at = models.DateTimeField(_("created at"))
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)

    class Meta:
        ordering = ["-is_default", "-pk"]
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(is_default=True), name="one_default_address_per_member"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(retired_at=None), name="a_retired_address_is_no_default"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_name}{self.detail} {self.recipient}"


class ApiKey(models.Model):
    """What an integrator signs in with: shown once, stored as a digest, limited to its scopes."""

    name = models.CharField(_("name"), max_length=60)
    channel = models.SlugField(_("channel"), max_length=20)
    digest = models.CharField(_("SHA-256 of the key"), max_length=64, unique=True)
    hint = models.CharField(_("first characters"), max_length=12)
    scopes = models.JSONField(_("scopes"), default=list)
    created_at = models.DateTimeField(_("created at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"
