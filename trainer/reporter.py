"""What TRL's trainer goes through becomes records: a metric a step, a checkpoint every so often."""

from __future__ import annotations

import math
import time
from typing import Any

from transformers import TrainerCallback

from trainer.errors import TrainingDiverged
from trainer.folders import JobFolder, drop_checkpoints
from trainer.records import Record, an_event, append_record, new_id

# The trainer's names, and OpenAI's.
TRAIN = {"loss": "train_loss", "mean_token_accuracy": "train_mean_token_accuracy"}
VALID = {"eval_loss": "valid_loss", "eval_mean_token_accuracy": "valid_mean_token_accuracy"}


class Reporter(TrainerCallback):  # type: ignore[misc]  # transformers is not typed
    """Writes records, and decides when a checkpoint is saved and the validation file is read."""

    def __init__(
        self,
        folder: JobFolder,
        spec: Record,
        *,
        steps_per_epoch: int,
        save_every: int,
        validates: bool,
    ) -> None:
        self.folder = folder
        self.spec = spec
        self.steps_per_epoch = steps_per_epoch
        self.save_every = save_every  # in epochs
        self.validates = validates  # whether there is a validation file to measure on
        self.metric: dict[str, Any] = {}

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Remember where and when we began, to reckon how long it will take."""
        self.first_step, self.began = state.global_step, time.time()
        if self.first_step:
            self._report(an_event(f"Resuming after step {self.first_step}"))

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> Any:
        """At the end of an epoch: measure on the validation file; save, if it is time.

        Where it is asked to pause: save and stop, wherever it is.
        """
        epoch, rest = divmod(state.global_step, self.steps_per_epoch)
        control.should_evaluate = rest == 0 and self.validates
        is_last = state.global_step >= state.max_steps
        is_asked_to_stop = self.folder.pause.exists()
        is_time = rest == 0 and epoch % self.save_every == 0
        control.should_save = is_last or is_asked_to_stop or is_time
        control.should_training_stop = is_last or is_asked_to_stop
        return control

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float], **_: Any) -> None:
        """Report a step once all is known of it: after its evaluation, where one follows."""
        if "loss" in logs:
            self._check_finite(logs["loss"], state.global_step)
            self.metric = {name: logs[key] for key, name in TRAIN.items()}
            if not control.should_evaluate:
                self._report_step(state)
        elif "eval_loss" in logs:
            self.metric |= {name: logs[key] for key, name in VALID.items() if key in logs}
            self._report_step(state)

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Report the checkpoint that has just been written whole; others make room for it."""
        step = state.global_step
        checkpoint = {
            "id": new_id("ftckpt_"),
            "step": step,
            "model": f"{self.spec['model']}:ckpt-step-{step}",
            "metrics": {"step": step, **self.metric},
        }
        event_id = event_id_of(self.spec, f"{step}-checkpoint")
        message = f"Checkpoint created at step {step}"
        self._report(an_event(message, event_id=event_id, checkpoint=checkpoint))
        held = {log["step"]: log["eval_loss"] for log in state.log_history if "eval_loss" in log}
        drop_checkpoints(self.folder.run, held)

    def _check_finite(self, loss: float, step: int) -> None:
        if not math.isfinite(loss):
            raise TrainingDiverged(
                f"At step {step} the loss was no number any more. Choose a lower learning rate.",
                "training_diverged",
                "hyperparameters",
            )

    def _report_step(self, state: Any) -> None:
        step, total = state.global_step, state.max_steps
        data = {
            "step": step,
            **self.metric,
            "total_steps": total,
            "epoch": step / self.steps_per_epoch,
        }
        self._report(
            an_event(
                self._sentence(step, total),
                data=data,
                event_id=event_id_of(self.spec, step),
                job={"estimated_finish": self._estimate(step, total)},
            )
        )

    def _sentence(self, step: int, total: int) -> str:
        """OpenAI's wording."""
        said = f"Step {step}/{total}: training loss={self.metric['train_loss']:.2f}"
        valid = self.metric.get("valid_loss")
        return said if valid is None else f"{said}, validation loss={valid:.2f}"

    def _estimate(self, step: int, total: int) -> int:
        now = time.time()
        pace = (now - self.began) / max(1, step - self.first_step)
        return int(now + pace * (total - step))

    def _report(self, record: Record) -> None:
        append_record(self.folder.records, record)


def event_id_of(spec: Record, what: str | int) -> str:
    """The id of a job's event of that name or step: the same when it is told again."""
    return f"ftevent-{spec['id'].removeprefix('ftjob-')}-{what}"
