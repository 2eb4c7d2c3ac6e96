"""Addresses of after-sales."""

from django.urls import path

from aftersales import views

urlpatterns = [
    # --- Portal
    path("orders/<str:number>/refund/", views.ask_refund, name="order-refund"),
    path("orders/<str:number>/refunds/", views.refunds_of_order, name="order-refunds"),
    path("orders/<str:number>/feedback/", views.feedback, name="order-feedback"),
    path("orders/<str:number>/review/<int:position>/", views.review, name="order-review"),
    path("gifts/<slug:code>/reviews/", views.gift_reviews, name="gift-reviews"),
    path("pictures/<str:name>", views.review_picture, name="review-picture"),
    path("refunds/<str:number>/withdraw/", views.withdraw, name="refund-withdraw"),
    path("help/", views.help_index, name="help"),
    path("help/ask/", views.ask, name="help-ask"),
    path("help/<slug:code>/", views.help_article, name="help-article"),
    path("help/<slug:code>/rate/", views.rate, name="help-rate"),
    path("complaints/", views.complaints, name="complaints"),
    path("complaints/new/", views.new_complaint, name="complaint-new"),
    path("complaints/<str:number>/", views.complaint, name="complaint"),
    path("complaints/<str:number>/close/", views.close_complaint, name="complaint-close"),
    path("complaints/<str:number>/reopen/", views.reopen_complaint, name="complaint-reopen"),
]
