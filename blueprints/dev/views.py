"""The mailbox: every mail that left, readable."""

from __future__ import annotations

from flask import Response

from blueprints.dev import bp
from jada_flask.domain.errors import NotFoundError
from jada_flask.web.access import ANYONE, open_to
from jada_flask.web.context import Mailbox, parts
from jada_flask.web.pages import page


@bp.get("/dev/mailbox")
@open_to(ANYONE)
def mailbox() -> str:
    """The newest mails first."""
    return page("dev/mailbox.html", letters=_mailbox().letters(limit=200))


@bp.get("/dev/mailbox/<name>")
@open_to(ANYONE)
def letter(name: str) -> str:
    """One mail with all its parts."""
    found = _mailbox().letter(name)
    html_url = f"/dev/mailbox/{name}/html" if found.html else None
    return page("dev/letter.html", letter=found, html_url=html_url)


@bp.get("/dev/mailbox/<name>/html")
@open_to(ANYONE)
def letter_html(name: str) -> Response:
    """The HTML part of a mail by itself, where it can do nothing."""
    response = Response(_mailbox().letter(name).html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    )
    return response


def _mailbox() -> Mailbox:
    found = parts().mailbox
    if found is None:
        raise NotFoundError("Mails do not stay on this machine.")
    return found
