"""Every address of the house."""

from importlib.util import find_spec

from csp.decorators import csp_update
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from config import health

api_pages = csp_update(
    {"style-src": ["'unsafe-inline'"], "img-src": ["data:"]}
)  # Swagger draws its own styles

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", api_pages(SpectacularSwaggerSplitView.as_view(url_name="schema")), name="api-docs"),
]
urlpatterns += [
    path("", include(f"{app}.urls"))
    for app in ("members", "inventory", "orders", "logistics", "aftersales", "desk")
    if find_spec(f"{app}.urls")
]

handler400 = "foundation.problems.bad_request"
handler404 = "foundation.problems.page_missing"
handler500 = "foundation.problems.bug_met"
