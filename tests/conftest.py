"""Fixtures that every test may use."""

import hypothesis
import pytest
import redis
from django.conf import settings

# A slow machine is no failure; a failure prints what repeats it.
hypothesis.settings.register_profile("house", deadline=None, print_blob=True)
hypothesis.settings.load_profile("house")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """One database for each xdist worker."""


@pytest.fixture
def redis_url(worker_id: str) -> str:
    """The address of a real, empty Redis that no other worker uses."""
    number = 0 if worker_id == "master" else int(worker_id.removeprefix("gw"))
    server = settings.CELERY_BROKER_URL.rsplit("/", 1)[0]
    url = f"{server}/{1 + number}"  # 0 is the mall's own
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url
