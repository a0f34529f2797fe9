"""The API's description of itself."""

from __future__ import annotations

from flask import Response, current_app

from blueprints.dispatch import bp
from jada_flask.web.access import DASHBOARD, SERVICE, STAFF, open_to
from jada_flask.web.answers import answer
from jada_flask.web.openapi import document


@bp.get("/api/openapi.json")
@open_to(DASHBOARD, STAFF, SERVICE)
def openapi() -> Response:
    """What may be called, with what, by whom: OpenAPI 3.1."""
    made = current_app.extensions.get("openapi")
    if made is None:
        made = current_app.extensions["openapi"] = document(current_app)
    return answer(made)
