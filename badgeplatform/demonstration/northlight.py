"""A company: what its engineers can do, in English first."""

from badgeplatform.demonstration.atelier_nord import INES
from badgeplatform.demonstration.parts import (
    Earner,
    Link,
    Organisation,
    Person,
    PlannedBadge,
    Role,
    Round,
    criterion,
    digcomp,
    esco,
)
from badges.designer import Design
from badges.queries import Content, Words

PRIYA = Person("Priya Raman", "priya.raman@northlight.example", "en")
TOM = Person("Tom Okafor", "tom.okafor@northlight.example", "en")
MARIE = Person("Marie Lacombe", "marie.lacombe@northlight.example")

LOGO = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512">
<rect width="512" height="512" rx="60" fill="#1b1830"/>
<path d="M70 372C92 190 170 96 256 96s164 94 186 276" fill="none" stroke="#9fe5cf" stroke-width="34" stroke-linecap="round"/>
<path d="M142 372c14-128 58-196 114-196s100 68 114 196" fill="none" stroke="#a9dafc" stroke-width="34" stroke-linecap="round"/>
<path d="M214 372c4-72 18-116 42-116s38 44 42 116" fill="none" stroke="#d3c8ff" stroke-width="34" stroke-linecap="round"/>
<path d="M48 420h416" stroke="#fffaf0" stroke-width="20" stroke-linecap="round"/></svg>"""

_REVIEW = Content(
    language="en",
    words={
        "en": Words(
            "Secure code reviewer",
            "Finds security flaws in other people’s code, ranks them by risk and proposes a fix that can be merged.",
            "The review uses code of the company’s own products, prepared with eight planted flaws and two false trails.\n\n"
            "Seven of the eight must be found, and no more than one false alarm raised.",
            "Diamond-shaped badge, slate and sky blue, with a padlock and the words “Secure code”.",
        ),
        "fr": Words(
            "Relecture de code sécurisé",
            "Trouve les failles dans le code d’autrui, les classe par risque et propose un correctif prêt à intégrer.",
            "La relecture porte sur le code des produits de l’entreprise, préparé avec huit failles et deux fausses pistes.\n\n"
            "Sept failles sur huit doivent être trouvées, avec une fausse alerte au plus.",
            "Losange ardoise et bleu ciel, avec un cadenas et les mots « Secure code ».",
        ),
    },
    criteria=(
        criterion(
            "test",
            ("Trouver les failles préparées", "Deux heures, huit failles, sept à trouver."),
            ("Find the planted flaws", "Two hours, eight flaws, seven to be found."),
        ),
        criterion(
            "project",
            (
                "Proposer des correctifs prêts à intégrer",
                "Trois correctifs relus et intégrés dans une branche principale.",
            ),
            ("Propose fixes that can be merged", "Three fixes reviewed and merged into a main branch."),
        ),
        criterion(
            "interview",
            (
                "Expliquer un risque à un chef de produit",
                "Entretien de vingt minutes, sans jargon, noté par le chef de produit.",
            ),
            (
                "Explain a risk to a product manager",
                "Twenty minutes without jargon, marked by the product manager.",
            ),
        ),
    ),
    alignments=(esco("S5", "working with computers"), digcomp("4.1", "Protecting devices")),
    tags=("security", "code review"),
    valid_months=24,
)

_INCIDENT = Content(
    language="en",
    words={
        "en": Words(
            "Incident lead",
            "Leads the response to a major outage: decides, delegates, informs customers and writes the review.",
            "One of the two incidents may be an exercise. The review is published inside the company without names.",
            "Star-shaped badge, red and pink, with a life buoy and the words “Incident lead”.",
        ),
        "fr": Words(
            "Pilotage d’incident",
            "Conduit la réponse à une panne majeure : décide, délègue, informe les clients et rédige le bilan.",
            "L’un des deux incidents peut être un exercice. Le bilan est publié dans l’entreprise, sans nom.",
            "Étoile rouge et rose, avec une bouée de sauvetage et les mots « Incident lead ».",
        ),
    },
    criteria=(
        criterion(
            "observation",
            (
                "Conduire deux incidents jusqu’au bout",
                "Un observateur suit le canal d’incident et remplit la grille.",
            ),
            ("Lead two incidents to their end", "An observer follows the channel and fills in the grid."),
        ),
        criterion(
            "portfolio",
            (
                "Écrire un bilan sans désigner de coupable",
                "Deux bilans publiés, avec les actions décidées et closes.",
            ),
            ("Write a review that blames nobody", "Two published reviews, with actions decided and done."),
        ),
    ),
    alignments=(esco("S4", "management skills"), esco("T2", "thinking skills and competences")),
    tags=("reliability", "on call"),
    valid_months=12,
)

BADGES = (
    PlannedBadge("review", Design("diamond", "#39465a", "#a9dafc", "lock", "Secure code"), _REVIEW, 412),
    PlannedBadge("incident", Design("star", "#b3261e", "#ffb9c6", "life-buoy", "Incident lead", "Northlight"), _INCIDENT, 408),
)  # fmt: skip

ROUNDS = (
    Round("incident", 401, TOM.address, (
        Earner("Grace Adeyemi", "grace.adeyemi@example.com", hours=2,
               narrative="Four hours, eleven people, and everyone knew what to do next."),
        Earner("Oskar Lindqvist", "oskar.lindqvist@example.org", hours=60),
    )),
    Round("review", 220, TOM.address, (
        Earner("Ada Bell", "ada.bell@example.org", hours=1,
               narrative="Eight flaws out of eight, and a ninth that we had not planted.",
               levels=("8 of 8", "merged without change", "confirmed"),
               evidence=(Link("https://example.org/reviews/2291", "One of the merged fixes"),)),
        Earner("Mateo Rossi", "mateo.rossi@example.com", hours=22),
        Earner("Kenji Sato", "kenji.sato@example.net", hours=90, revoked_days=40,
               revoked="Withdrawn at the holder’s request after leaving the company."),
    )),
    Round("incident", 88, TOM.address, (
        Earner("Grace Adeyemi-Cole", "grace.cole@example.com", hours=4,
               narrative="Your reviews are what new leads read first."),
        Earner("Yusuf Demir", "yusuf.demir@example.net", "not_me", 30),
    )),
    Round("review", 9, TOM.address, (
        Earner(INES.name, INES.address, hours=6, language="fr",
               narrative="Sept failles sur huit en quatre-vingts minutes, et des correctifs que l’équipe a gardés.",
               levels=("7 sur 8", "3 correctifs intégrés", "confirmé")),
        Earner("Emily Hart", "emily.hart@example.org", "", narrative="Seven of eight, and the clearest report so far."),
        Earner("Lars Nygaard", "lars.nygaard@example.com", ""),
    )),
)  # fmt: skip

NORTHLIGHT = Organisation(
    slug="northlight-systems",
    name="Northlight Systems",
    url="https://northlight.example/",
    email="people@northlight.example",
    language="en",
    description="We keep the software of hospitals and power grids running. Our badges say what our engineers have shown, "
    "and they keep them when they move on.",
    logo=LOGO,
    owner=PRIYA,
    days=416,
    members=((MARIE, Role.EDITOR), (TOM, Role.AWARDER)),
    badges=BADGES,
    rounds=ROUNDS,
)
