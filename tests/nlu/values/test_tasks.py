"""It reads what is to be done from a request for a reminder, and what a time in a message is for."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.values.tasks import purpose_of, read_task
from nlu.values.times import read_when

NOW = datetime(2026, 3, 2, 9, 0)

TASKS = {
    "remind me to call Acme tomorrow at 10, please": "call Acme",
    "remind me friday": "",
    "remind me friday！": "",
    "remind me on friday: send the offer": "send the offer",
    "call Li Wei on friday, remind me": "call Li Wei",
    "has budget, needs it, remind me friday": "",
    "明天上午十点提醒我给李总打电话": "给李总打电话",
    "明天10点提醒我给李总打电话！": "给李总打电话",
    "提醒我明天打给王总，他很急": "打给王总",
    "有预算，提醒我周五跟进": "跟进",
    "提醒我周五：发报价": "发报价",
    "周五给星海打电话，提醒我": "给星海打电话",
    "周五给星海打电话，到点叫我": "给星海打电话",
    "8号约了王总，提前一天提醒我": "约了王总",
    "要聯絡上銀，明天記得提醒我": "要聯絡上銀",
    "4月1號要聯絡上銀，記得提醒我": "要聯絡上銀",
    "记得提醒我一下，彭太的保单四月二十到期": "彭太的保单 到期",
}
PURPOSES = {
    "remind me friday": "reminder",
    "下周三跟进报价": "reminder",
    "they want it by june": "close",
    "预计六月签": "close",
    "they need 20 pumps, deliver in april": "close",
    "needs a new mixer but no money until april": "meeting",
    "signing is frozen till june": "meeting",
    "他们要签的话，得等到四月": "meeting",
    "明年才签": "meeting",
    "四月前要交货": "close",
    "see him on friday": "meeting",
    "": "meeting",
}


@pytest.mark.parametrize(("said", "task"), TASKS.items())
def test_it_reads_what_is_to_be_done(said: str, task: str) -> None:
    when = read_when(said, NOW)
    assert read_task(said, when.span if when else None) == task


@pytest.mark.parametrize(("said", "purpose"), PURPOSES.items())
def test_it_tells_what_a_time_is_for(said: str, purpose: str) -> None:
    when = read_when(said, NOW)
    assert purpose_of(said, when.span if when else None) == purpose


@given(text=st.text(), start=st.integers(0, 20), length=st.integers(0, 20))
def test_it_never_fails(text: str, start: int, length: int) -> None:
    task = read_task(text, (start, start + length))
    assert task == task.strip()
    purpose_of(text, (start, start + length))
