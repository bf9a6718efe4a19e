"""Reply + language → what a person reads. The only file that knows Jinja2."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from actions.playbook import load as load_playbook
from actions.turn import Button, Reply
from nlu.values.amounts import write_amount
from nlu.values.times import write_date, write_when

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
LANGUAGES = ("en", "zh")


# Control characters but line ends, surrogates, and marks that turn the direction of writing. The joiner of emoji stays.
_STEERING = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


@dataclass(frozen=True)
class Rendered:
    """A reply in words: `html` with Telegram's tags, `text` without any, and the buttons' labels."""

    html: str
    text: str
    labels: tuple[str, ...]


def render(reply: Reply, language: str, today: date) -> Rendered:
    """The words of a reply, its dates as they are said `today`. Raises jinja2 errors for a missing template or an
    undefined fact."""
    _TODAY.set(today)
    markup = _tidy(_environment(language).get_template(f"{reply.template}.j2").render(reply.facts))
    labels = tuple(_label(button, language) for button in reply.buttons)
    return Rendered(markup, plain(markup), labels)


def plain(markup: str) -> str:
    """A rendered reply without tags."""
    return html.unescape(re.sub(r"</?[a-z]+>", "", markup))


def words(name: str, language: str) -> Mapping[str, str]:
    """The entries of `templates/<language>/<name>.yml`."""
    return _words(name, language)


def _word(name: str, language: str) -> str:
    """What a value is called; what kinds of objections are called is in the playbook. A word of somebody's stays as it is."""
    objection = load_playbook().objections.get(name)
    return objection.name.in_(language) if objection else _words("words", language).get(name, name)


def _label(button: Button, language: str) -> str:
    return html.unescape(_label_template(button.label, language).render(button.facts))


@cache
def _label_template(name: str, language: str) -> Template:
    return _environment(language).from_string(_words("buttons", language)[name])


@cache
def _words(name: str, language: str) -> Mapping[str, str]:
    loaded: dict[str, str] = yaml.safe_load((TEMPLATES / language / f"{name}.yml").read_text(encoding="utf-8"))
    return loaded


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES / language),
        # Names and notes are other people's text: one `<` in them would kill a Telegram message.
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = lambda iso: _moment(iso[:10], language)
    environment.filters["date"] = lambda iso: write_date(date.fromisoformat(iso[:10]), language)
    environment.filters["moment"] = lambda iso: _moment(iso, language)
    environment.filters["money"] = lambda amount: _money(amount, language)
    environment.filters["number"] = number
    environment.filters["field"] = lambda name: _words("fields", language)[name]
    environment.filters["intent"] = lambda name: _words("intents", language)[name]
    environment.filters["word"] = lambda name: _word(str(name), language)
    return environment


def _tidy(text: str) -> str:
    """No spaces at line ends, no more than one empty line, and nothing of a name that would steer a screen."""
    text = _STEERING.sub("", text)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.splitlines())).strip()


_TODAY: ContextVar[date] = ContextVar("today")
"""The day of whom a reply is for. No part of the environment: all templates would be compiled anew each day."""


def _moment(iso: str, language: str) -> str:
    """A date, or date and time, as it is said today; what is written here can be read back."""
    clock = datetime.fromisoformat(iso).time() if "T" in iso else None
    return write_when(date.fromisoformat(iso[:10]), clock, language, _TODAY.get())


def number(value: float) -> str:
    """A number with thousands separators and no needless decimals."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _money(amount: Mapping[str, Any], language: str) -> str:
    return write_amount(Decimal(str(amount["value"])), amount["currency"], language)
