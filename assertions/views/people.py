"""People whom an organisation has awarded something."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assertions.forms.lists import search_words
from assertions.models import Award
from assertions.queries import AwardFilter, awards_for_members, known_as, people_of
from common.pagination import page_of
from issuers.permissions import Permission, SignedInRequest, issuer_for


@login_required
@require_safe
def people(request: SignedInRequest, slug: str) -> HttpResponse:
    """Newest first: by when they were first awarded anything on this site."""
    issuer = issuer_for(request.user, slug, may=Permission.VIEW)
    words = search_words(request.GET)
    page = page_of(people_of(issuer, words), order=["-pk"], cursor=request.GET.get("cursor", ""))
    context = {
        "issuer": issuer,
        "nav": "people",
        "words": words,
        "page": page,
        "rows": known_as(issuer, page.rows),
        "may_award": Permission.AWARD in issuer.granted,
    }
    return render(request, "assertions/people.html", context)


@login_required
@require_safe
def person(request: SignedInRequest, slug: str, recipient_id: int) -> HttpResponse:
    """Their badges here; what other organisations awarded them is not shown."""
    issuer = issuer_for(request.user, slug, may=Permission.VIEW)
    recipient = get_object_or_404(people_of(issuer), pk=recipient_id)
    now = timezone.now()
    theirs = awards_for_members(issuer, AwardFilter(), at=now).filter(recipient=recipient)
    page = page_of(theirs, order=["-issued_on", "-pk"], cursor=request.GET.get("cursor", ""))
    context = {
        "issuer": issuer,
        "nav": "people",
        "recipient": recipient,
        "name": page.rows[0].recipient_name if page.rows else recipient.address,
        "page": page,
        "rows": [(row, row.has_expired(at=now)) for row in page.rows],
        "accepted": Award.Response.ACCEPTED,
        "may_award": Permission.AWARD in issuer.granted,
    }
    return render(request, "assertions/person.html", context)
