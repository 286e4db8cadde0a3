"""The application: routes, and one shape for everything that goes wrong."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from trainer import SERVICE, __version__
from trainer.api import chat, files, jobs, models
from trainer.api.answers import Answer
from trainer.api.context import Context
from trainer.errors import TrainerError, error_body

INVALID = "invalid_request_error"


def build_app(context: Context) -> FastAPI:
    """The routes over one server's parts; the gate is put before them by the caller."""
    app = FastAPI(
        title=SERVICE,
        version=__version__,
        docs_url=None,
        redoc_url=None,
        default_response_class=Answer,
    )
    app.openapi_url = None
    app.state.context = context
    for routes in (files, jobs, models, chat):
        app.include_router(routes.router)
    app.add_api_route("/health", _health)
    app.add_exception_handler(TrainerError, _answer_trainer_error)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(Exception, _answer_unexpected)
    return app


def _health(request: Request) -> dict[str, Any]:
    """Whether this is the trainer, whether its jobs go on, and how many; asked without a key."""
    context: Context = request.app.state.context
    return {
        "status": context.supervisor.state,
        "service": SERVICE,
        "version": __version__,
        "active_jobs": context.store.count_active_jobs(),
    }


def _answer_trainer_error(_: Request, problem: Exception) -> Answer:
    known = problem if isinstance(problem, TrainerError) else TrainerError(str(problem))
    return Answer(known.to_json(), known.status)


def _answer_invalid(_: Request, problem: Exception) -> Answer:
    """FastAPI's own complaint about a body or a parameter, in the shape the SDK can show."""
    found = problem.errors() if isinstance(problem, RequestValidationError) else []
    first = found[0] if found else {"loc": (), "msg": "The request cannot be read."}
    param = ".".join(str(part) for part in first["loc"][1:]) or None
    message = f"{param or 'The body'}: {first['msg']}"
    return Answer(error_body(message, INVALID, "invalid_value", param), 400)


def _answer_http(request: Request, problem: Exception) -> Answer:
    """No such route, or not with this method."""
    status = problem.status_code if isinstance(problem, HTTPException) else 400
    headers = problem.headers if isinstance(problem, HTTPException) else None
    detail = problem.detail if isinstance(problem, HTTPException) else str(problem)
    message = f"{detail}: {request.method} {request.url.path}"
    codes = {404: "unknown_url", 405: "method_not_allowed"}
    body = error_body(message, INVALID, codes.get(status))
    return Answer(body, status, headers=headers)


def _answer_unexpected(_: Request, __: Exception) -> Answer:
    message = "The trainer could not answer because of a mistake of its own; see its log."
    return Answer(error_body(message, "server_error", "server_failed"), 500)
