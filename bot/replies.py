"""Reply + language → what a person reads. The only file that knows Jinja2."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from actions.turn import Button, Reply

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
LANGUAGES = ("en", "zh")
_WEEKDAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Rendered:
    """A reply in words: `html` with Telegram's tags, `text` without any, and the buttons' labels."""

    html: str
    text: str
    labels: tuple[str, ...]


def render(reply: Reply, language: str) -> Rendered:
    """The words of a reply. Raises jinja2 errors for a missing template or an undefined fact."""
    environment = _environment(language)
    markup = _tidy(environment.get_template(f"{reply.template}.j2").render(reply.facts))
    labels = tuple(_label(button, language) for button in reply.buttons)
    return Rendered(markup, plain(markup), labels)


def plain(markup: str) -> str:
    """A rendered reply without tags."""
    return html.unescape(re.sub(r"</?[a-z]+>", "", markup))


def words(name: str, language: str) -> Mapping[str, str]:
    """The entries of `templates/<language>/<name>.yml`."""
    return _words(name, language)


def _label(button: Button, language: str) -> str:
    return html.unescape(
        _environment(language).from_string(_words("buttons", language)[button.label]).render(button.facts)
    )


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
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = lambda iso: _day(iso, language)
    environment.filters["moment"] = lambda iso: _moment(iso, language)
    environment.filters["money"] = money
    environment.filters["number"] = number
    environment.filters["field"] = lambda name: _words("fields", language)[name]
    environment.filters["word"] = lambda name: _words("words", language).get(str(name), name)
    return environment


def _tidy(text: str) -> str:
    """No spaces at line ends, no more than one empty line."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.splitlines())).strip()


def _day(iso: str, language: str) -> str:
    day = date.fromisoformat(iso[:10])
    weekday = _WEEKDAYS[language][day.weekday()]
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日 {weekday}"
    return f"{weekday} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def _moment(iso: str, language: str) -> str:
    if "T" not in iso:
        return _day(iso, language)
    clock = datetime.fromisoformat(iso).strftime("%H:%M")
    return f"{_day(iso, language)} {clock}" if language == "zh" else f"{_day(iso, language)}, {clock}"


def number(value: float) -> str:
    """A number with thousands separators and no needless decimals."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def money(amount: Mapping[str, Any]) -> str:
    """An amount with its currency: 48,000 USD."""
    return f"{number(amount['value'])} {amount['currency']}"
