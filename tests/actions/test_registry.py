"""It has one handler for an intent and one function for a kind of button."""

from __future__ import annotations

from typing import Any

import pytest

import actions
from actions import registry
from actions.turn import Reply, Turn
from nlu.understanding import INTENTS


def _handler(turn: Turn) -> Reply:
    return Reply("conversation/help")


def _press(turn: Turn, arguments: dict[str, Any]) -> Reply:
    return Reply("conversation/help")


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is gone after it."""
    assert actions.registry is registry
    monkeypatch.setattr(registry, "_handlers", dict(registry._handlers))
    monkeypatch.setattr(registry, "_presses", dict(registry._presses))


@pytest.mark.parametrize("intent", INTENTS)
def test_it_has_a_handler_for_every_intent(intent: str) -> None:
    assert callable(registry.handler_of(intent))


@pytest.mark.parametrize("intent", INTENTS)
def test_it_refuses_a_second_handler(intent: str) -> None:
    there = registry.handler_of(intent)
    with pytest.raises(ValueError, match=f"'{intent}' has a handler already: {there.__qualname__}"):
        registry.handles(intent)
    assert registry.handler_of(intent) is there


@pytest.mark.parametrize("intent", ["", "dance", "HELP", "help "])
def test_it_refuses_an_unknown_intent(intent: str) -> None:
    with pytest.raises(ValueError, match="no intent of the contract"):
        registry.handles(intent)


def test_it_registers_a_function_and_leaves_it_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(registry._handlers, "greet")
    assert registry.handles("greet")(_handler) is _handler
    assert registry.handler_of("greet") is _handler


def test_it_is_complete_with_every_intent() -> None:
    registry.check_complete()


def test_it_names_all_intents_without_a_handler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(registry._handlers, "greet")
    monkeypatch.delitem(registry._handlers, "undo")
    with pytest.raises(RuntimeError, match=r"^no handler for undo, greet$"):
        registry.check_complete()


def test_it_refuses_a_second_function_for_a_button() -> None:
    registry.presses("dance")(_press)
    assert registry.press_of("dance") is _press
    with pytest.raises(ValueError, match="'dance' is taken by _press"):
        registry.presses("dance")


def test_it_has_nothing_for_a_button_of_an_older_version() -> None:
    assert registry.press_of("polka") is None
