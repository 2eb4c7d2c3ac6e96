"""The laws of points and messages, as the auditor reads them."""

from members.laws import messages, points

LAWS = (*points.LAWS, *messages.LAWS)
