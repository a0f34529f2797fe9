"""Gmail over HTTP: each request leaves once, each answer is translated.

Importing this costs a tenth of a second, which nobody shall pay who asks Gmail nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from http.client import BadStatusLine, HTTPException, HTTPResponse
from threading import RLock
from typing import Any

import httplib2
from google.auth.exceptions import GoogleAuthError
from google.oauth2.service_account import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from jada_flask.adapters.google.account import Account
from jada_flask.adapters.google.refusals import answer_error, token_error
from jada_flask.domain.errors import DeliveryError
from jada_flask.ports import Clock

_NEVER_LEFT = (ConnectionRefusedError, httplib2.ServerNotFoundError)
_CUT_OFF = (OSError, HTTPException, httplib2.HttpLib2Error)


class Gmail:
    """Gmail's API for one mailbox, for any number of threads."""

    def __init__(
        self,
        account: Account,
        *,
        clock: Clock,
        timeout: float,
        api_endpoint: str | None = None,
    ) -> None:
        self._account = account
        self._clock = clock
        self._timeout = timeout
        self._token = _Token(account)
        options = {"api_endpoint": api_endpoint} if api_endpoint else None
        self._users = build(
            "gmail",
            "v1",
            http=self._http(),
            cache_discovery=False,
            client_options=options,
        ).users()

    @contextmanager
    def line(self) -> Iterator[Line]:
        """A connection of one's own, closed at the end.

        httplib2 mixes up the answers of two threads that share one, and a kept one does
        not survive a frozen Lambda.
        """
        http = AuthorizedHttp(self._token, http=self._http(), max_refresh_attempts=1)
        try:
            yield Line(self._users, http, self._account, self._clock)
        finally:
            http.close()

    def _http(self) -> _OnceHttp:
        http = _OnceHttp(timeout=self._timeout, proxy_info=None)
        http.follow_redirects = False
        return http


class Line:
    """A connection to Gmail; `users` makes the requests that `ask` sends."""

    def __init__(
        self, users: Any, http: AuthorizedHttp, account: Account, clock: Clock
    ) -> None:
        self.users = users
        self.errand = account.errand
        self._http = http
        self._account = account
        self._clock = clock

    def profile(self) -> dict[str, Any]:
        """Whose mailbox this is, and how far its history reaches."""
        answer = self.ask(self.users.getProfile(userId="me"))
        if not isinstance(answer, dict):
            raise DeliveryError(self.errand.unreached)
        return answer

    def ask(self, request: Any) -> Any:
        """The answer, as JSON holds it. Raises `DeliveryError`."""
        try:
            return request.execute(http=self._http, num_retries=0)
        except HttpError as error:
            raise answer_error(
                error.resp.status,
                error.resp,
                error.content,
                account=self._account,
                at=self._clock.now(),
            ) from error
        except _NEVER_LEFT as error:
            raise DeliveryError(self.errand.unreached) from error
        except _CUT_OFF as error:
            raise DeliveryError(self.errand.lost) from error


class _Token:
    """The credentials as `AuthorizedHttp` uses them: one refresh at a time.

    What goes wrong in it is told apart from what goes wrong with the request.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._lock = RLock()
        self._credentials: Any = self._read()

    def before_request(
        self, request: Any, method: str, url: str, headers: MutableMapping[str, str]
    ) -> None:
        with self._lock:
            if not self._credentials.valid:
                self.refresh(request)
            self._credentials.apply(headers)

    def refresh(self, request: Any) -> None:
        with self._lock:
            try:
                self._credentials.refresh(request)
            except GoogleAuthError as error:
                answer = error.args[1] if len(error.args) > 1 else None
                raise token_error(answer, account=self._account) from error
            except (*_CUT_OFF, ValueError, TypeError) as error:
                # The last two: an answer that is no JSON, whatever its status.
                raise DeliveryError(self._account.errand.unreached) from error

    def _read(self) -> Any:
        read: Any = Credentials.from_service_account_info
        with suppress(GoogleAuthError, ValueError, TypeError):
            return read(
                self._account.info,
                scopes=[self._account.errand.scope],
                subject=self._account.subject,
            )
        # Out here, for the error that we leave behind may quote the key.
        raise DeliveryError(
            "GMAIL_SERVICE_ACCOUNT_KEY: its private key is broken; download another.",
            permanent=True,
        )


class _OnceHttp(httplib2.Http):  # type: ignore[misc]
    """httplib2 that never sends a request twice."""

    def request(self, uri: str, *args: Any, **kwargs: Any) -> Any:
        secure = uri.startswith("https:")
        kwargs["connection_type"] = _OnceHttps if secure else _OncePlain
        return super().request(uri, *args, **kwargs)


class _Once:
    """A connection whose end is not taken for a reason to ask again.

    httplib2 repeats a POST whose answer did not come when it sees `BadStatusLine`.
    """

    def getresponse(self) -> HTTPResponse:
        try:
            return super().getresponse()  # type: ignore[misc,no-any-return]
        except BadStatusLine as error:
            raise ConnectionAbortedError(str(error)) from error


class _OncePlain(_Once, httplib2.HTTPConnectionWithTimeout):  # type: ignore[misc]
    """Without TLS: the tests'."""


class _OnceHttps(_Once, httplib2.HTTPSConnectionWithTimeout):  # type: ignore[misc]
    """With TLS: Google's."""
