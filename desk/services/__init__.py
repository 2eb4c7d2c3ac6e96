"""What the operators' desk does beyond the floors below: the auditor, the roles."""

from desk.services.audit import Finding, findings_of, read_laws, run_audit
from desk.services.roles import load_roles

__all__ = ["Finding", "findings_of", "load_roles", "read_laws", "run_audit"]
