"""Fresh links for people who lost theirs. Who asks learns nothing: the answer is a mail, written by the worker."""

from datetime import datetime

from django.db import transaction

from assertions.emails import new_link_mail
from assertions.models import Award, LinkRequest, Recipient
from assertions.services.awarding import open_claims
from assertions.services.people import keep_people
from common.addresses import normalise
from journal.services.changing import mails_again, subjects_waiting

MOST_LINKS = 20  # in one mail: the newest badges


@transaction.atomic
def ask_for_links(*, address: str, at: datetime) -> LinkRequest:
    """Leaves a row for the worker: the same work for every address, whether or not it holds badges."""
    return LinkRequest.objects.create(address=normalise(address), created_at=at)


@transaction.atomic
def mail_links(*, request_id: int, at: datetime) -> bool:
    """Answers one request and forgets it; whether there was anything to mail."""
    keep_people()
    request = LinkRequest.objects.select_for_update().filter(pk=request_id).first()
    if request is None:  # somebody else answered it
        return False
    request.delete()
    recipient = Recipient.objects.filter(address=request.address).first()
    awards = _openable(recipient) if recipient else []
    if not recipient or not awards or subjects_waiting(kind="new_link", subjects=[recipient.actor_id]):
        return False
    tokens = open_claims(awards, at=at)
    return bool(mails_again([new_link_mail(recipient, awards, tokens=tokens)], at=at))


def _openable(recipient: Recipient) -> list[Award]:
    """What this person can still answer or look after, the newest first; locked, so that nothing of it moves to another
    address while links to it are made for this one."""
    responses = [Award.Response.WAITING, Award.Response.ACCEPTED]
    awards = Award.objects.filter(recipient=recipient, revoked_at=None, response__in=responses)
    newest = awards.order_by("-issued_on", "-pk").values_list("pk", flat=True)[:MOST_LINKS]
    locked = (
        awards.select_for_update(of=("self",))  # what has moved or was answered until it is ours drops out
        .filter(pk__in=list(newest))
        .select_related("issuer", "version__picture")
        .prefetch_related("version__texts")
        .order_by("pk")
    )
    return sorted(locked, key=lambda row: (row.issued_on, row.pk), reverse=True)
