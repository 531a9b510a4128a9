"""From regulatory and deal news to a graph that can be queried, mapped and cited."""

__version__ = "0.1.0"
