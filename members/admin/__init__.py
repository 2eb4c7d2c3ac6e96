"""Members, their points and messages at the operators' desk."""

from members.admin.messages import MessageAdmin
from members.admin.people import MemberAdmin
from members.admin.points import PointsTransactionAdmin
from members.admin.users import ApiKeyAdmin

__all__ = ["ApiKeyAdmin", "MemberAdmin", "MessageAdmin", "PointsTransactionAdmin"]
