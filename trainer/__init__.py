"""The local fine-tuning server: speaks the shape of the OpenAI API and really trains."""
