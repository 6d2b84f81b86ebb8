"""What a badge says of itself, in one shape for every edition of the standard.

Strangers wrote it: nothing here is judged, shortened or made safe for a page. What is missing or not text is
an empty text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from openbadges.vocabulary import format_date_time


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """Somebody who speaks in a badge. `id`: a Profile's address or a did; `url`: their site."""

    id: str = ""
    name: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """Something that shows the work. `narrative`: Markdown."""

    url: str = ""
    name: str = ""
    narrative: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """One outcome of an assessment (Open Badges 3.0, "Result"): what was assessed, and what came of it.

    `value`: a mark, a level or a status, as written.
    """

    name: str = ""
    value: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Alignment:
    """A line of a framework that the badge speaks to."""

    name: str = ""
    url: str = ""
    framework: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """What the badge says.

    `standard`: `3.0`, `2.1`, `2.0`, `1.1`, `1.0` or `0.5`. `criteria` and `narrative` are Markdown; `image` is a
    URL or `data:` URI; `issued` and `expires` are as written (seconds, of Open Badges 1.0, as a date);
    `recipient_kinds` names what the person is named by (`email`, `emailAddress`, `url`, `id`, ...).
    """

    standard: str
    name: str = ""
    description: str = ""
    criteria: str = ""
    criteria_url: str = ""
    image: str = ""
    image_caption: str = ""
    issuer: Party = Party()
    issued: str = ""
    expires: str = ""
    narrative: str = ""
    recipient_kinds: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    results: tuple[Result, ...] = ()
    alignments: tuple[Alignment, ...] = ()
    tags: tuple[str, ...] = ()
    language: str = ""


def of_second(
    standard: str, told: Mapping[str, Any], badge: Mapping[str, Any], issuer: Mapping[str, Any]
) -> Statement:
    """What an Open Badges 2.0, 2.1 or 1.1 badge says; its three documents, each empty where unread.

    Open Badges 1.1 and 1.0 differ in little of what people read: `issuedOn` may be a number.
    """
    criteria, image = badge.get("criteria"), badge.get("image")
    recipient = told.get("recipient")
    return Statement(
        standard=standard,
        name=text(badge, "name"),
        description=text(badge, "description"),
        criteria=text(criteria, "narrative"),
        criteria_url=id_of(criteria),
        image=id_of(image),
        image_caption=text(image, "caption"),
        issuer=_party(issuer),
        issued=written(told.get("issuedOn")),
        expires=written(told.get("expires")),
        narrative=text(told, "narrative"),
        recipient_kinds=_texts(recipient.get("type")) if isinstance(recipient, Mapping) else (),
        evidence=tuple(_evidence(told.get("evidence"))),
        alignments=tuple(_alignments(badge.get("alignment"))),
        tags=_texts(badge.get("tags")),
        language=text(badge, "@language"),
    )


def of_half(told: Mapping[str, Any]) -> Statement:
    """What an Open Badges 0.5 assertion says: the badge and its issuer stand inside it."""
    badge = _object(told.get("badge"))
    issuer = _object(badge.get("issuer"))
    origin = text(issuer, "origin")
    return Statement(
        standard="0.5",
        name=text(badge, "name"),
        description=text(badge, "description"),
        criteria_url=text(badge, "criteria"),
        image=text(badge, "image"),
        issuer=Party(id=origin, name=text(issuer, "name"), url=origin),
        issued=written(told.get("issued_on")),
        expires=written(told.get("expires")),
        recipient_kinds=("email",),
        evidence=tuple(_evidence(told.get("evidence"))),
    )


def of_third(credential: Mapping[str, Any]) -> Statement:
    """What an Open Badges 3.0 credential says, of either version of the Verifiable Credentials Data Model."""
    subject = subject_of(credential)
    achievement = _object(subject.get("achievement"))
    criteria, image = achievement.get("criteria"), achievement.get("image")
    return Statement(
        standard="3.0",
        name=text(achievement, "name") or text(credential, "name"),
        description=text(achievement, "description") or text(credential, "description"),
        criteria=text(criteria, "narrative"),
        criteria_url=id_of(criteria),
        image=id_of(image) or id_of(credential.get("image")),
        image_caption=text(image, "caption"),
        issuer=party_of(credential.get("issuer")),
        issued=text(credential, "awardedDate") or valid_from(credential),
        expires=valid_until(credential),
        narrative=text(subject, "narrative"),
        recipient_kinds=tuple(_kinds(subject)),
        evidence=tuple(_evidence(credential.get("evidence"))),
        results=tuple(_results(subject, achievement)),
        alignments=tuple(_alignments(achievement.get("alignment"))),
        tags=_texts(achievement.get("tag")),
        language=text(achievement, "inLanguage"),
    )


def valid_from(credential: Mapping[str, Any]) -> str:
    """`validFrom`, or `issuanceDate` of the Verifiable Credentials Data Model 1.1."""
    return text(credential, "validFrom") or text(credential, "issuanceDate")


def valid_until(credential: Mapping[str, Any]) -> str:
    """`validUntil`, or `expirationDate` of the Verifiable Credentials Data Model 1.1."""
    return text(credential, "validUntil") or text(credential, "expirationDate")


def subject_of(credential: Mapping[str, Any]) -> Mapping[str, Any]:
    """The one `credentialSubject`; an empty object where there is none, or more than one."""
    found = listed(credential.get("credentialSubject"))
    return _object(found[0]) if len(found) == 1 else {}


def party_of(issuer: object) -> Party:
    """An issuer, written as its id alone or as a Profile."""
    return Party(id=issuer) if isinstance(issuer, str) else _party(_object(issuer))


def text(document: object, member: str) -> str:
    """A member's text, or an empty one."""
    found = document.get(member) if isinstance(document, Mapping) else None
    return found if isinstance(found, str) else ""


def id_of(value: object) -> str:
    """The id of an object that is written as its id alone or in full."""
    return value if isinstance(value, str) else text(value, "id")


def listed(value: object) -> list[Any]:
    """The values of a member that may be written as one value, as a list, or not at all."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def written(value: object) -> str:
    """A date as it stands. Open Badges 1.0 also counted seconds since 1970: these become a date."""
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return format_date_time(datetime.fromtimestamp(value, UTC))
        except (ValueError, OverflowError, OSError):
            return ""
    return value if isinstance(value, str) else ""


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _texts(value: object) -> tuple[str, ...]:
    return tuple(item for item in listed(value) if isinstance(item, str))


def _party(issuer: Mapping[str, Any]) -> Party:
    return Party(id=text(issuer, "id"), name=text(issuer, "name"), url=text(issuer, "url"))


def _evidence(value: object) -> Iterator[Evidence]:
    for item in listed(value):
        narrative = text(item, "narrative") or text(item, "description")
        found = Evidence(url=id_of(item), name=text(item, "name"), narrative=narrative)
        if found != Evidence():
            yield found


def _alignments(value: object) -> Iterator[Alignment]:
    for item in listed(value):
        # Open Badges 1.0 wrote `name` and `url`.
        name = text(item, "targetName") or text(item, "name")
        url = text(item, "targetUrl") or text(item, "url")
        if name or url:
            yield Alignment(name=name, url=url, framework=text(item, "targetFramework"))


def _kinds(subject: Mapping[str, Any]) -> Iterator[str]:
    yield from (text(item, "identityType") for item in listed(subject.get("identifier")))
    if text(subject, "id"):
        yield "id"


def _results(subject: Mapping[str, Any], achievement: Mapping[str, Any]) -> Iterator[Result]:
    described = {text(one, "id"): one for one in listed(achievement.get("resultDescription"))}
    for item in listed(subject.get("result")):
        about = described.get(text(item, "resultDescription"))
        value = text(item, "value") or _level(item, about) or text(item, "status")
        if value:
            yield Result(name=text(about, "name"), value=value)


def _level(result: object, about: object) -> str:
    """The name of the level of a rubric that was reached."""
    reached = text(result, "achievedLevel")
    levels = about.get("rubricCriterionLevel") if isinstance(about, Mapping) else None
    return next((text(level, "name") for level in listed(levels) if text(level, "id") == reached), "")
