"""What the editor writes for people until they write it themselves: icon, words on the picture, text alternative.

An input follows as long as it says what was suggested last, which is kept beside it as `auto_...`.
"""

from collections.abc import Mapping
from dataclasses import replace

from badges.designer import Design, DesignError, describe, suggest
from badges.forms.fields import DESIGN_FIELDS, DRAWN, OWN, design_from
from badges.forms.typed import ON, Row, Typed
from badges.models import BadgeVersion
from badges.queries import CriterionContent, content_of
from badges.services import revision
from common.languages import CODES
from issuers.models import Issuer

Values = dict[str, str]


def blank(issuer: Issuer, *, seed: object) -> Typed:
    """The inputs of a new badge: a picture is there at once."""
    design = suggest("", issuer.name[:1], seed, lower_text=issuer.name)
    values = {"language": issuer.language, "shown": issuer.language, "picture_from": DRAWN}
    return follow(Typed(values | _drawn(design)).with_row("criteria"))


def stored(version: BadgeVersion) -> Typed:
    """The inputs of a version that exists."""
    content, picture = content_of(version), version.picture
    values = {
        "language": content.language, "shown": content.language, "seen": revision(version),
        "tags": ", ".join(content.tags), "valid_months": str(content.valid_months or ""),
        "may_be_repeated": ON if content.may_be_repeated else "",
        "picture_from": DRAWN if picture.design else OWN, "picture": "" if picture.design else picture.pk,
    }  # fmt: skip
    values |= _drawn(Design.from_dict(picture.design or {})) | _in_languages(content.words)
    criteria = [_criterion(row) for row in content.criteria]
    kept = {f"auto_{name}": text for name, text in (_from_name(values) | _alternatives(values)).items()}
    typed = Typed(values | kept, criteria, [dict(vars(row)) for row in content.alignments])
    return typed if criteria else typed.with_row("criteria")


def follow(typed: Typed) -> Typed:
    """The same inputs, with those that follow brought up to date."""
    values = _followed(typed.values, _from_name(typed.values))
    return replace(typed, values=_followed(values, _alternatives(values)))


def _followed(values: Values, suggested: Values) -> Values:
    followed = dict(values)
    for name, text in suggested.items():
        if values.get(name, "") == values.get(f"auto_{name}", ""):
            followed[name] = text
        followed[f"auto_{name}"] = text
    return followed


def _from_name(values: Values) -> Values:
    """The icon and the words around the edge that the badge's name calls for."""
    if values.get("picture_from") == OWN:
        return {}
    suggested = suggest(_name(values, values.get("language", "")), "", "")
    return {"icon": suggested.icon, "ring_text": suggested.ring_text}


def _alternatives(values: Values) -> Values:
    """The drawing described, in the badge's own language and in those it is named in; nothing for an upload."""
    if values.get("picture_from") == OWN:
        return {f"image_alt_{code}": "" for code in CODES}
    try:
        design = design_from(values)
    except DesignError:
        return {}
    own = values.get("language", "")
    return {
        f"image_alt_{code}": describe(design, _name(values, code) or _name(values, own), code)
        if code == own or _name(values, code)
        else ""
        for code in CODES
    }


def _name(values: Values, code: str) -> str:
    return " ".join(values.get(f"name_{code}", "").split())


def _drawn(design: Design) -> Values:
    said = design.to_dict()
    return {field: said[name] for field, name in DESIGN_FIELDS.items()}


def _in_languages(words: Mapping[str, object]) -> Row:
    return {f"{name}_{code}": str(text) for code, said in words.items() for name, text in vars(said).items()}


def _criterion(row: CriterionContent) -> Row:
    return _in_languages(row.words) | {"method": row.method, "is_required": ON if row.is_required else ""}
