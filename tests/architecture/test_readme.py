"""The README's table of one order's life says what the code does."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from orders.models import EDGES, Order, OrderEvent

ROOT = Path(__file__).resolve().parents[2]


def _rows() -> list[list[str]]:
    text = (ROOT / "README.md").read_text(encoding="utf-8").split("## One order's life")[1].split("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    return rows[2:]


ROWS = _rows()
WORD = re.compile(r"`([^`]+)`")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_step_of_the_table_stands_in_the_code(row: list[str]) -> None:
    _step, _who, entries, verbs, states, facts = row
    files = WORD.findall(entries)
    names = WORD.findall(verbs)
    verbs_named = {name.split(".")[1] for name in names}

    assert all(hasattr(import_module(f"{app}.services"), verb) for app, verb in (n.split(".") for n in names))
    for file in files:
        source = (ROOT / file).read_text(encoding="utf-8")
        called = [verb for verb in verbs_named if re.search(rf"\.{verb}\b", source)]
        assert called, f"{file} calls none of {sorted(verbs_named)}"
    assert set(WORD.findall(states)) <= set(Order.Status.values)
    assert set(WORD.findall(facts)) <= set(OrderEvent.Kind.values)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_arrow_of_the_table_is_a_call(row: list[str]) -> None:
    for chain in row[3].split(";"):
        caller: str | None = None
        for part in chain.split("→"):
            names = WORD.findall(part)
            if caller is not None:
                services = sorted((ROOT / caller / "services").rglob("*.py"))
                text = "".join(file.read_text(encoding="utf-8") for file in services)
                called = [name.removeprefix(f"{caller}.") for name in names]
                assert all(name in text for name in called), f"{caller} does not call {called}"
            caller = names[-1].split(".")[0] if names else None


def test_each_fact_that_moves_an_order_has_its_row() -> None:
    told = set(WORD.findall(" ".join(row[5] for row in ROWS)))
    standing = {"order.case_opened", "order.case_ended", "order.overdue", "order.complaint_filed"}
    standing |= {"order.complaint_answered", "order.complaint_reopened"}
    payment = {"order.payment_asked", "order.paid", "order.expired"}  # come with payments

    assert told == set(OrderEvent.Kind.values) - standing - payment


def test_each_edge_has_a_transition_and_each_transition_its_edge() -> None:
    transitions = {(t.source, t.target) for t in Order._meta.get_field("status").get_all_transitions(Order)}

    assert transitions == set(EDGES)
