"""What schedules and queues run.

Each takes exactly `event` and `context`: after a `TypeError` Zappa calls a task again
with fewer arguments, and a looser signature would run it up to three times.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from flask import current_app

from jada_flask import intake_poll
from jada_flask.domain.errors import JadaError, UnreadableError
from jada_flask.intake import ses
from jada_flask.intake_poll import INTAKE
from jada_flask.services import outbox, returned_mails
from jada_flask.services.drain import Drain
from jada_flask.services.worker import drain_of
from jada_flask.unit_of_work import UnitOfWork, retried
from jada_flask.web.context import Parts

_LOG = logging.getLogger(__name__)
_LONGEST_DELIVERY = 60_000  # milliseconds that the bridge to Apps Script may take


def drain(event: Any, context: Any) -> dict[str, int]:
    """Send the messages that are due: each minute, and right after a request."""
    parts: Parts = current_app.extensions["jada"]
    draining = drain_of(parts.office, parts.ports)
    tally = draining.run(lambda: _time_left(context))
    _tell_alarms(parts, draining)
    return {state.value: count for state, count in tally.items()}


def poll(event: Any, context: Any) -> dict[str, int]:
    """Take the booking mails that are new, where the settings name a label of Gmail.

    An inbox that does not answer is a matter of the next look; the dispatch pages tell
    of one that keeps silent.
    """
    parts: Parts = current_app.extensions["jada"]
    inbox, at = parts.ports.inbox, parts.ports.clock.now()
    if inbox is None:
        return {}
    try:
        tally = intake_poll.poll(lambda: UnitOfWork(parts.office), inbox, INTAKE, at)
    except JadaError as error:
        _LOG.warning("the inbox could not be read: %s", error)
        return {}
    return {verdict.value: count for verdict, count in tally.items()}


def feedback(event: Any, context: Any) -> dict[str, Any]:
    """Note what SES tells of mails that came back, line by line of its queue.

    What is not as SES sends it is logged and gone, since it would be no better the next
    time; what the store did not take comes again.
    """
    again = [line for line in event["Records"] if not _noted(line)]
    return {
        "batchItemFailures": [{"itemIdentifier": one["messageId"]} for one in again]
    }


def _noted(line: Any) -> bool:
    """Whether a line is done with."""
    parts: Parts = current_app.extensions["jada"]
    at = parts.ports.clock.now()
    try:
        for told in ses.read(line["body"]):
            note = partial(returned_mails.note, told=told, at=at)
            retried(lambda: UnitOfWork(parts.office), note)
    except UnreadableError as error:
        _LOG.warning("line %s of mails is dropped: %s", line["messageId"], error)
    except JadaError as error:
        _LOG.warning("line %s of mails comes again: %s", line["messageId"], error)
        return False
    return True


def _time_left(context: Any) -> bool:
    """Whether what is begun now would end before Lambda ends the function."""
    if context is None:
        return True
    return bool(context.get_remaining_time_in_millis() > _LONGEST_DELIVERY)


def _tell_alarms(parts: Parts, draining: Drain) -> None:
    """One line of the log, which the stage's alarms read their numbers from."""
    dead = outbox.waiting(UnitOfWork(parts.office), dead=True, limit=100)
    due, now = draining.next_due(), parts.ports.clock.now()
    late = max((now - due).total_seconds(), 0.0) if due else 0.0
    print(json.dumps({"outbox": {"dead": len(dead), "oldest_seconds": round(late)}}))


TASKS: Mapping[str, Callable[[Any, Any], Any]] = {
    "drain": drain,
    "poll": poll,
    "feedback": feedback,
}
