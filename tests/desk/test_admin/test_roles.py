"""Who may open what, and that nobody changes what services write."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from desk import services
from desk.rules import ROLES
from desk.site import MENU
from orders.models import Order
from tests.desk.operators import browser, page, user
from tests.desk.test_admin.lists import MODELS, OPEN_TO, WRITTEN_BY_SERVICES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", sorted(OPEN_TO))
def test_each_role_opens_its_lists_and_no_other(role: str) -> None:
    client = browser(role)
    answers = {label: client.get(page(label)).status_code for label in MODELS}
    assert {label for label, status in answers.items() if status == 200} == OPEN_TO[role]
    assert set(answers.values()) <= {200, 403}


@pytest.mark.parametrize("role", sorted(OPEN_TO))
def test_the_menu_leads_where_the_role_may_go(role: str) -> None:
    text = browser(role).get(reverse("admin:index")).content.decode()
    sidebar = text[text.index('id="nav-sidebar"') : text.index('id="content-start"')]
    assert {label for label in MODELS if f'href="{page(label)}"' in sidebar} == OPEN_TO[role]


def test_the_menu_names_every_list_once() -> None:
    named = [label for _title, labels in MENU for label in labels]
    assert sorted(named) == sorted(MODELS)


def test_roles_hold_what_the_code_says_however_often_they_are_loaded() -> None:
    user("warehouse")
    group = Group.objects.get(name="warehouse")
    group.permissions.clear()
    assert services.load_roles() == len(ROLES) == Group.objects.count()
    held = group.permissions.values_list("content_type__app_label", "codename")
    assert {f"{app}.{codename}" for app, codename in held} == ROLES["warehouse"]
    assert group.user_set.count() == 1


def test_an_auditor_changes_nothing_and_only_finance_grants_points() -> None:
    assert {name.split(".")[1].split("_")[0] for name in ROLES["auditor"]} == {"view"}
    assert [role for role, may in ROLES.items() if "members.add_pointstransaction" in may] == ["finance"]


def test_nobody_may_delete_and_no_list_is_edited() -> None:
    root = user()
    request = type("Request", (), {"user": root})()
    assert [label for label, one in MODELS.items() if one.has_delete_permission(request)] == []
    assert [label for label, one in MODELS.items() if one.list_editable] == []
    assert "delete_selected" not in [name for name, _deed in admin.site.actions]
    assert {name.split(".")[1].split("_")[0] for may in ROLES.values() for name in may} == {
        "view",
        "change",
        "add",
    }


def test_rows_of_the_services_are_neither_edited_nor_deleted(mall: dict[str, Order]) -> None:
    client = browser()
    for label in WRITTEN_BY_SERVICES:
        rows = MODELS[label].model.objects
        before = rows.values().order_by("pk").first()
        assert client.post(page(label, "change", before["id"]), {"_save": "1"}).status_code in (200, 403)
        assert client.post(page(label, "delete", before["id"]), {"post": "yes"}).status_code == 403
        if label not in ("members.member", "members.apikey"):
            assert client.post(page(label, "add"), {"_save": "1"}).status_code == 403
        assert rows.values().get(pk=before["id"]) == before


def test_a_member_and_a_visitor_are_sent_to_the_log_in(mall: dict[str, Order]) -> None:
    member = Client()
    member.force_login(mall["ready"].member.user)
    for client in (member, Client()):
        for address in (page("orders.order"), page("orders.order", "change", 1), reverse("admin:find")):
            assert client.get(address).status_code == 302
        assert client.get(page("logistics.picktask", "scan", 1))["Location"].startswith(
            reverse("admin:login")
        )
