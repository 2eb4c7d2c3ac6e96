"""Addresses of the mall's shelves."""

from django.urls import path

from inventory import api, views

urlpatterns = [
    # --- Portal
    path("", views.home, name="home"),
    path("gifts/", views.gifts, name="gifts"),
    # --- API
    path("api/v1/gifts", api.GiftsView.as_view(), name="api-gifts"),
    path("api/v1/gifts/<slug:code>", api.GiftView.as_view(), name="api-gift"),
]
