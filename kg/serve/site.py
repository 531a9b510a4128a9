"""What a site is set up with, and what every page of it is made from: store, templates, words, addresses."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast
from urllib.parse import quote

import jinja2
import yaml
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from kg import __version__, ids
from kg.forms.evidence import citation
from kg.query.entity import Evidence
from kg.query.links import relation_word, status_word
from kg.serve.pool import Pool
from kg.serve.shelf import Shelf
from kg.settings import Place, asset
from kg.show import TYPES

LANGS = ("zh", "en")
LANG_COOKIE = "kg_lang"
LANG_KEPT = 365 * 24 * 3600  # seconds


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may cost; what goes beyond is refused with a sentence."""

    query_seconds: float = 30.0  # of a SPARQL query or a question, until its last row
    rows: int = 100_000  # of a SPARQL answer
    answer_bytes: int = 50_000_000
    shown_rows: int = 500  # of a table in a page: the whole is for download
    body_bytes: int = 1_000_000  # of a request
    running: int = max(4, min(8, 2 * (os.cpu_count() or 1)))  # queries at a time; others wait for their turn
    waiting: int = 64  # queries that may wait: more are told to come again
    memory_bytes: int = 1 << 30  # of one query


@dataclass(frozen=True, slots=True)
class Settings:
    """How ``kg serve`` was called."""

    store: Place | str
    host: str = "127.0.0.1"
    port: int = 8000
    edit: bool = False  # whether people may judge and review
    token: str = ""  # what a visitor has to show; none on the own machine
    names: tuple[str, ...] = ()  # other names by which this machine is called, beside host and localhost
    limits: Limits = field(default_factory=Limits)


class Site:
    """One running workbench. Pages find it as ``request.app.state.site``."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.limits = settings.limits
        self.shelf = Shelf(settings.store)
        self.pool = Pool(settings.store, self.limits.running, self.limits.waiting, self.limits.memory_bytes)
        self.words = words()
        self.templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(asset("viz", "site", "templates")),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.globals.update(
            version=__version__,
            href=href,
            outside=outside,
            edit=settings.edit,
            shared=bool(settings.token),
            item_iri=ids.item,
            place_of=place_of,
            citation=citation,
            status_word=status_word,
            relation_word=relation_word,
            class_words=lambda name: TYPES.get(name, (name, name)),
        )

    def close(self) -> None:
        """At the end of the server: what was started for the site ends with it."""
        self.pool.close()

    def render(
        self,
        request: Request,
        template: str,
        values: Mapping[str, Any] | None = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """A page. Templates have ``t(key)`` and ``pick(thing_with_zh_and_en)`` in the language of the request."""
        lang = lang_of(request)
        page = self.templates.get_template(template).render(
            {
                "request": request,
                "path": request.url.path,
                "lang": lang,
                "other_lang": address(request, lang="en" if lang == "zh" else "zh"),
                "form_link": lambda form: address(request, format=form, all=None, lang=None, searched=None),
                "t": lambda key, **fill: self.say(key, lang, **fill),
                "pick": lambda thing: pick(thing, lang),
                "query": "",
                **(values or {}),
            }
        )
        response = HTMLResponse(page, status, headers=dict(headers or {}))
        if request.query_params.get("lang") in LANGS:
            response.set_cookie(LANG_COOKIE, lang, LANG_KEPT, httponly=True, samesite="strict")
        return response

    def say(self, key: str, lang: str, **fill: object) -> str:
        """A text of viz/site/words in a language, its {places} filled. A key that isn't there is a fault of ours."""
        text = self.words[key][lang]
        return text.format(**fill) if fill else text


def site_of(request: Request) -> Site:
    return cast(Site, request.app.state.site)


def lang_of(request: Request) -> str:
    """What the address asks for, else what was chosen before, else what the browser prefers."""
    for wanted in (request.query_params.get("lang"), request.cookies.get(LANG_COOKIE)):
        if wanted in LANGS:
            return str(wanted)
    return "en" if request.headers.get("accept-language", "").casefold().startswith("en") else "zh"


def pick(thing: Any, lang: str) -> str:
    """The name of something that has ``zh`` and ``en``, as attributes or keys."""
    get: Callable[[str], Any] = thing.get if isinstance(thing, Mapping) else lambda key: getattr(thing, key, "")
    return str(get(lang) or get("zh") or get("en") or "")


def address(request: Request, **changes: str | int | None) -> str:
    """The page's own address with other parameters; None takes one away."""
    url = request.url.remove_query_params([name for name, value in changes.items() if value is None])
    url = url.include_query_params(**{name: value for name, value in changes.items() if value is not None})
    return url.path + (f"?{url.query}" if url.query else "")


def href(iri: str) -> str:
    """Where in the workbench something is looked at: ours under /id/, what is others' by its address."""
    if iri.startswith(ids.BASE):
        return "/id/" + quote(iri.removeprefix(ids.BASE), safe="/~-._")
    return "/resource?iri=" + quote(iri, safe="")


def place_of(evidence: Evidence) -> str:
    """Where a quote stands in its item's text: the page of the item marks it there."""
    return f"{href(ids.item(evidence.item))}#at{evidence.start}"


def outside(link: str | None) -> Markup:
    """The href of a link that a report gives, or nothing: only the web's own addresses are followed."""
    if not link or not link.casefold().startswith(("http://", "https://")):
        return Markup("")
    return Markup('href="{}" rel="noreferrer noopener" target="_blank"').format(link)


@cache
def words() -> dict[str, dict[str, str]]:
    """All texts of the pages: viz/site/words/*.yml, a file a subject, its name before the key: ``home.title``."""
    found = {}
    for path in sorted(asset("viz", "site", "words").glob("*.yml")):
        for key, entry in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            found[f"{path.stem}.{key}"] = {lang: entry[lang] for lang in LANGS}
    return found
