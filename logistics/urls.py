"""Addresses of logistics."""

from django.urls import path

from logistics import api

urlpatterns = [path("api/v1/carriers/kdniao/push", api.kdniao_push, name="kdniao-push")]
