"""What a caller is told when something cannot be done: a sentence, a code, the parameter, a status.

TrainerError
├── BadRequest         400  what was asked for cannot be done as asked
├── NotAuthenticated   401  no key, or a wrong one
├── NotFound           404  there is no such file, job or model
├── TooLarge           413  more bytes than the server takes
├── BaseUnavailable    503  the weights of a base are not here (yet); a job fails with it
├── BadTrainingFile         the job fails, not the request: the file cannot be learned from
└── TrainingDiverged        the job fails: its loss is no number any more
"""

from __future__ import annotations


class TrainerError(Exception):
    """Base of all. `message` is a whole sentence for a person."""

    status = 500
    type = "server_error"

    def __init__(self, message: str, code: str | None = None, param: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param

    def to_json(self) -> dict[str, dict[str, str | None]]:
        """The body in OpenAI's shape."""
        return error_body(self.message, self.type, self.code, self.param)


class BadRequest(TrainerError):
    """What was asked for cannot be done as asked."""

    status = 400
    type = "invalid_request_error"


class NotAuthenticated(TrainerError):
    """No key, or a wrong one."""

    status = 401
    type = "authentication_error"


class NotFound(TrainerError):
    """There is no such file, job or model."""

    status = 404
    type = "invalid_request_error"


class TooLarge(TrainerError):
    """More bytes than the server takes."""

    status = 413
    type = "invalid_request_error"


class BaseUnavailable(TrainerError):
    """The weights of a base are not here: still on their way, or they could not be fetched."""

    status = 503


class BadTrainingFile(TrainerError):
    """The file cannot be learned from: its job fails with this code and parameter."""


class TrainingDiverged(TrainerError):
    """The loss is no number any more: the steps were too large."""


class Paused(Exception):
    """Nothing is wrong: the worker was asked to stop, and ends."""


def error_body(
    message: str, kind: str, code: str | None = None, param: str | None = None
) -> dict[str, dict[str, str | None]]:
    """OpenAI's error object, in the shape its SDK reads."""
    return {"error": {"message": message, "type": kind, "code": code, "param": param}}
