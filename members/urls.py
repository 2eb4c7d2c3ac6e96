"""Addresses of members: log-in, own record, points."""

from django.urls import path

from members.api import receipts
from members.api import views as api
from members.views import addresses, inbox, points, preferences, profile, safety, signing_in

urlpatterns = [
    # --- Portal
    path("log-in/", signing_in.log_in, name="log-in"),
    path("log-in/code/", signing_in.log_in_by_code, name="log-in-code"),
    path("log-out/", signing_in.log_out, name="log-out"),
    path("points/", points.points, name="points"),
    path("points/statement.csv", points.statement_file, name="points-file"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("me/", profile.profile, name="profile"),
    path("me/devices/", safety.devices, name="devices"),
    path("me/devices/<int:device_id>/sign-out/", safety.sign_out_device, name="device-sign-out"),
    path("me/devices/sign-out/", safety.sign_out_everywhere, name="sign-out-everywhere"),
    path("me/password/", safety.password, name="password"),
    path("me/mail/", safety.mail, name="mail"),
    path("me/mail/confirm/<str:token>/", safety.confirm_mail, name="mail-confirm"),
    path("me/addresses/new/", addresses.add_address, name="address-new"),
    path("me/addresses/<int:address_id>/change/", addresses.change_address, name="address-change"),
    path("me/addresses/<int:address_id>/remove/", addresses.remove_address, name="address-remove"),
    path("me/addresses/<int:address_id>/default/", addresses.make_default, name="address-default"),
    path("me/preferences/", preferences.preferences, name="preferences"),
    path("unsubscribe/<str:token>/", preferences.unsubscribe, name="unsubscribe"),
    # --- API
    path("api/v1/tokens", api.TokensView.as_view(), name="api-tokens"),
    path("api/v1/me", api.MeView.as_view(), name="api-me"),
    path("api/v1/me/addresses", api.MyAddressesView.as_view(), name="api-my-addresses"),
    path("api/v1/me/points", api.MyPointsView.as_view(), name="api-my-points"),
    path("api/v1/points/grants", api.GrantsView.as_view(), name="api-grants"),
    # --- Providers
    path("api/v1/sms/<slug:provider>/receipts", receipts.receipts, name="sms-receipts"),
]
