"""What did they mean? Words become canonical values here; the model itself lives in `model/`, a place of its own."""
