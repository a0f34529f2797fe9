"""Flask, spared what no view of ours needs and every request would pay for."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.http import parse_cookie
from werkzeug.routing import MapAdapter, Rule
from werkzeug.utils import cached_property
from werkzeug.wsgi import get_host


class Asked(Request):
    """A request; the same cookies, which come with each one, are taken apart once."""

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        header = self.environ.get("HTTP_COOKIE", "")
        return _cookies(header) if header.isascii() else super().cookies


class Address(Rule):
    """A rule that learns to write links when the first one is wanted.

    Werkzeug compiles two functions for each at start, most of which nobody calls.
    """

    def _compile_builder(
        self, append_unknown: bool = True
    ) -> Callable[..., tuple[str, str]]:
        compiled = super()._compile_builder
        name = "_build_unknown" if append_unknown else "_build"

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            made = compiled(append_unknown).__get__(rule, None)
            setattr(rule, name, made)
            link: tuple[str, str] = made(**values)
            return link

        return build


class Application(Flask):
    """Without coroutines, subdomains and websockets."""

    request_class = Asked
    url_rule_class = Address

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """What finds the view of a request; refuses one that is for another host."""
        if request is None:
            return super().create_url_adapter(None)
        environ = request.environ
        request.trusted_hosts = self.config["TRUSTED_HOSTS"]
        request.host = _host(
            request.scheme,
            environ.get("HTTP_HOST"),
            environ.get("SERVER_NAME", ""),
            environ.get("SERVER_PORT", ""),
            tuple(request.trusted_hosts or ()),
        )
        return MapAdapter(
            self.url_map,
            request.host.lower(),
            request.root_path,
            "",
            request.scheme,
            request.path,
            request.method,
            request.query_string.decode(errors="replace"),
        )


@lru_cache(maxsize=256)
def _cookies(header: str) -> ImmutableMultiDict[str, str]:
    return parse_cookie(header, cls=ImmutableMultiDict)  # type: ignore[return-value]


@lru_cache(maxsize=64)
def _host(
    scheme: str, header: str | None, name: str, port: str, trusted: tuple[str, ...]
) -> str:
    """The host that a request is for; a `SecurityError` where it is none of ours."""
    said = {"wsgi.url_scheme": scheme, "SERVER_NAME": name, "SERVER_PORT": port}
    if header is not None:
        said["HTTP_HOST"] = header
    return get_host(said, trusted)
