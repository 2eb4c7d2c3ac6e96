"""The roles at the desk, as groups with permissions."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from desk.rules import ROLES, codenames


@transaction.atomic
def load_roles() -> int:
    """Make each role's group hold just what the role may do, and return how many roles there are.

    Calling it again brings groups back to that; who belongs to them stays as it is.

    :raises LookupError: a role names a permission that does not exist
    """
    known = {
        (permission.content_type.app_label, permission.codename): permission
        for permission in Permission.objects.select_related("content_type")
    }
    for name, permissions in ROLES.items():
        wanted = codenames(permissions)
        missing = wanted - known.keys()
        if missing:
            raise LookupError(f"{name}: no such permission: {sorted(missing)}")
        group, _is_new = Group.objects.get_or_create(name=name)
        group.permissions.set(known[pair] for pair in wanted)
    return len(ROLES)
