"""Addresses of the mall's shelves."""

from django.urls import path, re_path

from inventory import api, views

urlpatterns = [
    # --- Portal
    path("", views.home, name="home"),
    path("gifts/", views.gifts, name="gifts"),
    re_path(r"^gift-pictures/(?P<name>[0-9a-f]{32}\.jpg)$", views.gift_picture, name="gift-picture"),
    # --- API
    path("api/v1/gifts", api.GiftsView.as_view(), name="api-gifts"),
    path("api/v1/gifts/<slug:code>", api.GiftView.as_view(), name="api-gift"),
]
