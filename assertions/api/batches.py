"""/api/v1/badges/{id}/batches/ and /api/v1/batches/{id}/: awarding to a whole list at once."""

import uuid
from collections.abc import Callable
from typing import Any, BinaryIO, cast

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from assertions.api.batch_shown import (
    BatchesShown,
    BatchShown,
    BatchWithRows,
    NewBatchShown,
    batch_json,
    row_json,
)
from assertions.api.reading import RevocationSent
from assertions.api.reading_batches import CONFIRMATION, NewBatch, file_and_rows
from assertions.models import Batch, BatchRow
from assertions.queries import rows_of
from assertions.services import batches
from assertions.tasks import work_soon
from badges.models import Badge
from common.links import absolute
from common.receiving import NoRoom, lacked_room
from issuers.api.endpoints import Endpoint
from issuers.api.schema import CURSOR, LIMIT
from issuers.api.writing import is_dry_run, write
from issuers.permissions import Permission

_UNLESS_SAID = "problems"
ROWS = OpenApiParameter(
    "rows",
    str,
    enum=[*BatchRow.State.values, _UNLESS_SAID],
    description="which rows are listed; `problems` unless you say",
)
_PROBLEMS = (BatchRow.State.WRONG, BatchRow.State.DUPLICATE, BatchRow.State.REFUSED)


class Batches(Endpoint):
    @extend_schema(
        summary="Batches of a badge, newest first", parameters=[CURSOR, LIMIT], responses=BatchesShown
    )
    def get(self, request: Request, badge_id: uuid.UUID) -> Response:
        badge = self.found(Badge.objects.select_related("issuer"), may=Permission.VIEW, pk=badge_id)
        return self.page(Batch.objects.filter(badge=badge), order=("-created_at", "-id"), shown=batch_json)

    @extend_schema(
        summary="Award the badge to a list of people", request=NewBatch, responses={202: NewBatchShown}
    )
    @write
    def post(self, request: Request, badge_id: uuid.UUID) -> Response:
        """The list is read in the background, and awarded at once where you do not say otherwise.

        What is wrong with a row is told by the batch; the other rows are awarded. The same list sent again for the
        same badge within a day is refused (409, `uploaded_before`) unless `again` is true.
        """
        badge = self.found(Badge.objects.select_related("issuer"), may=Permission.AWARD, pk=badge_id)
        sent = NewBatch(data=request.data)
        if lacked_room(request._request):
            raise NoRoom
        sent.is_valid(raise_exception=True)
        file, rows = file_and_rows(sent.validated_data)
        given: dict[str, Any] = {
            "badge": badge, "name": sent.validated_data["name"], "options": sent.options(), "by": self.token.actor,
            "at": timezone.now(), "again": sent.validated_data["again"],
        }  # fmt: skip
        if file is not None:
            batch = batches.upload(file=cast(BinaryIO, file.file), file_name=file.name or "", **given)
        else:
            batch = batches.upload_rows(rows=rows, **given)
        if is_dry_run(request):
            batches.forget_file(batch)
        else:
            work_soon()
        url = absolute(f"/api/v1/batches/{batch.pk}/")
        return Response({"id": str(batch.pk), "url": url}, status=202, headers={"Location": url})


class OneBatch(Endpoint):
    @extend_schema(
        summary="One batch: how far it is, and the rows that failed",
        parameters=[ROWS, CURSOR, LIMIT],
        responses=BatchWithRows,
    )
    def get(self, request: Request, batch_id: uuid.UUID) -> Response:
        batch = self.found(Batch.objects.all(), may=Permission.VIEW, pk=batch_id)
        asked = self.chosen("rows", [*BatchRow.State.values, _UNLESS_SAID]) or _UNLESS_SAID
        states = _PROBLEMS if asked == _UNLESS_SAID else [asked]
        rows = rows_of(batch).filter(state__in=states)
        page = self.page(rows, order=("number",), shown=row_json)
        return Response({**batch_json(batch), "rows": page.data})


class Confirmation(Endpoint):
    @extend_schema(summary="Award the rows that are ready", request=CONFIRMATION, responses=BatchShown)
    @write
    def post(self, request: Request, batch_id: uuid.UUID) -> Response:
        batch = self.found(Batch.objects.all(), may=Permission.AWARD, pk=batch_id)
        sent = CONFIRMATION(data=request.data)
        sent.is_valid(raise_exception=True)
        confirmed = batches.confirm(batch=batch, by=self.token.actor, at=timezone.now(), **sent.given())
        work_soon()
        return Response(batch_json(confirmed))


class Cancellation(Endpoint):
    @extend_schema(summary="Award nothing more of a batch", request=None, responses=BatchShown)
    @write
    def post(self, request: Request, batch_id: uuid.UUID) -> Response:
        """What was awarded stays. A batch that was never confirmed is discarded."""
        batch = self.found(Batch.objects.all(), may=Permission.AWARD, pk=batch_id)
        act = batches.discard if batches.may(batch, "discard") else batches.cancel_rest
        cancelled = act(batch=batch, by=self.token.actor, at=timezone.now())
        work_soon()
        return Response(batch_json(cancelled))


class Act(Endpoint):
    """What is decided about a batch without saying more."""

    def act(
        self, service: Callable[..., Batch], batch_id: uuid.UUID, *, may: Permission = Permission.AWARD
    ) -> Response:
        batch = self.found(Batch.objects.all(), may=may, pk=batch_id)
        changed = service(batch=batch, by=self.token.actor, at=timezone.now())
        work_soon()
        return Response(batch_json(changed))


class Start(Act):
    @extend_schema(
        summary="Award a batch at once that is held back or scheduled", request=None, responses=BatchShown
    )
    @write
    def post(self, request: Request, batch_id: uuid.UUID) -> Response:
        """It ends the time in which everything can be taken back."""
        return self.act(batches.start_now, batch_id)


class Pause(Act):
    @extend_schema(summary="Pause the awarding of a batch", request=None, responses=BatchShown)
    @write
    def post(self, request: Request, batch_id: uuid.UUID) -> Response:
        """What was awarded stays; nothing more is awarded until it is resumed."""
        return self.act(batches.pause, batch_id)


class Resumption(Act):
    @extend_schema(summary="Go on with a batch that is paused", request=None, responses=BatchShown)
    @write
    def post(self, request: Request, batch_id: uuid.UUID) -> Response:
        return self.act(batches.resume, batch_id)


class BatchRevocation(Endpoint):
    @extend_schema(
        summary="Revoke all awards of a batch, for good after 10 minutes",
        request=RevocationSent,
        responses=BatchShown,
    )
    @write
    def post(self, request: Request, batch_id: uuid.UUID) -> Response:
        """The work is done in the background: ask for the batch until its `state` is `revoked`."""
        batch = self.found(Batch.objects.all(), may=Permission.REVOKE, pk=batch_id)
        sent = RevocationSent(data=request.data)
        sent.is_valid(raise_exception=True)
        reason, note = sent.validated_data["reason"], sent.validated_data.get("note", "")
        by, at = self.token.actor, timezone.now()
        revoking = batches.revoke_batch(batch=batch, reason=reason, note_=note, by=by, at=at)
        work_soon()
        return Response(batch_json(revoking))


class Restoration(Act):
    @extend_schema(summary="Undo the revocation of a batch", request=None, responses=BatchShown)
    @write
    def post(self, request: Request, batch_id: uuid.UUID) -> Response:
        """For 10 minutes. What was revoked by itself before stays revoked."""
        return self.act(batches.undo_revoke, batch_id, may=Permission.REVOKE)
