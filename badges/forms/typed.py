"""What was typed into the editor, as it was typed: nothing of it is lost, whatever is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from operator import itemgetter

from django.http import QueryDict

Row = dict[str, str]
MOST_ROWS = 100
ON = "on"


@dataclass(frozen=True)
class Typed:
    """Raw inputs by name, and the rows of the two lists in their order."""

    values: dict[str, str]
    criteria: list[Row] = field(default_factory=list)
    alignments: list[Row] = field(default_factory=list)

    @classmethod
    def from_post(cls, data: QueryDict) -> "Typed":
        """Rows that were taken away are gone, the others stand in the order that was asked for."""
        rows = {name: _rows(data, name) for name in ("criteria", "alignments")}
        sent = data.dict()
        values = {name: str(sent[name]) for name in sent if not name.startswith(("criteria-", "alignments-"))}
        return cls(values, rows["criteria"], rows["alignments"])

    def with_values(self, **values: str) -> "Typed":
        return replace(self, values=self.values | values)

    def with_row(self, name: str) -> "Typed":
        """One more empty row in one of the lists."""
        if name == "criteria":
            return replace(self, criteria=[*self.criteria, {"is_required": ON}])
        return replace(self, alignments=[*self.alignments, {}])

    def without_blank_rows(self) -> "Typed":
        """At least one criterion stays: it is asked for."""
        criteria = [row for row in self.criteria if _says_something(row)] or self.criteria[:1]
        alignments = [row for row in self.alignments if _says_something(row)]
        return replace(self, criteria=criteria or [{"is_required": ON}], alignments=alignments)

    def as_data(self) -> dict[str, str]:
        """What binds the forms: rows numbered anew."""
        return self.values | _numbered("criteria", self.criteria) | _numbered("alignments", self.alignments)


def _says_something(row: Row) -> bool:
    return any(text.strip() for name, text in row.items() if name != "is_required")


def _rows(data: Mapping[str, str], prefix: str) -> list[Row]:
    total = min(_number(data.get(f"{prefix}-TOTAL_FORMS", ""), 0), MOST_ROWS)
    rows = []
    for index in range(total):
        start = f"{prefix}-{index}-"
        row = {name.removeprefix(start): data[name] for name in data if name.startswith(start)}
        if not row.pop("DELETE", ""):
            rows.append((_number(row.pop("ORDER", ""), index + 1), row))

    return [row for _place, row in sorted(rows, key=itemgetter(0))]


def _number(text: str, default: int) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else default


def _numbered(prefix: str, rows: list[Row]) -> dict[str, str]:
    data: dict[str, str] = {f"{prefix}-TOTAL_FORMS": str(len(rows)), f"{prefix}-INITIAL_FORMS": "0"}
    for index, row in enumerate(rows):
        data |= {f"{prefix}-{index}-{name}": value for name, value in row.items()}
        data[f"{prefix}-{index}-ORDER"] = str(index + 1)
    return data
