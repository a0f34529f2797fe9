"""Lambda's door: requests of API Gateway, and the tasks that may be run, by exact name.

Everything is loaded when the function starts, while Lambda still lends it a whole CPU.
What is neither a request nor one of our tasks is refused: Zappa's own door would run
any function that an event names.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from apig_wsgi import make_lambda_handler

from jada_flask import tasks
from jada_flask.adapters.aws.clients import lazily
from jada_flask.adapters.aws.secrets import secrets_below
from jada_flask.app import create_app
from jada_flask.config import Config
from jada_flask.edge import Edge
from jada_flask.wiring import build

Event = dict[str, Any]
Task = Callable[[Any, Any], Any]

TASKS: Mapping[str, Task] = {"drain": tasks.drain}
_KEEP_WARM = "keep_warm"


class Door:
    """One function of Lambda, ready to be called."""

    def __init__(self, env: Mapping[str, str]) -> None:
        settings = Config.from_env(env)
        parts = build(settings, nudge=_nudge(env))
        self._app = create_app(parts)
        edge = Edge(self._app.wsgi_app, settings.base_url, settings.origin_secret)
        self._http = make_lambda_handler(edge, binary_support=True)

    def __call__(self, event: Any, context: Any) -> Any:
        """Answer a request, or run a task.

        Raises `PermissionError` for anything else.
        """
        if _is_request(event):
            event.pop("stageVariables", None)
            return self._http(event, context)
        name = _task_of(event)
        if name == _KEEP_WARM:
            return None
        if name not in TASKS:
            raise PermissionError("this event is neither a request nor a task of ours")
        with self._app.app_context():
            return TASKS[name](event, context)


def _is_request(event: Any) -> bool:
    """A request of API Gateway (REST): by what it has, not by what it lacks."""
    if not isinstance(event, dict):
        return False
    method, path = event.get("httpMethod"), event.get("path")
    context = event.get("requestContext")
    said = isinstance(method, str) and isinstance(path, str)
    return said and bool(method) and isinstance(context, dict)


def _task_of(event: Any) -> str:
    """The name of a task: of a schedule's rule, or of our own call.

    Empty for neither.
    """
    if not isinstance(event, dict):
        return ""
    if set(event) == {"task"}:
        return event["task"] if isinstance(event["task"], str) else ""
    if event.get("source") != "aws.events" or event.get("httpMethod"):
        return ""
    resources = event.get("resources")
    if not (isinstance(resources, list) and len(resources) == 1):
        return ""
    return _rule_name(resources[0])


def _rule_name(arn: Any) -> str:
    """`drain` of ``arn:aws:events:…:rule/<function>-drain``, and of nothing longer."""
    if not isinstance(arn, str) or arn.count("/") != 1:
        return ""
    name = arn.rpartition("-")[2]
    return _KEEP_WARM if name == "handler.keep_warm_callback" else name


def _nudge(env: Mapping[str, str]) -> Callable[[], None]:
    """Have the outbox drained by a call of its own: Lambda freezes after an answer.

    Whether the call arrives does not matter; the schedule comes each minute.
    """
    name = env.get("AWS_LAMBDA_FUNCTION_NAME", "")
    client = lazily("lambda", env.get("AWS_ENDPOINT_URL") or None)

    def nudge() -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            client().invoke(
                FunctionName=name, InvocationType="Event", Payload=b'{"task":"drain"}'
            )
        except (BotoCoreError, ClientError):
            return

    return nudge


def opened(env: Mapping[str, str]) -> Door:
    """The door of a stage: its secrets from where the stage keeps them.

    Then all else.
    """
    return Door({**env, **secrets_below(env.get("JADA_SECRETS_PATH", ""), env)})


if os.environ.get("AWS_LAMBDA_FUNCTION_NAME"):
    handler = opened(os.environ)
