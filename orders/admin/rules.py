"""The rules that operators set: who may redeem what, and which orders a person looks at first."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from foundation.admin import DeskAdmin, badge, moment, number
from orders.admin.forms import RedemptionRuleForm, ReviewRuleForm
from orders.models import RedemptionRule, ReviewRule


def in_force(is_active: bool) -> SafeString:
    """Show whether a rule is in force."""
    return badge(_("in force"), "good") if is_active else badge(_("off"), "quiet")


@admin.register(RedemptionRule)
class RedemptionRuleAdmin(DeskAdmin):
    list_display = ["kind_shown", "terms", "concerns", "state"]
    list_filter = ["kind", "is_active"]
    list_select_related = ["gift", "category", "tier"]
    ordering = ["pk"]
    form = RedemptionRuleForm
    autocomplete_fields = ["gift"]
    fieldsets = [
        (None, {"fields": ["kind", "is_active"]}),
        (_("Which gifts (neither means all)"), {"fields": ["gift", "category"]}),
        (
            _("What the rule says"),
            {"fields": ["tier", "quantity", "period", "starts_at", "ends_at", "channels"]},
        ),
    ]

    class Media:
        js = ["js/rule_form.js"]

    @admin.display(description=_("kind"))
    def kind_shown(self, rule: RedemptionRule) -> str:
        return rule.get_kind_display()

    @admin.display(description=_("what the rule says"))
    def terms(self, rule: RedemptionRule) -> str:
        match rule.kind:
            case "tier_at_least":
                return rule.tier.label if rule.tier else ""
            case "window":
                return f"{moment(rule.starts_at)} – {moment(rule.ends_at)}"
            case "channel":
                return ", ".join(rule.channels)
            case "max_per_period":
                return f"{rule.quantity} / {rule.get_period_display()}"
        return str(rule.quantity)

    @admin.display(description=_("gifts"))
    def concerns(self, rule: RedemptionRule) -> str:
        named = rule.gift or rule.category
        return named.label if named else str(_("all gifts"))

    @admin.display(description=_("state"))
    def state(self, rule: RedemptionRule) -> SafeString:
        return in_force(rule.is_active)


@admin.register(ReviewRule)
class ReviewRuleAdmin(DeskAdmin):
    list_display = ["kind_shown", "terms", "points", "state"]
    list_filter = ["is_active"]
    ordering = ["pk"]
    form = ReviewRuleForm
    fields = ["kind", "is_active", "points_from", "days", "orders", "minutes"]

    class Media:
        js = ["js/rule_form.js"]

    @admin.display(description=_("kind"))
    def kind_shown(self, rule: ReviewRule) -> str:
        return rule.get_kind_display()

    @admin.display(description=_("what the rule says"))
    def terms(self, rule: ReviewRule) -> str:
        match rule.kind:
            case "new_member":
                days = rule.days or 0
                return ngettext("member for less than %d day", "member for less than %d days", days) % days
            case "many_orders":
                return str(_("%(orders)s orders within %(minutes)s minutes")) % {
                    "orders": rule.orders,
                    "minutes": rule.minutes,
                }
        return ""

    @admin.display(description=_("from this many points"))
    def points(self, rule: ReviewRule) -> SafeString:
        return number(rule.points_from)

    @admin.display(description=_("state"))
    def state(self, rule: ReviewRule) -> SafeString:
        return in_force(rule.is_active)
