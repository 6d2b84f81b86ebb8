"""The catalogue of translations, kept without GNU gettext: what is said in the code, what is said in French.

Python files go through Babel's extractor, templates through Django's `templatize` and then the same one.
"""

import ast
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polib
from django.utils.translation.template import templatize

NOT_OURS = {"tests", "var"}
TEMPLATE_SUFFIXES = {".html", ".txt", ".mjml", ".svg", ".xml"}
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# Cotton reads `:name="..."` as an expression; Django's own lexer takes it for text.
COTTON_EXPRESSION = re.compile(r"""\s:[\w-]+=(?:"([^"]*)"|'([^']*)')""")
CONSTANT = re.compile(r"""\b_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\)""")
PLACEHOLDERS = re.compile(r"%\(\w+\)[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]|%[sd]|\{\w*\}")
FRENCH = {
    "Project-Id-Version": "badgeplatform",
    "Language": "fr",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n > 1);",
}
Key = tuple[str, str]


@dataclass
class Message:
    """Something said to people: where it is first said, and every file that says it."""

    context: str
    singular: str
    plural: str = ""
    first: tuple[str, int] = ("", 0)
    files: set[str] = field(default_factory=set)
    comments: list[str] = field(default_factory=list)

    @property
    def key(self) -> Key:
        return self.context, self.singular


def extract(root: Path) -> list[Message]:
    """Every message of the product, in the order of its first place; raises SyntaxError on a broken template."""
    found: dict[Key, Message] = {}
    for path in sorted(_sources(root)):
        name = path.relative_to(root).as_posix()
        for line, message in _messages(path, name):
            kept = found.setdefault(message.key, message)
            if message.plural and kept.plural and message.plural != kept.plural:
                raise SyntaxError(
                    f"{name}:{line}: “{message.singular}” has another plural in {kept.first[0]}"
                )
            kept.plural = kept.plural or message.plural
            kept.files.add(name)
            kept.comments += [comment for comment in message.comments if comment not in kept.comments]
    return list(found.values())


def _sources(root: Path) -> Iterator[Path]:
    for folder in root.iterdir():
        if (folder / "__init__.py").exists() and folder.name not in NOT_OURS:
            yield from (path for path in folder.rglob("*.py") if "migrations" not in path.parts)
    yield from (path for path in (root / "templates").rglob("*") if path.suffix in TEMPLATE_SUFFIXES)


def _messages(path: Path, name: str) -> Iterator[tuple[int, Message]]:
    text = path.read_text(encoding="utf-8")
    source = text if path.suffix == ".py" else _template_as_python(text, name)
    from babel.messages.extract import (
        extract as babel_extract,
    )  # a tool of the workshop, not installed in production

    keywords = KEYWORDS | (_aliases(text) if path.suffix == ".py" else {})
    if path.suffix == ".py":
        _refuse_hidden(text, name, keywords)
    for line, texts, comments, context in babel_extract(
        "python", io.BytesIO(source.encode()), keywords=keywords, comment_tags=["Translators:"]
    ):
        singular, plural = (texts[0], texts[1]) if isinstance(texts, tuple) else (texts, "")
        if singular:
            yield line, Message(context or "", singular, plural, first=(name, line), comments=list(comments))


def _refuse_hidden(source: str, name: str, keywords: dict[str, Any]) -> None:
    """Inside an f-string the extractor sees a text, and not what is said in it: it would stay in English."""
    strings = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.JoinedStr))
    for call in (node for string in strings for node in ast.walk(string) if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Name) and call.func.id in keywords:
            raise SyntaxError(
                f"{name}:{call.lineno}: a translated text inside an f-string is never translated"
            )


def _template_as_python(text: str, name: str) -> str:
    """What `templatize` makes is meant for xgettext; Python's tokenizer minds indentation as well."""
    lines = [line.lstrip() for line in templatize(text, origin=name).split("\n")]
    for match in COTTON_EXPRESSION.finditer(text):
        line = text.count("\n", 0, match.start())
        lines[line] += "".join(f" _({constant})" for constant in CONSTANT.findall(match[1] or match[2] or ""))
    return "\n".join(lines) + "\n"


def _aliases(source: str) -> dict[str, Any]:
    """`from django.utils.translation import ngettext as _n`: names under which a file calls gettext."""
    return {
        alias.asname: KEYWORDS[alias.name]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.asname and alias.name in KEYWORDS
    }


def read(path: Path) -> polib.POFile:
    if path.exists():
        return polib.pofile(str(path), wrapwidth=110)
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = FRENCH
    return catalogue


def update(messages: Iterable[Message], path: Path) -> polib.POFile:
    """Writes the catalogue at `path`: what is new is added empty, what is no longer said goes, the rest stays.

    Nothing is guessed (no fuzzy entries), and places are named without line numbers: they would change daily.
    """
    before = _entries(read(path))
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = FRENCH
    for message in messages:
        catalogue.append(_entry(message, before.get(message.key)))
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(path))
    return catalogue


def _entry(message: Message, before: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(
        msgid=message.singular,
        msgctxt=message.context or None,
        comment="\n".join(message.comments),
        occurrences=[(name, "") for name in sorted(message.files)],
        tcomment=before.tcomment if before else "",
    )
    if message.plural:
        entry.msgid_plural = message.plural
        kept = dict(before.msgstr_plural) if before and before.msgid_plural == message.plural else {}
        entry.msgstr_plural = {form: kept.get(form, "") for form in (0, 1)}
    else:
        entry.msgstr = before.msgstr if before and not before.msgid_plural else ""
    if PLACEHOLDERS.search(message.singular + message.plural):
        entry.flags.append("python-brace-format" if "{" in message.singular else "python-format")
    return entry


def problems(messages: Iterable[Message], path: Path) -> Iterator[str]:
    """What keeps the catalogue from being complete, a line each; nothing when it is."""
    translated = _entries(read(path))
    said = {message.key: message for message in messages}
    for key, message in said.items():
        entry = translated.get(key)
        place = f"{message.first[0]}:{message.first[1]}: “{message.singular}”"
        if entry is None:
            yield f"{place} is not in the catalogue"
        elif message.plural != entry.msgid_plural:
            yield f"{place} has another plural in the catalogue"
        elif "fuzzy" in entry.flags:
            yield f"{place} is marked fuzzy: settle it"
        else:
            yield from (f"{place} {problem}" for problem in _faults(entry))
    yield from (
        f"“{entry.msgid}” is in the catalogue but no longer said"
        for key, entry in translated.items()
        if key not in said
    )


def _faults(entry: polib.POEntry) -> Iterator[str]:
    forms = entry.msgstr_plural if entry.msgid_plural else {0: entry.msgstr}
    if entry.msgid_plural and set(forms) != {0, 1}:
        yield "needs its singular and its plural in French"
    originals = [entry.msgid, entry.msgid_plural or entry.msgid]
    for form, text in sorted(forms.items()):
        if not text.strip():
            yield "is not translated"
        # French says “0 badge” with the form for one, so that form may keep the number or leave it out.
        elif not any(_placeholders(text) == _placeholders(original) for original in originals[form:]):
            yield f"has other placeholders in French: {sorted(_placeholders(text))}"
        elif (entry.msgid[:1] == "\n", entry.msgid[-1:] == "\n") != (text[:1] == "\n", text[-1:] == "\n"):
            yield "begins or ends with a line break in one language only"


def _placeholders(text: str) -> set[str]:
    return set(PLACEHOLDERS.findall(text.replace("%%", "")))


def _entries(catalogue: polib.POFile) -> dict[Key, polib.POEntry]:
    return {(entry.msgctxt or "", entry.msgid): entry for entry in catalogue if not entry.obsolete}


def compile_catalogue(path: Path) -> Path:
    """The .mo beside the .po, replaced in one step: a server may be reading it."""
    compiled, fresh = path.with_suffix(".mo"), path.with_suffix(".mo.new")
    read(path).save_as_mofile(str(fresh))
    return fresh.replace(compiled)
