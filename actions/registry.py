"""One handler for an intent, one function for a kind of button press; checked when the program starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from actions.turn import Reply, Turn
from nlu.understanding import INTENTS

Handler = Callable[[Turn], Reply]
Press = Callable[[Turn, dict[str, Any]], Reply]

_handlers: dict[str, Handler] = {}
_presses: dict[str, Press] = {}


def handles(intent: str) -> Callable[[Handler], Handler]:
    """Registers the one handler of `intent`. Raises ValueError for an unknown intent or a second handler."""
    if intent not in INTENTS:
        raise ValueError(f"{intent!r} is no intent of the contract")
    if intent in _handlers:
        raise ValueError(f"{intent!r} has a handler already: {_handlers[intent].__qualname__}")

    def register(handler: Handler) -> Handler:
        _handlers[intent] = handler
        return handler

    return register


def presses(name: str) -> Callable[[Press], Press]:
    """Registers what happens when a button of this kind is pressed. Raises ValueError for a second one."""
    if name in _presses:
        raise ValueError(f"{name!r} is taken by {_presses[name].__qualname__}")

    def register(press: Press) -> Press:
        _presses[name] = press
        return press

    return register


def handler_of(intent: str) -> Handler:
    """The handler of `intent`."""
    return _handlers[intent]


def press_of(name: str) -> Press | None:
    """The function behind a button; None for a kind that is no more (a button of an older version)."""
    return _presses.get(name)


def check_complete() -> None:
    """Raises RuntimeError unless every intent has a handler."""
    missing = [intent for intent in INTENTS if intent not in _handlers]
    if missing:
        raise RuntimeError(f"no handler for {', '.join(missing)}")
