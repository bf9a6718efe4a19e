"""A Bot API server of our own, strict and scriptable: for tests over real HTTP, and to try Manny without Telegram."""

from tests.fake_telegram.server import FakeTelegram, Request, Sent

__all__ = ["FakeTelegram", "Request", "Sent"]
