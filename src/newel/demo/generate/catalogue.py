"""The products and what is in stock of them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from newel.demo.generate.source import chance, data
from newel.demo.shapes import Money, Product

SOLD_OUT = {
    "HW-106",
    "HW-119",
    "HW-125",
    "HW-130",
    "HW-146",
    "HW-158",
    "HW-172",
    "HW-179",
}


def products(today: date) -> list[Product]:
    """All products, by SKU."""
    rows = [(category, row) for category, rows in data("products").items() for row in rows]
    return [_product(category, row, today) for category, row in rows]


def _product(category: str, row: Sequence[Any], today: date) -> Product:
    sku, name, price, warranty = row
    luck = chance("stock", sku)
    stock, wait = luck.randint(6, 140), timedelta(days=luck.randint(5, 28))
    return Product(
        sku=sku,
        name=name,
        category=category,
        price=Money(price),
        stock=0 if sku in SOLD_OUT else stock,
        restock_on=today + wait if sku in SOLD_OUT else None,
        warranty_years=warranty,
    )
