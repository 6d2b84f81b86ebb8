"""All badges of the person signed in, from every organisation."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from backpack.queries import badges_of, waiting_addresses
from common.pagination import page_of
from issuers.permissions import SignedInRequest
from issuers.queries import verified_addresses

SIZE = 48


@login_required
@require_safe
def shelf(request: SignedInRequest) -> HttpResponse:
    """Newest first. What waits for an answer is answered by a link in a mail, which is sent again from here."""
    now = timezone.now()
    page = page_of(
        badges_of(request.user),
        order=["-issued_on", "-pk"],
        cursor=request.GET.get("cursor", ""),
        size=SIZE,
    )
    context = {
        "page": page,
        "rows": [(row, row.has_expired(at=now)) for row in page.rows],
        "addresses": sorted(verified_addresses(request.user)),
        "waiting": waiting_addresses(request.user),
    }
    return render(request, "backpack/shelf.html", context)
