"""What was read once is not read again."""

from pathlib import Path

import numpy as np
import pytest
from components.embeddings import REMEMBERED, Embedder
from components.encoder import Encoded


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Where the cache goes."""
    return tmp_path / "new" / "encoded.npz"


def test_the_cache_gives_back_what_was_read(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["has budget, no say", "预算批了", "ＡＣＭＥ ok"]
    first, second = Embedder(), Embedder()
    first.learn(texts, cache)
    monkeypatch.setattr(second, "_compute", lambda texts: pytest.fail("read again"))
    second.learn(texts, cache)
    for text, fresh in zip(texts, Embedder().encode(texts)):
        kept = second.learnt(text)
        assert kept.spans == fresh.spans
        np.testing.assert_allclose(kept.sentence, fresh.sentence, atol=1e-3)
        np.testing.assert_allclose(kept.parts, fresh.parts, atol=1e-3)
        # Outliers beyond 127 steps are cut off.
        np.testing.assert_allclose(kept.words, np.clip(fresh.words, -10.6, 10.6), atol=0.05)


def test_a_text_has_a_row_for_each_of_its_clauses() -> None:
    embedder = Embedder()
    rows = embedder.parts(["has budget, no say", "ok"])
    assert rows.shape == (3, 384)
    np.testing.assert_array_equal(rows[:2], embedder.encode(["has budget, no say"])[0].parts)


def test_a_broken_cache_is_read_anew(cache: Path) -> None:
    cache.parent.mkdir()
    cache.write_bytes(b"PK no archive")
    embedder = Embedder()
    embedder.learn(["has budget"], cache)
    assert isinstance(embedder.learnt("has budget"), Encoded)
    assert cache.stat().st_size > 100


def test_a_server_remembers_the_last_texts_only() -> None:
    embedder = Embedder()
    embedder.encode([str(number) for number in range(REMEMBERED)])
    embedder.encode(["one more"])
    assert len(embedder._recent) == REMEMBERED
