"""The desk's own pages: the auditor's runs, and members who want to be forgotten."""

from desk.admin.audit import AuditRunAdmin
from desk.admin.erasure import ErasureRequestAdmin

__all__ = ["AuditRunAdmin", "ErasureRequestAdmin"]
