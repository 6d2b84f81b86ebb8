"""The catalogue finds everything that is said, and nothing passes that would break or fall back to English."""

from pathlib import Path

import polib
import pytest

from badgeplatform import catalogue

PYTHON = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext
from django.utils.translation import ngettext as several


def words(count):
    # Translators: said at the door
    _("Good morning, "
      "%(name)s")
    gettext_lazy("Good night")
    several("%(count)s badge", "%(count)s badges", count)
    pgettext("verb", "Award")
    return pgettext("noun", "Award"), _("Gone")
"""
TEMPLATE = """{% load i18n %}
    <c-button label="{% translate 'Save' %}" :title="_('Save it now')" />
      {% if awards|length > 3 %}
  {% blocktranslate trimmed count counter=awards|length with name=issuer.name %}
    {{ name }} made one award
  {% plural %}
    {{ name }} made {{ counter }} awards
  {% endblocktranslate %}
{% endif %}{{ empty|default:_("Nobody") }}
{# Translators: a colour #}
{% translate "Orange" context "colour" %} 100% {% translate "50% done" %}
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small product."""
    for name, content in {
        "shop/__init__.py": "",
        "shop/words.py": PYTHON,
        "shop/migrations/0001_initial.py": "_('Never said')",
        "tests/__init__.py": "",
        "tests/test_words.py": "_('Never said')",
        "templates/shop/page.html": TEMPLATE,
        "templates/emails/hello/body.txt": "{% load i18n %}{% translate 'Dear friend' %}",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return tmp_path


@pytest.fixture
def po(tree: Path) -> Path:
    return tree / "locale" / "fr" / "LC_MESSAGES" / "django.po"


def gaps(tree: Path, po: Path) -> list[str]:
    return list(catalogue.problems(catalogue.extract(tree), po))


def test_everything_said_is_found(tree: Path) -> None:
    found = {message.key: message for message in catalogue.extract(tree)}
    assert set(found) == {
        ("", "Good morning, %(name)s"),
        ("", "Good night"),
        ("", "%(count)s badge"),
        ("verb", "Award"),
        ("noun", "Award"),
        ("", "Gone"),
        ("", "Save"),
        ("", "Save it now"),
        ("", "%(name)s made one award"),
        ("", "Nobody"),
        ("colour", "Orange"),
        ("", "50%% done"),
        ("", "Dear friend"),
    }
    assert found["", "%(name)s made one award"].plural == "%(name)s made %(counter)s awards"
    assert found["", "Good morning, %(name)s"].comments == ["Translators: said at the door"]
    assert found["colour", "Orange"].comments == ["Translators: a colour"]
    assert found["", "Save it now"].first == ("templates/shop/page.html", 2)


def test_update_keeps_what_is_translated_and_drops_what_is_gone(tree: Path, po: Path) -> None:
    catalogue.update(catalogue.extract(tree), po)
    file = polib.pofile(str(po))
    file.find("Gone").msgstr = "Parti"
    file.find("Good night").msgstr = "Bonne nuit"
    file.save()
    source = tree / "shop" / "words.py"
    source.write_text(source.read_text().replace('_("Gone")', '_("Come")'))
    catalogue.update(catalogue.extract(tree), po)
    file = polib.pofile(str(po))
    assert file.find("Good night").msgstr == "Bonne nuit"
    assert file.find("Gone", include_obsolete_entries=True) is None
    assert file.find("Come").msgstr == ""
    assert file.find("Good morning, %(name)s").flags == ["python-format"]
    assert [entry.occurrences[0][0] for entry in file] == sorted(entry.occurrences[0][0] for entry in file)


def test_update_twice_changes_nothing(tree: Path, po: Path) -> None:
    catalogue.update(catalogue.extract(tree), po)
    first = po.read_bytes()
    catalogue.update(catalogue.extract(tree), po)
    assert po.read_bytes() == first


def translate(po: Path) -> polib.POFile:
    """Every entry, in a French of sorts."""
    file = polib.pofile(str(po))
    for entry in file:
        if entry.msgid_plural:
            entry.msgstr_plural = {0: entry.msgid_plural, 1: entry.msgid_plural}
        else:
            entry.msgstr = entry.msgid
    file.save()
    return file


def test_complete(tree: Path, po: Path) -> None:
    catalogue.update(catalogue.extract(tree), po)
    assert len(gaps(tree, po)) == 13 + 2  # each plural form is a gap of its own
    translate(po)
    assert gaps(tree, po) == []


@pytest.mark.parametrize(
    ("msgid", "change", "complaint"),
    [
        ("Gone", lambda entry: setattr(entry, "msgstr", " "), "is not translated"),
        ("Gone", lambda entry: entry.flags.append("fuzzy"), "is marked fuzzy"),
        (
            "Good morning, %(name)s",
            lambda entry: setattr(entry, "msgstr", "Bonjour %(nom)s"),
            "other placeholders",
        ),
        ("Good morning, %(name)s", lambda entry: setattr(entry, "msgstr", "Bonjour"), "other placeholders"),
        (
            "%(count)s badge",
            lambda entry: entry.msgstr_plural.update({1: "des badges"}),
            "other placeholders",
        ),
        ("%(count)s badge", lambda entry: entry.msgstr_plural.update({1: ""}), "is not translated"),
        ("%(count)s badge", lambda entry: entry.msgstr_plural.pop(1), "its singular and its plural"),
        ("%(count)s badge", lambda entry: setattr(entry, "msgid_plural", "badges"), "another plural"),
        ("Gone", lambda entry: setattr(entry, "msgstr", "Parti\n"), "line break"),
    ],
)
def test_gap(tree: Path, po: Path, msgid: str, change, complaint: str) -> None:
    catalogue.update(catalogue.extract(tree), po)
    file = translate(po)
    change(file.find(msgid))
    file.save()
    found = gaps(tree, po)
    assert len(found) == 1
    assert complaint in found[0]
    assert msgid in found[0]


def test_missing_and_obsolete(tree: Path, po: Path) -> None:
    catalogue.update(catalogue.extract(tree), po)
    file = translate(po)
    file.find("Gone").msgid = "Went"
    file.save()
    assert gaps(tree, po) == [
        "shop/words.py:13: “Gone” is not in the catalogue",
        "“Went” is in the catalogue but no longer said",
    ]


def test_compiled_catalogue_is_what_gettext_reads(tree: Path, po: Path) -> None:
    import gettext

    catalogue.update(catalogue.extract(tree), po)
    file = translate(po)
    file.find("Gone").msgstr = "Parti"
    file.save()
    with catalogue.compile_catalogue(po).open("rb") as compiled:
        words = gettext.GNUTranslations(compiled)
    assert words.gettext("Gone") == "Parti"
    assert words.ngettext("%(count)s badge", "%(count)s badges", 2) == "%(count)s badges"
    assert words.pgettext("verb", "Award") == "Award"


def test_what_would_never_be_found_is_refused(tree: Path) -> None:
    words = "from django.utils.translation import gettext as _\n" + """said = f"{1}: {_('Hidden')}"\n"""
    (tree / "shop" / "words.py").write_text(words)
    with pytest.raises(SyntaxError, match=r"shop/words.py:2: .* inside an f-string"):
        catalogue.extract(tree)
