"""What every page of the operators' desk does the same way: read-only lists, dossiers, deeds that call one service."""

from foundation.admin.deeds import Cause, Deed, DeedForm, NotPossible, carry_out, cause_of, in_bulk
from foundation.admin.lists import BoundedPaginator, QueueFilter
from foundation.admin.pages import DeskAdmin, DossierAdmin, ReadOnlyAdmin
from foundation.admin.words import Facts, Panel, Table, age, badge, due, link, moment, number, state_of

__all__ = [
    "BoundedPaginator",
    "Cause",
    "Deed",
    "DeedForm",
    "DeskAdmin",
    "DossierAdmin",
    "Facts",
    "NotPossible",
    "Panel",
    "QueueFilter",
    "ReadOnlyAdmin",
    "Table",
    "age",
    "badge",
    "carry_out",
    "cause_of",
    "due",
    "in_bulk",
    "link",
    "moment",
    "number",
    "state_of",
]
