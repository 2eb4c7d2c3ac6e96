"""Addresses of logistics."""

from django.urls import path

from logistics import api, views

urlpatterns = [
    # --- Portal
    path("parcels/<str:number>/", views.parcel_track, name="parcel-track"),
    # --- API
    path("api/v1/carriers/kdniao/push", api.kdniao_push, name="kdniao-push"),
]
