"""The laws of messages: in time, as wanted, and secret where they are secret."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from foundation.laws import GRACE, Law, count, text
from members import wording

# What may wait, and what may be declined: by topic or by itself, on which channels.
_MAY_WAIT = ", ".join(f"({text(event)})" for event, said in wording.WORDINGS.items() if not said.is_urgent)
_DECLINABLE = ", ".join(
    f"({text(event)}, {text(said.declinable or '')}, {text(channel)})"
    for event, said in wording.WORDINGS.items()
    for channel in wording.channels_of(event)
    if wording.is_declinable(event, channel)
)

LAWS: tuple[Law, ...] = (
    Law(
        9,
        "members.messages_overdue",
        _("No message waits longer than five minutes past its time"),
        count("members_message", "state IN ('waiting', 'unknown')"),
        f"""
        SELECT 'message ' || id FROM members_message
        WHERE state IN ('waiting', 'unknown') AND next_attempt_at < %(at)s - {GRACE}
        """,  # noqa: S608
    ),
    Law(
        9,
        "members.receipts_overdue",
        _("No receipt of a text waits longer than five minutes past its time"),
        count("members_smsreceipt", "applied_at IS NULL AND dead_at IS NULL"),
        f"""
        SELECT 'receipt ' || id FROM members_smsreceipt
        WHERE applied_at IS NULL AND dead_at IS NULL AND next_attempt_at < %(at)s - {GRACE}
        """,  # noqa: S608
    ),
    Law(
        10,
        "members.secrets",
        _("What is secret is kept no longer than it is of use"),
        count("members_message", "is_secret"),
        f"""
        SELECT 'message ' || id FROM members_message
        WHERE is_secret AND context <> '{{}}' AND created_at < %(at)s - interval '10 minutes' - {GRACE}
        """,  # noqa: S608
    ),
    Law(
        10,
        "members.unsubscribed",
        _("Nobody is written to about what they did not want to hear of any more"),
        count("members_unsubscription"),
        f"""
        SELECT 'message ' || m.id
        FROM members_unsubscription u
        JOIN members_message m ON m.member_id = u.member_id AND m.channel = u.channel
        JOIN (VALUES {_DECLINABLE}) t (template, topic, channel)
            ON t.template = m.template AND t.channel = m.channel AND (t.topic = u.topic OR t.template = u.event)
        WHERE m.sent_at > u.since + {GRACE}
        """,  # noqa: S608
    ),
    # Of those who chose their hours: what the default was when an old message went out is not known.
    Law(
        10,
        "members.quiet_hours",
        _("Nobody is disturbed in the quiet hours they chose"),
        count("members_quiethours", "begins IS NOT NULL"),
        f"""
        SELECT 'message ' || m.id
        FROM members_quiethours q
        JOIN members_message m ON m.member_id = q.member_id AND m.created_at > q.changed_at AND m.channel <> 'inbox'
        JOIN (VALUES {_MAY_WAIT}) t (template) ON t.template = m.template
        CROSS JOIN LATERAL (SELECT (m.sent_at AT TIME ZONE 'Asia/Shanghai')::time AS hour) s
        WHERE CASE WHEN q.begins < q.ends THEN s.hour >= q.begins AND s.hour < q.ends
            ELSE s.hour >= q.begins OR s.hour < q.ends END
        """,  # noqa: S608
    ),
)
