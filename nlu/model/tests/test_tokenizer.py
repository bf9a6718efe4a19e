"""How bilingual text is cut into tokens."""

import pytest
from components.tokenizer import tokenize


def cut(text: str) -> list[str]:
    """The texts of the tokens."""
    return [token.text for token in tokenize(text)]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("预算30万下周三跟进", ["预", "算", "30", "万", "下", "周", "三", "跟", "进"]),
        ("quote for X200 and HX-9", ["quote", "for", "X200", "and", "HX-9"]),
        ("Acme's budget, don't ask O'Brien", ["Acme", "'s", "budget", ",", "don't", "ask", "O'Brien"]),
        ("$1,200.50 or 3.5k", ["$", "1,200.50", "or", "3.5k"]),
        ("50-60 pumps", ["50", "-", "60", "pumps"]),
        ("王总要X200两台", ["王", "总", "要", "X200", "两", "台"]),
        ("signed 👍🏽!", ["signed", "👍🏽", "!"]),
        ("  ", []),
    ],
)
def test_it_cuts(text: str, tokens: list[str]) -> None:
    """Words and numbers stay whole, Han characters stand alone."""
    assert cut(text) == tokens


@pytest.mark.parametrize("text", ["met Li Wei  of Acme, 50k 🎉", "星海科技的王总\t说:预算30万", "Größe Å 𠮷野家 x"])
def test_it_gives_exact_offsets_and_loses_nothing(text: str) -> None:
    """Each token is what stands in the text at its place."""
    tokens = tokenize(text)
    assert all(text[token.start : token.end] == token.text for token in tokens)
    assert "".join(token.text for token in tokens) == "".join(text.split())
