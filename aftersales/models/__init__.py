"""What happens after delivery, as rows."""

from aftersales.models.complaints import Complaint, ComplaintRound
from aftersales.models.help import HelpArticle, HelpRating
from aftersales.models.refunds import ReturnLine, ReturnRequest
from aftersales.models.reviews import GiftReview, ReviewPicture, Survey

__all__ = [
    "Complaint",
    "ComplaintRound",
    "GiftReview",
    "HelpArticle",
    "HelpRating",
    "ReturnLine",
    "ReturnRequest",
    "ReviewPicture",
    "Survey",
]
