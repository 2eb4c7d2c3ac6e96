"""Addresses of members: log-in, own record, points."""

from django.urls import path

from members import views
from members.api import views as api

urlpatterns = [
    # --- Portal
    path("log-in/", views.log_in, name="log-in"),
    path("log-out/", views.log_out, name="log-out"),
    path("points/", views.points, name="points"),
    path("inbox/", views.inbox, name="inbox"),
    path("me/", views.profile, name="profile"),
    path("me/addresses/new/", views.add_address, name="address-new"),
    path("me/addresses/<int:address_id>/change/", views.change_address, name="address-change"),
    path("me/addresses/<int:address_id>/remove/", views.remove_address, name="address-remove"),
    path("me/addresses/<int:address_id>/default/", views.make_default, name="address-default"),
    # --- API
    path("api/v1/tokens", api.TokensView.as_view(), name="api-tokens"),
    path("api/v1/me", api.MeView.as_view(), name="api-me"),
    path("api/v1/me/addresses", api.MyAddressesView.as_view(), name="api-my-addresses"),
    path("api/v1/me/points", api.MyPointsView.as_view(), name="api-my-points"),
    path("api/v1/points/grants", api.GrantsView.as_view(), name="api-grants"),
]
