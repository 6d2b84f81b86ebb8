"""A whole pack judged: the same for the page, the API and the command line. Reads only, and keeps nothing."""

import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assertions.models import Award
from assertions.services.bringing import Brought, Pack, is_own_badge
from assertions.services.own_documents import own_path
from assertions.services.reports import badge_said, imprint, issuer_said
from assertions.services.verdicts import GENUINE, Headline, headline, not_public, on_hold
from assertions.services.verification import Inquiry, at_rest, award_of_report, is_former
from openbadges import Fetched, FetchFailed, Outcome, Report, Verdict

SIDE_BY_SIDE = 8  # sites that are asked at once for one visit
MOST_WORK = 10.0  # seconds of the processor (waiting for others not counted), after which a visit begins no more badges
_WAITING = threading.BoundedSemaphore(settings.VERIFICATIONS_AT_ONCE)


@dataclass(frozen=True)
class Judged:
    """One thing that was brought, the report on it, and our own award where it is one.

    `is_former`: it was signed before the award moved to another address of its holder.
    """

    brought: Brought
    report: Report
    award: Award | None
    headline: Headline
    is_former: bool = False

    @property
    def is_public(self) -> bool:
        return self.award is None or self.award.is_public

    @property
    def verdict(self) -> Verdict:
        """The report's; what its holder does not show, or its issuer has put aside for a time, cannot be relied on."""
        return self.report.verdict if self.is_public and not self.is_on_hold else Verdict.NOT_VALID

    @property
    def is_on_hold(self) -> bool:
        """Put aside by its issuer for a time."""
        if self.award is not None:
            return self.award.rests
        return self.report.suspended

    @property
    def is_badge(self) -> bool:
        """Whether a badge could be read from it, good or bad; also what pretends to be signed."""
        report = self.report
        if self.award is not None or report.token or badge_said(report):
            return True
        return report.revoked or any(
            check.code in GENUINE
            and check.outcome == Outcome.FAILED
            and check.facts.get("reason") != "status"
            for check in report.checks
        )

    @property
    def is_out_of_time(self) -> bool:
        return any(check.facts.get("reason") == "out_of_time" for check in self.report.checks)


@dataclass(frozen=True)
class Verdicts:
    """`judged`: what is a badge, or was meant as one. `elsewhere`: links in papers that lead to something else.
    `waiting`: those for which there was no time or no room."""

    at: datetime
    judged: tuple[Judged, ...]
    elsewhere: tuple[Judged, ...] = ()
    waiting: tuple[Brought, ...] = ()
    more: int = 0
    notes: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """What was found, in one sentence; empty where nothing was."""
        counts: dict[str, int] = {}
        for one in self.judged:
            counts[one.headline.word] = counts.get(one.headline.word, 0) + 1
        if not counts:
            return ""
        number = len(self.judged)
        found = ngettext("One badge was looked at", "%(count)d badges were looked at", number) % {
            "count": number
        }
        words = [f"{word} ({count})" for word, count in counts.items()]
        return _("%(found)s: %(counts)s.") % {"found": found, "counts": ", ".join(words)}


class Turn:
    """One of the few visits to this process that wait for other sites at the same time. The others hear at once that
    there was no time: whoever brings slow sites on purpose does not hold up everybody who wants a page."""

    def __init__(self) -> None:
        self._taken: bool | None = None
        self._lock = threading.Lock()

    def is_ours(self) -> bool:
        with self._lock:
            if self._taken is None:
                self._taken = _WAITING.acquire(blocking=False)
            return self._taken

    def give_back(self) -> None:
        with self._lock:
            if self._taken:
                _WAITING.release()
            self._taken = False


class _Inquiry(Inquiry):
    """Asks for the addresses of a whole pack side by side: a slow site does not take the time of the others."""

    def __init__(self, turn: Turn, *, seconds: float | None) -> None:
        super().__init__(seconds=seconds)
        self._turn = turn

    def _ask(self, url: str) -> Fetched | FetchFailed:
        return super()._ask(url) if self._turn.is_ours() else FetchFailed("out_of_time")

    def ask_all(self, documents: Iterable[str]) -> None:
        urls = [text for text in dict.fromkeys(map(str.strip, documents)) if _is_elsewhere(text)]
        if len(urls) < 2:
            return
        with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE, thread_name_prefix="inquiry") as pool:
            for url, answer in zip(urls, pool.map(self._ask, urls), strict=True):
                self._keep(url, answer)


def judge(
    pack: Pack, *, at: datetime, recipient: str = "", seconds: float | None = None, work: float = MOST_WORK
) -> Verdicts:
    """Verifies everything in a pack within one time. `recipient`: the address that the badges should belong to."""
    turn = Turn()
    try:
        inquiry = _Inquiry(turn, seconds=seconds)
        inquiry.ask_all(one.document for one in pack.badges if isinstance(one.document, str))
        every = list(_all_judged(pack, inquiry, at=at, recipient=recipient, work=work))
    finally:
        turn.give_back()
    late = [one for one in every if one.is_out_of_time and not one.report.revoked]
    in_time = [one for one in every if one not in late]
    elsewhere = [one for one in in_time if one.brought.is_guess and not _is_meant(one)]
    return Verdicts(
        at=at,
        judged=tuple(_merged(one for one in in_time if one not in elsewhere)),
        elsewhere=tuple(elsewhere),
        waiting=(*(one.brought for one in late), *pack.badges[len(every) :], *pack.waiting),
        more=pack.more,
        notes=pack.notes,
    )


def _all_judged(
    pack: Pack, inquiry: Inquiry, *, at: datetime, recipient: str, work: float
) -> Iterator[Judged]:
    """At least one, and no more once they have cost what a visit may: badges can be made to be slow."""
    end = time.thread_time() + work
    for number, one in enumerate(pack.badges):
        if number and time.thread_time() > end:
            return
        yield _judged(one, inquiry, at=at, recipient=recipient)


def _judged(one: Brought, inquiry: Inquiry, *, at: datetime, recipient: str) -> Judged:
    report = inquiry.verify(one.document, at=at, recipient=recipient)
    award = award_of_report(report)
    if award is not None and not award.is_public:
        return Judged(one, report, award, not_public())
    if award is None:
        return Judged(one, report, None, headline(report))
    former = is_former(award, report)
    if award.rests:
        return Judged(one, at_rest(report), award, on_hold(), former)
    return Judged(one, report, award, headline(report), former)


def _is_elsewhere(text: str) -> bool:
    return text[:8].lower().startswith(("https://", "http://")) and own_path(text) is None


def _is_meant(one: Judged) -> bool:
    """A link among others is shown as a badge if it leads to one, or should: an address of ours that knows none."""
    document = one.brought.document
    return one.is_badge or (isinstance(document, str) and is_own_badge(document))


def _merged(judged: Iterable[Judged]) -> list[Judged]:
    """The same badge found in two forms, as a link and as a QR code, say, is one row with all its places."""
    found: dict[object, Judged] = {}
    for one in judged:
        key = _key(one)
        known = found.get(key)
        if known is None:
            found[key] = one
        else:
            places = (
                *(known.brought.places or (known.brought.label,)),
                *(one.brought.places or (one.brought.label,)),
            )
            brought = replace(known.brought, places=tuple(dict.fromkeys(places)))
            found[key] = replace(known, brought=brought)
    return list(found.values())


def _key(one: Judged) -> object:
    """What makes two the same badge: our own award with the same verdict, or the very same document."""
    if one.award is not None:
        return one.award.pk, one.headline.title, one.is_former
    if not one.report.id or not one.is_badge:
        return id(one)
    return one.report.id, imprint(one.report), one.report.verdict, issuer_said(one.report)
