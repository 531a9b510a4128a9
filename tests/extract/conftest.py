"""The pipeline, loaded once."""

from __future__ import annotations

import pytest
from spacy.language import Language

from kg.extract import pipeline


@pytest.fixture(scope="session")
def nlp() -> Language:
    return pipeline.load()
