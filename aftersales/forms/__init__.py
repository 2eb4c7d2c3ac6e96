"""What members type after delivery, checked beside each field."""

from aftersales.forms.refunds import RefundForm
from aftersales.forms.reviews import ReviewForm, SurveyForm
from aftersales.forms.words import MAX_QUESTION, ComplaintForm, QuestionForm, ReopenForm

__all__ = [
    "MAX_QUESTION",
    "ComplaintForm",
    "QuestionForm",
    "RefundForm",
    "ReopenForm",
    "ReviewForm",
    "SurveyForm",
]
