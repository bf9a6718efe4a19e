"""Values said in a message (times, money, counts, periods, contacts): raw text in, typed values out.

Nothing here knows intents, the model or the database."""
