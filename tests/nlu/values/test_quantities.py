"""It reads how many units a customer wants, and leaves every other number alone."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.values.quantities import read_quantity

ENGLISH = {
    "needs 200 pumps": 200,
    "wants a dozen": 12,
    "half a dozen forklifts": 6,
    "two dozen chairs": 24,
    "2 bottling lines": 2,
    "15 licences": 15,
    "40-50 units": 40,
    "up to 50 units": 50,
    "3 containers": 3,
    "1,500 valves": 1500,
    "1.5k licences": 1500,
    "20k units": 20_000,
    "20k units at $3 each": 20_000,
    "qty: 300": 300,
    "quantity: 1,500": 1500,
    "1,500 × pumps": 1500,
    "200 × X200": 200,
    "quantity 40": 40,
    "twenty-five laptops": 25,
    "a hundred chairs": 100,
    "two hundred tons of additive": 200,
    "500 pcs": 500,
    "200 X200 pumps": 200,
    "order 20 HX-9": 20,
    "quote for 300 of the X200": 300,
    "needs 200+": 200,
    "buy 1 machine": 1,
    "needs 40 oak doors for a guesthouse": 40,
    "quotation for 24 AC units": 24,
    "met him, has budget, 200 pumps": 200,
    "they want 1,000 kraft boxes": 1000,
    "3 years old company, wants 15 generators": 15,
    "2 meetings done, order for 12 valves": 12,
}
CHINESE = {
    "三台": 3,
    "数量：1,500": 1500,
    "X200 × 200": 200,
    "两百套": 200,
    "10万件": 100_000,
    "五十箱": 50,
    "200吨": 200,
    "要100个": 100,
    "来50台": 50,
    "有200台的需求": 200,
    "两台离心机": 2,
    "他要买三十把椅子": 30,
    "采购20部电梯": 20,
    "要两吨": 2,
    "5公斤": 5,
    "订300米电缆": 300,
    "要一台": 1,
    "50多台": 50,
    "3到5台": 3,
    "3-5套": 3,
    "30张桌子": 30,
    "3万支": 30_000,
    "要50批": 50,
    "预算50万批下来了,他拍板,要200台泵": 200,
    "5千只": 5000,
    "100臺": 100,
    "兩百套": 200,
    "预算50万,采购3台,5月要货": 3,
    "需要3000只轴承": 3000,
    "缺200箱LED灯": 200,
    "玫瑰5000支": 5000,
    "那两台激光切割机": 2,
    "１２台": 12,
    "want 三台 X200": 3,
    "两千块屏": 2000,
}
NOTHING = (
    "", "had 2 meetings", "3 people", "a dozen people came", "20 employees", "2 years", "3rd floor", "20 km", "number 2",
    "12 Baker Street", "they have 20 trucks", "has 3 plants", "room 204", "call 3 customers", "in 2 phases", "version 3",
    "3 decision makers", "met 4 buyers", "5 star hotel", "2-year warranty", "20% of units", "win rate 30", "at 10",
    "friday 3pm", "15 march", "$200", "50k", "1.2m rupees", "40000 dirhams", "X200", "13812345678", "in 3 days", "one day",
    "3 shifts", "2 bounced cheques", "three strong benefits", "which ones do not have money", "last 3 units", "quoted 3 times",
    "第三次", "三个月", "一下", "一个客户", "两个月", "三个方案", "十几台", "几台", "3台阶", "三部门", "他们有200台设备", "3米长",
    "一台", "3人", "2个人", "5家分店", "两次", "三条建议", "20份合同", "三点", "下周一", "3号客户", "第三批", "二组赵敏",
    "上一条不算", "来一个", "5万", "45岁", "3楼", "万台币", "聊了一下午", "去年买了200台",
)  # fmt: skip


@pytest.mark.parametrize(("said", "meant"), (ENGLISH | CHINESE).items())
def test_it_reads_the_units_that_are_wanted(said: str, meant: int) -> None:
    quantity = read_quantity(said)
    assert quantity is not None
    assert quantity.value == meant
    assert "E" not in str(quantity.value)


@pytest.mark.parametrize("said", NOTHING)
def test_it_finds_no_units_where_none_are_wanted(said: str) -> None:
    assert read_quantity(said) is None


def test_the_span_covers_the_number_and_the_goods() -> None:
    text = "they want 200 steel pumps by june"
    quantity = read_quantity(text)
    assert quantity is not None
    assert text[slice(*quantity.span)] == "200 steel pumps"


WORDS = st.sampled_from(
    ["5", "1,000", "万", "台", "k", "units", "dozen", "a", " ", ".", "-", "to", "千", "一", "个", "要", "of", "pumps"]
)


@given(text=st.text() | st.lists(WORDS, max_size=15).map("".join) | st.lists(WORDS, max_size=15).map(" ".join))
def test_it_never_fails(text: str) -> None:
    quantity = read_quantity(text)
    assert quantity is None or (quantity.value > Decimal(0) and 0 <= quantity.span[0] < quantity.span[1] <= len(text))


@pytest.mark.parametrize("piece", ["1", "1,000", "一", "5个", "two ", "3 red ", "$5k "])
def test_a_hundred_kilobytes_take_no_time(piece: str) -> None:
    started = datetime.now()
    read_quantity(piece * (100_000 // len(piece)))
    assert datetime.now() - started < timedelta(seconds=2)
