"""Refusals: the one place that turns kinds of errors into status codes."""

from __future__ import annotations

import logging
from secrets import token_hex
from typing import Any

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, SecurityError

from jada_flask.domain.errors import (
    BusyError,
    ConflictError,
    InvalidError,
    JadaError,
    NotFoundError,
    RuleError,
    UnansweredError,
    UnreadableError,
)
from jada_flask.services.staff import SignInError, TooManyTriesError
from jada_flask.web.answers import json_text
from jada_flask.web.bodies import TooLargeError

_LOG = logging.getLogger("jada.errors")
_STATUS: tuple[tuple[type[JadaError], int], ...] = (
    (UnreadableError, 400),
    (SignInError, 401),
    (NotFoundError, 404),
    (ConflictError, 409),
    (TooLargeError, 413),
    (RuleError, 422),
    (TooManyTriesError, 429),
    (BusyError, 503),
    (UnansweredError, 504),
)
_WORDS = {
    400: "The request cannot be read.",
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "This is too large.",
}
_HOW_TO_SIGN_IN = 'Token realm="jada"'
_TITLES = {
    400: "Unreadable request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    415: "Wrong content type",
    422: "Wrong values",
    429: "Too many requests",
    500: "Something broke",
    503: "Busy",
    504: "No answer",
}


def install(app: Flask) -> None:
    """Let every error end in a page or a problem document."""
    app.register_error_handler(JadaError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


def problem(
    status: int,
    detail: str,
    *,
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """A problem document (RFC 9457) for programs, a page for people."""
    title = _TITLES.get(status, "Refused")
    if wants_page():
        page = render_template(
            "errors/problem.html", status=status, title=title, detail=detail
        )
        return Response(page, status, headers, mimetype="text/html")
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    return Response(
        json_text(body), status, headers, content_type="application/problem+json"
    )


def wants_page() -> bool:
    """Whether a person looks at the answer."""
    if request.path.startswith("/api/") or request.is_json:
        return False
    return request.accept_mimetypes.quality(
        "text/html"
    ) > request.accept_mimetypes.quality("application/json")


def _refused(error: JadaError) -> Response:
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
    headers = {}
    if isinstance(error, TooManyTriesError):
        headers["Retry-After"] = str(error.retry_after)
    if status == 503:
        headers["Retry-After"] = "1"
    if status == 401:
        headers["WWW-Authenticate"] = _HOW_TO_SIGN_IN
    errors = None
    if isinstance(error, InvalidError):
        errors = [{"field": f.field, "message": f.message} for f in error.faults]
    return problem(status, str(error), errors=errors, headers=headers)


def _http(error: HTTPException) -> Response:
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()  # type: ignore[return-value]
    headers = {}
    if error.code == 405:
        headers["Allow"] = ", ".join(
            sorted(getattr(error, "valid_methods", None) or [])
        )
    if error.code == 401:
        headers["WWW-Authenticate"] = _HOW_TO_SIGN_IN
    detail = _WORDS.get(error.code or 500) if _generic(error) else error.description
    return problem(error.code or 500, detail or "", headers=headers)


def _generic(error: HTTPException) -> bool:
    """Whether the words are the framework's own, which are not ours to show."""
    if isinstance(error, SecurityError):  # its words repeat the host that was sent
        return True
    return error.description == type(error).description


def _broken(error: Exception) -> Response:
    """Our own fault: say so without its inside, and leave the traceback in the log."""
    reference = token_hex(4)
    _LOG.error("unexpected error %s", reference, exc_info=error)
    return problem(
        500, f"This should not have happened. Mention {reference} to the office."
    )
