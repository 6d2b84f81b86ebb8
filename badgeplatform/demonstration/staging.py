"""Plays what the demonstration tells, act by act in the order of time, through the services that people use."""

import heapq
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from accounts.models import User
from assertions.models import Award
from assertions.services import (
    AssessmentInput,
    EvidenceInput,
    Nomination,
    award_many,
    revoke,
    store_evidence,
    suspend,
)
from assertions.services.claiming import accept, decline, disown, withdraw
from assertions.services.correcting import correct_name
from assertions.services.revoking import UNDO_WINDOW
from badgeplatform.demonstration.papers import one_page_pdf
from badgeplatform.demonstration.parts import Earner, Organisation, Paper, PlannedBadge, Role, Round
from badgeplatform.demonstration.postman import bounce, deliver
from badges.models import Badge
from badges.services import archive, create_badge, create_published_badge, save_and_publish
from issuers.models import Issuer
from issuers.services import accept_invitation, create_issuer, invite_member, set_logo

Act = Callable[[datetime], object]
HOUR = timedelta(hours=1)


@dataclass
class Stage:
    """One organisation, from its first day until today. `people` are accounts by address."""

    plan: Organisation
    people: Mapping[str, User]
    today: datetime
    badges: dict[str, Badge] = field(default_factory=dict)
    _agenda: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _issuer: Issuer | None = None

    def play(self) -> Issuer:
        self._found()
        for person, role in self.plan.members:
            self._plan_member(person.address, role)
        for address, role, days in self.plan.invited:
            self._at(self._moment(days), partial(self._invite, address, role))
        for badge in self.plan.badges:
            self._plan_badge(badge)
        for some in self.plan.rounds:
            self._plan_round(some)
        while self._agenda:
            at, _number, act = heapq.heappop(self._agenda)
            act(at)
        return self.issuer

    @property
    def issuer(self) -> Issuer:
        if self._issuer is None:
            raise RuntimeError("the organisation is not founded yet")
        return self._issuer

    def _at(self, at: datetime, act: Act) -> None:
        """Acts may plan further acts: what follows from them, later."""
        heapq.heappush(self._agenda, (at, next(self._numbers), act))

    def _moment(self, days: float) -> datetime:
        """So many days ago, during working hours where it is a whole number of days."""
        at = self.today - timedelta(days=days)
        if days != int(days):
            return at
        return at.replace(hour=8 + int(days) % 8, minute=int(days * 7) % 60, second=0, microsecond=0)

    # The organisation ----------------------------------------------------------------------------------

    def _found(self) -> None:
        plan, at = self.plan, self._moment(self.plan.days)
        by = self.people[plan.owner.address].actor
        self._issuer = create_issuer(
            name=plan.name, slug=plan.slug, url=plan.url, email=plan.email, language=plan.language,
            description=plan.description, translations=plan.translations, is_demonstration=True, by=by, at=at,
        )  # fmt: skip
        self._issuer = set_logo(issuer=self._issuer, content=plan.logo, by=by, at=at + HOUR / 10)

    def _invite(self, address: str, role: Role, at: datetime) -> None:
        by = self.people[self.plan.owner.address].actor
        invite_member(issuer=self.issuer, address=address, role=role, by=by, at=at)
        deliver(at + HOUR / 60)

    def _plan_member(self, address: str, role: Role) -> None:
        at = self._moment(self.plan.days) + HOUR

        def join(at: datetime) -> None:
            invitation = self.issuer.invitations.get(address=address)
            accept_invitation(invitation=invitation, user=self.people[address], at=at)

        self._at(at, partial(self._invite, address, role))
        self._at(at + HOUR, join)

    # Its badges ----------------------------------------------------------------------------------------

    def _plan_badge(self, planned: PlannedBadge) -> None:
        editor = self._member(Role.EDITOR)

        def write(at: datetime) -> None:
            make = create_badge if planned.is_draft else create_published_badge
            self.badges[planned.key] = make(
                issuer=self.issuer, content=planned.content, picture=planned.design, by=editor.actor, at=at
            )

        def revise(at: datetime) -> None:
            save_and_publish(
                badge=self.badges[planned.key], content=planned.revised or planned.content,
                change_note=planned.change_note, by=editor.actor, at=at,
            )  # fmt: skip

        self._at(self._moment(planned.days), write)
        if planned.revised:
            self._at(self._moment(planned.revised_days), revise)
        if planned.archived:
            self._at(
                self._moment(planned.archived),
                lambda at: archive(badge=self.badges[planned.key], by=editor.actor, at=at),
            )

    def _member(self, role: Role) -> User:
        return next(self.people[person.address] for person, has in self.plan.members if has == role)

    # Its awards ----------------------------------------------------------------------------------------

    def _plan_round(self, some: Round) -> None:
        """Who cannot be reached is awarded alone and first: the only mail that is due then is theirs."""
        at = self._moment(some.days)
        for earner in some.earners:
            if earner.bounced:
                self._at(at - HOUR / 2, partial(self._award, some, (earner,)))
        reached = tuple(earner for earner in some.earners if not earner.bounced)
        self._at(at, partial(self._award, some, reached))

    def _award(self, some: Round, earners: tuple[Earner, ...], at: datetime) -> None:
        outcome = award_many(
            badge=self.badges[some.badge],
            nominations=[_nomination(one, some, self.people[some.by], at) for one in earners],
            by=self.people[some.by].actor,
            at=at,
        )
        if outcome.refused:
            raise next(iter(outcome.refused.values()))
        if earners[0].bounced:
            bounce(earners[0].address, earners[0].bounced, at=at + HOUR / 60)
        deliver(at + HOUR / 60)
        rows = {row.recipient.address: row for row in outcome.awards}
        for one in earners:
            row, token = rows[one.address], outcome.tokens[rows[one.address].pk]
            self._plan_answer(one, row, token, at + one.hours * HOUR)
            if one.revoked:
                self._plan_revocation(one, row, self.people[some.by])
            if one.suspended:
                self._plan_suspension(one, row, self.people[some.by])

    def _plan_answer(self, one: Earner, row: Award, token: str, at: datetime) -> None:
        if one.answer == "accepted":
            self._at(at, lambda at: accept(token=token, at=at))
        elif one.answer == "withdrawn":
            self._at(at, lambda at: accept(token=token, at=at))
            self._at(at + HOUR * 72, lambda at: withdraw(award=row, at=at))
        elif one.answer == "declined":
            self._at(at, lambda at: decline(token=token, note=one.note, at=at))
        elif one.answer == "not_me":
            self._at(at, lambda at: disown(token=token, note=one.note, at=at))
        if one.wants_name:
            self._at(at + HOUR / 20, lambda at: correct_name(award=row, name=one.wants_name, at=at))

    def _plan_revocation(self, one: Earner, row: Award, member: User) -> None:
        at = self._moment(one.revoked_days)
        self._at(at, lambda at: revoke(awards=[row], reason=one.revoked, by=member.actor, at=at))
        told = at + UNDO_WINDOW + HOUR / 60
        if told < self.today:
            self._at(told, deliver)

    def _plan_suspension(self, one: Earner, row: Award, member: User) -> None:
        at = self._moment(one.suspended_days)
        self._at(at, lambda at: suspend(award=row, reason=one.suspended, by=member.actor, at=at))


def _nomination(one: Earner, some: Round, by: User, at: datetime) -> Nomination:
    return Nomination(
        address=one.address,
        name=one.name,
        narrative=one.narrative or some.narrative,
        evidence=[_evidence(given) for given in one.evidence],
        assessments=[
            AssessmentInput(position, level, assessor=by.name, assessed_on=at.date())
            for position, level in enumerate(one.levels, start=1)
        ],
        expires_at=at + timedelta(days=one.lasts) if one.lasts else None,
        language=one.language,
    )


def _evidence(given: object) -> EvidenceInput:
    if isinstance(given, Paper):
        kept = store_evidence(content=one_page_pdf(given.lines), name=given.name)
        return EvidenceInput(**vars(kept) | {"narrative": given.narrative})
    return EvidenceInput(**vars(given))
