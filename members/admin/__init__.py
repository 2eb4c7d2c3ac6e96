"""Members, their points and messages at the operators' desk."""

from members.admin.messages import MessageAdmin
from members.admin.pauses import CodePauseAdmin
from members.admin.people import MemberAdmin
from members.admin.points import PointsTransactionAdmin
from members.admin.refused import RefusedSignInAdmin
from members.admin.users import ApiKeyAdmin
from members.admin.words import SmsReceiptAdmin, WordsAdmin

__all__ = [
    "ApiKeyAdmin",
    "CodePauseAdmin",
    "MemberAdmin",
    "MessageAdmin",
    "PointsTransactionAdmin",
    "RefusedSignInAdmin",
    "SmsReceiptAdmin",
    "WordsAdmin",
]
