"""The help articles as this process read them last, with the index that ranks them."""

from __future__ import annotations

from aftersales import queries
from aftersales.models import HelpArticle
from aftersales.rules.ranking import Entry, Index

_known: tuple[queries.Version, Index, dict[str, HelpArticle]] | None = None


def index_in_force() -> tuple[Index, dict[str, HelpArticle]]:
    """Return the index over the published articles and the articles by code: one statement while nothing is edited."""
    global _known  # noqa: PLW0603 - a process remembers what it read
    version = queries.articles_version()
    if _known is None or _known[0] != version:
        found = {one.code: one for one in queries.articles()}
        index = Index(
            Entry(one.code, (one.question, one.question_en), one.other_questions, (one.answer, one.answer_en))
            for one in found.values()
        )
        _known = (version, index, found)
    return _known[1], _known[2]
