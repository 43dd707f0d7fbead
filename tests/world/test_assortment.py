"""The goods that a shop stocks."""

from __future__ import annotations

import pytest

from simulator.core.seeds import Seeds
from simulator.world.assortment import assortment, catalogue, check_digit


@pytest.mark.parametrize(("digits", "digit"), [("400638133393", 1), ("629104150021", 3), ("0000000", 0)])
def test_check_digits_are_those_of_gs1(digits: str, digit: int) -> None:
    assert check_digit(digits) == digit


def test_skus_are_gtins_that_no_real_product_has() -> None:
    skus = [good.item.sku for good in catalogue()]
    assert len(set(skus)) == len(skus)
    for sku in skus:
        assert len(sku) == 13
        assert int(sku[-1]) == check_digit(sku[:-1])
        assert sku.startswith(("02", "04", "2"))


def test_goods_are_plausible() -> None:
    for good in catalogue():
        assert 10 <= good.item.unit_weight <= 10_000
        assert 1 <= good.item.price <= 30
        assert not (good.item.chilled and good.item.pharmacy)
    assert sum(good.item.chilled for good in catalogue()) > 30
    assert sum(good.item.pharmacy for good in catalogue()) > 5


def test_popularity_is_skewed_and_sums_to_one() -> None:
    shares = sorted((good.popularity for good in assortment(160, Seeds(1).draws("shop"))), reverse=True)
    assert sum(shares) == pytest.approx(1.0)
    assert 0.4 < sum(shares[:32]) < 0.7, "a fifth of the goods make about half of the sales"


def test_a_shop_stocks_goods_once_in_the_order_of_the_aisles() -> None:
    order = [good.item.sku for good in catalogue()]
    stocked = [order.index(good.item.sku) for good in assortment(100, Seeds(1).draws("shop"))]
    assert len(stocked) == 100
    assert stocked == sorted(set(stocked))


@pytest.mark.parametrize("count", [0, 10_000])
def test_more_goods_than_there_are_is_an_error(count: int) -> None:
    with pytest.raises(ValueError, match="a shop stocks 1 to"):
        assortment(count, Seeds(1).draws("shop"))
