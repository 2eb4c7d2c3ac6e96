"""What the operators' desk does beyond the floors below: the auditor."""

from desk.services.audit import Finding, findings_of, read_laws, run_audit

__all__ = ["Finding", "findings_of", "read_laws", "run_audit"]
