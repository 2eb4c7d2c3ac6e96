"""Addresses of what members ask the whole house."""

from django.urls import path

from desk import views

urlpatterns = [
    path("me/data/", views.my_data, name="my-data"),
    path("me/data/download/", views.download, name="my-data-download"),
    path("me/data/erase/", views.erase, name="my-data-erase"),
    path("me/data/keep/", views.keep, name="my-data-keep"),
]
