"""What staff say about an address from which mails came back."""

from __future__ import annotations

from typing import Any

from flask import redirect, request

from blueprints.dispatch import bp
from jada_flask.services import returned_mails
from jada_flask.web.access import STAFF, caller, open_to
from jada_flask.web.context import now
from jada_flask.web.writes import attempted

_LONGEST = 320  # characters of an address


@bp.post("/dispatch/events/<event_id>/mail")
@open_to(STAFF)
def send_there_again(event_id: str) -> Any:
    """Send mails to an address again: it is right after all."""
    address, by, at = request.form.get("address", "")[:_LONGEST], caller().actor, now()
    attempted(lambda work: returned_mails.lift(work, event_id, address, by=by, at=at))
    return redirect(f"/dispatch/events/{event_id}?said=mail_again", 303)
