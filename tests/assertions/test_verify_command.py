"""`manage.py verify`: what /verify says, for scripts."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from assertions.documents import award_url
from assertions.models import Award
from assertions.services import revoke
from assertions.services.pictures import baked
from badges.models import Badge
from common.actors import SYSTEM
from tests.assertions.elsewhere import EARNER, Elsewhere
from tests.common.paper_making import Pdf
from tests.factories import NOON, make_accepted


def run(*named: object, **options: Any) -> tuple[int, str]:
    """(exit status, what was printed)."""
    out, status = io.StringIO(), 0
    try:
        call_command("verify", *map(str, named), stdout=out, **options)
    except SystemExit as end:
        status = int(str(end.code))
    except CommandError as error:
        return error.returncode, str(error)
    return status, out.getvalue()


def test_a_file_and_a_link(accepted_award: Award, tmp_path: Path) -> None:
    file = tmp_path / "badge.png"
    file.write_bytes(baked(accepted_award, "png", hosted=False))
    status, said = run(file, award_url(accepted_award.pk), recipient="ines@example.org")
    assert status == 0
    assert said.count("valid: This badge is valid.") == 1, "the same badge twice is one"
    assert "ok  It was awarded to this address." in said
    assert f"found in {file}" in said


def test_the_report_as_json(accepted_award: Award) -> None:
    status, said = run(award_url(accepted_award.pk), json=True, recipient="sam@example.org")
    report = json.loads(said)
    (result,) = report["results"]
    assert status == 1
    assert (result["verdict"], result["recipient_matches"]) == ("not_valid", False)
    assert result["badge"]["name"] == "Run a workshop"
    assert {"code": "recipient_match", "outcome": "failed"}.items() <= next(
        check for check in result["checks"] if check["code"] == "recipient_match"
    ).items()


def test_of_an_issuer_that_is_not_known_here(db: None, elsewhere: Elsewhere) -> None:
    status, said = run(elsewhere.url("/award"), recipient=EARNER)
    assert status == 0
    assert "issuer unknown: This badge is intact, but its issuer is not known here." in said


def test_revoked_is_not_valid(badge: Badge, tmp_path: Path) -> None:
    good, bad = make_accepted(badge), make_accepted(badge)
    revoke(awards=[bad], reason="Mistake.", by=SYSTEM, at=NOON)
    cv = tmp_path / "cv.pdf"
    cv.write_bytes(Pdf().page("My badges", links=[award_url(good.pk), award_url(bad.pk)]).whole())
    status, said = run(cv)
    assert status == 1
    assert "revoked: This badge was revoked." in said
    assert f"found in {cv}, page 1" in said


def test_what_cannot_be_asked_is_not_called_wrong(db: None, elsewhere: Elsewhere) -> None:
    elsewhere.http.shutdown()
    elsewhere.http.server_close()
    status, said = run(elsewhere.url("/award"))
    assert status == 2
    assert "This badge could not be verified." in said
    assert run("https://example.org/a", seconds=0.0)[0] == 2


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7", b"{}"])
def test_what_is_no_badge_could_not_run(db: None, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.txt"
    file.write_bytes(content)
    assert run(file)[0] == 2


def test_what_is_not_there(db: None, tmp_path: Path) -> None:
    assert run(tmp_path / "none.png") == (2, f"{tmp_path}/none.png: No such file or directory")
    assert run(tmp_path)[0] == 2
    assert run("https://example.org/a", recipient="nonsense")[0] == 2


def test_standard_input_and_a_token(accepted_award: Award, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(accepted_award.signed)[0] == 0
    stdin = io.TextIOWrapper(io.BytesIO(accepted_award.signed.encode()))
    monkeypatch.setattr("sys.stdin", stdin)
    assert run("-")[0] == 0


def test_what_its_holder_does_not_show_is_not_told(accepted_award: Award) -> None:
    Award.objects.update(response=Award.Response.DECLINED)
    status, said = run(accepted_award.signed, json=True)
    assert status == 2
    assert "Run a workshop" not in said
