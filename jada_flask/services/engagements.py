"""Who is needed elsewhere around the time of a charter: the boat and her crew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from jada_flask.domain.booking import Terms
from jada_flask.domain.cautions import Engagement
from jada_flask.domain.crew import Answer
from jada_flask.ports import Item
from jada_flask.records.operations import boat_key, crew_key, stamp
from jada_flask.services.board import Card, by_date
from jada_flask.unit_of_work import UnitOfWork

_LONGEST = timedelta(days=15)  # a charter takes two weeks at most
_AROUND = timedelta(hours=12)  # more than any buffer, set-up and clean-up
_PAGE = 500
_OPEN = "~"  # after every moment


def near(work: UnitOfWork, every: Sequence[Terms]) -> list[Card]:
    """The charters that stand near any of these: one query, however many they are.

    From an index, which may lag by a moment: good enough for a warning, and looked at
    again each time a booking is shown.
    """
    if not every:
        return []
    first = min(terms.start for terms in every)
    lo, soonest = stamp(first - _LONGEST), stamp(first - _AROUND)
    hi = stamp(max(terms.end for terms in every) + _AROUND)

    def lasts(item: Item) -> bool:
        """Most of what began so early is long over, and not worth unpacking."""
        return bool(item.get("until", _OPEN) > soonest)

    cards, after = by_date(work, lo, f"{hi}~", limit=_PAGE, keep=lasts)
    while after is not None:
        more, after = by_date(work, lo, f"{hi}~", limit=_PAGE, after=after, keep=lasts)
        cards += more
    return cards


def engagements(cards: Sequence[Card], own: str, terms: Terms) -> Iterator[Engagement]:
    """What the same boat and the same people have to do near a charter, elsewhere."""
    places = {place.crew_id for place in terms.places}
    soonest, latest = terms.start - _AROUND, terms.end + _AROUND
    for card in cards:
        event = card.event
        if event.event_id == own or event.cancelled or event.start > latest:
            continue
        if event.boat == terms.boat and event.end > soonest:
            boat = boat_key(terms.boat)
            yield Engagement(boat, event.name, event.start, event.end, event.event_id)
        for one in card.crew:
            if one.crew_id not in places or one.answer == Answer.DECLINED:
                continue
            begins, ends = _moment(one.begins), _moment(one.ends)
            if ends > soonest:
                who = crew_key(one.crew_id)
                yield Engagement(who, one.name, begins, ends, event.event_id)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
