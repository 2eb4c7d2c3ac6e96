"""Lists that stay quick over hundreds of thousands of rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

COUNTED = 10_000
"""As far as lists are counted and leafed through; beyond that one searches."""


RELATED = 500
"""As many rows of another table as a search follows."""


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # not subscriptable at run time
    """Counts no further than anybody leafs, so that a list costs the same at any size."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, `COUNTED` + 1 when there are more than that."""
        rows = self.object_list
        assert isinstance(rows, QuerySet)
        return rows.order_by().values("pk")[: COUNTED + 1].count()

    @property
    def num_pages(self) -> int:
        """How many pages can be leafed through."""
        return max(1, -(-min(self.count, COUNTED) // self.per_page))


def matching(rows: QuerySet[Any], lookup: str, value: str) -> QuerySet[Any]:
    """Keep the rows that a lookup finds; those of another table are named first, so that each table uses its index."""
    relation, _separator, rest = lookup.partition("__")
    field = rows.model._meta.get_field(relation)
    if not field.is_relation:
        return rows.filter(**{lookup: value})
    related = field.related_model._default_manager.filter(**{rest: value})
    return rows.filter(**{f"{relation}__in": list(related.values_list("pk", flat=True)[:RELATED])})


class QueueFilter(admin.SimpleListFilter):
    """Shows what waits unless asked for something else; the first queue is what opens."""

    parameter_name = "queue"
    title = _("queue")
    queues: ClassVar[dict[str, tuple[str | Promise, Q]]]

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        """Remember whether somebody searches: a search looks everywhere."""
        self.is_search = bool(request.GET.get("q"))
        super().__init__(request, *args)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name the queues, and everything last."""
        return [*((name, str(label)) for name, (label, _q) in self.queues.items()), ("all", str(_("all")))]

    def value(self) -> str:
        """Return the chosen queue."""
        chosen = super().value()
        if chosen in self.queues or chosen == "all":
            return chosen
        return "all" if self.is_search else next(iter(self.queues))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep what stands in the chosen queue."""
        chosen = self.value()
        return queryset if chosen == "all" else queryset.filter(self.queues[chosen][1])

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Yield the queues, without an empty choice."""
        for name, label in self.lookup_choices:
            yield {
                "selected": self.value() == name,
                "query_string": changelist.get_query_string({self.parameter_name: name}),
                "display": label,
            }
