"""The operators' desk of what happens after delivery."""

from aftersales.admin.complaints import ComplaintAdmin
from aftersales.admin.help import HelpArticleAdmin
from aftersales.admin.refunds import ReturnRequestAdmin
from aftersales.admin.reviews import GiftReviewAdmin, SurveyAdmin

__all__ = ["ComplaintAdmin", "GiftReviewAdmin", "HelpArticleAdmin", "ReturnRequestAdmin", "SurveyAdmin"]
