"""The API's description of itself: routes, bodies, and who may call them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Flask

from jada_flask import __version__
from jada_flask.web.access import DASHBOARD, SERVICE, STAFF, access_of
from jada_flask.web.answer_schemas import ANSWERS
from jada_flask.web.described import Description

_SCHEMES: dict[str, dict[str, Any]] = {
    DASHBOARD: {"type": "apiKey", "in": "header", "name": "X-Dashboard-Token"},
    SERVICE: {"type": "apiKey", "in": "header", "name": "x-service-key"},
    STAFF: {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-jada",
        "description": "The session of /admin/login; writes also send X-CSRFToken.",
    },
}
_WRITES = ("post", "put", "patch", "delete")
_REFUSALS = {
    "400": "The request cannot be read, or a form's token is missing.",
    "401": "Nobody is signed in, or the token is wrong.",
    "403": "This caller may not do that.",
    "404": "There is no such thing.",
    "409": "Its state does not allow this.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "422": "A value is wrong; `errors` names each field.",
}
_QUERY = {
    "from": "The first day, like 2026-05-30.",
    "to": "The last day, like 2026-06-30.",
}


def document(app: Flask) -> dict[str, Any]:
    """The whole description, as OpenAPI 3.1."""
    # Only who asks for the description pays for what writes it.
    from apispec import APISpec
    from apispec.ext.marshmallow import MarshmallowPlugin

    spec = APISpec(
        title="JADA",
        version=__version__,
        openapi_version="3.1.0",
        plugins=[MarshmallowPlugin(schema_name_resolver=_name)],
        info={"description": "Charters, their crew, their guests and their money."},
    )
    for name, scheme in _SCHEMES.items():
        spec.components.security_scheme(name, scheme)
    for name, schema in ANSWERS.items():
        spec.components.schema(name, schema)
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        described: Description | None = getattr(view, "description", None)
        if described:
            operations = {
                method.lower(): _operation(app, rule.endpoint, method, described, view)
                for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
            }
            path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
            spec.path(path=path, operations=operations, parameters=_in_path(path))
    return spec.to_dict()


def _operation(
    app: Flask,
    endpoint: str,
    method: str,
    described: Description,
    view: Callable[..., Any],
) -> dict[str, Any]:
    """One call: what it takes, what it answers with, and who may make it."""
    operation: dict[str, Any] = {
        "operationId": f"{endpoint}.{method.lower()}",
        "summary": described.summary,
        "description": " ".join((view.__doc__ or "").split()),
        "security": [{kind: []} for kind in sorted(access_of(app, endpoint))],
        "responses": _responses(described),
        "parameters": _parameters(method.lower(), described),
    }
    if described.body:
        content = {"application/json": {"schema": described.body}}
        needed = any(field.required for field in described.body().fields.values())
        operation["requestBody"] = {"required": needed, "content": content}
    return operation


def _responses(described: Description) -> dict[str, Any]:
    answers: dict[str, Any] = {
        str(status): {
            "description": name,
            "content": _content(name),
        }
        for status, name in described.answers.items()
    }
    problem = {"application/problem+json": {"schema": _reference("Problem")}}
    refusals = {
        status: {"description": words, "content": problem}
        for status, words in _REFUSALS.items()
    }
    return answers | refusals


def _content(name: str) -> dict[str, Any]:
    if name == "PDF":
        return {"application/pdf": {}}
    return {"application/json": {"schema": _reference(name)}}


def _reference(name: str) -> dict[str, Any]:
    if name not in ANSWERS:
        return {"type": "object"}
    return {"$ref": f"#/components/schemas/{name}"}


def _parameters(method: str, described: Description) -> list[dict[str, Any]]:
    parameters = [
        _parameter("query", name, _QUERY[name], {"type": "string", "format": "date"})
        for name in described.query
        if name in _QUERY
    ]
    if described.query:
        paged = {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}
        parameters.append(_parameter("query", "limit", "How many at most.", paged))
        words = "Where to go on: `next` of the page before."
        parameters.append(_parameter("query", "cursor", words, {"type": "string"}))
    if method in _WRITES:
        words = "The same key and body again gives the first answer again."
        key = {"type": "string", "maxLength": 200}
        parameters.append(_parameter("header", "Idempotency-Key", words, key))
    return parameters


def _in_path(path: str) -> list[dict[str, Any]]:
    return [
        _parameter("path", name, "", {"type": "string"}) | {"required": True}
        for name in re.findall(r"{([^}]+)}", path)
    ]


def _parameter(
    place: str, name: str, words: str, schema: dict[str, Any]
) -> dict[str, Any]:
    parameter = {"in": place, "name": name, "schema": schema}
    return parameter | ({"description": words} if words else {})


def _name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__
