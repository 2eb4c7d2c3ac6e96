"""Reads of after-sales that more than one caller needs."""

from aftersales.queries.reviews import Rating, picture_named, rating_of, reviews_of, survey_of, to_review

__all__ = ["Rating", "picture_named", "rating_of", "reviews_of", "survey_of", "to_review"]
