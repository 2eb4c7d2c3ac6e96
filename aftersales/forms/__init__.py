"""What members type after delivery, checked beside each field."""

from aftersales.forms.refunds import RefundForm
from aftersales.forms.reviews import ReviewForm, SurveyForm
from aftersales.forms.words import MAX_QUESTION, ComplaintForm, QuestionForm

__all__ = [
    "MAX_QUESTION",
    "ComplaintForm",
    "QuestionForm",
    "RefundForm",
    "ReviewForm",
    "SurveyForm",
]
