"""How the site is made: Sphinx reads the pages where they lie, so that every link is the same here and on GitHub.

    sphinx-build -c docs . site
    sphinx-build -t students -c docs . site    # without what students had better not read

The pages of the site are those of docs/ and those at the top of the repository. What index.md links under a heading is the
part of the table of contents that has this heading. Links to other files of the repository stay text: a site has no business
with model answers.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from pygments.lexers.special import TextLexer
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

ROOT = Path(__file__).parent.parent

project = "backgrade"
extensions = ["myst_parser"]
include_patterns = ["*.md", "docs/**.md"]
exclude_patterns = [path.name for path in ROOT.iterdir() if path.is_dir() and path.name != "docs"]
if tags.has("students"):  # noqa: F821 - a name that Sphinx gives
    exclude_patterns.append("docs/reference/mistakes.md")
root_doc = "docs/index"
myst_heading_anchors = 4
highlight_language = "text"
smartquotes = False  # -- begins an option

html_theme = "furo"
html_title = "backgrade"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_extra_path = ["start"]  # index.html, which leads to the first page
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False
html_show_search_summary = False  # a browser reads no other page from a disk

_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_LINK = re.compile(r"\[([^]]+)\]\(([^)#]+\.md)\)")


def add_contents(app: Sphinx, docname: str, source: list[str]) -> None:
    """Put a table of contents, which only the sidebar shows, below the index, a part for each of its headings."""
    if docname != root_doc:
        return
    folder = ROOT / "docs"
    _, *parts = _HEADING.split(source[0])
    for heading, text in zip(parts[::2], parts[1::2], strict=True):
        pages = [(shown, (folder / link).resolve().relative_to(ROOT).as_posix()) for shown, link in _LINK.findall(text)]
        lines = [f"{shown} </{page}>" for shown, page in pages if page not in exclude_patterns]
        source[0] += "\n".join(["", "```{toctree}", ":hidden:", f":caption: {heading}", "", *lines, "```", ""])


class Elsewhere(SphinxTransform):
    """Links to files that are no page: their text, with the file's path for whoever points at it."""

    default_priority = 5

    def apply(self, **_: Any) -> None:
        """Replace them in one page."""
        for link in [
            *self.document.findall(addnodes.pending_xref),
            *self.document.findall(addnodes.download_reference),
        ]:
            target = link["reftarget"]
            if isinstance(link, addnodes.download_reference):
                path = (ROOT / self.env.docname).parent.joinpath(target).resolve()
                is_here = path.is_relative_to(ROOT / "docs")
            else:
                path = ROOT / f"{target}.md"
                is_here = link.get("refdomain") != "doc" or target in self.env.found_docs
            if not is_here:
                shown = nodes.abbreviation("", "", *link.children, explanation=path.relative_to(ROOT).as_posix())
                link.replace_self(shown)


def name_levels(
    app: Sphinx, page: str, template: str, context: dict[str, Any], document: nodes.document | None
) -> None:
    """Say to screen readers which level the headings of the sidebar have: Sphinx makes them without."""
    tree = "furo_navigation_tree"
    context[tree] = context.get(tree, "").replace('role="heading"', 'role="heading" aria-level="2"')


def setup(app: Sphinx) -> dict[str, bool]:
    """Register all of this."""
    app.connect("source-read", add_contents)
    app.connect("html-page-context", name_levels, priority=900)  # when the theme is done
    app.add_transform(Elsewhere)
    app.add_lexer("csv", TextLexer)  # the language of tables has no colours
    return {"parallel_read_safe": True, "parallel_write_safe": True}
