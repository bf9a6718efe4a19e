"""Cuts bilingual text into tokens: Latin words and numbers whole, each Han character alone.

A segmenter would cut `预算30万下周三` in the wrong places and names by their context; single
characters never cross the border of a name, and the entity model joins them.
"""

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from components.hints import hints
from components.words import TOKEN


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
