"""`rasa train nlu` with an owner: it ends when its standard input closes, for then whoever started it is gone."""

import argparse
import os
import threading
import warnings

from serve import end_with_parent

QUIET = {
    # Another training asks for other outputs: keeping them on disk costs more than it saves.
    "RASA_MAX_CACHE_SIZE": "0",
}


def main() -> None:
    """Trains on the data beside this file: `--out` is the folder, `--fixed-model-name` the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True, help="the folder for the model")
    parser.add_argument("--fixed-model-name", required=True, help="the file's name in it")
    options = parser.parse_args()
    threading.Thread(target=end_with_parent, daemon=True).start()
    warnings.simplefilter("ignore")
    os.environ.update(QUIET)
    # Imported only now: it takes seconds, in which the owner may go. Rasa's command line would take twice as many.
    from rasa.model_training import train_nlu
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.io import configure_colored_logging

    configure_logging_and_warnings()
    configure_colored_logging(None)
    train_nlu("config.yml", "data", options.out, fixed_model_name=options.fixed_model_name, domain="domain.yml")


if __name__ == "__main__":
    main()
