"""The keys that an organisation signs with, and signed with, and what was signed with each."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assertions.queries import signed_by_key
from issuers.permissions import Permission, SignedInRequest, issuer_for


@login_required
@require_safe
def signing_keys(request: SignedInRequest, slug: str) -> HttpResponse:
    """For everyone inside: public keys are public anyway. Owners replace them."""
    issuer = issuer_for(request.user, slug, may=Permission.VIEW)
    counts = signed_by_key(issuer)
    rows = [(key, counts.get(key.pk, 0)) for key in issuer.keys.order_by("-number")]
    context = {"issuer": issuer, "nav": "settings", "tab": "keys", "rows": rows}
    return render(request, "assertions/signing_keys.html", context)
