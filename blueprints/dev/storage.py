"""Where photos go in and are looked at on one machine, as at a bucket elsewhere."""

from __future__ import annotations

from flask import Response, request

from blueprints.dev import bp
from jada_flask.domain.errors import NotFoundError
from jada_flask.web.access import ANYONE, open_to
from jada_flask.web.context import Desk, parts

_MOST = 16 * 1024 * 1024  # bytes of a whole form: the largest photo, and its fields


@bp.post("/dev/storage")
@open_to(ANYONE)  # by the signature in the form
def take_in() -> Response:
    """Take a file in, where the form was signed for just that."""
    desk = _desk()
    request.max_content_length = _MOST
    status, code = desk.receive(request.content_type or "", request.stream)
    if not code:
        return Response(status=status)
    words = f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code></Error>"
    return Response(words, status, mimetype="application/xml")


@bp.get("/dev/storage/<path:key>")
@open_to(ANYONE)  # by the signature in the address
def look(key: str) -> Response:
    """A photo, and never anything that a browser would run."""
    content, headers = _desk().shown(key, request.args)
    response = Response(content, headers=dict(headers))
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=900"
    return response


def _desk() -> Desk:
    found = parts().desk
    if found is None:
        raise NotFoundError("Photos do not stay on this machine.")
    return found
