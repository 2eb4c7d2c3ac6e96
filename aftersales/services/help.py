"""Every write to help: our articles brought in, an operator's edits, what members say of them."""

from __future__ import annotations

import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from aftersales.models import HelpArticle, HelpRating
from foundation.refusals import NotFound
from members import services as members

ARTICLES = Path(__file__).parents[1] / "articles"
_TEXTS = ("category", "question", "question_en", "answer", "answer_en", "phrasings", "page", "position")


@cache
def _ours() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(ARTICLES.glob("*.toml")):
        for place, (code, written) in enumerate(tomllib.loads(path.read_text()).items(), start=1):
            found[code] = {
                "category": path.stem,
                "question": written["question"],
                "question_en": written["question_en"],
                "answer": written["answer"].strip(),
                "answer_en": written["answer_en"].strip(),
                "phrasings": "\n".join(written.get("phrasings", ())),
                "page": written.get("page", ""),
                "position": 10 * place,
            }
    return found


@transaction.atomic
def load_help(*, at: datetime, using: str | None = None) -> int:
    """Bring the articles that came with this release in, and return how many are new or have new words.

    What an operator edited or wrote stays as it is.
    """
    rows = HelpArticle.objects.using(using)
    there = {row.code: row for row in rows.select_for_update().filter(code__in=_ours())}
    fresh = [
        HelpArticle(code=code, changed_at=at, **texts) for code, texts in _ours().items() if code not in there
    ]
    stale = []
    for code, row in there.items():
        texts = _ours()[code]
        if not row.edited_by and any(getattr(row, name) != texts[name] for name in _TEXTS):
            for name in _TEXTS:
                setattr(row, name, texts[name])
            row.changed_at = at
            stale.append(row)
    rows.bulk_create(fresh, ignore_conflicts=True)
    if stale:
        rows.bulk_update(stale, [*_TEXTS, "changed_at"])
    return len(fresh) + len(stale)


def save_article(article: HelpArticle, *, at: datetime, by: str) -> None:
    """Keep an article as an operator wrote it; no later release changes it any more."""
    article.edited_by, article.changed_at = by, at
    article.save()


@transaction.atomic
def rate_article(code: str, member_id: int, *, is_helpful: bool, at: datetime) -> None:
    """Note whether an article helped a member; a later answer takes the place of an earlier one.

    :raises NotFound: there is no such article, or it is not published; or the member has left
    """
    article_id = HelpArticle.objects.filter(code=code, is_published=True).values_list("pk", flat=True).first()
    if article_id is None:
        raise NotFound
    members.lock_customer(member_id)
    HelpRating.objects.bulk_create(
        [HelpRating(article_id=article_id, member_id=member_id, is_helpful=is_helpful, rated_at=at)],
        update_conflicts=True,
        unique_fields=["article", "member"],
        update_fields=["is_helpful", "rated_at"],
    )
