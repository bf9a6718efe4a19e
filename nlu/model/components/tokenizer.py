"""Cuts bilingual text into tokens: Latin words and numbers whole, each Han character alone.

A segmenter would cut `预算30万下周三` in the wrong places and names by their context; single
characters never cross the border of a name, and the entity model joins them.
"""

import re
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from components.clauses import HAN
from components.hints import hints

_LETTER = rf"[^\W\d_{HAN}]"
_ALNUM = rf"[^\W_{HAN}]"

TOKEN = re.compile(
    rf"""
    [{HAN}]
    | (?<={_ALNUM})['’]s(?!{_ALNUM})                     # Acme's: the name ends before 's
    | \d+(?:[.,:]\d+)+{_ALNUM}*                           # 1,200  3.5k  10:30am
    | {_ALNUM}+
      (?: ['’](?!s(?!{_ALNUM})){_ALNUM}+                  # don't, O'Brien
        | (?<={_LETTER})[-&]{_ALNUM}+                     # HX-9, AT&T
        | -(?={_LETTER}){_ALNUM}+                         # 5-axis, but not 50-60
      )*
    | [\U0001F1E6-\U0001FAFF\u2600-\u27BF][\uFE0F\u200D\U0001F3FB-\U0001F3FF\u2640\u2642]*   # emoji with their modifiers
    | [^\s]
    """,
    re.VERBOSE,
)


def tokenize(text: str) -> list[Token]:
    """The tokens of a text with their exact offsets."""
    return [Token(match.group(), match.start()) for match in TOKEN.finditer(text)]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class BilingualTokenizer(Tokenizer):
    """Tokenizer for English, Chinese and mixtures; puts the hints for the entity model on its tokens."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The options that every Rasa tokenizer must have."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The tokens of one attribute of a message."""
        tokens = tokenize(message.get(attribute))
        if attribute == TEXT:
            # The entity model reads what lies under "pattern", where Rasa's regex featurizer would write.
            for token, found in zip(tokens, hints([token.text for token in tokens])):
                token.set("pattern", found)
        return tokens
