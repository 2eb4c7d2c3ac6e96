"""The words of messages at the desk: what is in force, a preview, refusals beside the field, the way back."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from members.models import Message, MessageTemplate, SmsReceipt
from tests.desk.operators import browser, page
from tests.worlds import AT, member

pytestmark = pytest.mark.django_db

PLACE = ("order.shipped", "mail", "en")


@pytest.fixture
def manager() -> Client:
    return browser("manager")


def edit(*place: str) -> str:
    return reverse("admin:members_words_edit", args=place or PLACE)


def restore() -> str:
    return reverse("admin:members_words_restore", args=PLACE)


def test_every_event_is_shown_with_the_words_in_force(manager: Client) -> None:
    MessageTemplate.objects.create(
        event=PLACE[0],
        channel=PLACE[1],
        language=PLACE[2],
        title="Off it goes",
        body="%(waybill)s",
        changed_at=AT,
        changed_by="operator:lin",
    )
    text = manager.get(page("members.messagetemplate")).content.decode()
    assert "Off it goes" in text
    assert "operator:lin" in text
    assert "Your gift is on its way: order %(number)s" in text
    assert edit("order.shipped", "sms", "zh-hans") in text


def test_words_are_saved_with_who_did_it(manager: Client) -> None:
    form = manager.get(edit()).context["form"]
    assert form.initial["title"] == "Your gift is on its way"
    answer = manager.post(edit(), {"title": "Off it goes", "body": "With %(carrier)s & <b>co</b>"})
    assert (answer.status_code, answer.headers["Location"]) == (302, page("members.messagetemplate"))
    row = MessageTemplate.objects.get()
    assert (row.event, row.channel, row.language, row.title, row.changed_by) == (
        *PLACE,
        "Off it goes",
        "operator:manager",
    )
    assert "&lt;b&gt;co" in manager.get(page("members.messagetemplate")).content.decode()


def test_a_preview_saves_nothing(manager: Client) -> None:
    answer = manager.post(edit(), {"title": "T", "body": "At %(waybill)s", "preview": "1"})
    assert answer.context["preview"] == ("T", "At SF1234567890123")
    assert MessageTemplate.objects.count() == 0


@pytest.mark.parametrize("wrong", ["%(nmber)s", "100%", "", "x\x00", "x" * 1001])
def test_what_could_not_be_filled_in_is_refused_beside_its_field(manager: Client, wrong: str) -> None:
    answer = manager.post(edit(), {"title": "Mine", "body": wrong})
    form = answer.context["form"]
    assert (answer.status_code, list(form.errors), form["title"].value()) == (400, ["body"], "Mine")
    assert MessageTemplate.objects.count() == 0


def test_a_text_has_no_title_but_the_providers_number(manager: Client) -> None:
    place = ("order.shipped", "sms", "en")
    assert list(manager.get(edit(*place)).context["form"].fields) == ["body", "provider_code"]
    manager.post(edit(*place), {"body": "%(waybill)s", "provider_code": "SMS_1"})
    assert MessageTemplate.objects.get().provider_code == "SMS_1"


def test_the_way_back_asks_first(manager: Client) -> None:
    manager.post(edit(), {"title": "Mine", "body": "Mine"})
    asked = manager.get(restore())
    assert (asked.context["now"].title, asked.context["then"].title) == ("Mine", "Your gift is on its way")
    assert MessageTemplate.objects.count() == 1
    manager.post(restore())
    assert MessageTemplate.objects.count() == 0
    assert manager.get(restore()).status_code == 302


def test_there_are_no_other_places(manager: Client) -> None:
    for place in (
        ("order.lost", "mail", "en"),
        ("order.shipped", "fax", "en"),
        ("order.shipped", "mail", "fr"),
    ):
        assert manager.get(edit(*place)).status_code == 404


def test_only_a_manager_writes(client: Client) -> None:
    auditor = browser("auditor")
    assert edit() not in auditor.get(page("members.messagetemplate")).content.decode()
    assert [auditor.get(edit()).status_code, auditor.post(restore()).status_code] == [403, 403]
    assert browser("warehouse").get(page("members.messagetemplate")).status_code == 403


def test_secrets_are_nowhere_at_the_desk(manager: Client) -> None:
    row = Message.objects.create(
        member=member(),
        channel="sms",
        template="sign_in.code",
        context={"code": "135790"},
        dedupe_key="x",
        is_secret=True,
        created_at=AT,
        next_attempt_at=AT,
    )
    listed = manager.get(page("members.message") + "?queue=all").content.decode()
    assert row.member.number not in listed
    assert manager.get(page("members.message", "change", row.pk)).status_code == 302


def test_receipts_can_be_looked_up(manager: Client) -> None:
    SmsReceipt.objects.create(
        provider="aliyun",
        digest="x",
        provider_reference="B1",
        succeeded=False,
        received_at=AT,
        next_attempt_at=AT,
    )
    assert "B1" in manager.get(page("members.smsreceipt") + "?q=B1").content.decode()


def test_a_message_can_be_replayed_by_name(manager: Client) -> None:
    made = Message.objects.create(
        member=member(), channel="sms", template="order.shipped", context={}, dedupe_key="x", state="undeliverable",
        created_at=AT, next_attempt_at=AT,
    )  # fmt: skip
    manager.post(reverse("admin:members_message_replay", args=[made.pk]))
    made.refresh_from_db()
    assert (made.state, made.replayed_by) == ("waiting", "operator:manager")
