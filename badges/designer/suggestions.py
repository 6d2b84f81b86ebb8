"""A good first picture from nothing but a badge's name: French and English words point at an icon."""

import hashlib
import re
import unicodedata

from .colours import PAIRS
from .design import LONGEST, LONGEST_INITIAL, Design
from .lettering import drawable

# Beginnings of words, without accents (three letters or fewer: the whole word). A subject ("garden") wins
# over what many badges have in common ("community"), then the longest beginning wins.
_WORDS: dict[str, str] = {
    "people": "anim animat facilit group equip team collect workshop ateli particip",
    "users": "tutor mentor parrain accompagn binome pair peer coach recrut recruit",
    "user-round": "autonom confiance confidence self personnel portrait identite",
    "presentation": "formateur formatric formation trainer training teach enseign expose pitch presentat",
    "handshake": "mediati conflit conflict negoci negoti partenari partner cooper collabor accueil welcom "
    "client customer vente sales relation",
    "hand-heart": "solidar benevol volunt caritat charit entraide donat dons engage",
    "messages-square": "communica dialog ecout listen reunion meeting debat conversat feedback",
    "megaphone": "oral public parole speak speech discours campagne campaign plaid advocac promot marketing",
    "languages": "langue languag anglais english francais french espagnol spanish german tradu translat lsf",
    "heart": "empath emotion bienveill caring caregiv couple parental",
    "accessibility": "access handicap disabilit inclus",
    "baby": "bebe enfan child petite puericult nursery parent gardiennage",
    "vote": "vote election democra citoyen citizen elu delegu gouvern",
    "graduation-cap": "diplom licence master bachelor etud student cours course pedagog certific graduat "
    "apprent learn apprend",
    "book-open": "lire lecture read livre book litterat alphabet conte histoir history story",
    "library": "biblio library archiv document mediathe",
    "lightbulb": "idee idea innov creativ inventi entrepren",
    "brain": "psycho neuro cognit mental critiq critical pensee think memoir intelligen ia ai",
    "puzzle": "resoud solv problem logique logic game jeu ludo strateg",
    "compass": "orient guid boussol pilot scout navigat",
    "search": "recherch research enquet investig audit veille analys",
    "target": "objectif goal cible precis tir focus",
    "rocket": "projet project lance launch startup creer create entreprise accelerat",
    "pencil": "ecri writ redac redact blog",
    "feather": "poes poet roman journal intime",
    "globe": "internat europ monde world global intercult geograph",
    "code-xml": "code coding coder program python javascript java develop web html logiciel software",
    "terminal": "linux unix devops server serveur shell systeme sysadmin",
    "monitor": "numeriq digital informat comput ordinat bureautique tableur site",
    "bot": "robot automat arduino",
    "database": "data donnee sql excel",
    "network": "reseau network telecom",
    "lock": "securite security cyber rgpd gdpr privacy confidential",
    "chart-column": "statist budget gestion pilotage indicateur finance financ report kpi dashboard",
    "calculator": "compta account math calcul algebr paie",
    "microscope": "biolog labo scien observ",
    "flask-conical": "chimi chemi experiment",
    "atom": "physi nucle quant",
    "dna": "genet genom adn",
    "telescope": "astro space spatial etoile",
    "palette": "art peint paint dessin draw illustr graphi couleur plasti",
    "music": "musi chant singing singer choeur choral chorale piano solfege dj",
    "guitar": "guitar basse ukul",
    "drama": "theatr drama comed improv scene acting cirque danse dance",
    "camera": "photo argentique image",
    "film": "film video cinema montage audiovis",
    "mic": "radio podcast voix voice micro interview",
    "newspaper": "journalis press medias redaction",
    "pen-tool": "ux ui design maquette typograph calligraph",
    "gamepad-2": "esport gaming jeux gamer",
    "wrench": "repar repair mecan mechan mainten plomb plumb outil tool velociste bricol",
    "hammer": "menuis carpent bois wood charpent soud weld forge metal construct",
    "paint-roller": "renov decor ravalement enduit",
    "hard-hat": "chantier batiment btp prevent epi caces macon mason",
    "ruler": "mesur measur architect geometr",
    "scissors": "coutur sew sewing coiff hair tissu textil",
    "zap": "electri energ",
    "utensils": "restaur repas meal aliment nutrition",
    "chef-hat": "cuisin cook patiss bake bakery baking boulang traiteur",
    "coffee": "barista cafe coffee",
    "truck": "logist transport livraison livreur deliver magasin entrepot warehouse cariste chauffeur driver",
    "shopping-bag": "commerc retail boutique shop caisse",
    "briefcase": "emploi job professionnel business stage metier administ",
    "coins": "argent money epargn fundrais mecenat subvention",
    "building-2": "immobil urban ville city logement syndic",
    "stethoscope": "sante health medic infirm nurs soin soignant clini",
    "heart-pulse": "secour aid secourisme psc1 sst urgence emergenc rescue reanimat cardi",
    "life-buoy": "sauvet natation swim piscine surveil lifeguard",
    "bandage": "bless pansement hygien",
    "leaf": "environ ecolog durab sustain climat nature biodivers",
    "sprout": "jardin garden permacult plant semis compost potager maraich",
    "trees": "foret forest arbre tree sylvi",
    "flower-2": "fleur flower botan horticult",
    "recycle": "recycl dechet waste reemploi upcycl zero",
    "droplets": "eau water hydro",
    "sun": "solaire solar vacances summer",
    "paw-print": "animal animaux pet veterin chien dog cat equit cheval",
    "tractor": "agri farm elevage ferme viti",
    "mountain": "montagn mountain escalad climb randon hik alpin ski",
    "bike": "velo cycl bike bicycl vtt mobilite",
    "dumbbell": "sport fitness muscul gym athlet arbitr",
    "footprints": "marcheur walk pied running trail",
    "sailboat": "voile sail nauti bateau boat mer",
    "tent": "camping bivouac colonie bafa",
    "map": "tourism voyage travel carto territoire local",
    "flag": "engagement civique leader chef manager respons valeur",
    "star": "excel talent expert",
    "trophy": "champion gagn winn tournoi concours contest competition hackathon",
    "medal": "honneur honor merit recompens award",
    "crown": "president direct",
    "shield-check": "protec qualit conform assur safe garant",
    "clipboard-check": "evalu assess organis planif planning methode method controle test checklist",
    "scale": "droit law jurid legal justice ethi egalite equal",
    "landmark": "patrimoin heritage musee museum institution",
}
_GENERAL = frozenset(
    {
        "people",
        "users",
        "user-round",
        "presentation",
        "handshake",
        "hand-heart",
        "messages-square",
        "megaphone",
    }
    | {
        "vote",
        "graduation-cap",
        "lightbulb",
        "compass",
        "search",
        "target",
        "rocket",
        "monitor",
        "chart-column",
    }
    | {
        "briefcase",
        "flag",
        "star",
        "medal",
        "crown",
        "shield-check",
        "clipboard-check",
        "building-2",
        "globe",
    }
)
_STEMS = sorted(
    ((stem, icon) for icon, stems in _WORDS.items() for stem in stems.split()),
    key=lambda known: (known[1] in _GENERAL, -len(known[0]), known),
)
_QUIET_SHAPES = ("seal", "circle", "hexagon", "shield", "octagon", "flower", "rosette", "square")


def suggest(name: str, initial: str, seed: object, *, lower_text: str = "") -> Design:
    """A design to begin with: the icon from the words of the name, shape and colours from the seed.

    The same arguments always give the same design. Never refuses: what cannot be drawn is left out.
    """
    digest = hashlib.sha256(str(seed).encode()).digest()
    colour, second = PAIRS[digest[0] % len(PAIRS)]
    return Design(
        shape=_QUIET_SHAPES[digest[1] % len(_QUIET_SHAPES)],
        colour=colour,
        second_colour=second,
        icon=icon_for(name),
        ring_text=_shortened(drawable(name)),
        lower_text=_shortened(drawable(lower_text)),
        initial=drawable(initial.upper())[:LONGEST_INITIAL].strip(),
    )


def icon_for(name: str) -> str:
    """The code of the icon that the words call for, or nothing."""
    words = _plain_words(name)
    for stem, icon in _STEMS:
        if any(_begins(word, stem) for word in words):
            return icon
    return ""


def _begins(word: str, stem: str) -> bool:
    return word.startswith(stem) if len(stem) > 3 else word.removesuffix("s") == stem.removesuffix("s")


def _plain_words(name: str) -> list[str]:
    text = name.casefold().replace("œ", "oe").replace("æ", "ae")
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.findall(r"[a-z0-9]+", plain)


def _shortened(text: str) -> str:
    """At most LONGEST characters, cut between words."""
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST + 1].rsplit(" ", 1)[0][:LONGEST].rstrip(" ,;:-–—·")
