"""Addresses of after-sales."""

from django.urls import path

from aftersales import views

urlpatterns = [
    # --- Portal
    path("orders/<str:number>/refund/", views.ask_refund, name="order-refund"),
    path("orders/<str:number>/refunds/", views.refunds_of_order, name="order-refunds"),
    path("refunds/<str:number>/withdraw/", views.withdraw, name="refund-withdraw"),
]
