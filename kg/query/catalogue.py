"""The named questions: ``ontology/queries/*.rq``, each a SPARQL query under a head of YAML in comment lines.

    # group: deals
    # title: {zh: 收购, en: Acquisitions}
    # about: {zh: …, en: …}
    # parameters:
    #   firm: {type: entity, classes: [Company], zh: 公司, en: a firm}
    # columns:
    #   buyer: {type: thing, zh: 买方, en: Buyer}
    # evidence: ["?buyer kg:acquires ?target"]
    SELECT ?buyer ?target $FIRM { … }

A parameter is bound to the variable of its name in capitals, which the query has to project. What isn't given is bound
too: an entity to ``rdfs:Resource``, which is anything, a filter to a value that lets all pass. It has to be, since
Oxigraph decides ``BOUND($FIRM)`` from the query's text, before the values come. ``kg.query.ask`` runs a question.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from kg.errors import QueryError
from kg.items import ENTITY_TYPES
from kg.query.result import Column, ColumnType
from kg.settings import asset

Kind = Literal["entity", "date", "number", "currency", "text", "kind", "deal-status", "document-status", "relation"]
#: The headings under which ``kg ask`` lists the questions, in this order.
GROUPS = {
    "documents": ("法规与文件", "Documents"),
    "parties": ("机构与人员", "Bodies and people"),
    "deals": ("交易与投资", "Deals and investments"),
    "graph": ("图谱自身", "The graph itself"),
}
_CLASSES = (*ENTITY_TYPES, "Jurisdiction")
_HEAD_KEYS = {"group", "title", "about", "parameters", "columns", "gather", "evidence", "notes"}
_PARAMETER_KEYS = {"type", "zh", "en", "classes", "required", "default"}
_COLUMN_KEYS = {"type", "zh", "en"}
_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_EDGE = re.compile(r"\?(\w+)(?: +(\?\w+|kg:\w+) +\?(\w+))?")


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    type: Kind
    zh: str
    en: str
    classes: tuple[str, ...] = ()  # of an entity: which may be meant
    required: bool = False
    default: str | None = None  # as a user would write it

    @property
    def variable(self) -> str:
        return self.name.upper()

    def title(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Edge:
    """What a row's evidence is evidence of: an edge (a predicate None: whichever), or all that is about a deal."""

    subject: str
    predicate: str | None = None  # kg:acquires, ?relation, or None
    object: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    name: str
    group: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    sparql: str
    path: Path
    gather: str | None = (
        None  # a column: rows of one thing (the query's first variable) that differ in it alone are one
    )
    evidence: tuple[tuple[Edge, ...], ...] = ()
    notes_zh: str = ""
    notes_en: str = ""

    def title(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en

    def about(self, lang: str) -> str:
        return self.about_zh if lang == "zh" else self.about_en

    def usage(self) -> str:
        """“kg ask deals [firm=…] [since=…]”: the required first."""
        ordered = sorted(self.parameters, key=lambda p: not p.required)
        words = [f"{p.name}=…" if p.required else f"[{p.name}=…]" for p in ordered]
        return " ".join(["kg ask", self.name, *words])


def names(folder: Path | None = None) -> list[str]:
    return sorted(path.stem for path in _folder(folder).glob("*.rq"))


def questions(folder: Path | None = None) -> list[Question]:
    """All of them, by group and then by name."""
    found = [read(path) for path in sorted(_folder(folder).glob("*.rq"))]
    return sorted(found, key=lambda question: (list(GROUPS).index(question.group), question.name))


def question(name: str, folder: Path | None = None) -> Question:
    """One of them, by its name or its Chinese title; or a file of one's own, by its path (.rq)."""
    if name.endswith(".rq"):
        return read(Path(name))
    path = _folder(folder) / f"{name}.rq"
    if _NAME.fullmatch(name) and path.is_file():
        return read(path)
    everything = questions(folder)
    for one in everything:
        if name in (one.zh, one.en):
            return one
    known = {word: one.name for one in everything for word in (one.zh, one.en.casefold(), one.name)}
    near = [known[word] for word in difflib.get_close_matches(name.casefold(), known, 3, 0.5)]
    near += [one.name for one in everything if name and name in (*one.name.split("-"), *one.zh)]
    hint = f"near it are {', '.join(dict.fromkeys(near))}" if near else "kg ask lists those that there are"
    raise QueryError(f"no question is called {name}: {hint}")


def read(path: Path) -> Question:
    """The question of a file; QueryError names file and line where its head isn't as it should be."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise QueryError(f"there is no file {path}: kg ask lists the questions that there are") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise QueryError(f"{path} can't be read: {fault}") from fault
    return _Reading(path, text).question()


def _folder(folder: Path | None) -> Path:
    return folder or asset("ontology", "queries")


class _Reading:
    """The head of one file being read; it knows on which line each key stands."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.text = path, text
        head = []
        for line in text.splitlines():
            if not line.startswith("#"):
                break
            head.append(line[2:] if line.startswith("# ") else line[1:])
        self.head = head

    def fault(self, words: str, line: int = 1) -> QueryError:
        return QueryError(f"{self.path.name}, line {line}: {words}")

    def question(self) -> Question:
        about, lines = self._yaml()
        self._keys(about, _HEAD_KEYS, lines, ())
        if self.path.stem != "-" and not _NAME.fullmatch(self.path.stem):
            raise self.fault(f"a question's name has small letters, digits and hyphens, unlike {self.path.stem}")
        group = about.get("group")
        if group not in GROUPS:
            raise self.fault(f"group is one of {', '.join(GROUPS)}, not {group}", lines.get(("group",), 1))
        zh, en = self._both(about, "title", lines)
        about_zh, about_en = self._both(about, "about", lines)
        notes_zh, notes_en = self._both(about, "notes", lines) if "notes" in about else ("", "")
        parameters = tuple(self._parameters(about.get("parameters") or {}, lines))
        columns = tuple(self._columns(about.get("columns") or {}, lines))
        if not columns:
            raise self.fault("there are no columns: name those that people see")
        projected = self._projected()
        for column in columns:
            if column.name not in projected:
                raise self.fault(
                    f"the query doesn't give ?{column.name}, which is a column", lines["columns", column.name]
                )
        for parameter in parameters:
            if parameter.variable not in projected:
                where = lines["parameters", parameter.name]
                words = f"the query doesn't project ${parameter.variable}, so {parameter.name} can't be bound to it"
                raise self.fault(words, where)
        gather = about.get("gather")
        if gather is not None and gather not in [column.name for column in columns]:
            raise self.fault(f"gather names no column: {gather}", lines["gather",])
        evidence = tuple(self._evidence(about.get("evidence") or [], lines))
        return Question(
            self.path.stem, group, zh, en, about_zh, about_en, parameters, columns, self.text, self.path,
            gather, evidence, notes_zh, notes_en,
        )  # fmt: skip

    def _yaml(self) -> tuple[dict[str, Any], dict[tuple[str, ...], int]]:
        import yaml

        # all values as strings: to YAML a column called “on” would be True
        loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
        try:
            node = yaml.compose("\n".join(self.head), Loader=loader)
            about = yaml.load("\n".join(self.head), Loader=loader)
        except yaml.YAMLError as fault:
            mark = getattr(fault, "problem_mark", None)
            words = getattr(fault, "problem", None) or "it is no YAML"
            raise self.fault(f"the head can't be read: {words}", mark.line + 1 if mark else 1) from None
        if not isinstance(about, dict):
            raise self.fault("there is no head: begin with “# group: …”, “# title: …”")
        lines: dict[tuple[str, ...], int] = {}

        def walk(at: Any, path: tuple[str, ...]) -> None:
            for key, value in at.value:
                lines[(*path, str(key.value))] = key.start_mark.line + 1
                if isinstance(value, yaml.MappingNode):
                    walk(value, (*path, str(key.value)))

        walk(node, ())
        return about, lines

    def _keys(self, found: Any, known: set[str], lines: dict[tuple[str, ...], int], under: tuple[str, ...]) -> None:
        if not isinstance(found, dict):
            raise self.fault(f"{under[-1]} has to be a mapping: {{zh: …, en: …}}", lines.get(under, 1))
        for key in found:
            if key not in known:
                near = difflib.get_close_matches(str(key), known, 1)
                hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}"
                raise self.fault(f"{key} isn't known; {hint}", lines.get((*under, str(key)), 1))

    def _both(self, about: dict[str, Any], key: str, lines: dict[tuple[str, ...], int]) -> tuple[str, str]:
        value = about.get(key)
        if not isinstance(value, dict) or set(value) != {"zh", "en"} or not all(value.values()):
            raise self.fault(f"{key} has to be {{zh: …, en: …}}", lines.get((key,), 1))
        return str(value["zh"]), str(value["en"])

    def _parameters(self, found: Any, lines: dict[tuple[str, ...], int]) -> Iterator[Parameter]:
        if not isinstance(found, dict):
            raise self.fault("parameters have to be a mapping", lines["parameters",])
        for name, about in found.items():
            under = ("parameters", str(name))
            where = lines[under]
            if not _NAME.fullmatch(str(name)) or "-" in str(name):
                raise self.fault(f"a parameter's name has small letters and underscores, unlike {name}", where)
            self._keys(about, _PARAMETER_KEYS, lines, under)
            if about.get("required", "false") not in ("true", "false"):
                raise self.fault(f"{name} is required: true or not", where)
            if about.get("type") not in get_args(Kind):
                raise self.fault(f"the type of {name} is one of {', '.join(get_args(Kind))}", where)
            if not about.get("zh") or not about.get("en"):
                raise self.fault(f"{name} has to say what it is, in zh and en", where)
            classes = tuple(about.get("classes") or ())
            for class_ in classes:
                if class_ not in _CLASSES:
                    raise self.fault(f"{name} may be of the classes {', '.join(_CLASSES)}, not {class_}", where)
            yield Parameter(
                str(name), about["type"], about["zh"], about["en"], classes,
                about.get("required") == "true", about.get("default"),
            )  # fmt: skip

    def _columns(self, found: Any, lines: dict[tuple[str, ...], int]) -> Iterator[Column]:
        if not isinstance(found, dict):
            raise self.fault("columns have to be a mapping", lines["columns",])
        for name, about in found.items():
            under = ("columns", str(name))
            self._keys(about, _COLUMN_KEYS, lines, under)
            type_ = about.get("type", "text")
            if type_ not in get_args(ColumnType):
                raise self.fault(f"the type of {name} is one of {', '.join(get_args(ColumnType))}", lines[under])
            if not about.get("zh") or not about.get("en"):
                raise self.fault(f"{name} has to have a title in zh and en", lines[under])
            yield Column(str(name), about["zh"], about["en"], type_)

    def _projected(self) -> set[str]:
        """The variables between SELECT and its group; those after AS among them."""
        body = "\n".join("" if line.lstrip().startswith("#") else line for line in self.text.splitlines())
        select = re.search(r"\bSELECT\b(.*?)(?:\bWHERE\b\s*)?\{", body, re.DOTALL | re.IGNORECASE)
        if select is None:
            raise self.fault("a question is a SELECT", len(self.head) + 1)
        given = re.sub(r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*?\bAS\s+[?$](\w+)\s*\)", r"?\1", select[1])
        return set(re.findall(r"[?$](\w+)", given))

    def _evidence(self, found: Any, lines: dict[tuple[str, ...], int]) -> Iterator[tuple[Edge, ...]]:
        where = lines.get(("evidence",), 1)
        if not isinstance(found, list):
            raise self.fault("evidence has to be a list of edges", where)
        projected = self._projected()
        for pattern in found:
            edges = []
            for part in re.split(r"\s+\.\s+", str(pattern).strip()):
                match = _EDGE.fullmatch(part)
                if match is None:
                    raise self.fault(f"evidence is “?deal” or “?buyer kg:acquires ?target”, not “{part}”", where)
                edges.append(Edge(*match.groups()))
            known = {name for edge in edges for name in (edge.subject, edge.object) if name in projected}
            if not known:
                raise self.fault(f"the query gives nothing of the evidence “{pattern}”", where)
            yield tuple(edges)
