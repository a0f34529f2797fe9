"""Addresses that we hand out.

Their only source is the configuration, never a request.
"""

from __future__ import annotations

from dataclasses import dataclass

from jada_flask.domain.crew import make_token


@dataclass(frozen=True, slots=True)
class Links:
    """The office's and the guests' origin.

    And the secret that crew links are made with.
    """

    base_url: str
    guest_url: str
    secret: str

    def crew_token(self, event_id: str, crew_id: str, nonce: str) -> str:
        return make_token(self.secret, event_id, crew_id, nonce)

    def crew(self, event_id: str, token: str) -> str:
        return f"{self.base_url}/events/{event_id}?token={token}"

    def event(self, event_id: str) -> str:
        """The crew's page; it asks for the link where no cookie is kept."""
        return f"{self.base_url}/events/{event_id}"

    def guest_page(self, slug: str) -> str:
        return f"{self.guest_url}/g/{slug}"

    def dispatch(self, event_id: str) -> str:
        return f"{self.base_url}/dispatch/events/{event_id}"
