"""A member with a password."""

from __future__ import annotations

import pytest

from members.models import Member
from tests import worlds
from tests.portal.test_signing_in.strangers import PASSWORD


@pytest.fixture
def member() -> Member:
    made = worlds.member(points=100)
    made.user.set_password(PASSWORD)
    made.user.save()
    return made
