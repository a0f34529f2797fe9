"""How values look to people.

The Jinja environment, its filters, and the parts of a mail.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from jada_flask.domain.house import Dock
from jada_flask.domain.money import Money

_PACKAGE = Path(__file__).resolve().parent
_TEMPLATES = _PACKAGE.parent / "templates"
_STATIC = _PACKAGE / "static"

Zone = ZoneInfo | str


@cache
def environment() -> Environment:
    """The environment for what is rendered outside a request: mails and guest pages."""
    env = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(["html"]),
        auto_reload=False,
    )
    install(env)
    return env


def install(env: Environment) -> None:
    """Make an environment render as ours does.

    Filters, globals, whitespace, strictness.
    """
    env.undefined = StrictUndefined
    env.trim_blocks = True
    env.lstrip_blocks = True
    env.globals["asset"] = asset
    env.filters.update(
        day=day,
        short_day=short_day,
        clock=clock,
        moment=moment,
        iso=iso,
        nearness=nearness,
        relative=relative,
        until=until,
        hours=hours,
        hours_in_words=hours_in_words,
        money=money,
        percent=percent,
        plural=plural,
        phone=phone,
        label=label,
        map_link=map_link,
    )


def render(template: str, **context: Any) -> str:
    return environment().get_template(template).render(**context)


def mail_parts(name: str, **context: Any) -> tuple[str, str, str]:
    """Subject, plain text and HTML of the mail in ``email/<name>/``.

    The subject is one line, whatever line breaks its values bring along.
    """
    subject = render(f"email/{name}/subject.txt", **context)
    text = render(f"email/{name}/body.txt", **context)
    html = render(f"email/{name}/body.html", **context)
    return " ".join(subject.split()), text.strip() + "\n", html


def asset(name: str) -> str:
    """The address of a static file, which changes when any static file does."""
    version, names = _assets()
    if name not in names:
        raise ValueError(f"no such static file: {name!r}")
    return f"/static/{version}/{name}"


@cache
def _assets() -> tuple[str, frozenset[str]]:
    return fingerprint(_STATIC)


def fingerprint(folder: Path) -> tuple[str, frozenset[str]]:
    """Twelve hex digits over all files of a folder, names included, and their names."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:12], frozenset(files)


def day(at: datetime, zone: Zone) -> str:
    """``Saturday, May 30, 2026``."""
    local = _local(at, zone)
    return f"{local:%A, %B} {local.day}, {local.year}"


def short_day(at: datetime, zone: Zone) -> str:
    """``Sat May 30``."""
    local = _local(at, zone)
    return f"{local:%a %b} {local.day}"


def clock(at: datetime, zone: Zone) -> str:
    """``4:30 PM``."""
    local = _local(at, zone)
    half = "AM" if local.hour < 12 else "PM"
    return f"{local.hour % 12 or 12}:{local.minute:02} {half}"


def moment(at: datetime, zone: Zone) -> str:
    """``Sat May 30, 4:30 PM PDT``."""
    return f"{short_day(at, zone)}, {clock(at, zone)} {_local(at, zone):%Z}"


def iso(at: datetime, zone: Zone) -> str:
    """``2026-05-30T16:30-07:00``, for the ``datetime`` attribute of a time."""
    return _local(at, zone).isoformat(timespec="minutes")


def nearness(at: datetime, now: datetime, zone: Zone) -> str:
    """How many days away it is by the calendar at the dock.

    ``Today``, ``In 5 days``.
    """
    days = (_local(at, zone).date() - _local(now, zone).date()).days
    words = {-1: "Yesterday", 0: "Today", 1: "Tomorrow"}
    if days in words:
        return words[days]
    return f"In {days} days" if days > 0 else f"{-days} days ago"


def relative(at: datetime, now: datetime) -> str:
    """How long until then or since: ``in 4 min``, ``3 h ago``, ``just now``."""
    gap = at - now
    if abs(gap) < timedelta(minutes=1):
        return "just now" if gap <= timedelta(0) else "in a moment"
    span = _span(abs(gap))
    return f"in {span}" if gap > timedelta(0) else f"{span} ago"


def until(end: datetime, start: datetime, zone: Zone) -> str:
    """``7:30 PM``; where it ends on another day than it starts, ``Sun May 31.

    1:00 AM``.
    """
    if _local(end, zone).date() == _local(start, zone).date():
        return clock(end, zone)
    return f"{short_day(end, zone)}, {clock(end, zone)}"


def hours(minutes: int) -> str:
    """``3 h``, ``2 h 30 min``, ``45 min``."""
    return _length(minutes, f"{minutes // 60} h", f"{minutes % 60} min")


def hours_in_words(minutes: int) -> str:
    """``3 hours``, ``2 hours 30 minutes``."""
    return _length(
        minutes, plural(minutes // 60, "hour"), plural(minutes % 60, "minute")
    )


def money(amount: Money) -> str:
    """``$289.41``; an amount below zero with a minus sign of full width."""
    return str(amount).replace("-", "\N{MINUS SIGN}")


def percent(share: Decimal) -> str:
    """``18%``, ``12.5%``."""
    return f"{share.normalize():f}%"


def plural(count: int, one: str, many: str = "") -> str:
    """``1 guest``, ``4 guests``."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def phone(number: str) -> str:
    """What follows ``tel:`` in a link: digits, and the plus sign that may lead them.

    Empty where there is no number to dial, so that a page can leave the link out.
    """
    digits = re.sub(r"[^0-9]", "", number)
    plus = "+" if number.strip().startswith("+") else ""
    return plus + digits if digits else ""


def label(name: str) -> str:
    """The name of a step, role or deed as people read it: ``Crew event``."""
    words = name.replace("_", " ").replace(".", " ").strip()
    return words[:1].upper() + words[1:]


def map_link(dock: Dock) -> str:
    """A map of the dock; on a phone it opens the app that is there for it."""
    return (
        "https://www.google.com/maps/search/?api=1&query="
        f"{dock.latitude:.6f}%2C{dock.longitude:.6f}"
    )


def _local(at: datetime, zone: Zone) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be shown")
    return at.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone)


def _length(minutes: int, whole: str, rest: str) -> str:
    """Both parts of a length of time, without a part that is nothing."""
    if minutes < 60:
        return rest
    return f"{whole} {rest}" if minutes % 60 else whole


def _span(gap: timedelta) -> str:
    """Whole days from two days on, whole hours from two hours on, else minutes."""
    if gap >= timedelta(days=2):
        return f"{gap.days} days"
    if gap >= timedelta(hours=2):
        return f"{gap // timedelta(hours=1)} h"
    return f"{gap // timedelta(minutes=1)} min"
