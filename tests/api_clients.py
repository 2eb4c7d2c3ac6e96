"""Programs that call the API in tests, and a picture of the whole database to compare before and after."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client

from members import services as members
from members.models import Member
from tests.worlds import AT


class Api:
    """A program with its token or key; every body goes out as JSON."""

    def __init__(self, bearer: str = "", **headers: str) -> None:
        self._client = Client()
        self._headers = {"authorization": f"Bearer {bearer}"} | headers if bearer else headers

    def get(self, path: str, **headers: str) -> Any:
        return self._client.get(f"/api/v1/{path}", headers=self._headers | headers)

    def post(
        self, path: str, body: object = None, *, content_type: str = "application/json", **headers: str
    ) -> Any:
        text = body if isinstance(body, bytes) else json.dumps({} if body is None else body)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.post(
            f"/api/v1/{path}", text, content_type=content_type, headers=self._headers | headers
        )

    def order(self, body: object, *, key: str = "click-1", **headers: str) -> Any:
        return self.post("orders", body, idempotency_key=key, **headers)


def api_of(member: Member, **headers: str) -> Api:
    """A program with a member's token."""
    return Api(
        members.sign_token(Member.objects.select_related("user").get(pk=member.pk), at=AT)[0], **headers
    )


def integrator(*scopes: str, channel: str = "bank", **headers: str) -> Api:
    """An integrator with a key for these scopes."""
    return Api(
        members.create_api_key(name=channel, channel=channel, scopes=list(scopes), at=AT)[1], **headers
    )


def everything() -> list[tuple[str, str]]:
    """Every row of every table of the house, each as its table and what it holds."""
    with connection.cursor() as cursor:
        cursor.execute(_every_row())
        return list(cursor.fetchall())


@cache
def _every_row() -> str:
    """One statement for all tables: asked for one after the other they would cost more than the test."""
    models = [model for app in settings.HOUSE_APPS for model in apps.get_app_config(app).get_models()]
    rows = [f"SELECT '{model._meta.label}', t::text FROM {model._meta.db_table} AS t" for model in models]
    return f"{' UNION ALL '.join(rows)} ORDER BY 1, 2"
