"""How a route gets at the assistant that its application serves."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from service.assistant import Assistant


def assistant_of(request: Request) -> Assistant:
    """The assistant of the application that ``request`` came to."""
    assistant = request.app.state.assistant
    assert isinstance(assistant, Assistant)
    return assistant


Asked = Annotated[Assistant, Depends(assistant_of)]
