"""The published guest pages, as the edge serves them in production."""

from __future__ import annotations

import re

from flask import Response

from blueprints.guests import bp, published
from jada_flask.domain.errors import NotFoundError
from jada_flask.web.access import GUEST, open_to
from jada_flask.web.context import parts
from jada_flask.web.pages import public_page

_SLUG = re.compile(r"[a-z2-7]{26}", re.ASCII)


@published.get("/g/<name>")
@published.get("/g/<name>/")
@open_to(GUEST)
def page(name: str) -> Response:
    """A guest page by its slug, in any case, with or without a slash or `.html`.

    A slug that is wrong and one that nobody has get the same answer.
    """
    slug = name.lower().removesuffix(".html")
    if not _SLUG.fullmatch(slug):
        return _nowhere()
    try:
        content = parts().ports.files.read(f"g/{slug}/index.html")
    except NotFoundError:
        return _nowhere()
    response = Response(content, content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = (
        "public, max-age=0, s-maxage=300, must-revalidate"
    )
    return response


@bp.get("/g/<path:name>")
@open_to(GUEST)
def nowhere(name: str) -> Response:
    """That there is no such page: where no other address fits.

    The edge asks here for what it did not find among the published pages.
    """
    return _nowhere()


def _nowhere() -> Response:
    return Response(public_page("guests/not_found.html"), 404, mimetype="text/html")
