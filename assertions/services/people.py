"""People, while something is written for them. Who is being erased is alone with the rows of all; whoever is about to
write for a person shares them, before it reads whom its address belongs to and before it locks any row. So what is
written is either there to be erased, or it is for somebody new: never for a tombstone.
"""

from common.locks import Shared, hold, share

_PEOPLE = "people"


def keep_people() -> None:
    """Nobody is erased until this transaction ends."""
    share(_PEOPLE)


def people_kept() -> Shared:
    """As `keep_people`, to be annotated to a query of one row, for what is read by later ones."""
    return Shared(_PEOPLE)


def be_alone_with_people() -> None:
    """Until this transaction ends nobody writes for a person. Waits for those who do."""
    hold(_PEOPLE)
