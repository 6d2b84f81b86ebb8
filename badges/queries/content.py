"""What a version says, as one value: forms and the API make it, services store it, its hash addresses it."""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, TypeVar

from badges.models import BadgeVersion

Said = TypeVar("Said", "Words", "CriterionWords", "AlignmentContent")


@dataclass(frozen=True)
class Words:
    """The texts of a badge in one language; `criteria_narrative` is Markdown."""

    name: str = ""
    description: str = ""
    criteria_narrative: str = ""
    image_alt: str = ""


@dataclass(frozen=True)
class CriterionWords:
    """What is shown, and how it is assessed in detail."""

    name: str = ""
    description: str = ""


@dataclass(frozen=True)
class CriterionContent:
    words: Mapping[str, CriterionWords] = field(default_factory=dict)
    method: str = ""
    is_required: bool = True

    def in_language(self, language: str) -> CriterionWords:
        return self.words.get(language, CriterionWords())

    @property
    def says_something(self) -> bool:
        return bool(self.method) or any(said.name or said.description for said in self.words.values())


@dataclass(frozen=True)
class AlignmentContent:
    """A line of a skill framework that the badge speaks to."""

    target_name: str
    target_url: str
    target_description: str = ""
    target_framework: str = ""
    target_code: str = ""


@dataclass(frozen=True)
class Content:
    """Everything a version says but its picture. Keys of `words` are language codes; drafts may be incomplete."""

    language: str
    words: Mapping[str, Words] = field(default_factory=dict)
    criteria: tuple[CriterionContent, ...] = ()
    alignments: tuple[AlignmentContent, ...] = ()
    tags: tuple[str, ...] = ()
    valid_months: int | None = None
    may_be_repeated: bool = False

    def in_language(self, language: str) -> Words:
        return self.words.get(language, Words())

    @property
    def own(self) -> Words:
        """The texts in the badge's own language."""
        return self.in_language(self.language)

    def tidy(self, *, keep_rows: bool = False) -> "Content":
        """The same without stray blanks, empty rows, empty translations and repeated tags."""
        criteria = tuple(map(_tidy_criterion, self.criteria))
        return replace(
            self,
            words=_tidy_words(self.words),
            criteria=tuple(row for row in criteria if keep_rows or row.says_something),
            alignments=tuple(_trimmed(row) for row in self.alignments if row.target_name or row.target_url),
            tags=_tidy_tags(self.tags),
        )

    def canonical(self, picture: str) -> bytes:
        """The bytes that address a version: the same for the same content, whoever wrote it and when."""
        said = asdict(self.tidy()) | {"picture": picture}
        return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    def sha256(self, picture: str) -> str:
        return hashlib.sha256(self.canonical(picture)).hexdigest()


def content_of(version: BadgeVersion) -> Content:
    """What a stored version says (prefetch with `BadgeVersion.objects.with_content()`)."""
    return Content(
        language=version.language,
        words={text.language: _copied(Words, text) for text in version.texts.all()},
        criteria=tuple(
            CriterionContent(
                words={text.language: _copied(CriterionWords, text) for text in criterion.texts.all()},
                method=criterion.method,
                is_required=criterion.is_required,
            )
            for criterion in version.criteria.all()
        ),
        alignments=tuple(_copied(AlignmentContent, row) for row in version.alignments.all()),
        tags=tuple(version.tags),
        valid_months=version.valid_months,
        may_be_repeated=version.may_be_repeated,
    )


def fingerprint(version: BadgeVersion) -> str:
    """The hash of what the rows say today; a published version's `sha256` must be the same for ever."""
    return content_of(version).sha256(version.picture_id)


def altered_versions() -> Iterator[str]:
    """What is wrong with published versions, a sentence for operators each; nothing where all say what they said."""
    for version in BadgeVersion.objects.published().with_content().order_by("pk").iterator(chunk_size=200):
        if version.sha256 != fingerprint(version):
            yield f"badge {version.badge_id}: version {version.number} is not what was published"


def _copied(kind: type[Said], row: Any) -> Said:
    return kind(**{known.name: getattr(row, known.name) for known in fields(kind)})


def _tidy_words(words: Mapping[str, Words]) -> dict[str, Words]:
    trimmed = {language: _trimmed(said) for language, said in words.items()}
    return {language: said for language, said in trimmed.items() if any(asdict(said).values())}


def _tidy_criterion(row: CriterionContent) -> CriterionContent:
    trimmed = {language: _trimmed(said) for language, said in row.words.items()}
    kept = {language: said for language, said in trimmed.items() if said.name or said.description}
    return replace(row, words=kept)


def _trimmed(said: Said) -> Said:
    return replace(said, **{name: _clean(text) for name, text in asdict(said).items()})


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _tidy_tags(tags: Iterable[str]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for tag in (" ".join(_clean(tag).split()) for tag in tags):
        if tag:
            kept.setdefault(tag.casefold(), tag)
    return tuple(kept.values())
