"""It reads how a message refers to its customer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.values.mentions import (
    decider_instead,
    introduced_by,
    introducer_follows,
    means_one,
    mention_of,
    receiver,
    related_person,
    tells_of_introduction,
    was_met,
)


@pytest.mark.parametrize(
    ("said", "mention"),
    [
        ("met a buyer at expo", "new"),
        ("新客户王总", "new"),
        ("his name is Li Wei", "naming"),
        ("名字：李伟", "naming"),
        ("he has budget", "pronoun"),
        ("他们有预算", "pronoun"),
        ("Acme has budget", None),
        ("", None),
    ],
)
def test_it_tells_how_the_customer_is_meant(said: str, mention: str | None) -> None:
    assert mention_of(said) == mention


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("his boss Zhao Min decides", "Zhao Min"),
        ("his boss: Zhao Min", "Zhao Min"),
        ("Zhao Min, his boss, decides", "Zhao Min"),
        ("他老板赵敏说了算", "赵敏"),
        ("他老板：赵敏", "赵敏"),
        ("赵敏，他老板，说了算", "赵敏"),
    ],
)
def test_it_finds_who_is_introduced_through_somebody(said: str, name: str) -> None:
    start = said.index(name)
    assert related_person(said, [(start, start + len(name))]) == name


@pytest.mark.parametrize(
    ("said", "name", "decides"),
    [
        ("she can't sign, need to ask Bob Ray", "Bob Ray", True),
        ("he has no say, it's up to Bob Ray", "Bob Ray", True),
        ("no say there, it's up to Dr Bob Ray", "Bob Ray", True),
        ("not her decision, Bob Ray signs", "Bob Ray", True),
        ("she doesn't decide, that's Bob Ray's call", "Bob Ray", True),
        ("need to talk to Bob Ray, he can't decide", "Bob Ray", False),
        ("Bob Ray can't sign, has to ask his wife", "Bob Ray", False),
        ("she can't sign, met her with Bob Ray", "Bob Ray", False),
        ("她说了不算,要找李总", "李总", True),
        ("他做不了主，得问李总", "李总", True),
        ("他沒有決定權，要李總點頭才行", "李總", True),
        ("他没权，都是李总拍板", "李总", True),
        ("李总说了不算，得问他老婆", "李总", False),
        ("要找李总谈谈，她说了不算", "李总", False),
        ("他不行，要问李总的老板", "李总", False),
        ("没预算，要找李总也说了不算", "李总", False),
    ],
)
def test_it_finds_who_decides_in_stead_of_the_customer(said: str, name: str, decides: bool) -> None:
    start = said.index(name)
    assert decider_instead(said, [(start, start + len(name))]) == (name if decides else None)


def test_it_leaves_a_customer_who_is_named_first() -> None:
    assert related_person("Li Wei has a boss", [(0, 6)]) is None


@given(text=st.text(), spans=st.lists(st.tuples(st.integers(-5, 50), st.integers(-5, 50)), max_size=3))
def test_it_never_fails(text: str, spans: list[tuple[int, int]]) -> None:
    mention_of(text)
    was_met(text)
    related_person(text, spans)
    decider_instead(text, spans)


@pytest.mark.parametrize(
    ("text", "colleagues", "expected"),
    [
        ("move Alder Works from Nell to Sam", ["Nell", "Sam"], "Sam"),
        ("give Sam the accounts of Nell", ["Sam", "Nell"], "Sam"),
        ("let Sam take over from Nell", ["Sam", "Nell"], "Sam"),
        ("assign Nell's customers to me", ["Nell", "me"], "me"),
        ("把小周的客户转给小林", ["小周", "小林"], "小林"),
        ("让小林接手小周的客户", ["小林", "小周"], "小林"),
        ("小林跟进绿野", ["小林"], "小林"),
    ],
)
def test_who_takes_a_customer_over(text: str, colleagues: list[str], expected: str) -> None:
    spans = [(text.index(name), text.index(name) + len(name)) for name in colleagues]
    assert colleagues[receiver(text, spans)] == expected


@pytest.mark.parametrize(
    ("text", "name", "mention"),
    [
        ("王总那边预算批下来了,他自己说了算", "王总", None),
        ("Li Wei has budget and he decides", "Li Wei", None),
        ("he is Li Wei", "Li Wei", "pronoun"),
        ("他就是林姐", "林姐", "pronoun"),
    ],
)
def test_a_pronoun_behind_a_name_stands_for_that_one(text: str, name: str, mention: str | None) -> None:
    assert mention_of(text, [(text.index(name), text.index(name) + len(name))]) == mention


ONE = (
    *(
        "are they a key account",
        "is it a vip?",
        "what tier is this client",
        "their clv?",
        "what is their lifetime value",
    ),
    *("worth of this customer over all the years?", "did they drop", "what do we lose over a lifetime if they go"),
    *("他们家算VIP吗", "他们是大客户吗", "她家第几级", "这家客户什么级别", "这个客户终身价值多少", "对方算大客户吗"),
)
ALL = (
    *(
        "who are our VIP customers?",
        "which of them are vips",
        "how many of them in each tier",
        "which customers pay their bills",
    ),
    *("top 20 and their revenue", "show the triangle, it looks nice", "which ones might drop soon if they don't order"),
    *("who are the 20 percent and what is their worth", "pyramid", "rank them by lifetime value", "put it on screen"),
    *(
        "我们的VIP客户有哪些",
        "客户金字塔",
        "这个月的客户金字塔",
        "谁是大客户",
        "哪些客户掉级了，他们为什么掉",
        "其他客户呢",
    ),
    *("看看这个客户金字塔", "各级客户有多少"),
)


@pytest.mark.parametrize(("text", "one"), [(text, True) for text in ONE] + [(text, False) for text in ALL])
def test_it_tells_a_question_about_one_customer_from_one_about_all(text: str, one: bool) -> None:
    assert means_one(text) == one


@pytest.mark.parametrize(
    ("text", "one", "two", "crosswise"),
    [
        ("张敏是李伟介绍的", "张敏", "李伟", True),
        ("张敏也是李伟那边介绍过来的", "张敏", "李伟", True),
        ("广达的张敏，是老客户李伟推荐的", "张敏", "李伟", False),
        ("李伟给我介绍了张敏", "李伟", "张敏", False),
        ("李伟是老客户,张敏是新来的", "李伟", "张敏", False),
        ("张敏是李伟的同学", "张敏", "李伟", False),
    ],
)
def test_it_tells_who_introduced_whom(text: str, one: str, two: str, crosswise: bool) -> None:
    places = [(text.index(name), text.index(name) + len(name)) for name in (one, two)]
    assert introduced_by(text, *places) == crosswise


@pytest.mark.parametrize(
    ("text", "two", "follows"),
    [
        ("Jo Hall, introduced by Tom Reed", "Tom Reed", True),
        ("Jo Hall via Tom Reed", "Tom Reed", True),
        ("Tom Reed introduced me to Jo Hall", "Jo Hall", False),
        ("Tom Reed vouched for us with Jo Hall", "Jo Hall", False),
        ("张敏，李伟介绍的", "李伟", True),
        ("李伟把广达的张敏介绍给我了", "李伟", False),
        ("李伟牵线认识了张敏", "张敏", False),
    ],
)
def test_it_tells_whether_the_introducer_comes_after_the_introduced(text: str, two: str, follows: bool) -> None:
    assert introducer_follows(text, text.index(two), text.index(two) + len(two)) == follows


@pytest.mark.parametrize(
    ("text", "told"),
    [
        *(("Tom introduced Jo", True), ("met Jo thanks to Tom", True), ("got Jo's number, a friend of Tom", True)),
        *(("介绍人李伟，新客户张敏", True), ("李伟牵的线", True), ("老王带来的", True)),
        *(("met Jo Hall from Polaris today", False), ("new customer Polaris, ask for Jo", False)),
        *(("今天见了北极星的张敏", False), ("新客户张敏，电话在名片上", False)),
    ],
)
def test_it_knows_the_words_for_an_introduction(text: str, told: bool) -> None:
    assert tells_of_introduction(text) == told
