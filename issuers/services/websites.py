"""Does the website that an organisation names as its own name the organisation in turn?

By a DNS record or a file, whichever is found first. Asked by an owner, then every day. It shows who controls the site,
and is never called more than that.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from common import stopping
from common.actors import SYSTEM, Actor
from common.dns import LookupFailed, txt_records
from common.errors import Refused
from common.http import FetchRefused, fetch
from issuers.documents import did, issuer_url
from issuers.emails import website_lost_mail
from issuers.models import DomainCheck, Issuer, Membership
from issuers.queries import website_of
from issuers.services.touching import touch
from journal.models import Action
from journal.services import Mail, queue_mails, record

RECORD = "_openbadges"
FILE = "/.well-known/openbadges-issuers.txt"
DAILY = timedelta(days=1)
AT_WORK = timedelta(minutes=10)  # for which a look is left to whoever began it
PATIENCE = 3  # looks in a row, one a day, until a website is believed to have changed its mind
LARGEST_FILE = 100_000
SECONDS = 8.0  # for the file
Problem = DomainCheck.Problem
Method = DomainCheck.Method
State = DomainCheck.State


@dataclass(frozen=True)
class Finding:
    """How the site confirms the organisation, or why it does not."""

    method: str = ""
    problem: str = ""


def check_website(*, issuer: Issuer, by: Actor, at: datetime) -> DomainCheck:
    """Looks at the website now, and from now on every day. A look that finds nothing takes nothing away: only the daily
    ones do. Raises Refused where the organisation names no website of its own."""
    host = website_of(issuer)
    if not host:
        raise Refused(_("Name the website of your organisation in its details first."), code="no_website")
    return _note(issuer, host, look(issuer, host), by, at, is_daily=False)


def recheck_websites(*, now: Callable[[], datetime], seconds: float) -> int:
    """The sweep: looks that are due, until the time is used up or the worker is told to stop; how many."""
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end and not stopping.has_begun():
        row = _claimed(now())
        if row is None:
            break
        host = website_of(row.issuer)
        if host:
            _note(row.issuer, host, look(row.issuer, host), SYSTEM, now(), is_daily=True)
        else:
            DomainCheck.objects.filter(pk=row.pk).update(next_check_at=None)
        count += 1
    return count


def look(issuer: Issuer, host: str) -> Finding:
    """Asks the name servers, then the site. Writes nothing."""
    ids = {issuer_url(issuer.slug), did(issuer.slug)}
    by_record = _judged(_in_records(host), ids)
    if by_record is None:
        return Finding(method=Method.DNS)
    by_file = _judged(_in_file(host), ids)
    if by_file is None:
        return Finding(method=Method.FILE)
    order = (Problem.OTHER, Problem.NOTHING, Problem.UNREACHABLE)
    return Finding(problem=min(by_record, by_file, key=order.index))


def _judged(found: list[str] | None, ids: set[str]) -> Problem | None:
    """None where one of the ids is among what was found."""
    if found is None:
        return Problem.UNREACHABLE
    said = {entry.strip().strip('"').removeprefix("issuer=").strip() for entry in found}
    if said & ids:
        return None
    return Problem.OTHER if said else Problem.NOTHING


def _in_records(host: str) -> list[str] | None:
    """What stands at _openbadges.HOST; None where no name server answers. For www.HOST also at the name above it."""
    name = host.partition(":")[0]
    names = [name, name.removeprefix("www.")] if name.startswith("www.") else [name]
    found: list[str] | None = None
    for one in names:
        try:
            found = [*(found or []), *txt_records(f"{RECORD}.{one}")]
        except LookupFailed:
            continue
    return found


def _in_file(host: str) -> list[str] | None:
    """The lines of the site's file, without comments; None where the site does not answer."""
    try:
        answer = fetch(f"https://{host}{FILE}", accept="text/plain", max_bytes=LARGEST_FILE, seconds=SECONDS)
    except FetchRefused:
        return None
    if answer.status >= 500:
        return None
    if answer.status != 200 or not _same_site(host, answer.url) or "html" in answer.content_type.lower():
        return []
    lines = (line.partition("#")[0].strip() for line in answer.body.decode("utf-8", "replace").splitlines())
    return [line for line in lines if line]


def _same_site(host: str, url: str) -> bool:
    """Sites lead from example.org to www.example.org and back, which is the same; nothing else is."""
    parts = urlsplit(url)
    return parts.scheme == "https" and parts.netloc.lower().removeprefix("www.") == host.removeprefix("www.")


@transaction.atomic
def _claimed(at: datetime) -> DomainCheck | None:
    """One that is due, and nobody else's for a while."""
    due = DomainCheck.objects.filter(next_check_at__lte=at).order_by("next_check_at")
    row = due.select_for_update(skip_locked=True, of=("self",)).select_related("issuer").first()
    if row is not None:
        DomainCheck.objects.filter(pk=row.pk).update(next_check_at=at + AT_WORK)
    return row


@transaction.atomic
def _note(
    issuer: Issuer, host: str, found: Finding, by: Actor, at: datetime, *, is_daily: bool
) -> DomainCheck:
    row = _row(issuer, host, at)
    was = row.state
    row.checked_at, row.problem, row.next_check_at = at, found.problem, at + DAILY
    if found.method:
        row.state, row.method, row.confirmed_at, row.failures = State.CONFIRMED, found.method, at, 0
    elif is_daily:
        _count_failure(row)
    row.save()
    if row.state != was:
        _tell(row, issuer, by, at)
    return row


def _row(issuer: Issuer, host: str, at: datetime) -> DomainCheck:
    """Locked; what was known of another website counts for nothing."""
    row, _made = DomainCheck.objects.select_for_update().get_or_create(
        issuer=issuer, defaults={"host": host, "checked_at": at}
    )
    if row.host != host:
        row.host, row.state, row.method, row.confirmed_at, row.failures = host, State.WAITING, "", None, 0
    return row


def _count_failure(row: DomainCheck) -> None:
    """After some of them in a row it is not confirmed any more, and not looked at again until an owner asks."""
    row.failures += 1
    if row.failures >= PATIENCE:
        row.next_check_at = None
        if row.state == State.CONFIRMED:
            row.state = State.LOST


def _tell(row: DomainCheck, issuer: Issuer, by: Actor, at: datetime) -> None:
    """Pages say so from now on; the journal keeps it; owners hear of what was lost."""
    lost = row.state == State.LOST
    action = Action.DOMAIN_LOST if lost else Action.DOMAIN_CONFIRMED
    data = {"problem": row.problem} if lost else {"method": row.method}
    target = ("domain", row.host, row.host)
    record(scope=issuer.scope, action=action, by=by, at=at, target=target, data=data)
    touch(issuer.pk)
    if lost:
        queue_mails(_mails(row, issuer), at=at)


def _mails(row: DomainCheck, issuer: Issuer) -> Iterable[Mail]:
    owners = issuer.memberships.filter(role=Membership.Role.OWNER).select_related("user").order_by("pk")
    for one in owners:
        user = one.user
        yield website_lost_mail(row, issuer, address=user.email, name=user.name, language=user.language)
