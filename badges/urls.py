from django.urls import URLPattern, URLResolver, path, re_path

from badges.api import endpoints
from badges.views import acting, editing, managing, pictures
from badges.views import public as public_views

public: list[URLPattern | URLResolver] = [
    path("issuers/<slug:slug>", public_views.issuer, name="issuer"),
    path("issuers/<slug:slug>/profiles/<int:number>", public_views.issuer, name="issuer_profile"),
    path("badges/<uuid:badge_id>", public_views.badge_public, name="badge_public"),
    path("badges/<uuid:badge_id>/v/<int:number>", public_views.badge_version, name="badge_version"),
    path(
        "badges/<uuid:badge_id>/v/<int:number>/<str:language>",
        public_views.badge_version_in,
        name="badge_version_in",
    ),
    path(
        "badges/<uuid:badge_id>/v/<int:number>/profiles/<int:key_number>",
        public_views.badge_version_for_key,
        name="badge_version_for_key",
    ),
    re_path(r"^pictures/(?P<sha256>[0-9a-f]{64})\.(?P<kind>png|svg)$", pictures.picture, name="picture"),
]
manage: list[URLPattern | URLResolver] = [
    path("badges", managing.badges, name="badges"),
    path("badges/new", editing.badge_new, name="badge_new"),
    path("badges/preview.svg", editing.badge_preview, name="badge_preview"),
    path("badges/advice", editing.badge_lint, name="badge_lint"),
    path("badges/<uuid:badge_id>", managing.badge, name="badge"),
    path("badges/<uuid:badge_id>/edit", editing.badge_edit, name="badge_edit"),
    path("badges/<uuid:badge_id>/preview", editing.badge_draft, name="badge_draft"),
    path("badges/<uuid:badge_id>/publish", acting.badge_publish, name="badge_publish"),
    path("badges/<uuid:badge_id>/archive", acting.badge_archive, name="badge_archive"),
    path("badges/<uuid:badge_id>/restore", acting.badge_restore, name="badge_restore"),
    path("badges/<uuid:badge_id>/discard", acting.badge_discard, name="badge_discard"),
    path("badges/<uuid:badge_id>/delete", acting.badge_delete, name="badge_delete"),
]
api: list[URLPattern | URLResolver] = [
    path("issuers/<slug:slug>/badges/", endpoints.Badges.as_view(), name="badges"),
    path("badges/<uuid:badge_id>/", endpoints.OneBadge.as_view(), name="badge"),
    path("badges/<uuid:badge_id>/publish/", endpoints.Publish.as_view(), name="badge_publish"),
]
