"""Who acts: told to every service as `by`, written to the journal as text."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """`id` is `user:<pk>`, `token:<pk>`, `recipient:<pk>` or `system`; `label` names it for people.

    Recipients carry no name and no address here: the journal cannot forget, so it must not know.
    """

    id: str
    label: str
    user_id: int | None = None


SYSTEM = Actor(id="system", label="")
