"""The tokens of SPARQL, as far as it takes to tell names and variables from strings and comments."""

from __future__ import annotations

import re

TOKEN = re.compile(
    r"""(?P<string>\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<iri><[^<>"{}|^`\\\s]*>)
    |(?P<comment>\#[^\n]*)
    |(?P<variable>[?$]\w+)
    |(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<blank>_:[\w.\-]+)
    |(?P<name>(?P<prefix>[^\W\d_](?:[\w.\-]*[\w\-])?)?:(?P<local>(?:[\w\-:%]|\.(?=[\w\-:%])|\\.)*))
    |(?P<word>[A-Za-z]\w*)
    |(?P<mark>[{}()])""",
    re.VERBOSE | re.DOTALL,
)
