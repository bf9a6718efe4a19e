"""Manny's own Rasa components: a tokenizer for two scripts, sentence features, facts and labels."""
