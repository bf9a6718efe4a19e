"""What a message is about: Rasa's logistic regression over the sentence features."""

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import csr_matrix

from components.features import sentence_features, source_fingerprint


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentRegression(LogisticRegressionClassifier):
    """The stock classifier, which gets the features of all messages at once: one by one takes longer than to learn."""

    @staticmethod
    def fingerprint_addon(config: dict[str, object]) -> str | None:
        """Makes a change in this package's functions a reason to train again."""
        return source_fingerprint()

    def _create_X(self, messages: list[Message]) -> csr_matrix:  # noqa: N802 - Rasa's name
        return sentence_features(messages)
