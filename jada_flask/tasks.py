"""What schedules and queues run.

Each takes exactly `event` and `context`: after a `TypeError` Zappa calls a task again
with fewer arguments, and a looser signature would run it up to three times.
"""

from __future__ import annotations

from typing import Any

from flask import current_app

from jada_flask.services.worker import drain_of
from jada_flask.web.context import Parts


def drain(event: Any, context: Any) -> dict[str, int]:
    """Send the messages that are due: each minute, and right after a request."""
    parts: Parts = current_app.extensions["jada"]
    tally = drain_of(parts.office, parts.ports).run()
    return {state.value: count for state, count in tally.items()}
