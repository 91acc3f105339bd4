"""The desk at 20,000 waiting items: its list reads the head of indexes, never the table."""

from uuid import uuid4

from conftest import House
from newel.store.db import sql
from plans.test_work import full, plan

__all__ = ["full"]


async def test_WRK_1_the_list_reads_the_head_of_the_queue(full: House) -> None:
    asked = ([3, 17, 31], [5], 2, uuid4())
    for workflow, priority, tag in (("", 0, ""), ("w", 2, ""), ("", 0, "glaze")):
        spoken = "en" if priority else ""
        found = await plan(full, sql("desk").queue, *asked, workflow, priority, 40, spoken, False, tag)
        assert "Seq Scan on work_item" not in found, found
        index = "work_item_apart" if workflow else "work_item_bucket"
        assert index in found, found
