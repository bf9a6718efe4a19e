"""How a message refers to its customer: as somebody new, by a pronoun, by giving a name, through somebody else."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NAMING = re.compile(
    r"\b(?:his|her|their|its|the (?:buyer|guy|lady|woman|man|customer|client)'?s?) (?:full |first |last )?name"
    r"(?:'s| is|:)"
    r"|\b(?:he|she|they|it)(?:'s| is|'re| are)? called\b"
    r"|[他她它](?:的?名字)?(?:是叫|名叫|叫做?|姓)|名字[是叫:：]|全名[是叫]?|(?:客户|对方|买家|采购)(?:的?名字)?[叫姓]",
    re.IGNORECASE,
)
_NEW = re.compile(
    r"\b(?:met|meet|saw|found|visited|spoke (?:to|with)|talked (?:to|with)|chatted (?:to|with|up)|call(?:ed)? (?:from|by)"
    r"|bumped into|ran into|there(?:'s| is)) (?:an?|another|some|this|one) (?!few\b|bit\b|lot\b)"
    r"|\b(?:new|fresh|another) (?:\w+ )?(?:customer|client|lead|buyer|prospect|contact|guy|company|account)\b"
    r"|^(?:an?|another|some) (?:\w+ ){0,2}(?:buyer|customer|client|lead|prospect|guy|lady|owner|manager|contact)\b"
    r"|新(?:客户|买家|线索|客|的?潜在)|(?:认识|碰到|碰见|遇到|遇见|见|来|有|接触|加|聊)(?:了|到|过)?(?:一?[个位名家])"
    r"|又?来了?一?[个位家]|另一[个位家]",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:he|she|they|him|her|them|his|hers|their|theirs|it|this (?:one|customer|client|deal|guy)"
    r"|that (?:customer|client|deal|guy)|the (?:customer|client|buyer|deal|guy|company|same))\b"
    r"|[他她它](?:们|家|那边|公司)?|人家|对方|这个?(?:客户|单子?|家|人)|那个?(?:客户|单子?|家|人)|该?客户|这边|那边|咱",
    re.IGNORECASE,
)
_RELATION = (
    r"(?:\b(?:his|her|their|the) (?:\w+ )?(?:boss|manager|director|md|ceo|cfo|cto|owner|husband|wife|partner|head|superior"
    r"|chief|colleague|assistant|father|mother|brother|sister)\b"
    r"|[他她](?:们)?(?:的)?(?:老板|领导|上司|上级|老总|总经理|主管|经理|老公|老婆|爱人|爸|妈|合伙人|同事|财务总监|总监|董事长|财务))"
)
_MET = re.compile(
    r"\b(?:met|saw|seen|visited|spoke|spoken|talked|chatted|called|rang|phoned|emailed|wrote|texted|messaged|meeting with"
    r"|lunch with|dinner with|coffee with|call with|on the line|on the phone)\b"
    r"|见[了到过面]|拜访|聊|谈[了过]|通了?(?:个|一?次)?(?:电话|话)|打了?(?:个)?电话|碰[了到面]|沟通|联系[了上]|吃[了过饭]|会[了面]|认识了|微信上说",
    re.IGNORECASE,
)
_BEFORE_NAME = re.compile(_RELATION + r"(?:[,，:：]| is| called|,? named|是|叫)? ?$", re.IGNORECASE)
_AFTER_NAME = re.compile(r"^(?:[,，]| is|,? who is|是)? ?" + _RELATION, re.IGNORECASE)
_DENIES = re.compile(r"n['’]t\b|\b(?:not|no|never|cannot|nobody|without)\b|[不没沒无無非]", re.IGNORECASE)
_TO_ASK = re.compile(
    r"\b(?:asks?|check with|(?:talk|speak|go) to|(?:go|goes|run it) (?:through|by|past)|up to|down to|report(?:s|ing)? to"
    r"|approv(?:ed|al) (?:by|from|of)|(?:sign[- ]off|okay|ok|permission|a nod) (?:by|from|of)|(?:convince|wait(?:s|ing)? for))"
    r"\s+(?:(?:dr|mrs?|ms|prof)\b\.?\s*)?$|(?:要|得|需要?|必须|只能|只有|还是|都是|都|应该)(?:去|先|再|跟|和|由)?(?:[找问問看听聽等归歸由]|请示|請示|通过|通過|经过?|經過?|汇报给|報給)?$",
    re.IGNORECASE,
)
_DECIDES = re.compile(
    r"^(?:['’]s (?:call|decision)|,? (?:who )?(?:decides|signs|approves|calls the shots|makes the (?:call|decision)"
    r"|has the (?:final |last )?(?:say|word)|is the (?:boss|decision[- ]maker|one (?:who|to))))"
    r"|^(?:那边|那裡|那里|一个人|自己)?(?:才|才能|能)?(?:说了算|說了算|拍板|点头|點頭|做主|作主|签字|簽字|批|[决決]定|定)",
    re.IGNORECASE,
)
# What makes the name the owner of another ("Bob's wife"), or says that they cannot decide either.
_NOT_HIM = re.compile(r"^['’]s |^的|^(?:也|都)?(?:说了不|說了不|做不|作不|定不|[签簽]不|拍不|不|没|沒)")


def decider_instead(text: str, spans: Sequence[tuple[int, int]]) -> str | None:
    """The first of the names at `spans` that a message which denies somebody the right to decide gives in their stead:
    "she can't sign, ask Bob", 他说了不算，得找李总. None where the names come before what is denied."""
    for start, end in spans:
        if not _DENIES.search(text[:start]):
            continue
        if _DECIDES.search(text[end : end + 40]):
            return text[start:end]
        if _TO_ASK.search(text[max(0, start - 40) : start]) and not _NOT_HIM.search(text[end : end + 10]):
            return text[start:end]
    return None


_ONE = re.compile(
    r"\b(?:is|are|was|were|did|do|does|has|have|would|could|will|if) (?:he|she|they|it|this one|that one)\b"
    r"|\b(?:he|she|they|it)(?:'s| is|'re| are| was| were) (?:an? |our |still |now |in )"
    r"|\b(?:his|her|their|its) (?:\w+ ){0,2}(?:tier|level|class|category|rank|place|worth|value|clv|ltv)\b"
    r"|\b(?:this|that) (?:customer|client|company|account|firm|guy)\b"
    r"|(?<![其吉])[他她它]|人家|对方|該客|该客户|[这那]个?(?:客户(?!金字塔|分[级层])|家)|[這那]個?(?:客戶(?!金字塔|分[級層])|家)",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"\b(?:customers|clients|accounts|companies|ones|who|whose|which|everybody|everyone|all|each|them|vips|reps)\b"
    r"|哪|谁|誰|们的?客|大家|所有|全部|各[级层級層]|[几幾]家|排[名行]|名单|名單",
    re.IGNORECASE,
)
_RECEIVES = re.compile(r"(?:\bto|\bfor|\blet|\bgive|\bhave|给|給|归|歸|由|让|讓|请|請)\s*$", re.IGNORECASE)


def mention_of(text: str, people: Sequence[tuple[int, int]] = ()) -> str | None:
    """`naming`, `new` or `pronoun`, in this order of strength; None where the message does neither.

    `people` are the places of people's names. A pronoun behind a name stands for that one ("Li has budget, he
    decides"), not for somebody spoken of before."""
    head = text[:1_000]
    for kind, pattern in (("naming", _NAMING), ("new", _NEW)):
        if pattern.search(head):
            return kind
    pronoun = _PRONOUN.search(head)
    return "pronoun" if pronoun and not any(end <= pronoun.start() for _, end in people) else None


def means_one(text: str) -> bool:
    """Whether a question without a name is about one customer spoken of before ("are they a VIP?"), not about all.

    `mention_of` takes `them` and 客户 for a pronoun wherever they stand: in a question about customers, they are all.
    """
    one = _ONE.search(text[:1_000])
    return one is not None and not _SEVERAL.search(text, 0, one.start())


def was_met(text: str) -> bool:
    """Whether the message says that somebody was met, called or written to."""
    return bool(_MET.search(text[:1_000]))


def related_person(text: str, spans: Sequence[tuple[int, int]]) -> str | None:
    """The first of the names at `spans` that is introduced through another person: "his boss Zhao Min", 他老板赵敏."""
    for start, end in spans:
        if _BEFORE_NAME.search(text[max(0, start - 40) : start]) or _AFTER_NAME.search(text[end : end + 40]):
            return text[start:end]
    return None


_INTRODUCED_BY = re.compile(r"^[^,，。;；]{0,6}(?:也|还|就|都)?是[^,，。;；]{0,6}$")
_BRINGS = r"(?:介[绍紹]|引[荐薦]|推[荐薦]|[牵牽](?:的)?[线線])"
_INTRODUCES = re.compile(rf"^[^,，。;；是]{{0,4}}{_BRINGS}")
_INTRODUCED = re.compile(rf"^[^,，。;；是]{{0,4}}{_BRINGS}[^,，。;；给給]{{0,3}}的|^[^,，。;；]{{0,2}}[牵牽]的[线線]")
_BY = re.compile(r"(?:\b(?:by|via|through|thanks to|from)|通过|[经經]由?|靠|多[亏虧])\s*$", re.IGNORECASE)
_INTRODUCTION = re.compile(
    r"\b(?:intro\w*|refer\w*|recommend\w*|connect(?:ed|ion)?|vouch\w*|sent|put (?:me|us)|pass(?:ed)?|hook(?:ed)?"
    r"|link(?:ed)? (?:me|us)|word of mouth|thanks to|through|via|suggest\w*|point(?:ed)?|tip(?:ped)?|friends?"
    r"|gave (?:me|us)|told (?:me|us))\b"
    rf"|{_BRINGS}|引[见見]|[牵牽].{{0,2}}[线線]|搭[桥橋线線]|[转轉]介|[给給]的|托|朋友|[带帶]|撮合|[认認][识識]",
    re.IGNORECASE,
)


def introduced_by(text: str, first: tuple[int, int], second: tuple[int, int]) -> bool:
    """Whether the second of two names made the introduction: 张敏是李伟介绍的."""
    return bool(_INTRODUCED_BY.match(text[first[1] : second[0]]) and _INTRODUCES.match(text[second[1] :]))


def introducer_follows(text: str, start: int, end: int) -> bool:
    """Whether the name at `start` to `end` made the introduction of somebody named before: "Jo, via Tom", 张敏，李伟介绍的."""
    return bool(_BY.search(text[:start]) or _INTRODUCED.match(text[end:]))


def tells_of_introduction(text: str) -> bool:
    """Whether a message has a word for bringing people together: "introduced", "through", 介绍, 牵线."""
    return bool(_INTRODUCTION.search(text[:1_000]))


def receiver(text: str, spans: Sequence[tuple[int, int]]) -> int:
    """Which of the colleagues named in a hand-over takes the customer: the one after "to" or 给, else the last.

    `spans` are their places in the text, at least one; the answer is a position in it."""
    told = (i for i, (start, _) in enumerate(spans) if _RECEIVES.search(text[:start]))
    return next(told, len(spans) - 1)
