"""What is judged: organisations, badges and awards, made through the services as people make them."""

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO

from django.db.transaction import atomic
from django.utils import timezone
from PIL import Image, ImageDraw

from accounts.models import User
from assertions.models import Award
from assertions.services import EvidenceInput, Nomination, award, revoke, store_evidence
from assertions.services.awarding import award_many
from assertions.services.claiming import accept, decline
from assertions.services.correcting import ask_address_change, confirm_address_change
from badges.designer import Design
from badges.models import Badge
from badges.queries import AlignmentContent, Content, CriterionContent, CriterionWords, Words
from badges.services import create_published_badge, keep_upload, save_and_publish
from common.actors import Actor
from common.sealing import key_provider
from issuers.models import Issuer, SigningKey
from issuers.services.keys import declare_compromised, rotate_key, signing_key_of
from issuers.services.logos import set_logo
from issuers.services.organisations import create_issuer
from journal.models import Message

NOW = timezone.now()
LANGUAGES = {"en": "English", "fr": "French"}
# Letters, quotes and marks that pictures, JSON and Markdown each write in their own way.
ODD = "Été – “l’œuvre” <b>&amp;</b> ]]> \\u0041 \t 🎓"

WORDS = {
    "en": Words(
        "Run a workshop",
        f"Prepares, runs and evaluates a workshop. {ODD}",
        "Shown **in practice**.",
        "Violet seal",
    ),
    "fr": Words(
        "Conduire un atelier",
        f"Prépare, conduit et évalue un atelier. {ODD}",
        "Montré **en pratique**.",
        "Sceau violet",
    ),
}
CRITERIA = (
    (
        ("portfolio", True),
        {
            "en": ("Prepare a plan", "Read by\ntrainers"),
            "fr": ("Préparer un déroulé", "Relu par\ndes formateurs"),
        },
    ),
    (
        ("observation", True),
        {"en": ("Involve *everyone*", "Seen"), "fr": ("Faire participer *chacun*", "Vu")},
    ),
    (("", False), {"en": ("Film it", ""), "fr": ("Le filmer", "")}),
)
FRAMEWORK = "https://esco.example.org/skills"
ALIGNMENTS = (
    AlignmentContent(
        "Facilitate groups", f"{FRAMEWORK}/S1.8?lang=fr", "To lead a group – “animer”", "ESCO", "S1.8.3"
    ),
    AlignmentContent("Plan learning", f"{FRAMEWORK}/S1.9"),
)


def every_field(language: str) -> Content:
    """A badge that says everything, in both languages."""
    criteria = tuple(
        CriterionContent({code: CriterionWords(*said) for code, said in words.items()}, method, is_required)
        for (method, is_required), words in CRITERIA
    )
    return Content(language, WORDS, criteria, ALIGNMENTS, ("facilitation", "pédagogie"), 24, True)


def no_optional_field(language: str) -> Content:
    """A badge that says what it must say, in one language."""
    said = CriterionWords(CRITERIA[0][1][language][0])
    words = Words(WORDS[language].name, "x", "", WORDS[language].image_alt)
    return Content(language, {language: words}, (CriterionContent({language: said}),))


def evidence() -> tuple[EvidenceInput, ...]:
    return (
        EvidenceInput(
            url="https://portfolio.example.org/films/3?a=1&b=é", name="Film", narrative=f"Ten minutes. {ODD}"
        ),
        EvidenceInput(url="https://portfolio.example.org/plan"),
        store_evidence(content=b"%PDF-1.7 a plan", name="Plan.pdf"),
        EvidenceInput(narrative="Seen on 3 March by two trainers."),
    )


class Stage:
    """Organisations by how much they say, and ways to make badges and awards of them."""

    def __init__(self) -> None:
        user = User.objects.create_user("owner@example.org", name="Olga Owner")
        self.by: Actor = user.actor
        self.full = self.organisation(
            "Université d’Ici – 100 % “vivante”",
            description=f"Depuis 1896. {ODD}",
            url="https://universite.example.org/?l=fr",
            language="fr",
        )
        set_logo(issuer=self.full, content=picture("PNG"), by=self.by, at=NOW)
        self.full.refresh_from_db()
        self.bare = self.organisation("Atelier")
        self.people = 0

    def organisation(self, name: str, **details: str) -> Issuer:
        return create_issuer(name=name, email="badges@example.org", by=self.by, at=NOW, **details)

    def badge(self, issuer: Issuer, content: Content, upload: bytes = b"") -> Badge:
        chosen = (
            keep_upload(upload, at=NOW)[0] if upload else Design(icon="users", ring_text="Atelier · Workshop")
        )
        return create_published_badge(issuer=issuer, content=content, picture=chosen, by=self.by, at=NOW)

    def award(self, badge: Badge, *, full: bool = False, **fields: object) -> Award:
        self.people += 1
        said: dict[str, object] = {"address": f"person{self.people}@example.org", "name": "Inès Marchand"}
        if full:
            said |= {
                "narrative": f"She **listened**.\n\n- twice\n- {ODD}",
                "evidence": evidence(),
                "issued_on": datetime(2026, 3, 3, tzinfo=UTC),
            }
            said |= {"expires_at": NOW + timedelta(days=700)}
        return award(badge=badge, nomination=Nomination(**said | fields), by=self.by, at=NOW)  # type: ignore[arg-type]

    def accepted(self, badge: Badge) -> Award:
        self.people += 1
        nomination = Nomination(address=f"person{self.people}@example.org")
        made = award_many(badge=badge, nominations=[nomination], by=self.by, at=NOW)
        return accept(token=made.tokens[made.awards[0].pk], at=NOW)

    def declined(self, badge: Badge) -> Award:
        self.people += 1
        nomination = Nomination(address=f"person{self.people}@example.org")
        made = award_many(badge=badge, nominations=[nomination], by=self.by, at=NOW)
        return decline(token=made.tokens[made.awards[0].pk], at=NOW)

    def revoke(self, rows: list[Award]) -> None:
        revoke(awards=rows, reason=f"Awarded by mistake. {ODD}", by=self.by, at=NOW)

    def moved(self, row: Award, address: str) -> Award:
        """The award re-keyed to another address of the same person, by the link that was mailed there."""
        change = ask_address_change(award=row, address=address, at=NOW)
        mail = Message.objects.get(subject=f"address_change:{change.pk}")
        secrets: dict[str, str] = json.loads(key_provider().unseal(bytes(mail.sealed)))
        link = next(value for value in secrets.values() if "/address/" in value)
        return confirm_address_change(token=link.rpartition("/")[2], at=NOW).award

    def rotate(self, issuer: Issuer) -> None:
        with atomic():
            key = signing_key_of(issuer.pk)
        rotate_key(key=key, by=self.by, at=NOW)

    def compromise(self, issuer: Issuer, key: SigningKey) -> None:
        key.refresh_from_db()
        declare_compromised(key=key, since=NOW, note="A laptop was stolen.", by=self.by, at=NOW)

    def next_version(self, badge: Badge, content: Content) -> None:
        save_and_publish(badge=badge, content=content, by=self.by, at=NOW)


def picture(kind: str) -> bytes:
    """A square picture as somebody might upload it: a PNG with a palette, or an SVG."""
    if kind == "SVG":
        drawing = '<circle cx="60" cy="60" r="50"/><path d="M40 60l15 15 25-30" stroke="#fff"/>'
        opening = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120">'
        return f'<?xml version="1.0"?>\n{opening}{drawing}</svg>\n'.encode()
    image = Image.new("RGBA", (240, 240))
    ImageDraw.Draw(image).ellipse((10, 10, 230, 230), fill="#2d8a5f")
    written = BytesIO()
    image.quantize(64).save(written, "PNG")
    return written.getvalue()
