"""From regulatory and deal news to a graph that can be queried, mapped and cited.

    import kg

    report = kg.read_report("2024-08.pdf")            # read, items
    facts = kg.facts(report)                          # extract, resolve
    kg.add(["2024-08.pdf"], "store")                  # all of it, into a graph on disk
    with kg.open("store") as graph:                   # query
        rows = list(graph.query("SELECT ?who ?whom { ?who kg:acquires ?whom }"))

The stages themselves are the packages of their names: ``kg.read``, ``kg.extract``, ``kg.resolve``, ``kg.graph``,
``kg.query``, ``kg.maps``. Nothing is loaded before it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.errors import KgError as KgError
    from kg.graph.store import Store as Store
    from kg.query.reader import open_store as open
    from kg.run import add as add
    from kg.run import facts as facts
    from kg.run import load as load
    from kg.run import read_report as read_report

__version__ = "0.1.0"

_PUBLIC = {
    "read_report": ("kg.run", "read_report"),
    "load": ("kg.run", "load"),
    "facts": ("kg.run", "facts"),
    "add": ("kg.run", "add"),
    "open": ("kg.query.reader", "open_store"),
    "Store": ("kg.graph.store", "Store"),
    "KgError": ("kg.errors", "KgError"),
}
__all__ = ["KgError", "Store", "__version__", "add", "facts", "load", "open", "read_report"]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    module, attribute = _PUBLIC[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
