"""The way out: the same SQL, transpiled, gives on Spark what it gives here.

Not part of a clean clone, for Spark is four hundred megabytes: `pip install 'minxin[spark]'` and a Java make
it run.
"""

import os
import random
import shutil
from typing import Any

import pytest

from minxin.supervision.figures import (
    CALENDAR,
    COLUMNS,
    QUERIES,
    calendar_rows,
    in_dialect,
    pack_rows,
)
from minxin.supervision.figures.engine import FIGURES, engine
from minxin.supervision.indicators.name_mismatch import is_other
from tests.supervision.test_figures import ACCOUNTS, AT, HOST, LOOKS, PACKS, SEED, plant

pyspark = pytest.importorskip("pyspark", reason="the extra `spark` is not installed")
pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="Java is not installed")
MANY = 600
TYPES = {
    "INTEGER": "int",
    "SMALLINT": "smallint",
    "VARCHAR": "string",
    "DATE": "date",
    "BIGINT": "bigint",
    "BOOLEAN": "boolean",
}


@pytest.fixture(scope="module")
def relations() -> dict[str, tuple[str, list[tuple[Any, ...]]]]:
    lot = random.Random(SEED)
    planted = [plant(lot, number) for number in range(1, MANY + 1)]
    found = {name: (COLUMNS[name], rows) for name, rows in pack_rows(PACKS, on=AT).items()}
    found |= {name: (CALENDAR[name], rows) for name, rows in calendar_rows(AT).items()}
    found["accounts"] = (ACCOUNTS, [
        (each.number, each.agency, each.bound.platform, each.bound.affiliation, each.bound.status,
         each.bound.region_code, each.is_verified, each.filing_number,
         is_other(each.holder, HOST), each.was_closed)
        for each in planted
    ])  # fmt: skip
    found["looks"] = (LOOKS, [(each.number, *each.looked) for each in planted if each.looked])
    found["figures"] = (
        FIGURES,
        [(each.number, day, 1, 0) for each in planted for day in each.days],
    )
    return found


def test_spark_says_the_same(relations: dict[str, tuple[str, list[tuple[Any, ...]]]]) -> None:
    from pyspark.sql import SparkSession

    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    settings = {"spark.sql.shuffle.partitions": "2", "spark.driver.bindAddress": "127.0.0.1"}
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    try:
        with engine() as ours:
            for name, (columns, rows) in relations.items():
                ours.set_rows(name, columns, rows)
                pairs = [each.split() for each in columns.split(", ")]
                schema = ", ".join(f"{column} {TYPES[kind]}" for column, kind in pairs)
                spark.createDataFrame(rows, schema).createOrReplaceTempView(name)
            ours.evaluate()
            for name in QUERIES:
                frame = spark.sql(in_dialect(name, "spark"))
                frame.createOrReplaceTempView(name)
                theirs = sorted(map(repr, (tuple(row) for row in frame.collect())))
                assert theirs == sorted(map(repr, ours.rows(f"FROM {name}"))), name
    finally:
        spark.stop()
