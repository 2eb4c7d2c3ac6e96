"""The auditor: clean where all is well, and each check sees what it was written for."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pgtrigger
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import translation

from desk import services, tasks
from desk.laws import LAWS
from desk.management.commands import audit as command
from desk.models import AuditRun
from desk.services import audit
from foundation.laws import Law
from inventory.models import Stock, StockMovement, Warehouse
from members.models import PointsAccount
from orders.models import Order, OrderEvent
from tests.desk import lived_in
from tests.desk.corruptions import CORRUPTIONS
from tests.worlds import AT


def seen(at: datetime = AT, laws: tuple[Law, ...] = LAWS) -> set[str]:
    """The checks that find something."""
    return {finding.law.code for finding in services.read_laws(at=at, laws=laws) if finding.violations}


def names(mall: lived_in.Mall) -> dict[str, object]:
    """What the texts of corruptions may name."""
    words: dict[str, object] = {
        "mug": Stock.objects.get(sku=mall.mug, warehouse__code="main").pk,
        "cellar": Warehouse.objects.get(code="cellar").pk,
        "lin": PointsAccount.objects.get(member=mall.lin).pk,
        "wang": PointsAccount.objects.get(member=mall.wang).pk,
        "lin_member": mall.lin.pk,
        "wang_member": mall.wang.pk,
        "gone_member": mall.gone.pk,
        "no_truncate": trigger_of(StockMovement, "no_truncate"),
        "events_no_delete": trigger_of(OrderEvent, "no_delete"),
        "edges": trigger_of(Order, "status_moves_along_edges"),
    }
    for name, order in mall.orders.items():
        words |= {name: order.pk, f"{name}_number": order.number}
        task = order.pick_tasks.first()
        words[f"{name}_task"] = task.pk if task else None
    return words


def trigger_of(model: type, name: str) -> str:
    (found,) = (each for each in model._meta.triggers if each.name == name)  # type: ignore[attr-defined]
    return str(found.get_pgid(model))


def check_at_once() -> None:
    """Let what waits for the commit be checked now; undone with each corruption, it would be checked again for each."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def corrupt(words: dict[str, object], sql: str) -> None:
    with connection.cursor() as cursor, pgtrigger.ignore():
        cursor.execute(sql.format(**words))


@contextmanager
def undone() -> Iterator[None]:
    """Undo whatever the block did to the database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_audit_sees_nothing_where_all_is_well_and_each_corruption_by_its_checks(
    subtests: pytest.Subtests,
) -> None:
    words = names(lived_in.build())
    check_at_once()
    with subtests.test("all is well"):
        assert [(f.law.code, f.offenders) for f in services.read_laws(at=AT) if f.violations] == []
    for corruption in CORRUPTIONS:
        with subtests.test(corruption.seen_by[0], sql=corruption.sql), undone():
            corrupt(words, corruption.sql)
            assert seen() == set(corruption.seen_by)


def test_every_check_is_put_to_the_test_and_every_law_has_one() -> None:
    aimed_at = {corruption.seen_by[0] for corruption in CORRUPTIONS}
    codes = [law.code for law in LAWS]
    assert sorted(aimed_at) == sorted(codes)
    assert {law.number for law in LAWS} == set(range(1, 11))


def test_every_app_that_declares_triggers_or_constraints_has_them_checked() -> None:
    codes = {law.code for law in LAWS}
    for app in settings.HOUSE_APPS[1:]:
        models = list(apps.get_app_config(app).get_models())
        assert f"{app}.constraints" in codes
        assert (f"{app}.triggers" in codes) == any(getattr(model._meta, "triggers", []) for model in models)


@pytest.mark.django_db
def test_a_trigger_whose_function_was_emptied_is_seen() -> None:
    name = trigger_of(StockMovement, "append_only")
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
        )
    assert seen() == {"inventory.triggers"}


@pytest.mark.django_db
def test_a_fact_given_up_in_view_is_not_overdue() -> None:
    lived_in.build()
    late = {"next_attempt_at": AT - timedelta(hours=1), "delivered_at": None}
    OrderEvent.objects.filter(kind="order.placed").update(**late)
    assert seen() == {"orders.events_overdue"}
    OrderEvent.objects.filter(kind="order.placed").update(dead_at=AT)
    assert seen() == set()


@pytest.mark.django_db
def test_run_audit_keeps_what_it_found_and_the_last_runs() -> None:
    lived_in.build()
    AuditRun.objects.bulk_create(
        AuditRun(started_at=AT, finished_at=AT, violations=0) for _ in range(audit.KEPT + 3)
    )
    Warehouse.objects.create(code="empty", name="x", region_code="310104")

    run = services.run_audit(at=AT)

    run.refresh_from_db()
    broken = [f for f in services.findings_of(run) if f.violations]
    assert (run.violations, run.started_at, run.finished_at > AT) == (2, AT, True)
    assert [(f.law.code, f.violations, len(f.offenders)) for f in broken] == [
        ("inventory.stock_everywhere", 2, 2)
    ]
    assert [f.law for f in services.findings_of(run)] == list(LAWS)
    assert AuditRun.objects.count() == audit.KEPT
    assert AuditRun.objects.latest("pk") == run


@pytest.mark.django_db
def test_the_task_runs_the_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks.audit()
    assert AuditRun.objects.get().violations == 0


@pytest.mark.django_db
def test_the_command_prints_a_table_and_ends_well_when_no_law_is_broken() -> None:
    lived_in.build()
    out = io.StringIO()
    with translation.override("en"):
        call_command("audit", at=AT, stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0].split() == ["law", "check", "rows", "violations", "what", "must", "hold"]
    assert len(lines) == len(LAWS) + 4
    assert lines[-1].startswith(f"{len(LAWS)} checks in ")
    assert lines[-1].endswith(": no law is broken.")


@pytest.mark.django_db
def test_the_command_names_the_offenders_and_exits_with_1_when_a_law_is_broken() -> None:
    made = lived_in.build()
    Warehouse.objects.create(code="empty", name="x", region_code="310104")
    out = io.StringIO()
    with translation.override("en"), pytest.raises(SystemExit, match="1"):
        call_command("audit", at=AT, stdout=out)
    lines = out.getvalue().splitlines()
    (row,) = (n for n, line in enumerate(lines) if "inventory.stock_everywhere" in line)
    assert lines[row + 1].strip() == f"→ {made.mug.code} @ empty, {made.tea.code} @ empty"
    assert lines[-1].endswith(": 2 violations.")


def test_the_command_refuses_a_moment_it_cannot_read() -> None:
    with pytest.raises(CommandError, match="tomorrow"):
        call_command("audit", "--at", "tomorrow")


@pytest.mark.parametrize("text", ["2026-11-02T10:00+08:00", "2026-11-02T10:00"])
def test_a_moment_without_an_offset_is_shanghais(text: str) -> None:
    assert command._moment(text) == AT


def test_full_width_characters_count_twice() -> None:
    assert command.width("积分 ab") == 7


@pytest.mark.django_db(transaction=True)
def test_the_audit_reads_one_snapshot_and_can_write_nothing() -> None:
    settings_seen = Law(
        1,
        "test.snapshot",
        "",
        "SELECT 1",
        "SELECT name || '=' || setting FROM pg_settings WHERE name IN ('transaction_isolation', "
        "'transaction_read_only', 'statement_timeout')",
    )
    (finding,) = services.read_laws(at=AT, laws=(settings_seen,))
    assert finding.offenders == (
        "statement_timeout=0",
        "transaction_isolation=repeatable read",
        "transaction_read_only=on",
    )
