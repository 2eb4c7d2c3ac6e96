"""Rules that operators edit: who may redeem what, and which orders a person looks at first."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.models import Category, Gift
from members.models import Tier

_BUMP = pgtrigger.Trigger(
    name="new_version",
    level=pgtrigger.Statement,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    when=pgtrigger.After,
    func="""
        INSERT INTO orders_ruleversion (id, version) VALUES (1, 1)
        ON CONFLICT (id) DO UPDATE SET version = orders_ruleversion.version + 1;
        RETURN NULL;
    """,
)


class RuleVersion(models.Model):
    """One row that a trigger raises when any rule changes, so that each process knows when to read them again."""

    version = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.version)


class RedemptionRule(models.Model):
    """What must hold before a gift may be redeemed. With neither gift nor category it holds for every gift."""

    class Kind(models.TextChoices):
        TIER_AT_LEAST = "tier_at_least", _("tier at least")
        MAX_PER_ORDER = "max_per_order", _("at most so many per order")
        MAX_PER_MEMBER = "max_per_member", _("at most so many per member")
        MAX_PER_PERIOD = "max_per_period", _("at most so many per member and period")
        WINDOW = "window", _("only between two moments")
        CHANNEL = "channel", _("only through these channels")

    class Period(models.TextChoices):
        DAY = "day", _("day")
        WEEK = "week", _("week")
        MONTH = "month", _("month")
        YEAR = "year", _("year")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    gift = models.ForeignKey(Gift, models.PROTECT, null=True, blank=True, verbose_name=_("gift"))
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, verbose_name=_("category"))
    tier = models.ForeignKey(Tier, models.PROTECT, null=True, blank=True, verbose_name=_("tier"))
    quantity = models.PositiveIntegerField(_("quantity"), null=True, blank=True)
    period = models.CharField(_("period"), max_length=10, choices=Period.choices, blank=True)
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    channels = models.JSONField(_("channels"), default=list, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("redemption rule")
        verbose_name_plural = _("redemption rules")
        triggers = [_BUMP]
        constraints = [
            models.CheckConstraint(condition=Q(gift=None) | Q(category=None), name="a_rule_has_one_scope"),
            models.CheckConstraint(
                condition=~Q(kind="tier_at_least") | Q(tier__isnull=False), name="a_tier_rule_names_a_tier"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=("max_per_order", "max_per_member", "max_per_period"))
                | Q(quantity__isnull=False),
                name="a_limit_rule_names_a_quantity",
            ),
            models.CheckConstraint(
                condition=~Q(kind="max_per_period") | ~Q(period=""), name="a_period_rule_names_a_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.quantity or self.tier or ''}".strip()


class ReviewRule(models.Model):
    """What makes a person look at an order before it goes on."""

    class Kind(models.TextChoices):
        HIGH_VALUE = "high_value", _("high value")
        NEW_MEMBER = "new_member", _("new member")
        FIRST_TO_ADDRESS = "first_to_address", _("first order to an address")
        MANY_ORDERS = "many_orders", _("many orders in a short time")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    points_from = models.BigIntegerField(_("from this many points"), default=0)
    days = models.PositiveIntegerField(_("member for fewer than these days"), null=True, blank=True)
    orders = models.PositiveIntegerField(_("this many orders"), null=True, blank=True)
    minutes = models.PositiveIntegerField(_("within these minutes"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("review rule")
        verbose_name_plural = _("review rules")
        triggers = [_BUMP]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="new_member") | Q(days__isnull=False), name="a_new_member_rule_names_days"
            ),
            models.CheckConstraint(
                condition=~Q(kind="many_orders") | Q(orders__isnull=False, minutes__isnull=False),
                name="a_velocity_rule_names_orders_and_minutes",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
