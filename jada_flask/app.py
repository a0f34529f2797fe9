"""The composition root: puts the parts together into one Flask application."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response, send_from_directory

from blueprints import crew, guests
from jada_flask import __version__, rendering, wiring
from jada_flask.config import Config
from jada_flask.web import access, csrf, headers, problems
from jada_flask.web.access import ANYONE, open_to
from jada_flask.web.answers import answer
from jada_flask.web.application import Application
from jada_flask.web.context import Parts, config

_ROOT = Path(__file__).parent


def create_app(parts: Parts | None = None) -> Flask:
    """The application; without parts, those that the environment asks for.

    What serves crew and guests alone has no other address, and loads nothing of money.
    """
    parts = parts or wiring.build(Config.from_env())
    settings = parts.config
    app = Application(
        "jada_flask",
        template_folder=str(_ROOT.parent / "templates"),
        static_folder=None,
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session that it is bound to
        TRUSTED_HOSTS=_own_hosts(settings),
    )
    app.extensions["jada"] = parts
    app.session_interface = csrf.NoSession()
    rendering.install(app.jinja_env)
    app.jinja_env.globals.update(nonce=headers.nonce, csrf_token=csrf.token)
    problems.install(app)
    app.before_request(access.guard)
    app.after_request(headers.dress)
    app.register_blueprint(crew.bp)
    app.register_blueprint(guests.bp)
    app.add_url_rule("/healthz", "healthz", _healthz)
    if not settings.public:
        _serve_the_office(app, settings)
    access.check_all(app)
    return app


def _serve_the_office(app: Flask, settings: Config) -> None:
    """Everything that is not the crew's nor the guests', and what the edge serves."""
    from blueprints import dev, dispatch, payments
    from jada_flask import cli

    for part in (dispatch.bp, payments.bp, crew.services, guests.published):
        app.register_blueprint(part)
    if settings.local:
        app.register_blueprint(dev.bp)
    app.add_url_rule("/static/<version>/<path:name>", "static_file", _static_file)
    cli.install(app)


@open_to(ANYONE)
def _healthz() -> Response:
    """Whether it is awake, which stage this is and what it runs."""
    return answer({"ok": True, "stage": config().stage, "version": __version__})


@open_to(ANYONE)
def _static_file(version: str, name: str) -> Response:
    """A file of ours; its address changes with its content.

    So it may be kept for ever.
    """
    response = send_from_directory(_ROOT / "static", name)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _own_hosts(settings: Config) -> list[str]:
    own = [
        urlsplit(url).hostname or "" for url in (settings.base_url, settings.guest_url)
    ]
    return own + ["127.0.0.1", "localhost"] if settings.local else own
