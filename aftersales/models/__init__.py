"""What happens after delivery, as rows."""

from aftersales.models.refunds import ReturnLine, ReturnRequest
from aftersales.models.reviews import GiftReview, ReviewPicture, Survey

__all__ = ["GiftReview", "ReturnLine", "ReturnRequest", "ReviewPicture", "Survey"]
