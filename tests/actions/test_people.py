"""It says what somebody is like and who is who at a customer, and asks for one piece of information at a time."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bot.messages import Outgoing
from nlu.understanding import Money
from tests.actions.house import Desk

ACME = {"company": "Acme", "person": "Li Wei"}
KNOWN = {"money": "yes", "authority": "yes", "need": "yes"}


def _map(desk: Desk) -> Outgoing:
    return desk.hears("show_customer", company="Acme", topic="people")


# --- what somebody is like


@pytest.mark.parametrize(
    ("language", "words", "said"),
    [
        ("en", "wants data for everything", "I take that from “wants data for everything”."),
        ("zh", "什么都要看数据", "从“什么都要看数据”听出来的。"),
    ],
)
def test_it_says_what_style_it_took_somebody_for_and_from_which_words(
    tmp_path: Path, language: str, words: str, said: str
) -> None:
    with Desk(tmp_path, language) as desk:
        reply = desk.hears("describe_person", text=words, **ACME, role="technical", style="blue")
        assert said in reply.text.splitlines()
        assert reply.facts["style"].lower() in reply.text
        assert reply.buttons[-1] in ("more", "更多")
        more = desk.presses(len(reply.buttons))
        assert more.template == "people/described_more"
        assert reply.facts["sell"] in more.text
        assert reply.facts["known_by"] in more.text


def test_it_says_that_it_had_taken_somebody_for_another_style(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("describe_person", **ACME, style="red")
        reply = desk.hears("describe_person", **ACME, style="blue")
        assert "until now I had red" in reply.text
        assert "until now" not in desk.hears("describe_person", **ACME, style="blue").text


def test_it_takes_nobody_for_a_style_that_nobody_described(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        reply = desk.hears("describe_person", **ACME, role="finance")
        assert "I take that from" not in reply.text
        assert "more" not in reply.buttons
        assert "easy settlement and compliance" in reply.text


# --- who is who


def test_it_maps_who_is_who_with_who_decides_first(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("describe_person", **ACME, role="technical", met=True)
        desk.hears("describe_person", **ACME, role="recommender", style="blue")
        desk.hears("log_contact", **ACME, authority="no", related="Zhao Min")
        reply = _map(desk)
        assert reply.text.splitlines()[1:3] == [
            "· Zhao Min: decision maker (not met yet)",
            "· Li Wei: recommender, technical manager",
        ]
        assert "Not known yet: influencer, supporter" in reply.text
        assert "Next step: meet Zhao Min, who decides." in reply.text
        more = desk.presses(len(reply.buttons)).text
        assert "Cares about: value, benefit and growth" in more
        assert "Cares about: nothing new to learn" in more
        assert "Blue (analytical and precise): Hear out what they need." in more
        assert "Not known: supporter, who wants you to win" in more


def test_it_maps_who_is_who_in_chinese(tmp_path: Path) -> None:
    with Desk(tmp_path, "zh") as desk:
        desk.hears("log_contact", company="星海科技", person="李伟", authority="no", met=True)
        text = desk.hears("show_customer", company="星海科技", topic="people").text
        assert "· 李伟：角色还不清楚" in text
        assert "还没找到：决策者、推荐者、影响者、支持者" in text
        assert "先找决策者。直接问：“最后谁点头？合同谁签？”" in text


def test_it_maps_people_of_the_company_who_take_no_part_in_the_deal(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", **ACME, need="yes")
        desk.hears("update_deal", **ACME, stage="won")
        desk.hears("describe_person", person="Mei", company="Acme", role="supporter")
        desk.hears("update_deal", person="Mei", company="Acme", stage="lost")
        assert "Mei: supporter" in _map(desk).text
        assert "Li Wei: part not known" in _map(desk).text


def test_it_maps_a_customer_of_whom_nobody_is_known(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", company="Acme", need="yes")
        reply = _map(desk)
        assert "I know nobody there yet." in reply.text
        assert desk.presses(1).text.count("Not known: ") == 4


def test_it_shows_no_more_people_than_fit_a_screen(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        for name in ("Ann", "Bob", "Carla", "Dan", "Eva", "Fred", "Gita", "Hans", "Ines"):
            desk.hears("log_contact", person=name, company="Acme", need="yes")
        assert "· and 3 more" in _map(desk).text


# --- the five pieces of information


def test_it_shows_what_of_the_five_pieces_is_known_and_asks_for_the_next(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", **ACME, need="yes", quantity=20, product="X200", money="yes", met=True)
        reply = desk.hears("show_customer", company="Acme", topic="information")
        assert reply.facts["count"] == 0
        assert "– Needs and how they buy: they need it, X200, 20 units; not known what they use today" in reply.text
        assert "– Competition: not known who else is offering" in reply.text
        assert "Find out next: Is it their decision?" in reply.text
        assert reply.buttons == ("yes", "no", "not sure")
        desk.presses(1)
        asked = desk.hears("show_customer", company="Acme", topic="information")
        assert asked.facts["piece"]["aspect"] == "environment"
        assert "What do they use today, and what bothers them about it?" in asked.text
        noted = desk.hears("log_contact", text="two old pumps, loud and always broken", product="pumps", quantity=2)
        assert noted.template == "people/information_noted"
        assert "1 of the 5 pieces of information are known" in noted.text
        text = desk.hears("show_customer", company="Acme", topic="information").text
        assert "✓ Needs and how they buy: they need it, X200, 20 units, “two old pumps, loud and always broken”" in text


def _asked(desk: Desk, *answers: str) -> Outgoing:
    """The five pieces of a customer whose MAN is known, after these answers to the questions."""
    desk.hears("log_contact", **ACME, **KNOWN, met=True)
    for answer in answers:
        desk.hears("show_customer", company="Acme", topic="information")
        desk.hears("out_of_scope", text=answer)
    return desk.hears("show_customer", company="Acme", topic="information")


def test_it_asks_on_until_all_five_are_known(tmp_path: Path) -> None:
    answers = ["20 pumps", "old ones", "about 80 thousand", "three quotes, then the board", "in June", "their techie"]
    with Desk(tmp_path) as desk:
        reply = _asked(desk, *answers, "Grundfos and a local one")
        assert reply.facts["count"] == 5
        assert "piece" not in reply.facts
        assert reply.text.count("✓") == 5
        assert "“Grundfos and a local one”" in reply.text


def test_it_takes_the_next_message_for_the_answer_only_where_it_is_one(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _asked(desk)
        other = desk.hears("log_contact", person="Otto", company="Bolt", money="yes")
        assert (other.template, other.facts["record"]["company"]) == ("contacts/noted", "Bolt")
        _asked(desk)
        news = desk.hears("log_contact", text="they have no money", money="no")
        assert news.template == "contacts/noted"
        _asked(desk)
        assert desk.hears("find_customers").template == "contacts/found"
        desk.hears("show_customer", company="Acme", topic="information")
        assert desk.hears("log_contact", text="met a buyer", mention="new", need="yes").facts["new"] is True
        assert "“" not in desk.hears("show_customer", company="Acme", topic="information").text.split("\n\n")[0]


def test_it_takes_words_for_an_answer_that_look_a_little_like_a_command(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _asked(desk, "20 pumps", "old ones")
        noted = desk.hears("query_pipeline", text="about 80k", confidence=0.24, amount=Money(Decimal(80_000), None))
        assert noted.template == "people/information_noted"
        assert "amount: 80,000 USD" in noted.text
        desk.hears("show_customer", company="Acme", topic="information")
        command = desk.hears("query_pipeline", text="pipeline this month", confidence=0.8)
        assert command.template.startswith("pipeline/")
        desk.hears("show_customer", company="Acme", topic="information")
        assert desk.hears("update_deal", text="we sent the quote", stage="proposal").template == "deals/moved"


def test_it_takes_a_competitor_for_no_customer(tmp_path: Path) -> None:
    answers = ["20 pumps", "old ones", "about 80 thousand", "three quotes, then the board", "in June", "their techie"]
    with Desk(tmp_path) as desk:
        assert _asked(desk, *answers).facts["piece"]["aspect"] == "competition"
        noted = desk.hears("log_contact", text="Grundfos, since May", company="Grundfos")
        assert noted.template == "people/information_noted"
        assert desk.names("companies") == ["Acme"]
        desk.hears("log_contact", company="Bolt", need="yes")
        _asked(desk)
        desk.hears("show_customer", company="Acme", topic="information")
        assert desk.hears("log_contact", text="Bolt has budget", company="Bolt").template == "contacts/noted"


@pytest.mark.parametrize("words", ["no idea", "I don't know", "不知道", "Not yet.", "yes"])
def test_it_keeps_no_answer_that_says_nothing(tmp_path: Path, words: str) -> None:
    with Desk(tmp_path) as desk:
        _asked(desk)
        left = desk.hears("out_of_scope", text=words)
        assert left.template == "people/find_out"
        assert "If you started tomorrow, what would you take, and how many?" in left.text
        assert desk.hears("show_customer", company="Acme", topic="information").facts["count"] == 0


def test_it_leaves_a_question_open_by_a_button(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        asked = _asked(desk)
        assert asked.buttons == ("not sure",)
        assert desk.presses(1).template == "people/find_out"
        # The question is over: what comes next is no answer to it.
        assert desk.hears("out_of_scope", text="lovely weather today").template == "conversation/out_of_scope"


def test_it_knows_who_decides_once_the_answer_names_somebody(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        answers = ["20 pumps", "old ones", "about 80 thousand", "three quotes", "in June"]
        desk.hears("log_contact", company="Acme", **KNOWN)
        for answer in answers:
            desk.hears("show_customer", company="Acme", topic="information")
            desk.hears("out_of_scope", text=answer)
        asked = desk.hears("show_customer", company="Acme", topic="information")
        assert asked.facts["piece"]["aspect"] == "decider"
        noted = desk.hears("log_contact", text="Zhao Min, their boss", person="Zhao Min")
        assert "decision maker" in noted.text
        assert "Zhao Min: decision maker (not met yet)" in _map(desk).text
        assert "Zhao Min decides" in desk.hears("show_customer", company="Acme", topic="information").text


def test_it_asks_for_a_piece_now_and_then_once_the_rest_is_settled(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        offered = desk.hears("log_contact", **ACME, **KNOWN, met=True)
        assert "piece" not in offered.facts
        desk.presses(1)  # The follow-up is set, so nothing else is asked.
        asked = desk.hears("log_contact", **ACME, product="X200")
        assert asked.facts["piece"]["aspect"] == "environment"
        assert asked.text.splitlines()[-1] == "What do they use today, and what bothers them about it?"
        assert "piece" not in desk.hears("log_contact", **ACME, product="X300").facts
        desk.waits(days=4)
        assert desk.hears("log_contact", **ACME, product="X400").facts["piece"]["aspect"] == "environment"


def test_it_asks_nothing_of_a_customer_with_whom_contact_stops(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        reply = desk.hears("log_contact", **ACME, money="no", authority="no", need="no", met=True)
        assert reply.facts["class"] == "m+a+n"
        assert "piece" not in reply.facts


def test_it_takes_an_answer_back(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        _asked(desk, "20 pumps")
        desk.hears("undo")
        assert desk.hears("show_customer", company="Acme", topic="information").facts["piece"]["aspect"] == "wants"


# --- what a buyer is called


@pytest.mark.parametrize("intent", ["describe_person", "log_referral", "show_customer", "log_contact"])
@pytest.mark.parametrize("confidence", [0.1, 0.9])
@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("he is Li Wei from Acme", {"person": "Li Wei", "company": "Acme"}),
        ("he's Li Wei from Acme.", {"person": "Li Wei", "company": "Acme"}),
        # As the model has read it.
        ("He's Li Wei from Acme", {"person": "Li Wei", "referrer": "Acme"}),
        ("他是Acme的Li Wei", {"person": "Li Wei", "company": "Acme"}),
        ("是Acme的Li Wei", {"person": "Li Wei", "company": "Acme"}),
    ],
)
def test_it_gives_an_unnamed_buyer_the_name_that_follows(
    tmp_path: Path, intent: str, confidence: float, text: str, meant: dict[str, str]
) -> None:
    if intent == "log_contact" and confidence > 0.5:
        meant = {**meant, "mention": "pronoun"}  # The usual way.
        meant["company"] = meant.pop("referrer", "Acme")
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", mention="new", money="yes")
        named = desk.hears(intent, text=text, confidence=confidence, **meant)
        assert named.template == "contacts/noted"
        assert (named.facts["record"]["person"], named.facts["record"]["company"]) == ("Li Wei", "Acme")
        assert named.facts["record"]["money"] == "yes"
        assert (desk.names("persons"), desk.names("companies")) == (["Li Wei"], ["Acme"])


def test_it_takes_a_name_that_is_given_for_no_referral(tmp_path: Path) -> None:
    naming = {"text": "his name is Li Wei from Acme", "person": "Li Wei", "company": "Acme", "mention": "naming"}
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", mention="new", money="yes")
        referred = desk.hears("log_referral", **{**naming, "person": "Mei"}, referrer="Otto")
        assert (referred.template, referred.facts["record"]["person"]) == ("people/referred", "Mei")
        desk.hears("log_contact", mention="new", money="yes")
        named = desk.hears("log_referral", **naming)
        assert (named.template, named.facts["record"]["person"]) == ("contacts/noted", "Li Wei")
        assert desk.names("persons") == [None, "Mei", "Otto", "Li Wei"]


@pytest.mark.parametrize(
    ("text", "intent"), [("he knows Li Wei from Acme", "describe_person"), ("is he Li Wei from Acme", "log_contact")]
)
def test_it_asks_what_was_meant_by_a_name_that_is_somebody_else_s(tmp_path: Path, text: str, intent: str) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", mention="new", money="yes")
        reply = desk.hears(intent, text=text, confidence=0.1, person="Li Wei", company="Acme")
        assert reply.template == "conversation/unsure"
        assert desk.names("companies") == []


def test_it_gives_no_name_to_a_buyer_who_has_one_nor_the_name_of_somebody_known(tmp_path: Path) -> None:
    said = {"text": "he is Li Wei from Acme", "confidence": 0.1, "person": "Li Wei", "company": "Acme"}
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", person="Otto", money="yes")
        assert desk.hears("describe_person", **said).template == "conversation/unsure"
        desk.hears("log_contact", **ACME, money="yes")
        desk.hears("log_contact", mention="new", need="yes")
        assert desk.hears("describe_person", **said).template == "conversation/unsure"
        assert None in desk.names("persons")
