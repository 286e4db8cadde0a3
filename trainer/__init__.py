"""A fine-tuning server for this computer, in the shape of the OpenAI API.

It stands alone: nothing of the app is imported here, and the app reaches it only through HTTP.
"""

__version__ = "0.1.0"
SERVICE = "tonesmith-trainer"
