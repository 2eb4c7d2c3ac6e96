"""Addresses of orders."""

from django.urls import path

from orders import views
from orders.api import views as api

urlpatterns = [
    # --- Portal
    path("gifts/<slug:code>/", views.gift, name="gift"),
    path("gifts/<slug:code>/redeem/", views.redeem, name="redeem"),
    path("gifts/<slug:code>/put/", views.put, name="cart-put"),
    path("cart/", views.cart, name="cart"),
    path("cart/redeem/", views.redeem_cart, name="cart-redeem"),
    path("orders/", views.my_orders, name="my-orders"),
    path("orders/<str:number>/", views.order_page, name="order"),
    path("orders/<str:number>/live/", views.live, name="order-live"),
    path("orders/<str:number>/codes/", views.codes, name="order-codes"),
    path("orders/<str:number>/placed/", views.placed, name="order-placed"),
    path("orders/<str:number>/placed/live/", views.placed_live, name="order-placed-live"),
    path("orders/<str:number>/cancel/", views.cancel, name="order-cancel"),
    path("orders/<str:number>/cancel/part/", views.cancel_part, name="order-cancel-part"),
    path("orders/<str:number>/address/", views.change_address, name="order-address"),
    path("orders/<str:number>/confirm/", views.confirm, name="order-confirm"),
    # --- API
    path("api/v1/orders", api.OrdersView.as_view(), name="api-orders"),
    path("api/v1/orders/<str:number>", api.OrderView.as_view(), name="api-order"),
    path("api/v1/orders/<str:number>/cancel", api.CancelView.as_view(), name="api-order-cancel"),
    path("api/v1/orders/<str:number>/confirm", api.ConfirmView.as_view(), name="api-order-confirm"),
]
