"""Lambda's door: requests of API Gateway, and the tasks that may be run, by exact name.

Everything is loaded when the function starts, while Lambda still lends it a whole CPU.
What is neither a request nor one of our tasks is refused: Zappa's own door would run
any function that an event names.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from apig_wsgi import make_lambda_handler

from jada_flask import ahead
from jada_flask.access_log import AccessLog
from jada_flask.adapters.aws.clients import lazily
from jada_flask.adapters.aws.nudge import QueueNudge
from jada_flask.adapters.aws.secrets import secrets_below
from jada_flask.app import create_app
from jada_flask.config import Config
from jada_flask.edge import Edge
from jada_flask.wiring import build

_KEEP_WARM = "keep_warm"
_NUDGE = "-nudge"
# Whoever made a promise waits for the queue, but never for long.
_PATIENCE = {"connect_timeout": 1, "read_timeout": 1}


class Door:
    """One function of Lambda, ready to be called."""

    def __init__(self, env: Mapping[str, str]) -> None:
        settings = Config.from_env(env)
        queue = lazily("sqs", settings.aws_endpoint or None, **_PATIENCE)
        self._nudge = QueueNudge(queue, settings.nudge_queue)
        self._app = create_app(build(settings, nudge=self._nudge))
        self._tasks = {} if settings.public else _tasks()
        self._queues = _queues(settings.nudge_queue)
        edge = Edge(self._app.wsgi_app, settings.base_url, settings.origin_secret)
        self._http = make_lambda_handler(AccessLog(edge), binary_support=True)

    def __call__(self, event: Any, context: Any) -> Any:
        """Answer a request, or run a task.

        Raises `PermissionError` for anything else.
        """
        try:
            if not _is_request(event):
                return self._run(event, context)
            event.pop("stageVariables", None)
            return self._http(event, context)
        finally:
            self._nudge.send()

    def _run(self, event: Any, context: Any) -> Any:
        queue = _queue_of(event)
        name = self._queues.get(queue, "") if queue else _rule(event)
        if name == _KEEP_WARM:
            return None
        if name not in self._tasks:
            raise PermissionError("this event is neither a request nor a task of ours")
        with self._app.app_context():
            return self._tasks[name](event, context)


def _queues(nudges: str) -> Mapping[str, str]:
    """Which task the lines of a queue are for; the queues of a stage lie together."""
    stage = nudges.removesuffix(_NUDGE)
    if stage == nudges:
        return {nudges: "drain"}
    return {nudges: "drain", f"{stage}-mail-feedback": "feedback"}


def _tasks() -> Mapping[str, Any]:
    """What the office runs by itself; the public function loads none of it."""
    from jada_flask.tasks import TASKS

    return TASKS


def _is_request(event: Any) -> bool:
    """A request of API Gateway (REST): by what it has, not by what it lacks."""
    if not isinstance(event, dict):
        return False
    method, path = event.get("httpMethod"), event.get("path")
    context = event.get("requestContext")
    said = isinstance(method, str) and isinstance(path, str)
    return said and bool(method) and isinstance(context, dict)


def _queue_of(event: Any) -> str:
    """The queue that all lines of an event come from; empty for anything else."""
    records = event.get("Records") if isinstance(event, dict) else None
    if not (isinstance(records, list) and all(isinstance(r, dict) for r in records)):
        return ""
    queue = records[0].get("eventSourceARN") if records else None
    ours = all(
        (r.get("eventSource"), r.get("eventSourceARN")) == ("aws:sqs", queue)
        for r in records
    )
    return queue if ours and isinstance(queue, str) else ""


def _rule(event: Any) -> str:
    """The name of the task that a schedule's rule names; empty for anything else."""
    if not isinstance(event, dict):
        return ""
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


def opened(env: Mapping[str, str]) -> Door:
    """The door of a stage: its secrets from where the stage keeps them.

    Then all else.
    """
    return Door({**env, **secrets_below(env.get("JADA_SECRETS_PATH", ""), env)})


if os.environ.get("AWS_LAMBDA_FUNCTION_NAME"):
    handler = opened(os.environ)
    ahead.loaded()
