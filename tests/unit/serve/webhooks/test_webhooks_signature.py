"""Signatures of webhooks: the standard's own vector, and everything that must not pass."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.errors import FindingsError, ServeError
from shelfguard.serve.webhooks.signature import TOLERANCE, read_secret, sign, verify

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, NOW, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
"""The vector that the libraries of Standard Webhooks are tested with."""

KEY = read_secret(SECRET)
OTHER = b"another secret of thirty bytes"


def signed(**changed: str) -> dict[str, str]:
    return sign([KEY], ID, NOW, BODY) | {f"webhook-{k}": v for k, v in changed.items()}


def test_the_standard_s_vector_comes_out() -> None:
    assert sign([KEY], ID, NOW, BODY) == {
        "webhook-id": ID,
        "webhook-timestamp": str(NOW),
        "webhook-signature": SIGNED,
    }
    verify(
        [KEY],
        {"webhook-id": ID, "webhook-timestamp": str(NOW), "webhook-signature": SIGNED},
        BODY,
        NOW,
    )


@given(st.binary(min_size=24, max_size=64), st.binary(max_size=99), st.integers(0, 2**33))
def test_what_is_signed_verifies(secret: bytes, body: bytes, now: int) -> None:
    verify([secret], sign([secret], ID, now, body), body, now)


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_a_changed_byte_is_found(place: int, change: int) -> None:
    body = bytearray(BODY)
    body[place] ^= change
    with pytest.raises(FindingsError, match="no signature fits"):
        verify([KEY], signed(), bytes(body), NOW)


def test_receivers_of_the_old_and_the_new_secret_both_accept_while_it_changes() -> None:
    headers = sign([OTHER, KEY], ID, NOW, BODY)
    for accepted in ([OTHER], [KEY], [KEY, OTHER]):
        verify(accepted, headers, BODY, NOW)


def test_signatures_of_other_versions_are_passed_over() -> None:
    verify([KEY], signed(signature=f"v1a,AAAA v2,{SIGNED[3:]} {SIGNED}"), BODY, NOW)
    with pytest.raises(FindingsError, match="no signature fits"):
        verify([KEY], signed(signature=f"v2,{SIGNED[3:]}"), BODY, NOW)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"id": "msg_other"}, "no signature fits"),
        ({"id": ""}, "no webhook-id"),
        ({"timestamp": str(NOW + 1)}, "no signature fits"),
        ({"timestamp": "1614265330.0"}, "no number of seconds"),
        ({"timestamp": "-1614265330"}, "no number of seconds"),
        ({"timestamp": "9" * 400}, "no number of seconds"),
        ({"signature": ""}, "no webhook-signature"),
        ({"signature": SIGNED.removeprefix("v1,")}, "no signature fits"),
        ({"signature": "é\udcff"}, "no signature fits"),
    ],
)
def test_a_changed_header_is_found(changed: dict[str, str], reason: str) -> None:
    with pytest.raises(FindingsError, match=reason):
        verify([KEY], signed(**changed), BODY, NOW)


@pytest.mark.parametrize(("late", "reason"), [(1, "too old"), (-1, "too far in the future")])
def test_a_message_counts_for_five_minutes_around_its_time(late: int, reason: str) -> None:
    verify([KEY], signed(), BODY, NOW + late * TOLERANCE)
    with pytest.raises(FindingsError, match=reason):
        verify([KEY], signed(), BODY, NOW + late * (TOLERANCE + 1))


def test_another_secret_does_not_fit() -> None:
    with pytest.raises(FindingsError, match="no signature fits"):
        verify([OTHER], signed(), BODY, NOW)


@pytest.mark.parametrize("size", [24, 64])
def test_a_secret_is_read_with_and_without_its_prefix(size: int) -> None:
    text = base64.b64encode(bytes(size)).decode()
    assert read_secret(text) == read_secret(f" whsec_{text}\n") == bytes(size)


@pytest.mark.parametrize("text", ["", "whsec_", "secret!", "é", "QUFB" * 2, "QUFB" * 30])
def test_what_is_no_secret_is_refused(text: str) -> None:
    with pytest.raises(ServeError, match="24 to 64 bytes"):
        read_secret(text)
