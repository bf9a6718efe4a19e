"""What a number can count: measure words and nouns that the readers of money and quantities share.

Only the words; which of them a customer can order is said here, how a sentence is read is not."""

import re

# Measure words of goods. 个 and 家 also count people and companies, so they are not here.
GOODS_MEASURES = (
    "台",
    "套",
    "件",
    "箱",
    "吨",
    "辆",
    "部",
    "把",
    "批",
    "张",
    "条",
    "支",
    "瓶",
    "公斤",
    "斤",
    "千克",
    "平方米",
    "平米",
    "平方",
    "立方米",
    "立方",
    "只",
    "双",
    "盒",
    "包",
    "袋",
    "桶",
    "卷",
    "块",
    "根",
    "颗",
    "组",
    "柜",
    "托",
    "盘",
    "米",
    "副",
    "片",
    "罐",
    "打",
    "升",
    "棵",
)
# What a large number with 万 or k also counts, though nobody orders it.
OTHER_MEASURES = (
    "个",
    "家",
    "人",
    "位",
    "公里",
    "千米",
    "里",
    "次",
    "天",
    "年",
    "月",
    "小时",
    "平",
    "名",
    "户",
    "粉丝",
    "用户",
    "客户",
    "字",
    "步",
    "转",
    "瓦",
    "千瓦",
    "克",
    "度",
    "亩",
    "级",
    "像素",
    "毫安",
    "册",
    "本",
    "单",
    "座",
    "份",
    "股",
    "员工",
    "倍",
    "分",
    "号",
    "点",
    "岁",
    "层",
)
CHINESE_COUNTED = "(?:" + "|".join(sorted(GOODS_MEASURES + OTHER_MEASURES, key=len, reverse=True)) + ")"


def _words(*groups: str) -> frozenset[str]:
    """The set of all words in the groups."""
    return frozenset(word for group in groups for word in group.split())


# Words after a number that are no goods, with the small words that end a phrase.
NOT_GOODS = _words(
    # time
    "second seconds sec secs minute minutes min mins hour hours hr hrs day days week weeks wk wks month months mth mths quarter quarters",
    "year years yr yrs fortnight fortnights am pm oclock today tomorrow tonight business working work old ago left later now again",
    "jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october nov november dec",
    "december mon monday tue tuesday wed wednesday thu thursday fri friday sat saturday sun sunday",
    # people and companies
    "person people persons man men woman women guy guys lady ladies folks staff employee employees worker workers engineer engineers",
    "customer customers client clients buyer buyers prospect prospects lead leads contact contacts partner partners supplier suppliers",
    "competitor competitors vendor vendors dealer dealers distributor distributors rival rivals stakeholders decision-makers rep reps",
    "manager managers user users colleagues kids children sons daughters brothers sisters friends directors owners founders shareholders",
    "members visitors makers maker influencers evaluators approvers company companies firm firms others other ones",
    # work and talk
    "meeting meetings call calls visit visits time times email emails message messages reminder reminders demo demos trip trips",
    "conversations round rounds attempts follow-ups followups step steps task tasks question questions thing things point points",
    "issue issues problem problems reason reasons option options objection objections complaint complaints dispute disputes delay delays",
    "notes topics items stage stages phase phases way ways case cases example examples idea ideas tip tips fact facts argument arguments",
    "benefit benefits feature features advantage advantages strength strengths weakness weaknesses alternatives answers words characters",
    "page pages slide slides chapters version versions level levels layer layers tier tiers class classes shift shifts series press",
    # deals and money
    "market markets project projects deal deals order orders contract contracts quote quotes proposal proposals offer offers invoice",
    "invoices payment payments instalments installments cheque cheques check checks bid bids tender tenders sales wins losses budget deposit",
    "discount dollar dollars usd eur euro euros gbp pound pounds rmb cny yuan yen jpy hkd sgd aud cad chf inr aed dirham dirhams baht won",
    "rand rands rupee rupees franc francs riyals ringgit ringgits rubles roubles reais pesos bucks quid kuai k mio million millions billion",
    "thousand hundred lakh lakhs crore crores grand mil bn percent pct star stars",
    # measures and places
    "km kms kilometers kilometres mile miles m metres meters cm mm inch inches feet foot ft sqm kg g gb tb mb mhz ghz hz kw kwh w v volt",
    "volts watts bar psi rpm degrees digits floor floors storey storeys st rd ave street road block room rooms office offices branch branches",
    "site sites location locations factory factories plant plants shop shops store stores building buildings warehouse warehouses",
    "country countries city cities",
    # what ends a phrase
    "and or of to in on at for with from by but so if then than the a an is are was were be been has have had will would can could i we he",
    "she they it you my our his her their this that these those not no yes as per each more less most last next first off too also instead",
    "please pls plus minus over under about around before after until till since away vip does needs wants says asks looks seems",
)
COUNT_NOUNS = _words(
    "unit units pcs pc piece pieces set sets people persons user users licences licenses seats staff employees customers clients followers",
    "views subscribers km kms mile miles sqm m2 ton tons tonnes kg hours hrs day days year years yrs rpm step steps records words lines rows",
    "items visitors visits volts watts pixels copies boxes pallets square display monitor tv screen video resolution run race",
)
_NOT_PLURAL = _words(
    "is was has this plus less its us yes does says closes signs looks seems needs wants asks press business as thus"
)
_MONEY_NOUNS = _words(
    "dollars euros pounds bucks deals contracts orders quotes offers budgets terms yuans francs rupees dirhams"
)
_WORD = re.compile(r" ?-?([a-z][a-z-]{0,30})", re.ASCII)
GRANTED = "批(?=[下准了过复])"
"""50万批下来了 is money that was granted, not so many batches."""
_CHINESE = re.compile(rf" ?(?:多|余)?(?!{GRANTED})(?:{CHINESE_COUNTED})(?!钱)", re.ASCII)


def counts_things(folded: str, end: int) -> bool:
    """Whether what follows a number at `end` makes it a count: "20k units", 5万台."""
    if _CHINESE.match(folded, end):
        return True
    found = _WORD.match(folded, end)
    if not found:
        return False
    word = found[1]
    if word in COUNT_NOUNS:
        return True
    plural = len(word) > 3 and word.endswith("s") and not word.endswith("ss")
    return plural and word not in _NOT_PLURAL and word not in _MONEY_NOUNS
