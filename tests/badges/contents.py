"""What the badges of these tests say."""

from badges.designer import Design
from badges.queries import AlignmentContent, Content, CriterionContent, CriterionWords, Words

WHOLE = Content(
    language="fr",
    words={
        "fr": Words(
            "Animer un atelier", "Prépare et conduit un atelier.", "**Trois** niveaux.", "Badge rond"
        ),
        "en": Words("Run a workshop", "Prepares and runs a workshop.", "**Three** levels.", "Round badge"),
    },
    criteria=(
        CriterionContent(
            {"fr": CriterionWords("Préparer", "Un déroulé"), "en": CriterionWords("Prepare", "A plan")},
            "portfolio",
        ),
        CriterionContent(
            {"fr": CriterionWords("Conduire"), "en": CriterionWords("Run")}, "observation", is_required=False
        ),
    ),
    alignments=(AlignmentContent("Facilitate", "https://esco.example/1", "Helps groups", "ESCO", "S1.2"),),
    tags=("animation", "groupe"),
    valid_months=24,
    may_be_repeated=True,
)
DESIGN = Design(ring_text="ANIMER", icon="people")
