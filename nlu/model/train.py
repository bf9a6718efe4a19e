"""`rasa train nlu` with an owner: it ends when its standard input closes, for then whoever started it is gone."""

import sys
import threading

from serve import end_with_parent


def main() -> None:
    """Trains with the arguments of `rasa train nlu`."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    # Imported only now: it takes seconds, in which the owner may go.
    from rasa.__main__ import main as rasa

    sys.argv = ["rasa", "train", "nlu", *sys.argv[1:]]
    rasa()


if __name__ == "__main__":
    main()
