"""Bookings from files: JSON, or a mail of a marketplace."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import click
from flask.cli import with_appcontext

from jada_flask.domain.audit import Actor
from jada_flask.domain.errors import JadaError
from jada_flask.intake.source import Arrival, read_source
from jada_flask.services import automation, intake
from jada_flask.services.house import operations
from jada_flask.services.intake import Verdict
from jada_flask.services.worker import drain_of
from jada_flask.unit_of_work import UnitOfWork
from jada_flask.web.context import Parts, parts

_INTAKE = Actor("intake", "shell")
_BAD = ("quarantined", "refused")
