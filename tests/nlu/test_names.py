"""It cuts names to what they are."""

from __future__ import annotations

from datetime import datetime

import pytest

from nlu.client import Answer, interpret
from nlu.reading import read_values

NOW = datetime(2026, 3, 2, 9)


@pytest.mark.parametrize(
    ("said", "span", "product"),
    [
        ("需要4台磨机", "台磨机", "磨机"),
        ("要4 台磨机", "台磨机", "磨机"),
        ("要两台搅拌机", "台搅拌机", "搅拌机"),
        ("要三百平方米地板", "平方米地板", "地板"),
        ("要4台磨机", "磨机", "磨机"),
        ("要3台灯", "台灯", "台灯"),
        ("想买台式电脑", "台式电脑", "台式电脑"),
        ("想买张力机", "张力机", "张力机"),
        ("they need 4 mills", "mills", "mills"),
    ],
)
def test_it_takes_no_measure_word_for_a_part_of_the_product(said: str, span: str, product: str) -> None:
    start = said.index(span)
    found = {"entity": "product", "value": span, "start": start, "end": start + len(span)}
    answer = Answer.model_validate({"intent": {"name": "log_contact", "confidence": 1.0}, "entities": [found]})
    assert interpret(said, said, read_values(said, NOW, None), answer).product == product
