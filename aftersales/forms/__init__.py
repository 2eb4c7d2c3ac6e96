"""What members type after delivery, checked beside each field."""

from aftersales.forms.refunds import RefundForm
from aftersales.forms.reviews import ReviewForm, SurveyForm

__all__ = [
    "RefundForm",
    "ReviewForm",
    "SurveyForm",
]
