"""`rasa train nlu` with an owner: it ends when its standard input closes, for then whoever started it is gone.

It does the same in less time: see runner.py. Where little has changed it takes seconds: see relearn.py.
"""

import argparse
import gc
import os
import sys
import tempfile
import threading
import warnings
from pathlib import Path

from components.embeddings import EMBEDDER
from relearn import Lesson, relearn, remember
from serve import end_with_parent


def main() -> None:
    """Trains on the data beside this file: `--out` is the folder, `--fixed-model-name` the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the folder for the model")
    parser.add_argument("--fixed-model-name", required=True, help="the file's name in it")
    parser.add_argument(
        "--after", type=Path, help="the folder of the last model, which is gone on from where it can be"
    )
    options = parser.parse_args()
    threading.Thread(target=end_with_parent, daemon=True).start()
    warnings.simplefilter("ignore")
    # Millions of objects are made that stay until the end: looking through them for garbage takes time for nothing.
    gc.disable()
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    path: Path = options.out / options.fixed_model_name
    # Read once: what is changed while the training runs has not been learnt.
    lesson = Lesson.read()
    if options.after is None or not relearn(lesson, options.after, path):
        # While Rasa is imported and reads the data, which leaves a core free.
        threading.Thread(target=EMBEDDER.learn, args=(lesson.texts(),), daemon=True).start()
        train(path)
        remember(lesson, path.name)
    sys.stdout.flush()
    # Taking all these objects apart again would take seconds.
    os._exit(0)


def train(path: Path) -> None:
    """Trains a model on the data beside this file, and writes it to `path` (a .tar.gz file)."""
    # Imported only now: it takes seconds, in which the owner may go.
    from components.importer import ClauseImporter
    from rasa.engine.caching import LocalTrainingCache
    from rasa.engine.recipes.recipe import Recipe
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.training.graph_trainer import GraphTrainer
    from rasa.engine.validation import validate
    from rasa.shared.data import TrainingType
    from rasa.shared.importers.importer import NluDataImporter
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.io import configure_colored_logging
    from runner import SideBySide

    configure_logging_and_warnings()
    configure_colored_logging(None)
    importer = NluDataImporter(ClauseImporter("config.yml", "domain.yml", ["data"]))
    config = importer.get_config()
    recipe = Recipe.recipe_for_name(config["recipe"])
    configuration = recipe.graph_config_for_recipe(config, {}, training_type=TrainingType.NLU)
    validate(configuration)
    with tempfile.TemporaryDirectory() as folder:
        trainer = GraphTrainer(LocalModelStorage(Path(folder)), LocalTrainingCache(), SideBySide)
        trainer.train(configuration, importer, path, force_retraining=True)


if __name__ == "__main__":
    main()
