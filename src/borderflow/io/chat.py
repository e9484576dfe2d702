"""A chat-completions endpoint asked for structured output; off unless an address is given. What comes back is judged in `evidence.model`."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from borderflow.errors import InputError, Problem
from borderflow.evidence.model import Model, ModelError
from borderflow.io.fetch import read_bounded

SECONDS = 120.0
_MOST_BYTES = 4_000_000


def chat_model(url: str, name: str, secret: str = "", seconds: float = SECONDS) -> Model:
    """A model behind an address such as http://localhost:8000/v1; `secret` is sent as bearer token where given.

    Raises InputError for an address that is none.
    """
    if not url.lower().startswith(("http://", "https://")):
        raise InputError([Problem("--model-url", 0, f"'{url}' is not a web address", "give one such as http://localhost:8000/v1")])
    address = url.rstrip("/") + ("" if url.rstrip("/").endswith("/chat/completions") else "/chat/completions")

    def ask(prompt: str, schema: dict[str, Any]) -> str:
        body = {
            "model": name,
            "temperature": 0,
            "messages": [{"role": "user", "content": prompt}],
            "response_format": {"type": "json_schema", "json_schema": {"name": "claims", "strict": True, "schema": schema}},
        }
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {secret}"} if secret else {})}
        request = urllib.request.Request(address, json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=seconds) as answer:
                return _content(read_bounded(answer, _MOST_BYTES, seconds))
        except (urllib.error.URLError, OSError, ValueError) as error:
            raise ModelError(f"{address}: {getattr(error, 'reason', error)}") from error

    return ask


def _content(data: bytes) -> str:
    """The text of the first choice of an answer."""
    if len(data) > _MOST_BYTES:
        raise ModelError("the answer is too long")
    try:
        content = json.loads(data)["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
        raise ModelError("the answer is not a chat completion") from error
    if not isinstance(content, str):
        raise ModelError("the answer holds no text")
    return content
