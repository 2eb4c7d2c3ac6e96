"""What members type after delivery, checked beside each field."""

from aftersales.forms.refunds import RefundForm

__all__ = ["RefundForm"]
