"""What a recruiter would not understand. Advice, never a barrier but for what a badge cannot be without."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badges.designer import Design, contrast
from badges.models import Criterion
from badges.queries import Content, CriterionContent
from common.languages import CODES, language_name, other_languages
from common.searching import folded

Level = Literal["bad", "warn", "good"]
SHORT_DESCRIPTION, LONG_DESCRIPTION = 8, 60  # words
LONG_NAME = 45  # characters around the edge of a picture, still readable at the size of a thumbnail
SHORT_ALTERNATIVE = 15
WEAK_CONTRAST = 3.0  # WCAG 2.2, 1.4.11
LEAVES_A_TRACE = {Criterion.Method.PORTFOLIO, Criterion.Method.PROJECT, Criterion.Method.TEST}

# What nobody can observe; the words as they are written without accents.
VAGUE = {
    "en": r"(?:(?:be|is|being|feel|feeling) )?(?:comfortable|at ease|familiar) (?:with|in|using)"
    r"|(?:be|being|is) (?:aware|conscious) of|knows?|knowing|knowledge of|understands?|understanding"
    r"|appreciates?|learns? about|be introduced to|grasps?|have (?:a |an )?(?:notion|idea)s?|awareness of",
    "fr": r"(?:(?:etre|se sentir) )?a l[’' ]aise|connaitre|connait|connaissances? (?:de|du|des|d(?=[’']))"
    r"|comprendre|comprend|savoir(?! [a-z’']+(?:er|ir|re)\b)|maitriser|maitrise|apprehender"
    r"|etre (?:sensibilisee?|initiee?|consciente?|familiere?|familiarisee?)"
    r"|avoir (?:conscience|des notions|une idee)|notions? (?:de|du|des|d(?=[’']))",
}


@dataclass(frozen=True)
class Finding:
    """One line of advice. `field` names the input it speaks of; `blocks`: it cannot be published so."""

    level: Level
    code: str
    title: str
    advice: str = ""
    field: str = ""
    blocks: bool = False


def lint(content: Content, design: Design | None = None, languages: Collection[str] = CODES) -> list[Finding]:
    """Everything to say about a draft, the worst first. `design` where the picture is drawn; `languages` are those
    that its organisation publishes in."""
    content = content.tidy(keep_rows=True)
    found = [
        *what_is_missing(content),
        *_about_name(content, design),
        *_about_description(content),
        *_about_criteria(content),
        *_about_alternative(content),
        *_about_colours(design),
        *_about_translations(content, languages),
    ]
    order = {"bad": 0, "warn": 1, "good": 2}
    return sorted(found, key=lambda finding: (order[finding.level], not finding.blocks))


def what_is_missing(content: Content) -> list[Finding]:
    """What a badge cannot be published without: what the standard requires, and the text alternative."""
    content = content.tidy()
    own, language = content.own, content.language
    missing = []
    if not own.name:
        missing.append(_missing("no_name", _("The badge has no name."), f"name_{language}"))
    if not own.description:
        sentence = _("Nothing says what the person can do.")
        missing.append(_missing("no_description", sentence, f"description_{language}"))
    named = [row for row in content.criteria if row.in_language(language).name]
    if not named and not own.criteria_narrative:
        missing.append(_missing("no_criterion", _("There is no criterion yet: one at least."), "criteria"))
    if len(named) < len(content.criteria):
        sentence = _("A criterion does not say what is shown.")
        missing.append(_missing("unnamed_criterion", sentence, "criteria"))
    if not own.image_alt:
        sentence = _("The picture has no text alternative.")
        missing.append(_missing("no_alternative", sentence, f"image_alt_{language}"))
    return missing


def _missing(code: str, title: str, field: str) -> Finding:
    return Finding("bad", code, title, _("It cannot be published without it."), field, blocks=True)


def _about_name(content: Content, design: Design | None) -> Iterator[Finding]:
    name = content.own.name
    if design and design.ring_text and len(design.ring_text) > LONG_NAME:
        advice = _("Words around the edge can be read up to some %(longest)d characters: shorten them there.")
        title = _("The words on the picture are small")
        yield Finding("warn", "long_ring_text", title, advice % {"longest": LONG_NAME}, "ring_text")
    if len(name) > LONG_NAME + 15:
        advice = _("Say what the person can do in a few words, and the rest in the description.")
        yield Finding("warn", "long_name", _("The name is long"), advice, f"name_{content.language}")


def _about_description(content: Content) -> Iterator[Finding]:
    count = len(content.own.description.split())
    field = f"description_{content.language}"
    if not count:
        return
    if count < SHORT_DESCRIPTION:
        advice = _("One or two sentences: what the person does, for whom, in which setting.")
        yield Finding("warn", "short_description", _("The description says little"), advice, field)
    elif count > LONG_DESCRIPTION:
        title = _("The description is long: %(count)d words") % {"count": count}
        advice = _("A recruiter reads one or two sentences. Move the rest to “More about the criteria”.")
        yield Finding("warn", "long_description", title, advice, field)
    else:
        title = _("The description is clear and short: %(count)d words") % {"count": count}
        yield Finding("good", "good_description", title, field=field)


def _about_criteria(content: Content) -> Iterator[Finding]:
    filled = [(number, row) for number, row in enumerate(content.criteria, start=1) if row.says_something]
    for number, row in filled:
        yield from _about_criterion(number, row)
    rows = [row for _number, row in filled]
    yield from _repeated(content)
    if rows and all(row.method for row in rows):
        title = ngettext(
            "The criterion says how it is assessed", "Every criterion says how it is assessed", len(rows)
        )
        yield Finding("good", "good_methods", title, field="criteria")
    methods = {row.method for row in rows if row.method}
    if methods and not methods & LEAVES_A_TRACE and all(row.method for row in rows):
        advice = _(
            "Add a portfolio, a project or a test to one criterion, so that the award can show evidence."
        )
        yield Finding("warn", "no_evidence", _("Nothing here leaves a trace to look at"), advice, "criteria")
    if rows and not any(row.is_required for row in rows):
        advice = _("Say which ones everybody who holds the badge has met.")
        yield Finding("warn", "none_required", _("No criterion is required"), advice, "criteria")


def _about_criterion(number: int, row: CriterionContent) -> Iterator[Finding]:
    if not row.method:
        title = _("Criterion %(number)d: how is it assessed?") % {"number": number}
        advice = _("Without a method it proves nothing. Choose one.")
        yield Finding("bad", "no_method", title, advice, f"criteria-{number - 1}-method")
    for language, words in row.words.items():
        if vague := vague_words(words.name, language):
            title = _("Criterion %(number)d: “%(words)s” cannot be observed") % {
                "number": number,
                "words": vague,
            }
            advice = _("Say what the person does that others can see: prepares, explains, repairs, decides.")
            yield Finding("warn", "vague_criterion", title, advice, f"criteria-{number - 1}-name_{language}")


def vague_words(text: str, language: str) -> str:
    """The words of the text that nobody can observe, as they are written in it, or nothing."""
    pattern = VAGUE.get(language)
    found = re.search(rf"\b(?:{pattern})(?![a-z])", folded(text)) if pattern else None
    if found is None:
        return ""
    words, before = text.split(), len(folded(text)[: found.start()].split())
    count = len(found.group().split())
    return " ".join(words[before : before + count]).strip(" .,;:")


def _repeated(content: Content) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    for number, row in enumerate(content.criteria, start=1):
        name = folded(row.in_language(content.language).name)
        if name and name in seen:
            title = _("Criteria %(one)d and %(other)d say the same") % {"one": seen[name], "other": number}
            yield Finding("warn", "repeated_criterion", title, _("Keep one of them."), "criteria")
        seen.setdefault(name, number)


def _about_alternative(content: Content) -> Iterator[Finding]:
    alternative, field = content.own.image_alt, f"image_alt_{content.language}"
    if not alternative:
        return
    if len(alternative) < SHORT_ALTERNATIVE or folded(alternative) == folded(content.own.name):
        advice = _("Say what the picture looks like, for those who cannot see it.")
        yield Finding("warn", "short_alternative", _("The text alternative says little"), advice, field)


def _about_colours(design: Design | None) -> Iterator[Finding]:
    if design and contrast(design.colour, design.second_colour) < WEAK_CONTRAST:
        advice = _(
            "The two colours are close: choose a lighter or a darker one, so that everybody sees the shape."
        )
        yield Finding("warn", "weak_contrast", _("Weak contrast in the picture"), advice, "second_colour")


def _about_translations(content: Content, languages: Collection[str]) -> Iterator[Finding]:
    for language in other_languages(content.language):
        missing = untranslated(content, language)
        named = {"language": language_name(language)}
        if language not in _languages(content):
            if language not in languages:
                continue
            title = _("Not translated: %(language)s") % named
            advice = _("Those who read in another language see the text as you wrote it.")
            yield Finding("warn", "no_translation", title, advice, f"name_{language}")
        elif missing:
            count = len(missing)
            title = ngettext(
                "%(count)d text is not translated: %(language)s",
                "%(count)d texts are not translated: %(language)s",
                count,
            )
            advice = _("A translation is shown once it is whole.")
            yield Finding("warn", "part_translation", title % (named | {"count": count}), advice, missing[0])
        else:
            yield Finding("good", "good_translation", _("Translated: %(language)s") % named)


def _languages(content: Content) -> set[str]:
    return {*content.words, *(code for row in content.criteria for code in row.words)}


def untranslated(content: Content, language: str) -> list[str]:
    """The inputs that are filled in the badge's own language and empty in this one."""
    pairs = [(content.own, content.in_language(language), "")]
    rows = [(row.in_language(content.language), row.in_language(language)) for row in content.criteria]
    pairs += [(own, other, f"criteria-{index}-") for index, (own, other) in enumerate(rows)]  # type: ignore[misc]
    return [
        f"{prefix}{name}_{language}"
        for own, other, prefix in pairs
        for name, text in vars(own).items()
        if text and not getattr(other, name)
    ]
