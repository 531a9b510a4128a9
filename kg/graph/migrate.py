"""Older stores, brought up to this version with a copy kept: ``STORE.version-1`` beside the store.

A step is a function for the version that it starts from. It may be killed at any moment and is then run again from its
beginning, since the version is written when all is done. A version 1 held one database that readers opened while it
was written; version 2 publishes copies for them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pyoxigraph

from kg.errors import DamagedError
from kg.graph import published
from kg.graph.files import PART, sync_folder, write_whole
from kg.graph.lock import HOLDER, NAME


def migrated(path: Path, version: int) -> tuple[str, ...]:
    """Bring a store, whose lock is held, from an older version to this one; what to tell its user."""
    from kg.graph.store import MARKER, VERSION, marker

    copy = path.with_name(f"{path.name}.version-{version}")
    if not copy.exists():
        _copied(path, copy)
    for step in range(version, VERSION):
        _STEPS[step](path)
    write_whole(path / MARKER, marker())
    return (f"the store was of version {version} and is now of {VERSION}; as it was it is kept at {copy}",)


def _copied(path: Path, copy: Path) -> None:
    """A copy, of hard links where the file system allows: nothing in a store but its database changes a file."""
    from kg.graph.store import DATABASE

    part = copy.with_name(f"{copy.name}.part")
    if part.exists():
        shutil.rmtree(part)
    left_out = (PART, NAME, HOLDER, DATABASE)
    shutil.copytree(
        path, part, copy_function=linked, ignore=lambda _, names: [n for n in names if n.startswith(left_out)]
    )
    base = pyoxigraph.Store(str(path / DATABASE))
    base.backup(str(part / DATABASE))
    del base
    os.replace(part, copy)
    sync_folder(copy.parent)


def remade(path: Path, fault: Exception) -> str:
    """Make a database that doesn't open anew from the copy that readers have; what to tell its user.

    A power cut can leave the journals of a database behind its tables. What was finished is in the copy.
    """
    from kg.graph.store import DATABASE

    copy = published.hold(path)
    if copy is None:
        raise DamagedError(f"the database of the store at {path} is damaged ({fault}): kg restore a backup") from fault
    try:
        if wrong := published.damaged(copy.path):
            raise DamagedError(
                f"the database of the store at {path} is damaged ({fault}), and so is {copy.path / wrong[0]}:"
                " kg restore a backup"
            ) from fault
        number = 1
        while (kept := path / f"{DATABASE}.damaged-{number}").exists():
            number += 1
        part = path / f"{PART}{DATABASE}"
        if part.exists():
            shutil.rmtree(part)
        part.mkdir()
        for file in published.files(copy.path):
            # a database never changes its tables; its journals it does
            (linked if file.suffix == ".sst" else shutil.copy2)(str(file), str(part / file.name))
        os.replace(path / DATABASE, kept)
        os.replace(part, path / DATABASE)
        sync_folder(path)
    finally:
        copy.release()
    return f"the database was damaged ({fault}) and is made anew from what was finished last; as it was it is at {kept}"


def linked(source: str, target: str) -> str:
    """A hard link, or a copy where there can be none."""
    with suppress(OSError):
        os.link(source, target)
        return target
    return str(shutil.copy2(source, target))


def _published(path: Path) -> None:
    from kg.graph.store import DATABASE

    base = pyoxigraph.Store(str(path / DATABASE))
    published.publish(path, base.backup)
    del base


_STEPS: dict[int, Callable[[Path], None]] = {1: _published}
