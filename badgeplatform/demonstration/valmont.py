"""A university: badges beside the diplomas, French first."""

from badgeplatform.demonstration.atelier_nord import CAMILLE, INES
from badgeplatform.demonstration.parts import (
    Earner,
    Link,
    Organisation,
    Paper,
    Person,
    PlannedBadge,
    Role,
    Round,
    criterion,
    digcomp,
    esco,
    rome,
)
from badges.designer import Design
from badges.queries import Content, Words

HELENE = Person("Hélène Castex", "helene.castex@univ-valmont.example")
SAMIR = Person("Samir Haddad", "samir.haddad@univ-valmont.example")
CLAIRE = Person("Claire Dufour", "claire.dufour@univ-valmont.example")

LOGO = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512">
<circle cx="256" cy="256" r="256" fill="#1d3f8f"/><circle cx="350" cy="150" r="42" fill="#ffbd85"/>
<path d="M60 340L196 128l84 128 46-64 126 148z" fill="#fffaf0"/>
<path d="M96 372c58-26 110-26 160 8 50-34 102-34 160-8v44c-58-24-110-22-160 10-50-32-102-34-160-10z" fill="#ffbd85"/></svg>"""

_DATA = Content(
    language="fr",
    words={
        "fr": Words(
            "Analyser des données avec Python",
            "Nettoie un jeu de données réel, choisit les bons graphiques et explique ses conclusions à un public non "
            "spécialiste.",
            "Le projet porte sur des **données ouvertes** que l’étudiant choisit. Le code est rendu avec l’historique, et "
            "relu avant la soutenance.",
            "Badge rond bleu nuit et abricot, avec un histogramme et les mots « Données et Python ».",
        ),
        "en": Words(
            "Analyse data with Python",
            "Cleans a real data set, chooses the right charts and explains the conclusions to people who are not "
            "specialists.",
            "The project uses **open data** that the student chooses. The code is handed in with its history, and read "
            "before it is presented.",
            "Round badge, night blue and apricot, with a bar chart and the words “Données et Python”.",
        ),
    },
    criteria=(
        criterion(
            "project",
            (
                "Nettoyer un jeu de données réel",
                "Carnet reproductible : chaque correction y est motivée en une phrase.",
            ),
            (
                "Clean a real data set",
                "A notebook that can be run again: each correction is justified in one sentence.",
            ),
        ),
        criterion(
            "test",
            (
                "Choisir un graphique qui ne trompe pas",
                "Épreuve de quarante minutes sur six jeux de données, corrigée à l’aveugle.",
            ),
            (
                "Choose a chart that does not mislead",
                "A test of forty minutes on six data sets, marked blind.",
            ),
        ),
        criterion(
            "interview",
            (
                "Expliquer ses conclusions et leurs limites",
                "Soutenance de quinze minutes devant une personne extérieure à la filière.",
            ),
            (
                "Explain conclusions and their limits",
                "Fifteen minutes before somebody from outside the course.",
            ),
        ),
        criterion(
            "peer",
            (
                "Relire le code d’une autre personne",
                "Une relecture écrite, jugée utile par la personne relue.",
            ),
            ("Review somebody else’s code", "One written review that its reader found useful."),
            required=False,
        ),
    ),
    alignments=(
        digcomp("1.2", "Evaluating data, information and digital content"),
        rome("M1805", "Études et développement informatique"),
    ),
    tags=("données", "Python", "statistiques"),
)

_SPEAKING = Content(
    language="fr",
    words={
        "fr": Words(
            "Parler en public",
            "Prend la parole cinq minutes sans notes devant plus de trente personnes, et répond aux questions.",
            "La prise de parole est filmée et remise à la personne seule. Le jury ne la garde pas.",
            "Écusson framboise et abricot, avec un mégaphone et les mots « Parler en public ».",
        ),
        "en": Words(
            "Speak in public",
            "Speaks for five minutes without notes before more than thirty people, and answers their questions.",
            "The talk is filmed for the speaker alone. The jury does not keep it.",
            "Shield-shaped badge, raspberry and apricot, with a megaphone and the words “Parler en public”.",
        ),
    },
    criteria=(
        criterion(
            "observation",
            (
                "Tenir cinq minutes sans notes",
                "Trois jurés, une grille commune : structure, voix, regard, durée.",
            ),
            ("Speak for five minutes without notes", "Three jurors, one grid: structure, voice, eyes, time."),
        ),
        criterion(
            "observation",
            (
                "Répondre à une question inattendue",
                "Deux questions préparées par le public, tirées au sort.",
            ),
            ("Answer an unexpected question", "Two questions from the audience, drawn by lot."),
        ),
        criterion(
            "portfolio",
            ("Tirer les leçons de trois prises de parole", "Un carnet d’une page par prise de parole."),
            ("Draw lessons from three talks", "A notebook, one page for each talk."),
        ),
    ),
    alignments=(esco("S1.4", "presenting information"),),
    tags=("oral", "argumentation"),
)

_SOURCES = Content(
    language="fr",
    words={
        "fr": Words(
            "Trouver et peser ses sources",
            "Cherche dans trois bases de données, écarte les sources douteuses et cite les autres sans faute.",
            "",
            "Badge octogonal vert et citron vert, avec des livres sur une étagère et les mots « Trouver ses sources ».",
        ),
        "en": Words(
            "Find and weigh sources",
            "Searches three databases, leaves doubtful sources aside and cites the others without a mistake.",
            "",
            "Octagonal badge, green and lime, with books on a shelf and the words “Trouver ses sources”.",
        ),
    },
    criteria=(
        criterion(
            "project",
            (
                "Constituer une bibliographie commentée",
                "Vingt références, dont cinq écartées avec le motif.",
            ),
            (
                "Put together an annotated bibliography",
                "Twenty references, five of them left aside with the reason.",
            ),
        ),
        criterion(
            "test",
            (
                "Reconnaître une source douteuse",
                "Douze extraits à classer en trente minutes, dix justes au moins.",
            ),
            (
                "Recognise a doubtful source",
                "Twelve excerpts to sort in thirty minutes, at least ten correctly.",
            ),
        ),
    ),
    alignments=(
        digcomp("1.1", "Browsing, searching and filtering data, information and digital content"),
        esco("S2", "information skills"),
    ),
    tags=("recherche documentaire", "bibliothèque"),
    valid_months=12,
)

_TUTORING = Content(
    language="fr",
    words={
        "fr": Words(
            "Tutorat étudiant",
            "Accompagne un étudiant de première année pendant un semestre.",
            "",
            "Fleur prune et lilas, avec une toque de diplômé et les mots « Tutorat étudiant ».",
        ),
    },
    criteria=(
        criterion(
            "observation",
            ("Conduire dix séances de tutorat", "Carnet de séances visé par l’enseignant référent."),
            ("", ""),
        ),
        criterion("", ("Être à l’aise avec le public étudiant", ""), ("", "")),
    ),
    tags=("tutorat",),
)

BADGES = (
    PlannedBadge("data", Design("circle", "#1d3f8f", "#ffbd85", "chart-column", "Données et Python", "Univ. Valmont"), _DATA, 370),
    PlannedBadge("speaking", Design("shield", "#a3195b", "#ffbd85", "megaphone", "Parler en public"), _SPEAKING, 360),
    PlannedBadge("sources", Design("octagon", "#0f704a", "#d3e884", "library", "Trouver ses sources", "Bibliothèque"), _SOURCES, 405),
    PlannedBadge("tutoring", Design("flower", "#6d2b86", "#d3c8ff", "graduation-cap", "Tutorat étudiant"), _TUTORING, 4, is_draft=True),
)  # fmt: skip

ROUNDS = (
    Round("sources", 398, CLAIRE.address, (
        Earner("Victor Salmon", "victor.salmon@example.com", hours=18),
        Earner("Amandine Picard", "amandine.picard@example.org", hours=3),
    ), "Vingt références, et pas une de trop."),
    Round("speaking", 300, CLAIRE.address, (
        Earner("Amandine Picard", "amandine.picard@example.org", hours=28,
               narrative="Une voix posée, et une réponse à la question que personne n’attendait."),
        Earner("Ibrahim Diallo", "ibrahim.diallo@example.net", hours=5,
               narrative="Cinq minutes sans notes, et le public a oublié l’heure."),
        Earner("Chloé Bonnet", "chloe.bonnet@example.org", "declined", 100),
    )),
    Round("data", 160, CLAIRE.address, (
        Earner(INES.name, INES.address, hours=9,
               narrative="Votre carte des fontaines publiques a convaincu la mairie d’en rouvrir quatre.",
               levels=("17/20", "18/20", "15/20", "acquis"),
               evidence=(Link("https://example.org/fontaines", "Le carnet et la carte"),
                         Paper("Rapport de projet.pdf", (
                             "Où boire en ville ?", "Projet d’analyse de données, semestre 2", "",
                             "312 fontaines recensées, 41 hors service.", "Quatre rouvertes depuis.")))),
        Earner("Wei Chen", "wei.chen@example.com", hours=2, language="en",
               narrative="A clean notebook, an honest chart, and you said what the data cannot tell."),
        Earner("Zoé Marchal", "zoe.marchal@example.net", "withdrawn", 49),
        Earner("Mehdi Aït-Larbi", "mehdi.aitlarbi@example.org", hours=33, revoked_days=120,
               revoked="Une partie du projet reprenait sans le dire le travail d’une autre personne."),
    )),
    Round("speaking", 75, CLAIRE.address, (
        Earner("Louise Garnier", "louise.garnier@example.org", hours=1,
               narrative="Vous avez parlé d’algues pendant cinq minutes, et tout le monde voulait la suite."),
        Earner("Juan Ortega", "juan.ortega@example.com", hours=40),
    )),
    Round("data", 12, CLAIRE.address, (
        Earner("Élodie Renaud", "elodie.renaud@example.org", hours=26,
               narrative="Vous avez trouvé l’erreur que le corrigé contenait."),
        Earner("Noah Fischer", "noah.fischer@example.net", "", language="en",
               narrative="Six data sets, six honest charts."),
        Earner("Sofia Almeida", "sofia.almeida@example.com", ""),
    )),
)  # fmt: skip

VALMONT = Organisation(
    slug="universite-de-valmont",
    name="Université de Valmont",
    url="https://univ-valmont.example/",
    email="badges@univ-valmont.example",
    language="fr",
    description="Université pluridisciplinaire, 14 000 étudiants. Nos badges reconnaissent ce que les diplômes ne disent pas : "
    "ce que chacun sait faire, où et comment cela a été évalué.",
    translations={
        "en": "A university of all disciplines with 14,000 students. Our badges recognise what degrees do not say: what each "
        "person can do, where and how it was assessed."
    },
    logo=LOGO,
    owner=HELENE,
    days=418,
    members=((SAMIR, Role.EDITOR), (CLAIRE, Role.AWARDER), (CAMILLE, Role.VIEWER)),
    badges=BADGES,
    rounds=ROUNDS,
)
