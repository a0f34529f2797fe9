"""Signing in and out, as a form and as JSON."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, request
from marshmallow import fields

from blueprints.dispatch import bp
from blueprints.dispatch.forms import SignInForm
from jada_flask.domain.staff import LONGEST, Right
from jada_flask.intake.schema import Body, load
from jada_flask.services import staff
from jada_flask.services.staff import SignedIn, SignInError
from jada_flask.web import csrf
from jada_flask.web.access import ANYONE, STAFF, identify, open_to, own_session
from jada_flask.web.answers import answer
from jada_flask.web.bodies import json_body
from jada_flask.web.context import begin_sign_in, config, now
from jada_flask.web.pages import page


class SignInBody(Body):
    """Who signs in."""

    user = fields.String(required=True)
    password = fields.String(required=True)


_BODY = SignInBody()


@bp.get("/admin/login")
@open_to(ANYONE)
def login_form() -> str | Any:
    """The form; who is signed in already goes on to the board."""
    caller_now = identify()
    if caller_now and caller_now.session:
        return redirect("/dispatch", 303)
    return page("admin/login.html", form=SignInForm(), error="")


@bp.post("/admin/login")
@open_to(ANYONE)
def login() -> Any:
    """Sign in: 401 where name and password do not belong together.

    429 after ten tries.
    """
    csrf.refuse_foreign()
    if request.is_json:
        sent = load(_BODY, json_body())
        return _json(_sign_in(sent["user"], sent["password"]))
    form = SignInForm(request.form)
    try:
        signed_in = _sign_in(form.user.data or "", form.password.data or "")
    except SignInError as error:
        return page("admin/login.html", form=form, error=str(error)), 401
    return _with_cookie(make_response(redirect("/dispatch", 303)), signed_in)


@bp.post("/admin/logout")
@open_to(STAFF, right=Right.LEAVE)
def logout() -> Response:
    """End the session, here and on the server."""
    staff.sign_out(begin_sign_in(), own_session(), at=now())
    response = answer({"ok": True}) if request.is_json else _leave()
    response.delete_cookie(csrf.session_cookie(), path="/", secure=config().https)
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


def _sign_in(user: str, password: str) -> SignedIn:
    return staff.sign_in(
        begin_sign_in(),
        user.strip(),
        password,
        admin_hash=config().admin_pass_hash,
        address=request.remote_addr or "",
        at=now(),
    )


def _json(signed_in: SignedIn) -> Response:
    session = signed_in.session
    body = {
        "user": session.user,
        "role": session.role.value,
        "csrf_token": csrf.token_for(signed_in.secret),
    }
    return _with_cookie(answer(body), signed_in)


def _with_cookie(response: Response, signed_in: SignedIn) -> Response:
    longest = int(LONGEST.total_seconds())
    csrf.set_cookie(response, csrf.session_cookie(), signed_in.secret, max_age=longest)
    return response


def _leave() -> Response:
    return make_response(redirect("/admin/login", 303))
