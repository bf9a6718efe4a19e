"""Manny with a Telegram door: a module's tests share one stand-in for the language model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.wiring import Manny
from tests.bot.house import Served, build
from tests.bot.stub_nlu import StubNlu
from tests.fake_telegram import FakeTelegram


@pytest.fixture(scope="module")
def nlu() -> Iterator[StubNlu]:
    with StubNlu() as stub:
        yield stub


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    with FakeTelegram() as fake:
        yield fake
        assert fake.faults == []


@pytest.fixture
def manny(tmp_path: Path, telegram: FakeTelegram, nlu: StubNlu) -> Iterator[Manny]:
    built = build(tmp_path, nlu.url, telegram.url)
    yield built
    built.close()


@pytest.fixture
def served(manny: Manny, telegram: FakeTelegram) -> Iterator[Served]:
    with Served(manny, telegram.token) as running:
        yield running
