"""An association: popular education in a northern town, most of it in French."""

from dataclasses import replace

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
    esco,
    rome,
)
from badges.designer import Design
from badges.queries import Content, Words

CAMILLE = Person("Camille Perrot", "camille.perrot@atelier-nord.example")
JONAS = Person("Jonas Weber", "jonas.weber@atelier-nord.example", "en")
KARIM = Person("Karim Benali", "karim.benali@atelier-nord.example")
LUCIE = Person("Lucie Hamel", "lucie.hamel@atelier-nord.example")
INES = Person("Inès Marchand", "ines.marchand@example.org")

LOGO = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512">
<rect width="512" height="512" rx="112" fill="#b0440c"/>
<path d="M256 60l62 196H194z" fill="#ffd65c"/><path d="M256 452l62-196H194z" fill="#fffaf0"/>
<path d="M60 256l134-42v84zM452 256l-134-42v84z" fill="#f2a07a"/><circle cx="256" cy="256" r="34" fill="#b0440c"/></svg>"""

_PREPARE = criterion(
    "portfolio",
    (
        "Préparer un déroulé et son matériel",
        "Trois déroulés complets, relus par deux évaluateurs : objectifs, minutage, consignes, plan B.",
    ),
    (
        "Prepare a plan and its material",
        "Three complete plans, read by two assessors: aims, timing, instructions, plan B.",
    ),
)
_EVERYONE = criterion(
    "observation",
    (
        "Faire participer un groupe entier",
        "Observation d’un atelier de dix personnes au moins : chacun s’exprime, personne n’est exposé.",
    ),
    (
        "Involve a whole group",
        "A workshop of at least ten people is observed: everybody speaks, nobody is put on the spot.",
    ),
)
_IMPROVE = criterion(
    "interview",
    (
        "Évaluer son atelier et l’améliorer",
        "Bilan écrit d’une page, puis entretien de trente minutes sur deux changements décidés ensuite.",
    ),
    (
        "Evaluate a workshop and improve it",
        "A written review of one page, then a thirty-minute interview about two changes decided afterwards.",
    ),
)
_WORKSHOP = Content(
    language="fr",
    words={
        "fr": Words(
            "Animer un atelier participatif",
            "Prépare, conduit et évalue un atelier de dix à trente personnes, dans un cadre associatif ou professionnel.",
            "L’évaluation porte sur **un atelier réel**, jamais sur un exercice. Deux évaluateurs la conduisent, "
            "dont un extérieur à l’association.\n\n"
            "- Avant : le déroulé est remis une semaine plus tôt.\n"
            "- Pendant : l’observation suit une grille commune, remise à la personne.\n"
            "- Après : un retour oral dans les dix jours.",
            "Sceau festonné violet et jaune, avec trois personnes et les mots « Animer un atelier ».",
        ),
        "en": Words(
            "Run a participatory workshop",
            "Prepares, runs and evaluates a workshop for ten to thirty people, in associations or at work.",
            "What is assessed is **a real workshop**, never an exercise. Two assessors lead it, one of them from "
            "outside the association.\n\n"
            "- Before: the plan is handed in one week earlier.\n"
            "- During: the observation follows a shared grid, which the person receives.\n"
            "- After: spoken feedback within ten days.",
            "Scalloped seal, violet and yellow, with three people and the words “Animer un atelier”.",
        ),
    },
    criteria=(_PREPARE, _EVERYONE),
    alignments=(
        esco("S1.3", "teaching and training"),
        rome("G1202", "Animation d’activités culturelles ou ludiques"),
    ),
    tags=("animation", "participation", "éducation populaire"),
    valid_months=36,
)
_WORKSHOP_2 = replace(_WORKSHOP, criteria=(_PREPARE, _EVERYONE, _IMPROVE))

_MEDIATION = Content(
    language="fr",
    words={
        "fr": Words(
            "Dénouer un conflit",
            "Écoute deux parties en désaccord, reformule leurs besoins et les aide à bâtir un accord écrit.",
            "Le badge ne vaut pas titre de médiateur. Il atteste trois situations menées dans le cadre de "
            "l’association, dont une au moins en binôme.",
            "Badge hexagonal bleu-vert et abricot, avec une poignée de main et les mots « Dénouer un conflit ».",
        ),
        "en": Words(
            "Settle a conflict",
            "Listens to two people who disagree, puts their needs into words and helps them to a written agreement.",
            "The badge does not make anyone a certified mediator. It attests three situations handled within the "
            "association, at least one of them in a pair.",
            "Hexagonal badge, teal and apricot, with a handshake and the words “Dénouer un conflit”.",
        ),
    },
    criteria=(
        criterion(
            "observation",
            (
                "Écouter sans prendre parti",
                "Un médiateur diplômé assiste à une rencontre et remplit la grille d’écoute.",
            ),
            (
                "Listen without taking sides",
                "A certified mediator attends a meeting and fills in the listening grid.",
            ),
        ),
        criterion(
            "peer",
            (
                "Reformuler ce que chacun demande",
                "Revue entre pairs de deux enregistrements, avec l’accord des personnes.",
            ),
            (
                "Put into words what each one asks for",
                "Peer review of two recordings, with the consent of those recorded.",
            ),
        ),
        criterion(
            "portfolio",
            (
                "Rédiger un accord que chacun signe",
                "Deux accords anonymisés et ce qu’ils sont devenus trois mois plus tard.",
            ),
            (
                "Write an agreement that both sign",
                "Two anonymised agreements, and what had become of them three months later.",
            ),
        ),
    ),
    alignments=(esco("S1.1", "negotiating"), esco("T4", "social and communication skills and competences")),
    tags=("médiation", "écoute"),
    valid_months=24,
)

_SEASON = Content(
    language="fr",
    words={
        "fr": Words(
            "Une saison de bénévolat",
            "A tenu un engagement bénévole régulier pendant une saison : au moins douze séances, et un rôle repris par "
            "quelqu’un d’autre ensuite.",
            "Il peut être obtenu **chaque saison**. La personne choisit avec l’équipe ce qu’elle veut apprendre, et le "
            "dit en fin de saison.",
            "Rosette à rubans rouille et jaune, avec une main qui tient un cœur et les mots « Saison de bénévolat ».",
        ),
        "en": Words(
            "A season of volunteering",
            "Kept a regular volunteer commitment for a season: at least twelve sessions, and a role that somebody else "
            "has taken over since.",
            "It can be earned **each season**. The person agrees with the team on what to learn, and says at the end of "
            "the season what came of it.",
            "Rosette with ribbons, rust and yellow, with a hand holding a heart and the words “Saison de bénévolat”.",
        ),
    },
    criteria=(
        criterion(
            "observation",
            ("Tenir douze séances", "Relevé de présence signé par le responsable d’activité."),
            ("Keep up twelve sessions", "Attendance record signed by the person in charge of the activity."),
        ),
        criterion(
            "project",
            (
                "Transmettre son rôle",
                "Une fiche de passation et deux séances en doublon avec la personne suivante.",
            ),
            ("Hand over one’s role", "A handover note and two sessions together with the next person."),
        ),
    ),
    alignments=(esco("T4", "social and communication skills and competences"),),
    tags=("bénévolat", "engagement"),
    may_be_repeated=True,
)

_DIGITAL_2024 = Content(
    language="fr",
    words={
        "fr": Words(
            "Passeport numérique 2024",
            "Accomplit seul huit démarches courantes en ligne, du courriel avec pièce jointe au rendez-vous médical.",
            "Remplacé par le parcours de la médiathèque. Les passeports attribués restent valables.",
            "Badge carré aux coins ronds, bleu et jaune, avec un écran et les mots « Passeport numérique 2024 ».",
        ),
        "en": Words(
            "Digital passport 2024",
            "Completes eight everyday tasks online unaided, from an e-mail with an attachment to a doctor’s appointment.",
            "Replaced by the library’s course. The passports that were awarded stay valid.",
            "Square badge with round corners, blue and yellow, with a screen and the words “Passeport numérique 2024”.",
        ),
    },
    criteria=(
        criterion(
            "test",
            (
                "Réussir huit démarches sur huit",
                "Épreuve pratique d’une heure, sur ordinateur ou téléphone au choix.",
            ),
            (
                "Complete eight tasks out of eight",
                "A practical test of one hour, on a computer or a phone, as preferred.",
            ),
        ),
    ),
    tags=("numérique", "inclusion"),
)

BADGES = (
    PlannedBadge(
        "workshop", Design("seal", "#4a3fd6", "#ffd65c", "people", "Animer un atelier", "Atelier Nord"), _WORKSHOP, 410,
        revised=_WORKSHOP_2, revised_days=190,
        change_note="Un troisième critère : évaluer son atelier et l’améliorer.",
    ),
    PlannedBadge(
        "mediation", Design("hexagon", "#0a6b75", "#ffbd85", "handshake", "Dénouer un conflit", "Atelier Nord"), _MEDIATION, 330,
    ),
    PlannedBadge(
        "season", Design("rosette", "#b0440c", "#ffd65c", "hand-heart", "Saison de bénévolat"), _SEASON, 400,
    ),
    PlannedBadge(
        "digital", Design("square", "#1b62a8", "#ffd65c", "monitor", "Passeport numérique", "2024"), _DIGITAL_2024, 415,
        archived=45,
    ),
)  # fmt: skip

_REVIEW = Paper(
    "Bilan de l’atelier « Ville à hauteur d’enfant ».pdf",
    (
        "Ville à hauteur d’enfant",
        "Bilan de l’atelier du 12 février",
        "",
        "18 participants, de 7 à 71 ans, trois tables, deux heures.",
        "",
        "Ce qui a marché : la carte au sol, les rôles tirés au sort.",
        "Ce que j’ai changé en route : la consigne, trop longue, redite en une phrase.",
        "Ce que je ferai autrement : prévoir dix minutes de silence pour écrire.",
        "",
        "Inès Marchand",
    ),
    "J’ai changé la consigne à mi-parcours pour que chacun prenne la parole.",
)

ROUNDS = (
    Round("season", 395, JONAS.address, (
        Earner("Rosalie Delattre", "rosalie.delattre@example.org", hours=3),
        Earner("Ahmed Zerrouki", "ahmed.zerrouki@example.net", hours=30),
    ), "Douze mercredis, par tous les temps. Merci d’avoir formé la relève."),
    Round("digital", 380, KARIM.address, (
        Earner("Odette Vasseur", "odette.vasseur@example.net", hours=50,
               narrative="Les huit démarches sans aide, et la neuvième pour aider sa voisine."),
        Earner("Léon Duquesne", "leon.duquesne@example.org", "declined", 26,
               note="Je préfère que cela reste entre nous."),
    )),
    Round("workshop", 250, KARIM.address, (
        Earner("Thomas Lemaire", "thomas.lemaire@example.org", hours=2,
               narrative="Vos trois déroulés servent désormais d’exemple aux nouveaux."),
        Earner("Fatou Ndiaye", "fatou.ndiaye@example.com", hours=70,
               narrative="Vingt-six personnes, une salle trop petite, et pas une seule qui ne se soit exprimée.",
               levels=("acquis", "confirmé"),
               evidence=(Link("https://example.org/ateliers/quartier-des-moulins", "L’atelier du quartier des Moulins"),)),
        Earner("Benoît Carlier", "benoit.carlier@example.net", hours=8, revoked_days=210,
               revoked="Attribué par erreur : l’observation n’avait pas eu lieu."),
    )),
    Round("mediation", 140, KARIM.address, (
        Earner("Nadia Hamdi", "nadia.hamdi@example.org", hours=12,
               narrative="Deux voisins se reparlent grâce à vous, et ils l’ont signé.",
               levels=("acquis", "acquis", "confirmé"),
               evidence=(Paper("Accord anonymisé.pdf", (
                   "Accord entre deux voisins", "", "1. La cour reste ouverte jusqu’à 20 heures.",
                   "2. Le dimanche, elle est calme.", "3. Chacun prévient l’autre avant une fête.", "",
                   "Signé par les deux parties. Toujours suivi trois mois plus tard."),
                   "Toujours suivi trois mois plus tard."),)),
        Earner("Gaël Prigent", "gael.prigent@example.com", hours=44, suspended_days=3,
               suspended="Une personne conteste l’accord remis comme preuve. Nous l’entendons la semaine prochaine."),
    )),
    Round("workshop", 96, KARIM.address, (
        Earner(INES.name, INES.address, hours=1,
               narrative="Vous avez fait parler dix-huit inconnus en dix minutes. Ce badge dit comment.",
               levels=("confirmé", "confirmé, devant dix-huit personnes", "acquis"),
               evidence=(_REVIEW, Link("https://example.org/ateliers/ville-a-hauteur-d-enfant",
                                       "Photos de l’atelier, avec l’accord des familles"))),
        Earner("Mathilde Roy", "mathilde.roy@example.org", hours=20, lasts=60,
               narrative="Une attribution provisoire, le temps de conduire le troisième atelier."),
        Earner("María del Carmen Fernández-Villaverde y Rodríguez de la Torre", "mcarmen.fernandez@example.net", hours=6,
               narrative="Un atelier en deux langues, sans que personne attende la traduction."),
    )),
    Round("season", 30, JONAS.address, (
        Earner("Rosalie Delattre", "rosalie.delattre@example.org", hours=2,
               narrative="Une deuxième saison, et la buvette tourne maintenant sans vous : c’était le but."),
        Earner("Li Wu", "li.wu@example.com", hours=15, narrative="Douze séances d’aide aux devoirs, aucune manquée."),
        Earner("Yannick Morel", "yannick.morel@example.org", "not_me", 9,
               note="Ce n’est pas moi, je ne connais pas cette association."),
    )),
    Round("workshop", 6, KARIM.address, (
        Earner("Maïwenn Le Goff", "maiwenn.legoff@example.org", hours=4, wants_name="Maïwenn Kerbrat",
               narrative="Le groupe vous a remerciée deux fois : à la fin, et un mois après."),
        Earner("Paul Girard", "p.girard@example.com", "", bounced="550 5.1.1 Mailbox does not exist"),
        Earner("Sara Lind", "sara.lind@example.net", "", language="en",
               narrative="You ran your first workshop in your third language, and nobody noticed."),
    )),
    Round("mediation", 2, KARIM.address, (
        Earner(INES.name, INES.address, "",
               narrative="Trois situations difficiles, trois accords. Les enfants du 14 jouent à nouveau dans la cour."),
        Earner("Hugo Bertin", "hugo.bertin@example.org", hours=7, revoked_days=0.003,
               revoked="Attribué deux fois à la même personne sous deux adresses."),
    )),
)  # fmt: skip

ATELIER_NORD = Organisation(
    slug="atelier-nord",
    name="Atelier Nord",
    url="https://atelier-nord.example/",
    email="badges@atelier-nord.example",
    language="fr",
    description="Association d’éducation populaire. Depuis 1998, nous formons celles et ceux qui font vivre les quartiers : "
    "animatrices, médiateurs, bénévoles. Chaque badge repose sur une situation réelle, vue par deux personnes.",
    translations={
        "en": "A community education association. Since 1998 we have trained those who bring neighbourhoods to life: youth "
        "workers, mediators, volunteers. Each badge rests on a real situation that two people saw."
    },
    logo=LOGO,
    owner=CAMILLE,
    days=420,
    members=((JONAS, Role.EDITOR), (KARIM, Role.AWARDER), (LUCIE, Role.VIEWER)),
    invited=(("theo.lambert@example.org", Role.AWARDER, 3),),
    badges=BADGES,
    rounds=ROUNDS,
)
