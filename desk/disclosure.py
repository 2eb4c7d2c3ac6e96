"""Everything the house knows of a member, each floor's from below to above, as one stream of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder

from aftersales.disclosure import CHAPTERS as AFTERSALES
from desk.models import ErasureRequest
from foundation.disclosure import Chapter, Row, told
from logistics.disclosure import CHAPTERS as LOGISTICS
from members.disclosure import CHAPTERS as MEMBERS
from orders.disclosure import CHAPTERS as ORDERS


def _erasures(member_id: int) -> Iterator[Row]:
    requests = ErasureRequest.objects.filter(member_id=member_id)
    return told(requests, "asked_at", "state", "gives_up_points", "decided_at", "answer")


CHAPTERS: tuple[Chapter, ...] = (
    *MEMBERS,
    *ORDERS,
    *LOGISTICS,
    *AFTERSALES,
    Chapter("erasure_requests", _erasures),
)


def as_json(member_id: int, *, at: datetime) -> Iterator[str]:
    """Return all that is known of a member as JSON, in pieces: nothing is held in memory but the row being written."""
    yield f'{{"made_at": {json.dumps(at.isoformat())}'
    for chapter in CHAPTERS:
        yield f",\n{json.dumps(chapter.name)}: ["
        separator = "\n"
        for row in chapter.rows(member_id):
            yield separator + json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False)
            separator = ",\n"
        yield "]"
    yield "}\n"
