"""The points ledger: double entry over accounts and lots, written once, never changed (laws 1 to 4).

A member's account has two buckets, *available* and *held*. Each posting moves a signed number of points of one lot
in one bucket; the postings of a transaction sum to zero. Balances on accounts and lots are cached and carry CHECKs.
"""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.append_only import append_only
from members.models.people import Member


class PointsAccount(models.Model):
    """A member's balance, or one of the mall's own accounts, which carry none so that nobody waits for them."""

    class Kind(models.TextChoices):
        MEMBER = "member", _("member")
        ISSUED = "issued", _("issued")
        REDEEMED = "redeemed", _("redeemed")
        EXPIRED = "expired", _("expired")
        ADJUSTED = "adjusted", _("adjusted")

    ISSUED, REDEEMED, EXPIRED, ADJUSTED = -1, -2, -3, -4
    """Ids of the mall's own accounts, made after each migrate; fixed, so that nobody has to look them up."""

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.MEMBER)
    member = models.OneToOneField(
        Member, models.PROTECT, null=True, blank=True, related_name="account", verbose_name=_("member")
    )
    available = models.BigIntegerField(_("available points"), default=0)
    held = models.BigIntegerField(_("held points"), default=0)

    class Meta:
        verbose_name = _("points account")
        verbose_name_plural = _("points accounts")
        constraints = [
            models.CheckConstraint(condition=Q(available__gte=0), name="available_points_are_not_negative"),
            models.CheckConstraint(condition=Q(held__gte=0), name="held_points_are_not_negative"),
            models.CheckConstraint(
                condition=Q(kind="member", member__isnull=False)
                | (~Q(kind="member") & Q(member__isnull=True, available=0, held=0)),
                name="only_member_accounts_carry_a_balance",
            ),
            models.UniqueConstraint(
                fields=["kind"], condition=~Q(kind="member"), name="one_account_per_system_kind"
            ),
        ]

    def __str__(self) -> str:
        return str(self.member or self.get_kind_display())


class PointsLot(models.Model):
    """Points granted together, which expire together. `held` of the `remaining` points wait in holds."""

    account = models.ForeignKey(PointsAccount, models.PROTECT, related_name="lots", verbose_name=_("account"))
    issued = models.BigIntegerField(_("issued points"))
    remaining = models.BigIntegerField(_("remaining points"))
    held = models.BigIntegerField(_("held points"), default=0)
    expires_at = models.DateTimeField(_("expires at"))
    granted_until = models.DateTimeField(
        _("granted until"),
        help_text=_("What the member was promised; points that come back later live on for the grace days."),
    )
    granted_at = models.DateTimeField(_("granted at"))
    reference = models.CharField(_("source reference"), max_length=80)

    class Meta:
        ordering = ["expires_at", "pk"]
        verbose_name = _("points lot")
        verbose_name_plural = _("points lots")
        indexes = [models.Index(fields=["account", "expires_at"], name="lots_by_expiry")]
        triggers = [
            pgtrigger.ReadOnly(
                name="a_grant_stands",
                fields=["account", "issued", "granted_until", "granted_at", "reference"],
            ),
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gte=F("granted_until")), name="a_lot_lives_as_long_as_promised"
            ),
            models.CheckConstraint(
                condition=Q(held__gte=0, held__lte=F("remaining"), remaining__lte=F("issued")),
                name="lot_held_within_remaining_within_issued",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.remaining}/{self.issued}"


class PointsTransaction(models.Model):
    """One movement of points with its reason; the same kind and reference happen once (law 8)."""

    class Kind(models.TextChoices):
        GRANT = "grant", _("granted")
        HOLD = "hold", _("held")
        CAPTURE = "capture", _("redeemed")
        RELEASE = "release", _("released")
        REFUND = "refund", _("refunded")
        EXPIRE = "expire", _("expired")
        ADJUST = "adjust", _("adjusted")
        REVERSE = "reverse", _("reversed")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    reference = models.CharField(_("reference"), max_length=80)
    origin = models.CharField(_("answers"), max_length=80, blank=True)
    at = models.DateTimeField(_("at"))
    by = models.CharField(_("by"), max_length=80)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("points transaction")
        verbose_name_plural = _("points transactions")
        triggers = append_only()
        indexes = [models.Index(fields=["origin"], condition=~Q(origin=""), name="answers_to_a_transaction")]
        constraints = [
            models.UniqueConstraint(fields=["reference", "kind"], name="one_points_transaction_per_reference")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class PointsPosting(models.Model):
    """One side of a transaction: so many points of one lot into (or out of) one bucket of an account."""

    class Bucket(models.TextChoices):
        AVAILABLE = "available", _("available")
        HELD = "held", _("held")
        SYSTEM = "system", _("system")

    transaction = models.ForeignKey(
        PointsTransaction, models.PROTECT, related_name="postings", verbose_name=_("transaction")
    )
    account = models.ForeignKey(
        PointsAccount, models.PROTECT, related_name="postings", db_index=False, verbose_name=_("account")
    )
    bucket = models.CharField(_("bucket"), max_length=10, choices=Bucket.choices)
    lot = models.ForeignKey(PointsLot, models.PROTECT, related_name="postings", verbose_name=_("lot"))
    amount = models.BigIntegerField(_("points"))

    class Meta:
        verbose_name = _("points posting")
        verbose_name_plural = _("points postings")
        triggers = append_only()
        indexes = [
            models.Index(
                fields=["account", "-id"], condition=~Q(bucket="system"), name="statement_of_a_member"
            )
        ]
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="a_posting_moves_points")]

    def __str__(self) -> str:
        return f"{self.amount:+} {self.bucket}"
