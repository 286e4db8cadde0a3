"""The routes, in the shape of the OpenAI API."""
