"""The laws of signing in and of new mail addresses, as the auditor reads them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from foundation.laws import GRACE, Law, count

LAWS: tuple[Law, ...] = (
    Law(
        9,
        "members.letters_overdue",
        _("No mail to a new or former address waits longer than five minutes past its time"),
        count("members_letter", "sent_at IS NULL"),
        f"""
        SELECT 'letter ' || id FROM members_letter
        WHERE sent_at IS NULL AND dead_at IS NULL AND next_attempt_at < %(at)s - {GRACE}
        """,  # noqa: S608
    ),
    # The clock tidies every ten minutes.
    Law(
        9,
        "members.tidied",
        _("Codes, links, devices and counts of tries are removed when their time is over"),
        count("members_trycount"),
        f"""
        SELECT kind || ' ' || id
        FROM (
            SELECT 'code' AS kind, id, expires_at FROM members_signincode
            UNION ALL SELECT 'link', id, expires_at FROM members_mailchange
            UNION ALL SELECT 'device', id, expires_at FROM members_device
            UNION ALL SELECT 'count', id, ends_at FROM members_trycount
        ) rows
        WHERE expires_at < %(at)s - interval '10 minutes' - {GRACE}
        """,  # noqa: S608
    ),
    Law(
        10,
        "members.own_codes",
        _("A code signs in one member at most, once, and is tried five times at most"),
        count("members_signincode"),
        """
        SELECT 'code ' || id FROM members_signincode
        WHERE tries > 5 OR tries = 5 AND ended_at IS NULL
        """,
    ),
)
