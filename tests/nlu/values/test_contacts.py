"""It reads phone numbers, e-mail addresses and WeChat names."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.values.contacts import read_emails, read_phones, read_wechat

PHONES: tuple[tuple[str, str, list[str]], ...] = (
    ("call +86 138 1234 5678 or 13812345678", "CN", ["+8613812345678"]),
    ("138-1234-5678", "CN", ["+8613812345678"]),
    ("电话１３８１２３４５６７８", "CN", ["+8613812345678"]),
    ("手机:13912345678,谢谢", "CN", ["+8613912345678"]),
    ("座机010-62551234", "CN", ["+861062551234"]),
    ("his mobile 01511 1234567", "DE", ["+4915111234567"]),
    ("(415) 555-2671 is his direct line", "US", ["+14155552671"]),
    ("020 7946 0018", "GB", ["+442079460018"]),
    ("+49 30 901820 and +44 20 7946 0018", "CN", ["+4930901820", "+442079460018"]),
    ("order 20260301, 50000", "CN", []),
    ("2026-03-05 10:00", "CN", []),
    ("budget 30000, 200 pumps", "CN", []),
    ("预算30万,3台", "CN", []),
    ("", "CN", []),
    ("nothing", "ZZ", []),
)
EMAILS: tuple[tuple[str, list[str]], ...] = (
    ("a.b@c.com, x@y.co.uk.", ["a.b@c.com", "x@y.co.uk"]),
    ("mail me: Foo@Bar.DE!", ["Foo@Bar.DE"]),
    ("邮箱li@xinghai.cn。", ["li@xinghai.cn"]),
    ("wang+sales@mail.example.com", ["wang+sales@mail.example.com"]),
    ("ｌｉ＠ｘｉｎｇｈａｉ．ｃｎ", ["li@xinghai.cn"]),
    ("same a@b.com and a@b.com", ["a@b.com"]),
    ("no@mail", []),
    ("x@@y.com", []),
    ("@handle", []),
    ("", []),
)
WECHATS = (
    ("微信号：wang_2020", "wang_2020"),
    ("微信:lihua88", "lihua88"),
    ("微信是zhang_min", "zhang_min"),
    ("加我vx abc12345", "abc12345"),
    ("微信13812345678", "13812345678"),
    ("微信號 zhangsan", "zhangsan"),
    ("wx号 zhangsan", "zhangsan"),
    ("wechat: LiWei88", "LiWei88"),
    ("wechat id john_smith", "john_smith"),
    ("his WeChat is liwei1988, ok", "liwei1988"),
    ("we chat name: abcdef1", "abcdef1"),
    ("wechat message sent", None),
    ("add him on wechat please", None),
    ("微信聊了一下", None),
    ("wxyz123456", None),
    ("", None),
)


@pytest.mark.parametrize(("text", "region", "numbers"), PHONES)
def test_it_reads_phone_numbers(text: str, region: str, numbers: list[str]) -> None:
    assert read_phones(text, region) == numbers


@pytest.mark.parametrize(("text", "addresses"), EMAILS)
def test_it_reads_addresses(text: str, addresses: list[str]) -> None:
    assert read_emails(text) == addresses


@pytest.mark.parametrize(("text", "name"), WECHATS)
def test_it_reads_wechat_names(text: str, name: str | None) -> None:
    assert read_wechat(text) == name


@given(text=st.text() | st.text("0123456789+-() @.a微信"), region=st.sampled_from(["CN", "DE", "US", "ZZ", ""]))
def test_it_never_fails(text: str, region: str) -> None:
    read_phones(text, region)
    read_emails(text)
    read_wechat(text)


@pytest.mark.parametrize("piece", ["1", "1 ", "+86 138 ", "a@", "a.", "微信a", "1-"])
def test_a_hundred_kilobytes_take_no_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    started = datetime.now()
    read_phones(text, "CN")
    read_emails(text)
    read_wechat(text)
    assert datetime.now() - started < timedelta(seconds=4)
