"""Keeps a function from reaching beyond this machine: loaded when its Python starts."""

from __future__ import annotations

from pathlib import Path

# Alone in its folder, which stands on the function's path; an address that is no
# number has to be looked up, which is refused too.
_SITE = """\
import sys

def _refuse(event, args):
    host = None
    if event in ("socket.connect", "socket.sendto"):
        host = args[1][0] if isinstance(args[1], tuple) else None
    elif event == "socket.getaddrinfo":
        host = args[0]
    if isinstance(host, bytes):
        host = host.decode()
    if host and not (host == "localhost" or host == "::1" or host.startswith("127.")):
        raise OSError(f"{host} is beyond this machine")

sys.addaudithook(_refuse)
"""


def cut(folder: Path) -> Path:
    """Make the folder that a function's Python has to have on its path."""
    folder.mkdir(parents=True)
    (folder / "sitecustomize.py").write_text(_SITE, "utf-8")
    return folder
