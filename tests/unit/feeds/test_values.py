"""Prices, category paths and check digits as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.feeds.values import amounts, category_path, gtin_valid, money


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("1 299,00 $", 1299.0, None),
        ("1 299,00 $ CA", 1299.0, "CAD"),
        ("5 $ CAD", 5.0, "CAD"),
        ("$1,299.00", 1299.0, None),
        ("CA$12", 12.0, "CAD"),
        ("C$ 12", 12.0, "CAD"),
        ("US$12.50", 12.5, "USD"),
        ("12.5 CAD", 12.5, "CAD"),
        ("CAD 12.50", 12.5, "CAD"),
        ("19,99 €", 19.99, "EUR"),
        ("1.299,00 €", 1299.0, "EUR"),
        ("1.299 €", 1299.0, "EUR"),
        ("1'299.50 CHF", 1299.5, "CHF"),
        ("1\u202f299,00\u00a0$", 1299.0, None),
        ("1,234,567.89", 1234567.89, None),
        ("£0.99", 0.99, "GBP"),
        ("12", 12.0, None),
        ("12.345", 12.345, None),
        ("12,345", 12345.0, None),
    ],
)
def test_prices(text: str, amount: float, currency: str | None) -> None:
    assert money(text) == (amount, currency)


@pytest.mark.parametrize("text", ["free", "10-20", "-5", "1,23,4", "nan", "$", "12 dollars"])
def test_what_is_no_price_is_unknown(text: str) -> None:
    assert money(text)[0] is None


@given(st.lists(st.floats(0, 1e9).map(lambda price: round(price, 2)) | st.none()))
def test_plain_numbers_pass_through_as_text_or_number(prices: list[float | None]) -> None:
    assert amounts(prices) == (prices, None, 0)
    assert amounts(["" if p is None else str(p) for p in prices]) == (prices, None, 0)


def test_numbers_that_are_no_prices_are_counted() -> None:
    assert amounts(["nan", "-1", "5", "12 €"]) == (
        [None, None, 5.0, 12.0],
        [None, None, None, "EUR"],
        2,
    )


def test_a_price_does_not_depend_on_the_prices_beside_it() -> None:
    alone = [amounts([text])[0][0] for text in ("1e3", "$5", "free")]
    assert amounts(["1e3", "$5", "free"]) == (alone, [None, None, None], 1)
    assert alone == [1000.0, 5.0, None]


@pytest.mark.parametrize("price", [10**400, "9" * 400, "$" + "9" * 400])
def test_a_price_beyond_all_numbers_is_unknown(price: int | str) -> None:
    assert amounts([price, 1]) == ([None, 1.0], [None, None], 1)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("Toys>Kites", "Toys > Kites"),
        (" Toys / Kites ", "Toys > Kites"),
        ("Toys|Kites", "Toys > Kites"),
        ("Toys :: Kites > ", "Toys > Kites"),
        ("Toys", "Toys"),
    ],
)
def test_category_paths(text: str, path: str) -> None:
    assert category_path(text) == path


@pytest.mark.parametrize(
    "code", ["4006381333931", "036000291452", "96385074", "00012345678905", "0-306-40615-2"]
)
def test_right_check_digits(code: str) -> None:
    assert gtin_valid(code)


@pytest.mark.parametrize("code", ["4006381333930", "4.00638E+12", "12345", "", "０36000291452"])
def test_wrong_check_digits(code: str) -> None:
    assert not gtin_valid(code)


@given(st.from_regex(r"[0-9]{12}", fullmatch=True))
def test_exactly_one_last_digit_is_right(start: str) -> None:
    assert sum(gtin_valid(start + last) for last in "0123456789") == 1
