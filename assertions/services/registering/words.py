"""What the register says of an award, in the reader's language."""

from datetime import datetime, timedelta

from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from assertions.models import Award
from assertions.services.registering.proofs import Standing
from assertions.services.sentences import Sentence, day

AT_ONCE = timedelta(hours=1)
"""An entry follows its act within a minute or so; after an hour somebody should ask why there is none."""
NOTICEABLE = timedelta(days=2)
"""Between the date on a badge and its entry, a difference that is worth a word."""


def register_sentence(award: Award, standing: Standing | None, *, at: datetime, url: str) -> Sentence:
    """One line among the checks: since when the award has stood in the register, and where."""
    if standing is None:
        mark = "none" if at - award.created_at < AT_ONCE else "warn"
        text = _("What happens is entered within minutes, and signed once a day. Look again later.")
        return Sentence("register", mark, _("Not yet in its issuer’s register"), text)
    title = _("In its issuer’s register since %(date)s") % {"date": day(standing.leaf.logged_at)}
    said = " ".join(filter(None, [_place(standing), _dated_back(standing)]))
    text = format_html('{} <a href="{}">{}</a>', said, url, _("What that shows, and how to check it"))
    return Sentence("register", "good" if standing.is_signed else "none", title, text)


def _place(standing: Standing) -> str:
    entry = number_format(standing.leaf.entry)
    if standing.checkpoint is None or not standing.is_signed:
        return _("Entry %(entry)s. The next checkpoint, within a day, will seal it.") % {"entry": entry}
    return _("Entry %(entry)s of %(size)s, sealed by the checkpoint of %(date)s.") % {
        "entry": entry, "size": number_format(standing.checkpoint.size), "date": day(standing.checkpoint.at),
    }  # fmt: skip


def _dated_back(standing: Standing) -> str:
    """Where the badge bears a date from long before: organisations may date it so, and readers should know."""
    leaf = standing.leaf
    if leaf.logged_at - leaf.at < NOTICEABLE:
        return ""
    dates = {"date": day(leaf.at), "entered": day(leaf.logged_at)}
    if leaf.logged_at - leaf.register.created_at < AT_ONCE:
        return _("The badge is dated %(date)s; the register began on %(entered)s.") % dates
    return _("The badge is dated %(date)s, before it was entered.") % dates
