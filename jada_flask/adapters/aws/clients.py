"""Clients of AWS: one of each for a process, made when it is first needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

Client = Callable[[], Any]


def lazily(service: str, endpoint_url: str | None = None, **more: Any) -> Client:
    """What gives the client of a service, always the same one; `more` is botocore's.

    A client that is made for each call costs five times what the call costs.
    """

    @cache
    def client() -> Any:
        # Not by boto3: what it has beyond this takes twice as long to load.
        from botocore.config import Config
        from botocore.session import get_session

        usual: dict[str, Any] = {
            "connect_timeout": 2,
            "read_timeout": 5,
            "retries": {"mode": "standard", "total_max_attempts": 2},
            "tcp_keepalive": True,
        }
        config = Config(**usual | more)
        return get_session().create_client(
            service, endpoint_url=endpoint_url, config=config
        )

    return client


def code_of(error: Any) -> str:
    """What AWS calls the refusal in a botocore `ClientError`."""
    return str(error.response.get("Error", {}).get("Code", ""))
