"""The site map: every room's public pages, its pages below /manage/{slug}/ and its part of the API."""

from django.conf import settings
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

import accounts.urls
import assertions.urls
import backpack.urls
import badges.urls
import issuers.urls
import journal.urls
from badgeplatform import views
from issuers.views.reference import api_docs

manage = [*issuers.urls.manage, *badges.urls.manage, *assertions.urls.manage]
api = [*issuers.urls.api, *badges.urls.api, *assertions.urls.api]

urlpatterns = [
    # What strangers and their programs ask for comes first: patterns are tried in turn.
    *assertions.urls.public,
    *badges.urls.public,
    *issuers.urls.public,
    path("", views.home, name="home"),
    path("about", views.about, name="about"),
    path("accessibility", views.accessibility, name="accessibility"),
    path("robots.txt", views.robots_txt, name="robots_txt"),
    path("favicon.ico", views.favicon, name="favicon"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    # Its form stands on pages that are the same bytes for everyone: they carry no token.
    path("i18n/setlang/", csrf_exempt(set_language), name="set_language"),
    path("manage/<slug:slug>/", include((manage, "manage"))),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("api/v1/docs/", api_docs, name="api_docs"),
    path("api/v1/docs/try/", SpectacularSwaggerSplitView.as_view(url_name="api_schema"), name="api_try"),
    path("api/v1/", include((api, "api"))),
    *backpack.urls.public,
    *accounts.urls.public,
    *journal.urls.public,
]
if settings.DEBUG:
    urlpatterns.append(
        path("styleguide/", TemplateView.as_view(template_name="styleguide.html"), name="styleguide")
    )

handler400 = "badgeplatform.errors.handler400"
handler403 = "badgeplatform.errors.handler403"
handler404 = "badgeplatform.errors.handler404"
handler500 = "badgeplatform.errors.handler500"
