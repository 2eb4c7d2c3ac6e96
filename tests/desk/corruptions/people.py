"""Corruptions of letters, tries, codes, and of what a forgotten member leaves."""

from tests.desk.corruptions.corruption import breaks

PEOPLE = (
    breaks(
        "INSERT INTO members_letter "
        "(member_id, kind, address, link, created_at, attempts, next_attempt_at, last_error) "
        "VALUES ({lin_member}, 'mail.confirm', 'x@example.com', '', '2020-01-01', 0, '2020-01-01', '')",
        "members.letters_overdue",
    ),
    breaks(
        "INSERT INTO members_trycount (scope, subject, used, ends_at) VALUES ('code.day', 'x', 1, '2020-01-01')",
        "members.tidied",
    ),
    breaks(
        "INSERT INTO members_signincode (token, number_digest, code_digest, tries, created_at, expires_at) "
        "VALUES (gen_random_uuid(), 'x', 'x', 5, '2030-01-01', '2030-01-02')",
        "members.own_codes",
    ),
    breaks("UPDATE members_member SET name = 'Lin' WHERE id = {gone_member}", "desk.erased"),
    breaks("DROP INDEX one_open_erasure_request_per_member", "desk.constraints"),
)
