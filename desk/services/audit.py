"""The auditor: every law read by SQL in one snapshot, and what it found kept for the operators' desk."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from desk.laws import LAWS
from desk.models import AuditRun
from foundation.laws import Law

SHOWN = 5
"""Offenders that are named for each check."""

KEPT = 1000
"""Runs that are kept: about a week of them."""

_SETTINGS = {
    "statement_timeout": "0",  # one statement reads a whole ledger
    "work_mem": "'64MB'",  # sums over whole tables stay out of temporary files
    "jit": "off",  # compiling costs these statements more than it saves
    "parallel_tuple_cost": "0",  # the planner expects offenders by the thousand; there are none to be handed over
    "parallel_setup_cost": "100",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check saw: rows looked at, violations, the first offenders, and how long it took in seconds."""

    law: Law
    rows: int
    violations: int
    offenders: tuple[str, ...]
    seconds: float

    def stored(self) -> dict[str, object]:
        """Return the finding as an AuditRun keeps it; the title is looked up again in the reader's language."""
        return {
            "law": self.law.number,
            "code": self.law.code,
            "rows": self.rows,
            "violations": self.violations,
            "offenders": list(self.offenders),
            "seconds": round(self.seconds, 3),
        }


def read_laws(
    *,
    at: datetime,
    using: str = "default",
    laws: Sequence[Law] = LAWS,
    on_finding: Callable[[Finding], None] | None = None,
) -> list[Finding]:
    """Check laws as of this moment in one read-only snapshot of a database, which may be a replica.

    :param on_finding: called with each finding as soon as it is there
    """
    counted: dict[str, int] = {}
    findings = []
    with _snapshot(using) as cursor:
        for law in laws:
            finding = _read(cursor, law, at=at, counted=counted)
            findings.append(finding)
            if on_finding is not None:
                on_finding(finding)
    return findings


@contextmanager
def _snapshot(using: str) -> Iterator[CursorWrapper]:
    connection = connections[using]
    is_inside = connection.in_atomic_block
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if (
            not is_inside
        ):  # the isolation level is set before anything was read; a test's transaction has read already
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for name, value in _SETTINGS.items():
            cursor.execute(f"SET LOCAL {name} = {value}")
        yield cursor


def _read(cursor: CursorWrapper, law: Law, *, at: datetime, counted: dict[str, int]) -> Finding:
    begun = time.monotonic()
    if law.rows not in counted:
        cursor.execute(law.rows, {"at": at})
        counted[law.rows] = cursor.fetchone()[0]
    cursor.execute(
        f"WITH found (offender) AS MATERIALIZED ({law.offenders}) "  # noqa: S608  (texts of our own)
        f"SELECT (SELECT count(*) FROM found), ARRAY(SELECT offender FROM found ORDER BY offender LIMIT {SHOWN})",
        {"at": at},
    )
    violations, offenders = cursor.fetchone()
    return Finding(law, counted[law.rows], violations, tuple(offenders), time.monotonic() - begun)


def run_audit(*, at: datetime) -> AuditRun:
    """Check all laws as of this moment and keep what was found for the operators' desk."""
    begun = time.monotonic()
    findings = read_laws(at=at)
    run = AuditRun.objects.create(
        started_at=at,
        finished_at=at + timedelta(seconds=time.monotonic() - begun),
        violations=sum(finding.violations for finding in findings),
        findings=[finding.stored() for finding in findings],
    )
    oldest_kept = AuditRun.objects.order_by("-pk").values_list("pk", flat=True)[KEPT - 1 : KEPT].first()
    if oldest_kept is not None:
        AuditRun.objects.filter(pk__lt=oldest_kept).delete()
    return run


def findings_of(run: AuditRun) -> list[Finding]:
    """Return what a run found, with the laws it read; a check that the house no longer makes is left out."""
    laws = {law.code: law for law in LAWS}
    return [
        Finding(
            laws[item["code"]],
            item["rows"],
            item["violations"],
            tuple(item["offenders"]),
            item.get("seconds", 0),
        )
        for item in run.findings
        if item["code"] in laws
    ]
