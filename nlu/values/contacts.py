"""Reads phone numbers, e-mail addresses and WeChat names from a message."""

import re

import phonenumbers

from nlu.values.folding import plain

_EMAIL = re.compile(
    r"(?<![\w.+@-])[\w+-][\w.+-]{0,63}@(?:[\w-]{1,63}\.){1,4}[a-z]{2,24}(?![\w@])", re.ASCII | re.IGNORECASE
)
_WECHAT = re.compile(
    r"(?:微信|薇信|\bwe ?chat\b|\bweixin\b|\b[wv]x(?=[ :=号是]))(?P<sure>[ :=]{0,2}(?:号码?|id\b|account\b|name\b|名)?[ :=]{0,2})(?:is |是|为)?"
    r"(?P<name>[a-z][\w-]{5,19}|1\d{10})(?![\w-])",
    re.ASCII | re.IGNORECASE,
)
# What a phone number cannot hold splits the text, so that one long line of digits costs little.
_TRIES = 200


def read_phones(text: str, region: str) -> list[str]:
    """Returns the valid phone numbers in E.164; `region` (CN, DE) is for those without a country code."""
    matcher = phonenumbers.PhoneNumberMatcher(plain(text), region, max_tries=_TRIES)
    numbers = [phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164) for match in matcher]
    return list(dict.fromkeys(numbers))


def read_emails(text: str) -> list[str]:
    """Returns the e-mail addresses, as written."""
    return list(dict.fromkeys(match[0] for match in _EMAIL.finditer(plain(text))))


def read_wechat(text: str) -> str | None:
    """Returns the first WeChat name; after a bare "wechat" only one that cannot be a plain word."""
    for match in _WECHAT.finditer(plain(text)):
        if match["sure"].strip() or re.search(r"[\d_-]", match["name"]):
            return match["name"]
    return None
