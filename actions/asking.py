"""When a handler cannot go on without an answer: the question ends the turn, and the answer resumes it."""

from __future__ import annotations

from typing import Any

from actions.registry import press_of, presses
from actions.turn import Reply, Turn
from nlu.understanding import Understanding
from nlu.values.figures import read_figures
from nlu.values.language import is_question
from nlu.values.scores import read_score
from storage.models import Outgoing
from storage.repositories import Labels


class Ask(Exception):
    """Ends the turn with a question; nothing has been changed. The assistant gives `reply` as the answer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.template)
        self.reply = reply


class NoAnswer(Exception):
    """Raised by the press that a question names: the message is no answer after all, it is handled as any other."""


def wait_for(turn: Turn, needs: str, press: str, arguments: dict[str, Any]) -> None:
    """Remembers that the next message may answer: with a time (`when`), a customer's name (`name`), a score from 0 to 5
    (`score`), figures of a balance sheet (`figures`), a product (`product`), in words (`words`), or with whatever the
    press finds in it (`anything`).

    `press` then runs with `arguments` and the answer's understanding under `answer`; it may raise NoAnswer.
    """
    turn.conversation.question = {"needs": needs, "press": press, "arguments": arguments}


def takes_up(turn: Turn) -> Reply | None:
    """The reply to a message that answers what Manny has asked for; None where it is about something else."""
    question = turn.conversation.question
    if not question:
        return None
    turn.conversation.question = None
    if not _answers(question["needs"], turn.said):
        return None
    press = press_of(question["press"])
    try:
        return None if press is None else press(turn, {**question["arguments"], "answer": turn.said.to_json()})
    except NoAnswer:
        return None


def _answers(needs: str, said: Understanding) -> bool:
    if needs == "score":
        # A bare "zero" is no refusal, whatever it was taken for.
        return read_score(said.text) is not None
    if said.intent in ("undo", "help", "deny", "forget"):
        return False
    if needs == "when":
        return said.when is not None and said.intent not in ("query_pipeline", "list_reminders", "log_contact")
    if needs == "name":
        named = said.person or said.company
        return bool(named) and not (said.states_facts() or said.when) and len(said.text.split()) <= 6
    if needs == "figures":
        named = said.person or said.company
        return said.intent in (*ANSWERING, "rate_credit") and not named and bool(read_figures(said.text))
    if needs == "product":
        # A bare name can be taken for anything; whether it is a product's, the press finds out.
        return len(said.text) <= SHORT
    if needs == "words":
        news = said.intent in NEWS and said.confidence >= SURE
        return said.intent in ANSWERING and not news and not is_question(said.text)
    if needs == "anything":
        return (said.intent in ANSWERING or said.confidence < SURE) and not is_question(said.text)
    return False


SURE = 0.9
"""From this confidence on a command is one; a bare "about 50k" or "mid April" is taken for one with less."""
SHORT = 40
"""Characters of an answer that is no more than a name."""
NEWS = ("report_objection", "update_deal")
"""What is no answer where it is said for sure: "Wang finds it too dear" stands for itself."""
ANSWERING = ("log_contact", "describe_person", "report_objection", "update_deal", "affirm", "out_of_scope")
"""What an answer in words may be taken for: "three people, the plant manager signs" is nobody's command."""


LONGEST_LABEL = 40
"""Characters of a message that can be the label of a button."""


def press_button(turn: Turn, row: Outgoing, number: int) -> Reply:
    """Presses a button of a reply that was sent; the reply's buttons can be pressed once."""
    row.pressed_at = turn.now
    button = row.payload["buttons"][number]
    press = press_of(button["press"])
    return Reply("conversation/gone") if press is None else press(turn, button["arguments"])


def may_name_a_button(text: str) -> bool:
    """Whether a message is short enough to be the label of a button."""
    return 0 < len(text.strip()) <= LONGEST_LABEL


def names_a_button(turn: Turn, shown: Labels) -> Reply | None:
    """The reply to a message that is nothing but the label of one of the buttons that were shown last: "more"."""
    written = turn.said.text.strip().casefold()
    labels = [label.casefold() for label in shown.labels]
    row = turn.work.outbox.get(shown.reply_id) if labels.count(written) == 1 and turn.file is None else None
    if row is None:
        return None
    turn.conversation.question = None
    return press_button(turn, row, labels.index(written))


@presses("resume")
def resume(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Goes on with the message that led to the question, with what is settled now."""
    said = Understanding.from_json(arguments["said"])
    if answer := arguments.get("answer"):
        said = Understanding.from_json(
            {**arguments["said"], "person": answer["person"], "company": answer["company"], "mention": None}
        )
    chosen = {name: arguments[name] for name in ("person_id", "company_id") if arguments.get(name)}
    return turn.again(said, **chosen)
