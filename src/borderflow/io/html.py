"""The report inside a web page: navigation, captions, forms, comments and offers taken away, one block a line, and the day it was published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from borderflow.evidence.dated import day_of

_DROPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "nav",
        "footer",
        "aside",
        "form",
        "figure",
        "figcaption",
        "button",
        "iframe",
        "svg",
        "template",
        "select",
        "option",
        "input",
        "textarea",
        "label",
        "canvas",
        "video",
        "audio",
        "object",
        "dialog",
        "menu",
        "head",
        "title",
    ]
)
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "main",
        "header",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "table",
        "thead",
        "tbody",
        "tr",
        "blockquote",
        "pre",
        "br",
        "hr",
        "address",
        "body",
        "html",
        "td",
        "th",
        "center",
    ]
)
_NOISY = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|comments?|disqus|related|share|sharing|social|promo\w*|newsletter|subscri\w+|sidebar|breadcrumbs?|footer|cookie\w*|banner|"
    r"advert\w*|ads?|sponsor\w*|popular|most-?read|recommend\w*|tags?|tag-list|captions?|cap|wp-caption|photos?|img|credit|gdpr|consent|topbar|foot|soc|rel|also|cmts?|comm|disq|paywall|modal|popup|login|signup|donat\w+|membership|widget|"
    r"see-?also|read-?more|teaser|trending|author-bio|byline-bio|pagination|copyright|skip-link|toolbar|masthead)(?:$|[\s_-])"
)
_DATES = (
    *(
        "article:published_time",
        "og:published_time",
        "datepublished",
        "date",
        "publish-date",
        "publishdate",
        "pubdate",
        "publication_date",
        "dc.date",
    ),
    *("dc.date.issued", "dcterms.date", "dcterms.created", "sailthru.date", "parsely-pub-date", "article.published", "cxenseparse:recs:publishtime"),
)
_LINKED = 0.6
"""A short block with more than this share of its letters in links is navigation."""
_MOST_NODES = 2_000_000


@dataclass(frozen=True)
class Page:
    """The text of a page and its day of publication, if it gives one."""

    text: str
    published: date | None


def page_of(html: str) -> Page:
    """The report of a page. Never fails on broken markup."""
    tree = LexborHTMLParser(html.replace("\0", " "))
    published = _published(tree)
    root = _main(tree)
    return Page("\n".join(_lines(root)) if root is not None else "", published)


def _main(tree: Any) -> Any:
    """The element that holds the report: the longest article or main, where it has a fair part of the text; else the body."""
    body = tree.body
    best, length = body, 0
    for node in tree.css("article, main, [role=main], [itemprop=articleBody]")[:200]:
        size = len(node.text(deep=True))
        if size > length:
            best, length = node, size
    whole = len(body.text(deep=True)) if body is not None else 0
    return best if length > 0.2 * whole or length > 1500 else body


def _published(tree: Any) -> date | None:
    found: dict[str, str] = {}
    for node in tree.css("meta")[:400]:
        attributes = node.attributes
        name = (attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or "").lower()
        if name in _DATES and attributes.get("content"):
            found.setdefault(name, attributes["content"] or "")
    for name in _DATES:
        day = day_of(found.get(name, "")[:60])
        if day is not None:
            return day
    for node in tree.css("script[type='application/ld+json']")[:20]:
        stated = re.search(r'"datePublished"\s*:\s*"([^"]{4,40})"', node.text(deep=True)[:200_000])
        day = day_of(stated[1]) if stated else None
        if day is not None:
            return day
    for node in tree.css("time[datetime]")[:20]:
        day = day_of((node.attributes.get("datetime") or "")[:40])
        if day is not None:
            return day
    return None


def _lines(root: Any) -> Iterator[str]:
    """Blocks of text from top to bottom, white space tidied; blocks of links left out."""
    parts: list[str] = []
    linked = 0
    for node, opening in _walk(root):
        if node is None:
            continue
        tag = node.tag
        if tag in _BLOCKS:
            line = re.sub(r"\s+", " ", "".join(parts)).strip()
            if tag in ("td", "th"):
                if opening and parts and "".join(parts).strip():
                    parts.append(": " if "".join(parts).count(": ") == 0 else " | ")
                continue
            if line and not (linked > _LINKED * len(line) and len(line) < 200):
                yield line
            parts, linked = [], 0
        elif tag == "-text" and opening:
            text = node.text_content or ""
            parts.append(text)
            if _in_link(node):
                linked += len(text.strip())
    line = re.sub(r"\s+", " ", "".join(parts)).strip()
    if line:
        yield line


def _in_link(node: Any) -> bool:
    for _ in range(3):
        node = node.parent
        if node is None:
            return False
        if node.tag == "a":
            return True
    return False


def _walk(root: Any) -> Iterator[tuple[Any, bool]]:
    """Nodes in reading order without recursion (markup may nest without end), as (node, whether it begins); noise is not entered."""
    stack: list[tuple[Any, bool]] = [(root, True)]
    seen = 0
    while stack and seen < _MOST_NODES:
        node, opening = stack.pop()
        seen += 1
        yield node, opening
        if not opening:
            continue
        child = node.last_child if node.tag != "-text" else None
        if node.tag in _BLOCKS and node.tag != "br":
            stack.append((node, False))
        while child is not None:
            if not _is_noise(child):
                stack.append((child, True))
            child = child.prev


def _is_noise(node: Any) -> bool:
    tag = node.tag
    if tag in _DROPPED or tag in ("-comment", "_comment"):
        return True
    if tag == "-text":
        return False
    if tag == "header":
        return not any(True for _ in node.css("h1"))
    if tag in ("body", "article", "main", "html"):
        return False
    attributes = node.attributes
    if attributes.get("hidden") is not None or (attributes.get("aria-hidden") == "true"):
        return True
    label = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()
    return bool(label.strip()) and bool(_NOISY.search(label[:300]))
