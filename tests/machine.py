"""What the tests ask of the machine they run on: programs, and no network."""

from __future__ import annotations

import ipaddress
import os
import shutil
import sys
from typing import Final

import pytest

LACKS: Final = "This machine has no "
_ADDRESSED: Final = {"socket.connect", "socket.sendmsg", "socket.sendto"}
_LOOKED_UP: Final = {
    "socket.getaddrinfo",
    "socket.gethostbyaddr",
    "socket.gethostbyname",
}
_SETTINGS: Final = ("AWS_", "GAS_", "GMAIL_", "JADA_")
_KEPT: Final = "JADA_MINISTACK_PYTHON"  # where a tool of the tests is


class NetworkError(Exception):
    """A test reached beyond this machine."""


def program(name: str, *commands: str) -> str:
    """Return the path of the first command there is.

    Without one the test is skipped and the closing line names what is missing; in CI
    it fails.
    """
    for command in commands:
        if path := shutil.which(command):
            return path
    lacking = f"{LACKS}{name}"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{lacking}, and CI must have it.")
    pytest.skip(lacking)


def cut_the_network() -> None:
    """Refuse every address but loopback, in this process and until it ends."""
    sys.addaudithook(_refuse_others)


def forget_settings() -> None:
    """Hide the settings and credentials of whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith(_SETTINGS)]:
        if name != _KEPT:
            del os.environ[name]
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-west-2",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def _refuse_others(event: str, args: tuple[object, ...]) -> None:
    if event in _ADDRESSED:
        address = args[1]
        # Sockets of a path, and those that are connected already, stay here.
        host = address[0] if isinstance(address, tuple) else None
    elif event in _LOOKED_UP:
        host = args[0]
    else:
        return
    if not _is_here(host):
        raise NetworkError(f"A test reached for {host!r}.")


def _is_here(host: object) -> bool:
    text = host.decode() if isinstance(host, bytes) else host
    if not isinstance(text, str) or text in {"", "localhost"}:
        return True
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text.endswith(".localhost")
    return address.is_loopback or address.is_unspecified
