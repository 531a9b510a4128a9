"""Extraction on Spark: the parts of ``kg.extraction``, done by the cluster's workers.

Spark hands out the parts and tries again those whose machine was lost; reading, the pipeline and the files are those
of ``kg extract``, so both write the same bytes. For tables that Spark itself reads (Hive, S3, a stream) there is
``quads``, the same function from a batch of documents as a step of a DataFrame.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.batch import FIELDS, Extracted, extract, pipeline
from kg.errors import KgError, UsageError
from kg.extraction import Counts, Job, Part, counted, do, in_hand

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame, SparkSession

_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def session(master: str | None = None) -> SparkSession:
    """The session that is running (``spark-submit``), else a new one; UsageError where Spark or Java is missing."""
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as fault:
        raise UsageError("this needs Spark: pip install 'regkg[spark]', and Java 17") from fault
    builder = SparkSession.builder.appName("regkg").config("spark.ui.showConsoleProgress", "false")
    if master:
        builder = builder.master(master)
        if master.startswith("local"):
            builder = builder.config("spark.ui.enabled", "false").config("spark.driver.bindAddress", "127.0.0.1")
            builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.log.level", "OFF")
            os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
            # the workers need what is installed here
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    for name in _ONE_THREAD:
        builder = builder.config(f"spark.executorEnv.{name}", "1")
        os.environ.setdefault(name, "1")
    try:
        return builder.getOrCreate()
    except (PySparkException, OSError) as fault:
        told = str(fault)
        if "JAVA" in told or isinstance(fault, FileNotFoundError):
            raise UsageError("Spark needs Java 17: install it (apt install openjdk-17-jre-headless)") from fault
        raise KgError(f"Spark can't be started: {told.splitlines()[0]}") from fault


def runner(spark: SparkSession) -> Any:
    """What ``kg.extraction.run`` takes to have Spark do the parts."""

    def each(job: Job, parts: list[Part]) -> Iterator[tuple[Part, Counts | Exception]]:
        left = {part.number: part for part in parts}
        fault: Exception | None = None
        before: list[str] | None = None
        # each run with a process that ended gets further, since ``do`` leaves out the document that ends it twice
        while left and (there := [in_hand(job, part) for part in left.values()]) != before:
            before, fault = there, None
            try:
                # a task a part, as they come to be done
                tasks = spark.sparkContext.parallelize(list(left.values()), len(left))
                for number, counts, told in tasks.map(_Task(job)).toLocalIterator(prefetchPartitions=True):
                    yield left.pop(number), counts if told is None else KgError(told)
            except Exception as gone:  # a task whose process ended as often as Spark tries
                fault = gone
            done = [number for number, part in left.items() if (Path(job.output) / f"{part.name}.done").exists()]
            for number in done:
                part = left.pop(number)
                yield part, _written(job, part)
            if fault is None:
                break
        for part in left.values():
            why = str(fault).strip().splitlines()[:1] or ["no reason given"]
            yield part, KgError(f"its worker ended each time ({why[0][:200]}): run it again, or part the file")

    return lambda job, parts: each(job, parts) if parts else iter(())


def _written(job: Job, part: Part) -> Counts | Exception:
    """What a part that is done has written of itself."""
    return counted(Path(job.output), part) or KgError("its counts are damaged: remove its .done file and run again")


class _Task:
    """A part on a worker. Its faults are told and not raised: Spark would stop the others."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def __call__(self, part: Part) -> tuple[int, Counts | None, str | None]:
        try:
            pipeline(self._job.model)  # where it can't be had, no document is at fault
            return part.number, do(self._job, part), None
        except Exception as fault:
            told = str(fault) if isinstance(fault, KgError) else f"{type(fault).__name__}: {fault}"
            return part.number, None, told


def quads(documents: DataFrame, name: str = "documents", model: str | None = None) -> DataFrame:
    """N-Quads of a table with the columns ``id``, ``title``, ``text`` and so on, a row a document.

    Columns of the outcome: ``id``, ``quads`` (its lines), ``failed`` (why it has none; else null).
    """
    wanted = [column for column in documents.columns if column in FIELDS]
    if "text" not in wanted or "title" not in wanted:
        raise UsageError("the table needs the columns title and text; id, date, publisher and link are used, too")

    def each(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        import pyarrow

        for batch in batches:
            rows: dict[str, list[str | None]] = {"id": [], "quads": [], "failed": []}
            records = batch.to_pylist()
            places = ((str(record.get("id") or f"row {n}"), record) for n, record in enumerate(records, 1))
            for one in extract(places, name, model):
                good = isinstance(one, Extracted)
                rows["id"].append(one.id if isinstance(one, Extracted) else one.place)
                rows["quads"].append(one.quads.decode() if isinstance(one, Extracted) else None)
                rows["failed"].append(None if good else one.reason)  # type: ignore[union-attr]
            yield pyarrow.RecordBatch.from_pydict(rows, schema=_schema(pyarrow))

    return documents.select(*wanted).mapInArrow(each, "id string, quads string, failed string")


def _schema(pyarrow_: Any) -> Any:
    return pyarrow_.schema([(column, pyarrow_.string()) for column in ("id", "quads", "failed")])
