"""Tables of people: read as spreadsheets write them, written so that no spreadsheet takes a cell for a formula."""

from common.spreadsheets.columns import Field, fitting, guess_mapping
from common.spreadsheets.days import day_in, may_be_mistaken, month_comes_first
from common.spreadsheets.neutral import csv_lines, neutralised, restored
from common.spreadsheets.tables import MOST_COLUMNS, MOST_ROWS, Kind, Row, Table, open_table, shape_of
from common.spreadsheets.texts import MOST_BYTES
from common.spreadsheets.writing import failed_rows, template

__all__ = [
    "MOST_BYTES",
    "MOST_COLUMNS",
    "MOST_ROWS",
    "Field",
    "Kind",
    "Row",
    "Table",
    "csv_lines",
    "day_in",
    "failed_rows",
    "fitting",
    "guess_mapping",
    "may_be_mistaken",
    "month_comes_first",
    "neutralised",
    "open_table",
    "restored",
    "shape_of",
    "template",
]
