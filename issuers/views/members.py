"""Members of an organisation: who is in, as what, who is invited, who goes."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import Refused
from common.ratelimits import allowed, too_many
from issuers.forms import InvitationForm, RoleForm, TransferForm, show_refusal
from issuers.models import Issuer
from issuers.permissions import Permission, SignedInRequest, issuer_for
from issuers.queries import members_of, open_invitations_of, other_owners
from issuers.services import (
    change_role,
    invite_member,
    leave,
    remove_member,
    transfer_ownership,
    withdraw_invitation,
)
from journal.tasks import send_soon


@login_required
@require_safe
def members(request: SignedInRequest, slug: str) -> HttpResponse:
    """For everyone inside; addresses and invitations only for who manages them."""
    issuer = issuer_for(request.user, slug, may=Permission.VIEW)
    manages = Permission.MANAGE_MEMBERS in issuer.granted
    invitations = open_invitations_of(issuer, at=timezone.now()) if manages else []
    context = {"members": members_of(issuer), "invitations": invitations, "manages": manages}
    return render(request, "issuers/members.html", _context(issuer, **context))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def member_invite(request: SignedInRequest, slug: str) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.MANAGE_MEMBERS)
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if not allowed("invitation", issuer.scope):
            return too_many(request, "invitation")
        try:
            sent = invite_member(issuer=issuer, by=request.user.actor, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            send_soon()
            messages.success(
                request, _("An invitation is on its way to %(address)s.") % {"address": sent.address}
            )
            return redirect("manage:members", slug=slug)
    return render(request, "issuers/member_invite.html", _context(issuer, form=form))


@login_required
@require_POST
def invitation_change(request: SignedInRequest, slug: str, invitation_id: int) -> HttpResponse:
    """`act=again` sends a new link, anything else withdraws the invitation."""
    issuer = issuer_for(request.user, slug, may=Permission.MANAGE_MEMBERS)
    now = timezone.now()
    invitation = get_object_or_404(open_invitations_of(issuer, at=now), pk=invitation_id)
    about = {"address": invitation.address}
    if request.POST.get("act") == "again":
        if not allowed("invitation", issuer.scope):
            return too_many(request, "invitation")
        role, by = invitation.role, request.user.actor
        invite_member(issuer=issuer, address=invitation.address, role=role, by=by, at=now)
        send_soon()
        messages.success(
            request, _("A new link is on its way to %(address)s; the old one is closed.") % about
        )
    else:
        withdraw_invitation(invitation=invitation, by=request.user.actor, at=now)
        messages.success(request, _("The invitation of %(address)s is withdrawn.") % about)
    return redirect("manage:members", slug=slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: SignedInRequest, slug: str, member_id: int) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.MANAGE_MEMBERS)
    membership = get_object_or_404(members_of(issuer), pk=member_id)
    form = RoleForm(request.POST if request.method == "POST" else None, initial={"role": membership.role})
    if request.method == "POST" and form.is_valid():
        role, by = form.cleaned_data["role"], request.user.actor
        try:
            changed = change_role(membership=membership, role=role, by=by, at=timezone.now())
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            about = {"person": changed.user, "role": changed.get_role_display()}
            messages.success(request, _("%(person)s is now: %(role)s.") % about)
            return redirect("manage:members", slug=slug)
    return render(request, "issuers/member.html", _context(issuer, form=form, membership=membership))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def member_remove(request: SignedInRequest, slug: str, member_id: int) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.MANAGE_MEMBERS)
    membership = get_object_or_404(members_of(issuer), pk=member_id)
    if request.method == "POST":
        try:
            remove_member(membership=membership, by=request.user.actor, at=timezone.now())
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            words = _("%(person)s is no longer a member.") % {"person": membership.user}
            messages.success(request, words)
        return redirect("manage:members", slug=slug)
    tokens = issuer.tokens.filter(created_by=membership.user, revoked_at=None)
    context = _context(issuer, membership=membership, tokens=[token.name for token in tokens])
    return render(request, "issuers/member_remove.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave_issuer(request: SignedInRequest, slug: str) -> HttpResponse:
    issuer = issuer_for(request.user, slug, may=Permission.VIEW)
    if request.method == "POST":
        try:
            leave(issuer=issuer, user=request.user, at=timezone.now())
        except Refused as refusal:
            messages.error(request, refusal.message)
            return redirect("manage:members", slug=slug)
        messages.success(request, _("You left %(name)s.") % {"name": issuer.name})
        return redirect("manage_home")
    needs_owner = Permission.TRANSFER_OWNERSHIP in issuer.granted
    is_last = needs_owner and not other_owners(issuer, request.user).exists()
    return render(request, "issuers/leave.html", _context(issuer, is_last=is_last))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ownership(request: SignedInRequest, slug: str) -> HttpResponse:
    """Handing the organisation over to another member."""
    issuer = issuer_for(request.user, slug, may=Permission.TRANSFER_OWNERSHIP)
    others = members_of(issuer).exclude(user=request.user)
    form = TransferForm(request.POST if request.method == "POST" else None, members=others)
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data["to"]
        try:
            transfer_ownership(issuer=issuer, to=to, by=request.user.actor, at=timezone.now())
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            send_soon()
            about = {"person": to.user, "name": issuer.name}
            messages.success(request, _("%(person)s now owns %(name)s. You are an editor.") % about)
            return redirect("manage:members", slug=slug)
    return render(request, "issuers/ownership.html", _context(issuer, form=form, others=others))


def _context(issuer: Issuer, **more: object) -> dict[str, object]:
    return {"issuer": issuer, "nav": "members", **more}
