"""What the operators' desk does beyond the floors below: the auditor, the roles, members who want to be forgotten."""

from desk.services.audit import Finding, findings_of, read_laws, run_audit
from desk.services.erasure import (
    NotWaiting,
    PointsRemain,
    ask_erasure,
    count_download,
    decline_erasure,
    fulfil_erasure,
    obstacles,
    withdraw_erasure,
)
from desk.services.roles import load_roles

__all__ = [
    "Finding",
    "NotWaiting",
    "PointsRemain",
    "ask_erasure",
    "count_download",
    "decline_erasure",
    "findings_of",
    "fulfil_erasure",
    "load_roles",
    "obstacles",
    "read_laws",
    "run_audit",
    "withdraw_erasure",
]
