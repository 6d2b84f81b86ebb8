"""What people bring to be verified: links, texts, pictures and papers, turned into badges to look at."""

import hashlib
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urldefrag, urlsplit

from django.conf import settings
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from assertions.services.own_documents import own_path
from assertions.services.pictures import qr_texts
from common.papers import MOST_SECONDS, Lead, is_paper, read_paper
from openbadges import OpenBadgesError, unbake
from openbadges.jws import looks_like_token

MOST_BADGES = 30  # that one visit verifies
MOST_NAMED = 100  # more than these are counted, not named
LONGEST_AGAIN = 200_000  # characters of a text that a page keeps, to be brought once more
_BARE_ADDRESS = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?/\S+", re.IGNORECASE)
_AROUND = "\"'“”‘’«»<>()[]{},;!."
_BELOW_A_BADGE = re.compile(r"(/(?:assertions|credentials)/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/.*")
_SPEAKS_OF_BADGES = re.compile(
    r"badge|assertion|credential|award|certificat|achievement|verif|attest", re.IGNORECASE
)
_SIGNATURES = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"<",
    b"\xef\xbb\xbf<",
    b"\xff\xfe",
    b"\xfe\xff",
)


@dataclass(frozen=True)
class Brought:
    """One thing to verify, and what people call it.

    `places`: where it was found, in words; empty where it is simply what was brought. `is_guess`: a link among other
    words, which may lead to anything.
    """

    label: str
    document: str | bytes
    places: tuple[str, ...] = ()
    is_guess: bool = False

    @property
    def sha256(self) -> str:
        """Of what was brought, byte for byte; of the address or text where it was one."""
        document = self.document
        return hashlib.sha256(document if isinstance(document, bytes) else _octets(document)).hexdigest()


@dataclass(frozen=True)
class Pack:
    """`badges` to verify now, `waiting` for another time, `more`: how many are not even named; `notes`: sentences
    about what could not be read whole."""

    badges: tuple[Brought, ...] = ()
    waiting: tuple[Brought, ...] = ()
    more: int = 0
    notes: tuple[str, ...] = ()


@dataclass
class _Found:
    badges: list[Brought] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def unpack(
    *, texts: Iterable[str] = (), files: Iterable[tuple[str, bytes]] = (), seconds: float = MOST_SECONDS
) -> Pack:
    """All that looks like a badge in what was brought, each once, the likeliest first where there are too many.

    `seconds` is the time for reading all papers together.
    """
    deadline, found = time.monotonic() + seconds, _Found()
    for text in texts:
        found.badges += badges_in(text)
    for name, content in files:
        _open(name, content, found, deadline)
    badges = _each_once(found.badges)
    if len(badges) > MOST_BADGES:
        badges = sorted(badges, key=_likelihood)
    kept, rest = badges[:MOST_BADGES], badges[MOST_BADGES:]
    more = max(0, len(rest) - MOST_NAMED)
    return Pack(tuple(kept), tuple(rest[:MOST_NAMED]), more, tuple(found.notes))


def badges_in(text: str) -> list[Brought]:
    """The badges in a text: one document, or the links and tokens among its words, each once.

    A curriculum vitae may be pasted whole. Where nothing looks like a badge, the text itself is brought.
    """
    text = text.strip()
    if not text:
        return []
    if text.startswith(("{", "[", "<")):
        return [Brought(_("Text"), text)]
    words = text.split()
    found = dict.fromkeys(filter(None, map(badge_in_word, words)))
    is_prose = len(words) > 2 * len(found) + 2
    return [Brought(_label(one), one, is_guess=is_prose and _is_web(one)) for one in found] or [
        Brought(Truncator(text).chars(60), text)
    ]


def badge_in_word(word: str) -> str:
    """The address or token that a word is, without the punctuation around it; else nothing."""
    word = word.strip(_AROUND)
    if _is_web(word):
        return _of_the_badge(word)
    if _BARE_ADDRESS.fullmatch(word) and "@" not in word:
        return f"https://{word}"
    return word if len(word) > 60 and looks_like_token(word) else ""


def _of_the_badge(link: str) -> str:
    """The badge's own address, where a link leads to one of its other pages here: its receipt, its evidence, what the
    browser shows once an address was compared."""
    path, _query = own_path(link) or ("", "")
    found = _BELOW_A_BADGE.fullmatch(path)
    return f"{settings.SITE_URL}{found[1]}" if found else link


def as_text(document: str | bytes) -> str:
    """What can be brought once more without its file: an address or a text, also out of a picture; else nothing."""
    text = document if isinstance(document, str) else _text_in(document)
    return text if len(text) <= LONGEST_AGAIN else ""


def _text_in(document: bytes) -> str:
    try:
        return unbake(document)
    except OpenBadgesError:
        return document.decode("utf-8-sig", "ignore") if document[:1] in (b"{", b"e") else ""


def _open(name: str, content: bytes, found: _Found, deadline: float) -> None:
    if is_paper(content):
        _open_paper(name, content, found, deadline)
    else:
        found.badges += _in_file(name, content)


def _open_paper(name: str, content: bytes, found: _Found, deadline: float) -> None:
    paper = read_paper(content, seconds=min(MOST_SECONDS, deadline - time.monotonic()))
    leads = _links(name, paper.leads)
    for inner, attached in paper.attached:
        if not is_paper(attached):
            leads += [
                replace(one, places=(_("%(file)s, attached") % {"file": name},))
                for one in _in_file(inner, attached)
            ]
    if paper.trouble:
        found.notes.append(_trouble(paper.trouble) % {"file": name})
    elif not leads:
        found.notes.append(_("No link, QR code or badge was found in “%(file)s”.") % {"file": name})
    found.badges += leads


def _trouble(code: str) -> str:
    return {
        "locked": _("“%(file)s” is locked by a password. Ask for one that opens without."),
        "damaged": _(
            "“%(file)s” could not be read whole: it is damaged, or of a kind that is not read here."
        ),
        "too_long": _("Of “%(file)s” only the first twenty pages were read."),
        "unfinished": _("“%(file)s” is so complicated that it could not be read to its end."),
    }[code]


def _links(name: str, leads: Sequence[Lead]) -> list[Brought]:
    """The links and tokens of a paper. A link that a line's end has cut off is left out where the whole is there."""
    found: dict[str, list[str]] = {}
    written: set[str] = set()
    for lead in sorted(leads, key=lambda one: (one.page, one.how == "text")):
        words = lead.text.split() if lead.how == "text" else [lead.text]
        for link in filter(None, map(badge_in_word, words)):
            if lead.how != "text":
                written.add(link)
            elif link not in found and any(other.startswith(link) for other in written):
                continue
            places = found.setdefault(link, [])
            if (place := _place(name, lead)) not in places:
                places.append(place)
    return [
        Brought(_label(link), link, tuple(places), is_guess=_is_web(link)) for link, places in found.items()
    ]


def _place(name: str, lead: Lead) -> str:
    facts = {"file": name, "page": lead.page}
    if lead.page and lead.how == "qr":
        return _("%(file)s, QR code on page %(page)s") % facts
    if lead.page:
        return _("%(file)s, page %(page)s") % facts
    return _("%(file)s, QR code") % facts if lead.how == "qr" else name


def _in_file(name: str, content: bytes) -> list[Brought]:
    """A picture with a badge inside, or with QR codes, or a file of text."""
    if content.startswith(_SIGNATURES):
        return _in_picture(name, content)
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return [Brought(name, content)]
    if text.startswith(("{", "[", "<")) or not any(map(badge_in_word, text.split())):
        return [Brought(name, content)]
    found = badges_in(text)
    if len(found) == 1:
        return [replace(found[0], label=name, is_guess=False)]
    return [replace(one, places=(name,)) for one in found]


def _in_picture(name: str, content: bytes) -> list[Brought]:
    try:
        unbake(content)
    except OpenBadgesError:
        links = [link for link in map(badge_in_word, qr_texts(content)) if link]
        if len(links) == 1:
            return [Brought(name, links[0])]
        place = (_("%(file)s, QR code") % {"file": name},)
        return [Brought(_label(link), link, place) for link in links] or [Brought(name, content)]
    return [Brought(name, content)]


def _each_once(badges: Iterable[Brought]) -> list[Brought]:
    """The same link or document found twice is one, with all its places."""
    found: dict[str | bytes, Brought] = {}
    for one in badges:
        key = _same(one.document)
        known = found.get(key)
        if known is None:
            found[key] = one
        else:
            places = tuple(dict.fromkeys((*_places(known), *_places(one))))
            found[key] = replace(known, places=places, is_guess=known.is_guess and one.is_guess)
    return list(found.values())


def _places(one: Brought) -> tuple[str, ...]:
    return one.places or (one.label,)


def _same(document: str | bytes) -> str | bytes:
    """What two links to the same place have in common."""
    if isinstance(document, str) and _is_web(document):
        return urldefrag(document)[0].rstrip("/")
    return document


def _likelihood(one: Brought) -> int:
    """0 is likeliest."""
    document = one.document
    if isinstance(document, bytes) or not _is_web(document) or not one.is_guess or is_own_badge(document):
        return 0
    return 1 if _SPEAKS_OF_BADGES.search(document) else 2


def is_own_badge(link: str) -> bool:
    """Whether a link names an award of this site."""
    try:
        parts, site = urlsplit(link), urlsplit(settings.SITE_URL)
        same_host = parts.hostname == site.hostname
    except ValueError:
        return False
    return same_host and parts.path.startswith(("/assertions/", "/credentials/"))


def _is_web(text: str) -> bool:
    return text[:8].lower().startswith(("https://", "http://"))


def _label(badge: str) -> str:
    return badge if _is_web(badge) else _("Signed text")


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
