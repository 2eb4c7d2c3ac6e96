"""Reads of after-sales that more than one caller needs; how many statements each costs is pinned by a test."""

from aftersales.queries.complaints import complaint_of, complaints_of, latest_request_of
from aftersales.queries.help import Version, articles, articles_version, voice_of
from aftersales.queries.reviews import Rating, picture_named, rating_of, reviews_of, survey_of, to_review

__all__ = [
    "Rating",
    "Version",
    "articles",
    "articles_version",
    "complaint_of",
    "complaints_of",
    "latest_request_of",
    "picture_named",
    "rating_of",
    "reviews_of",
    "survey_of",
    "to_review",
    "voice_of",
]
