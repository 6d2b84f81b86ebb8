"""A batch and its rows as the API shows them."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from assertions.documents import award_url, date_time
from assertions.models import Batch, BatchRow
from issuers.api.schema import page_of_schema


class NewBatchShown(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.URLField(help_text="ask here how far it is")


class CountsShown(serializers.Serializer[Any]):
    ready = serializers.IntegerField()
    wrong = serializers.IntegerField()
    duplicate = serializers.IntegerField(help_text="twice in the list, or held already")
    awarded = serializers.IntegerField()
    refused = serializers.IntegerField()
    cancelled = serializers.IntegerField(help_text="left out, or the rest of a batch that was cancelled")


class BatchShown(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    badge = serializers.UUIDField()
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=Batch.State.choices)
    problem = serializers.CharField(help_text="why it is paused or could not be read")
    rows_read = serializers.IntegerField()
    counts = CountsShown(help_text="rows by state; they add up to `rows_read`")
    progress = serializers.FloatField(
        help_text="from 0 to 1: of the rows to be awarded, those that are settled"
    )
    revoked = serializers.IntegerField(help_text="of those that were awarded")
    starts_on = serializers.DateTimeField(
        allow_null=True, help_text="end of the hold-back, or the scheduled time"
    )
    created_on = serializers.DateTimeField()
    started_on = serializers.DateTimeField(allow_null=True)
    finished_on = serializers.DateTimeField(allow_null=True)


class RowShown(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="as a spreadsheet shows it: the line of headings is 1")
    state = serializers.ChoiceField(choices=BatchRow.State.choices)
    code = serializers.CharField(help_text="for machines; empty where nothing is wrong")
    email = serializers.CharField()
    name = serializers.CharField()
    problems = serializers.DictField(
        child=serializers.CharField(),
        help_text="by the field of a row as it is sent; empty name: the whole row",
    )
    cells = serializers.ListField(child=serializers.CharField())
    award = serializers.URLField(allow_null=True)


_FIELDS = {"address": "email"}  # as the caller names it

BatchesShown = page_of_schema("BatchPage", BatchShown)


class BatchWithRows(BatchShown):
    rows = page_of_schema("BatchRowPage", RowShown)


def batch_json(batch: Batch) -> dict[str, Any]:
    settled = batch.awarded + batch.refused
    return {
        "id": str(batch.pk),
        "badge": str(batch.badge_id),
        "name": batch.title,
        "state": batch.state,
        "problem": batch.problem,
        "rows_read": batch.rows_read,
        "counts": batch.counts,
        "progress": round(settled / batch.to_award, 4)
        if batch.to_award
        else float(batch.finished_at is not None),
        "revoked": batch.revoked,
        "starts_on": _time(batch.hold_until),
        "created_on": date_time(batch.created_at),
        "started_on": _time(batch.started_at),
        "finished_on": _time(batch.finished_at),
    }


def row_json(row: BatchRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "state": row.state,
        "code": row.code,
        "email": row.address,
        "name": row.name,
        "problems": {_FIELDS.get(name, name): words for name, words in row.faults.items()},
        "cells": row.cells,
        "award": award_url(row.award_id) if row.award_id else None,
    }


def _time(value: datetime | None) -> str | None:
    return date_time(value) if value else None
