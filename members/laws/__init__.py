"""The laws of points, messages and signing in, as the auditor reads them."""

from members.laws import messages, points, signing_in

LAWS = (*points.LAWS, *messages.LAWS, *signing_in.LAWS)
