"""Records of hash exchanges as their programming interfaces write them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field, field_validator

DISABLED, ENABLED = 0, 1
"""Hasher-Matcher-Actioner: values of `disable_until_ts` that are no times."""


class Ours(BaseModel):
    """What an export of Shelfguard adds to the free metadata of a content."""

    quality: int | None = None
    tags: tuple[str, ...] = ()
    source: str | None = None


class FreeMetadata(BaseModel):
    """What whoever added a content wished to keep with it."""

    shelfguard: Ours = Ours()


class Metadata(BaseModel):
    """What is known of a content."""

    content_id: str | None = None
    content_uri: str | None = None
    free: FreeMetadata | None = Field(None, alias="json")


class Content(BaseModel):
    """An item of a bank: Hasher-Matcher-Actioner, `GET /c/bank/NAME/content/ID`."""

    id: int | None = None
    disable_until_ts: int = ENABLED
    original_media_uri: str | None = None
    signals: dict[str, str]
    metadata: Metadata | None = None


class Descriptor(BaseModel):
    """What one member of an exchange says of an indicator."""

    status: str = "UNKNOWN"
    tags: tuple[str, ...] = ()

    @field_validator("tags", mode="before")
    @classmethod
    def plain(cls, tags: Any) -> Any:
        """Tags are a list of texts, null, or `{"data": [{"text": ...}]}`."""
        if isinstance(tags, dict) and isinstance(tags.get("data"), list):
            return [tag.get("text") if isinstance(tag, dict) else tag for tag in tags["data"]]
        return tags or ()


class Descriptors(BaseModel):
    """What all members say."""

    data: tuple[Descriptor, ...] = ()


class Update(BaseModel):
    """An indicator: ThreatExchange, `GET /PRIVACY_GROUP/threat_updates`."""

    id: str
    indicator: str
    type: str
    should_delete: bool = False
    descriptors: Descriptors = Descriptors()


class HashRecord(BaseModel):
    """A hash that somebody had made of an intimate picture: StopNCII.org, `FetchHashes`."""

    signal_type: str = Field(alias="signalType")
    value: str = Field(alias="hashValue")
    status: str = Field("Unknown", alias="hashStatus")
