"""YAML that anybody may have written."""

from __future__ import annotations

from typing import Any

import yaml

# a day that the calendar hasn't, a number of 5,000 digits, a tag on what isn't of its kind: PyYAML lets through what
# Python says of them
_RAISED = (yaml.YAMLError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)


def load(text: str) -> Any:
    """What a YAML holds; ValueError, of one line, where it can't be read."""
    try:
        return yaml.safe_load(text)
    except _RAISED as fault:
        raise ValueError(" ".join(str(fault).split())[:300] or type(fault).__name__) from fault
