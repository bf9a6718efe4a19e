"""FAB statements: what of a product to say, to whom, and in which manner (domain, sections 3 to 6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from actions import resolving
from actions.asking import Ask, NoAnswer, wait_for
from actions.catalogue import names_of, products_of, without_products
from actions.needs import heard_of, personal_need, told
from actions.playbook import Playbook
from actions.playbook.products import Benefit, Product
from actions.recording import about, people_of
from actions.registry import handles, presses
from actions.rules import fab, names
from actions.turn import Button, Reply, Turn
from nlu.understanding import Understanding
from storage.models import Opportunity, Person

STATEMENTS = 2
"""FAB statements in a reply: each can be said aloud in one breath."""
WITH_MORE = 3
"""The same behind [more]."""
OFFERED = 6
"""Products as buttons."""
NAMED = 12
"""Products of the catalogue in one reply."""


BESIDES = 4
"""Words, or Han characters, that may stand beside the name of a product that is an answer: "it's the X100"."""


@dataclass(frozen=True)
class Listener:
    """Who is to be won: as the message says, else as on record. `phase` is the phase of their sale."""

    who: str | None = None
    role: str | None = None
    style: str | None = None
    phase: str | None = None
    needs: frozenset[str] = frozenset()
    """Benefits that were asked for."""
    organisation: tuple[str, ...] = ()
    """Needs of their organisation that were heard."""
    personal: dict[str, Any] | None = None
    """What they need as a person, with how to put an offer to them."""

    def facts(self, playbook: Playbook, language: str) -> dict[str, Any]:
        """What a reply says of them; None where it is not known."""
        phase = playbook.phases.get(self.phase or "")
        return {
            "who": self.who,
            **playbook.ways_with(self.role, self.style, language),
            "phase": phase.name.in_(language) if phase else None,
            "weighs": phase.weighs.in_(language) if phase else None,
            "needs": [playbook.sides[need].name.in_(language) for need in sorted(self.needs)],
            "organisation": [playbook.needs.organisation.needs[key].name.in_(language) for key in self.organisation],
            "personal": self.personal,
        }


@handles("ask_pitch")
def ask_pitch(turn: Turn) -> Reply:
    """FAB statements for a product and a listener. Asks which product where that is not clear."""
    turn = with_product(turn)
    subject = resolving.if_named(turn)
    named = turn.said.person or turn.said.company
    opportunity = subject.opportunity if named else subject.opportunity or resolving.in_focus(turn)
    product = _to_pitch(turn, opportunity)
    # "Their CFO" is nobody on record yet, even where they stand for somebody.
    listener = listener_of(turn, subject.person if turn.said.person else None, opportunity)
    facts: dict[str, Any] = {
        "product": product.name,
        "what": product.what.in_(turn.said.language),
        "listener": listener.facts(turn.playbook, turn.said.language),
        "statements": statements(turn, product, listener, STATEMENTS),
        "all": statements(turn, product, listener, WITH_MORE),
    }
    if opportunity is not None:
        facts = about(turn, opportunity, **facts)
    return Reply("coaching/pitch", facts).with_more("coaching/pitch_more")


# --- who listens


def listener_of(turn: Turn, person: Person | None, opportunity: Opportunity | None) -> Listener:
    """The person named; of a customer the one who has the role named; else the contact."""
    said = turn.said
    if person is None and opportunity is not None:
        decides = said.role == "decision_maker"
        fitting = (
            each for each in people_of(opportunity) if said.role in (None, each.role) or (decides and each.authority)
        )
        person = next(fitting, None)
    role, style = said.role or (person.role if person else None), said.style or (person.style if person else None)
    needs, organisation = heard_of(turn, opportunity, said.text)
    return Listener(
        who=person.name if person else None,
        role=role,
        style=style,
        phase=turn.playbook.phase_of(opportunity.stage) if opportunity else None,
        needs=needs,
        organisation=organisation,
        personal=told(turn, personal_need(turn, person, style, [role] if role else [])),
    )


# --- what is said


def statements(
    turn: Turn, product: Product, listener: Listener, count: int, objection: str | None = None
) -> list[dict[str, Any]]:
    """The statements that fit best, each with its parts and with what it serves, in words."""
    organisation = turn.playbook.needs.organisation.needs
    heard = fab.Listener(
        role=listener.role,
        style=listener.style,
        phase=listener.phase,
        objection=objection,
        needs=listener.needs,
        wants=frozenset(side for key in listener.organisation for side in organisation[key].serves),
        asked=without_products(products_of(turn), turn.said.text) if objection is None else "",
    )
    offers = [_offer(turn.playbook, benefit) for benefit in product.benefits]
    return [_statement(turn, product.benefits[number]) for number in fab.choose(offers, heard, count)]


def _offer(playbook: Playbook, benefit: Benefit) -> fab.Offer:
    sides = [playbook.sides[key] for key in benefit.serves]
    return fab.Offer(
        feature=" ".join(filter(None, (benefit.feature.en, benefit.feature.zh))),
        roles=frozenset(benefit.roles),
        serves=frozenset(benefit.serves),
        styles=frozenset(benefit.styles or (style for side in sides for style in side.styles)),
        phases=frozenset(benefit.phases or (sides[0].phase,)),
        answers=frozenset(benefit.answers),
    )


def _statement(turn: Turn, benefit: Benefit) -> dict[str, Any]:
    language = turn.said.language
    # The first three are one sentence: an imported one may carry a full stop of its own.
    parts = {
        part: getattr(benefit, part).in_(language).rstrip(".。,，;；") for part in ("feature", "advantage", "benefit")
    }
    parts["evidence"] = benefit.evidence.in_(language)
    return {**parts, "serves": [turn.playbook.sides[key].name.in_(language) for key in benefit.serves]}


# --- which product

MISTAKEN = ("show_customer", "ask_advice")
"""What a question about a product is taken for where the model takes its name for a customer's."""


def with_product(turn: Turn) -> Turn:
    """A product of the catalogue is read as that, whatever the model took its name for."""
    said, catalogue = turn.said, products_of(turn)
    product = _mentioned(said.text, catalogue) or _in_catalogue(said.product, catalogue)
    said = replace(
        said,
        product=product.name if product else said.product,
        person=None if _in_catalogue(said.person, catalogue) else said.person,
        company=None if _in_catalogue(said.company, catalogue) else said.company,
    )
    return replace(turn, said=said)


def meant_to_pitch(turn: Turn) -> Turn:
    """A question about a name that is a product's, not a customer's, asks for its benefits: "PumpCloud有什么卖点"."""
    said = turn.said
    name = said.company or said.person
    if said.intent not in MISTAKEN or "ask_pitch" not in said.also or name is None or turn.chosen:
        return turn
    asked = with_product(turn)
    if asked.said.product is None or name in (asked.said.company, asked.said.person):
        return turn
    return replace(asked, said=replace(asked.said, intent="ask_pitch", topic=None))


def product_named(turn: Turn) -> Product | None:
    """The product of the catalogue that the message names."""
    return _in_catalogue(turn.said.product, products_of(turn))


def product_of(turn: Turn, opportunity: Opportunity | None) -> Product | None:
    """The product that the deal is about, else the only one there is. None where that is not clear."""
    catalogue = products_of(turn)
    noted = _in_catalogue(opportunity.product, catalogue) if opportunity else None
    return noted or (catalogue[0] if len(catalogue) == 1 else None)


def _to_pitch(turn: Turn, opportunity: Opportunity | None) -> Product:
    """The product meant. Raises Ask where the message names an unknown one, or none and several are possible."""
    spoken = turn.said.product
    product = product_named(turn) if spoken else product_of(turn, opportunity)
    if product is not None:
        return product
    catalogue = products_of(turn)
    nearest = _nearest(spoken, catalogue) if spoken else []
    known = [each.name for each in catalogue]
    said = turn.said.to_json()
    buttons = tuple(
        Button("name", "resume", {"said": {**said, "product": name}, **turn.chosen}, {"name": name})
        for name in (nearest or known)[:OFFERED]
    )
    wait_for(turn, "product", "pitch_this", {"said": said, "chosen": turn.chosen})
    facts = {"product": spoken, "nearest": nearest, "known": known[:NAMED], "others": max(len(known) - NAMED, 0)}
    raise Ask(Reply("coaching/no_product", facts, buttons))


@presses("pitch_this")
def pitch_this(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """The product in words."""
    product = product_answered(turn)
    return turn.again(Understanding.from_json({**arguments["said"], "product": product.name}), **arguments["chosen"])


def product_answered(turn: Turn) -> Product:
    """The product that a message names in answer to a question, with hardly a word besides. Raises NoAnswer else."""
    said = with_product(turn).said
    catalogue = products_of(turn)
    product = _in_catalogue(said.product, catalogue)
    besides = names.spaced(without_products(catalogue, said.text)).split()
    asks = bool(besides) and said.intent == "ask_pitch"
    if product is None or said.person or said.company or len(besides) > BESIDES or asks:
        raise NoAnswer
    return product


def _mentioned(text: str, catalogue: tuple[Product, ...]) -> Product | None:
    """A product of the catalogue whose name stands in the text, the longest name first."""
    words = f" {names.spaced(text)} "
    return next((product for name, product in names_of(catalogue) if f" {names.spaced(name)} " in words), None)


def _in_catalogue(spoken: str | None, catalogue: tuple[Product, ...]) -> Product | None:
    if not spoken:
        return None
    wanted = names.key(spoken)
    for name, product in names_of(catalogue):
        if names.key(name) in (wanted, wanted.replace(" ", "")):
            return product
    contained = [product for product in catalogue if names.key(product.name) in wanted.split()]
    return contained[0] if contained else None


def _nearest(spoken: str, catalogue: tuple[Product, ...]) -> list[str]:
    """The products whose names are most like the one named."""
    known = {names.key(name): product.name for name, product in names_of(catalogue)}
    return list(dict.fromkeys(known[key] for key in names.nearest(names.key(spoken), known, len(known))))[:3]
