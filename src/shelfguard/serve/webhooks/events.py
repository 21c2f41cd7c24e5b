"""A decision as an event.

Source: CloudEvents 1.0.2, JSON format, structured mode.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from datetime import UTC

from shelfguard.serve.webhooks.endpoints import Endpoint
from shelfguard.store.deliveries import Delivery
from shelfguard.store.saved import Saved

TYPE = "shelfguard.decision.v1"

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"


def deliveries_of(endpoints: Iterable[Endpoint], decision: Saved) -> list[Delivery]:
    """What each endpoint that wants to know of this outcome is to be sent.

    An event's id is its delivery's, alike at every attempt. It is not the decision's, which comes
    again when a listing changes and changes back.
    """
    wanted = [endpoint for endpoint in endpoints if decision.outcome in endpoint.outcomes]
    ids = [f"msg_{uuid.uuid4().hex}" for _ in wanted]
    return [
        Delivery.new(id_, endpoint.name, event(id_, decision))
        for id_, endpoint in zip(ids, wanted, strict=True)
    ]


def event(id_: str, decision: Saved) -> str:
    """The event as JSON; its `data` is the decision to the byte."""
    pack, _, _ = decision.pack.partition("@")
    attributes = {
        "specversion": "1.0",
        "id": id_,
        "source": f"/packs/{pack}",
        "type": TYPE,
        "subject": decision.listing_id,
        "time": decision.decided_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
    }
    return f'{json.dumps(attributes, ensure_ascii=False)[:-1]}, "data": {decision.body}}}'
