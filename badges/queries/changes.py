"""What changed between two versions, as a reader would say it."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badges.models import BadgeVersion, Criterion
from badges.queries.content import AlignmentContent, Content, CriterionContent, Words, content_of
from common.languages import language_name

ALIKE = 0.55
"""From this share of common letters on, a criterion counts as reworded and not as another one."""


@dataclass(frozen=True)
class Change:
    """`kind` is added, removed or changed; `what` names the field; `before` and `after` are plain texts."""

    kind: str
    what: str
    before: str = ""
    after: str = ""

    @cached_property
    def pieces(self) -> list[tuple[str, str]]:
        """(same | gone | new, text) word by word, for a change that is easier to read as one text."""
        old, new = self.before.split(), self.after.split()
        found: list[tuple[str, str]] = []
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if tag == "equal":
                found.append(("same", " ".join(old[i1:i2])))
            found += [("gone", " ".join(old[i1:i2]))] if tag in ("replace", "delete") else []
            found += [("new", " ".join(new[j1:j2]))] if tag in ("replace", "insert") else []
        return found


def changes_between(old: BadgeVersion, new: BadgeVersion, language: str) -> list[Change]:
    """The changes from one version to another; texts are compared in `language` where both have it."""
    before, after = content_of(old), content_of(new)
    shown = language if language in old.languages and language in new.languages else new.language
    return [
        *_words(before.in_language(shown), after.in_language(shown)),
        *_criteria(before.criteria, after.criteria, shown),
        *_translations(before, after, shown),
        *_picture(old, new),
        *_alignments(before.alignments, after.alignments),
        *_rules(before, after),
    ]


def _changed(what: str, before: str, after: str) -> Iterator[Change]:
    if before != after:
        kind = "changed" if before and after else "added" if after else "removed"
        yield Change(kind, what, before, after)


def _words(before: Words, after: Words) -> Iterator[Change]:
    yield from _changed(_("Name"), before.name, after.name)
    yield from _changed(_("Description"), before.description, after.description)
    yield from _changed(_("More about the criteria"), before.criteria_narrative, after.criteria_narrative)
    yield from _changed(_("Text alternative of the picture"), before.image_alt, after.image_alt)


def _criteria(
    before: tuple[CriterionContent, ...], after: tuple[CriterionContent, ...], language: str
) -> Iterator[Change]:
    pairs = _matched(before, after, language)
    for old, new in pairs:
        if old and new:
            yield from _criterion(old, new, language)
        elif new:
            yield Change("added", _("Criterion"), after=new.in_language(language).name)
        elif old:
            yield Change("removed", _("Criterion"), before=old.in_language(language).name)
    kept = [before.index(old) for old, new in pairs if old and new]
    if kept != sorted(kept):
        yield Change("changed", _("Order of the criteria"))


def _matched(
    before: tuple[CriterionContent, ...], after: tuple[CriterionContent, ...], language: str
) -> list[tuple[CriterionContent | None, CriterionContent | None]]:
    """Each criterion with what became of it: the same words first, then the most alike."""
    left = list(before)
    partner: dict[int, CriterionContent] = {}
    for least in (1.0, ALIKE):
        for place, new in enumerate(after):
            best = max(left, key=lambda old: _likeness(old, new, language), default=None)
            if place not in partner and best and _likeness(best, new, language) >= least:
                partner[place] = best
                left.remove(best)
    return [*((partner.get(place), new) for place, new in enumerate(after)), *((old, None) for old in left)]


def _likeness(old: CriterionContent, new: CriterionContent, language: str) -> float:
    one, other = old.in_language(language).name.casefold(), new.in_language(language).name.casefold()
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _criterion(old: CriterionContent, new: CriterionContent, language: str) -> Iterator[Change]:
    before, after = old.in_language(language), new.in_language(language)
    yield from _changed(_("Criterion"), before.name, after.name)
    named = {"name": after.name}
    detail = _("“%(name)s”, how it is assessed") % named
    yield from _changed(detail, before.description, after.description)
    yield from _changed(_("“%(name)s”, assessed by") % named, _method(old.method), _method(new.method))
    if old.is_required != new.is_required:
        now = _("now required") if new.is_required else _("now optional")
        yield Change("changed", _("“%(name)s”") % named, after=now)


def _method(code: str) -> str:
    return str(Criterion.Method(code).label) if code else ""


def _translations(before: Content, after: Content, shown: str) -> Iterator[Change]:
    for language in sorted({*before.words, *after.words} - {shown}):
        name = language_name(language)
        if language not in before.words:
            yield Change("added", _("Translation"), after=name)
        elif language not in after.words:
            yield Change("removed", _("Translation"), before=name)
        elif _is_retranslated(before, after, language, shown):
            yield Change("changed", _("Translation: %(language)s") % {"language": name})


def _is_retranslated(before: Content, after: Content, language: str, shown: str) -> bool:
    """Whether something reads otherwise in `language`, beyond what came or went in the language shown."""
    kept = [
        (old.in_language(language), new.in_language(language))
        for old, new in _matched(before.criteria, after.criteria, shown)
        if old and new and old.in_language(shown) == new.in_language(shown)
    ]
    return before.in_language(language) != after.in_language(language) or any(a != b for a, b in kept)


def _picture(old: BadgeVersion, new: BadgeVersion) -> Iterator[Change]:
    if old.picture_id != new.picture_id:
        yield Change("changed", _("Picture"))


def _alignments(
    before: tuple[AlignmentContent, ...], after: tuple[AlignmentContent, ...]
) -> Iterator[Change]:
    old, new = ({row.target_url: row for row in rows} for rows in (before, after))
    for url in new.keys() - old.keys():
        yield Change("added", _("Link to a skill framework"), after=new[url].target_name)
    for url in old.keys() - new.keys():
        yield Change("removed", _("Link to a skill framework"), before=old[url].target_name)
    for url in old.keys() & new.keys():
        if old[url] != new[url]:
            yield Change(
                "changed", _("Link to a skill framework"), old[url].target_name, new[url].target_name
            )


def _rules(before: Content, after: Content) -> Iterator[Change]:
    for tag in after.tags:
        if tag not in before.tags:
            yield Change("added", _("Tag"), after=tag)
    for tag in before.tags:
        if tag not in after.tags:
            yield Change("removed", _("Tag"), before=tag)
    yield from _changed(_("Validity"), validity(before.valid_months), validity(after.valid_months))
    if before.may_be_repeated != after.may_be_repeated:
        now = _("may now be earned again") if after.may_be_repeated else _("may now be earned once only")
        yield Change("changed", _("Earning it again"), after=now)
    yield from _changed(_("Main language"), language_name(before.language), language_name(after.language))


def validity(months: int | None) -> str:
    """“2 years”, “18 months” or “no end”."""
    if not months:
        return _("no end")
    years, rest = divmod(months, 12)
    if years and not rest:
        return ngettext("%(count)d year", "%(count)d years", years) % {"count": years}
    return ngettext("%(count)d month", "%(count)d months", months) % {"count": months}
