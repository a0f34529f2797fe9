"""Bookings from files: JSON, or a mail of a marketplace."""

from __future__ import annotations

from jada_flask.domain.audit import Actor

_INTAKE = Actor("intake", "shell")
_BAD = ("quarantined", "refused")
