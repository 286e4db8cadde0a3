"""The training itself: TRL's SFTTrainer over one job's examples, replies only."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from transformers import set_seed
from trl import SFTConfig, SFTTrainer

from trainer.bases import BASES, Base, Loaded
from trainer.errors import BadTrainingFile, Paused
from trainer.examples import TrainingExample, check_training_file
from trainer.folders import (
    JobFolder,
    last_whole_checkpoint,
    read_json,
    remove_tree,
    tidy_checkpoints,
    write_whole,
)
from trainer.processes import half_the_cores
from trainer.records import (
    Record,
    an_event,
    append_record,
    metrics_by_step,
    new_id,
    read_records,
)
from trainer.reporter import Reporter, event_id_of
from trainer.weights import Progress, weights_of

IGNORED = -100  # the label of a token that is not learned
LONG = 512  # tokens; from here on memory matters more than speed
CHECKPOINTS_A_JOB = 10  # about; a whole number of epochs lies between two
COLUMNS = (
    "step",
    "train_loss",
    "train_mean_token_accuracy",
    "valid_loss",
    "valid_mean_token_accuracy",
)


@dataclass(frozen=True, slots=True)
class Learnable:
    """What is left of a file for one tokenizer: rows to train on, what was cut; all in tokens.

    replies: how many are to be learned from, those beyond the context length among them.
    """

    rows: list[dict[str, Any]]
    tokens: int
    longest: int
    cut: list[int]
    empty: list[int]
    replies: int


def train(folder: JobFolder) -> None:
    """Train the job in this folder from its last whole checkpoint, or from the start.

    Raises:
        BaseUnavailable: the base's weights could not be fetched.
        BadTrainingFile: nothing is left to learn from once lines are cut to the context length.
        TrainingDiverged: the loss is no number any more.
        Paused: it was asked to stop; all that it needs to go on exactly there is kept.
    """
    spec = read_json(folder.spec)
    base = BASES[spec["base"]]
    torch.set_num_threads(base.threads or half_the_cores())
    examples = check_training_file(folder.training, base.roles)
    weights = _ensure_weights(folder, base)
    loaded = base.load(weights, (example.messages for example in examples), spec["seed"])
    tidy_checkpoints(folder.run)
    checkpoint = last_whole_checkpoint(folder.run)
    learnable = fit_examples(examples, loaded.tokenizer, base.context_length)
    if checkpoint is None:
        _report_fit(folder, spec, learnable, examples, base)
    trainer = _build_trainer(folder, spec, base, loaded, learnable)
    if checkpoint is None:
        _report_learned(folder, spec, trainer.train_dataset["labels"], learnable.replies)
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    if trainer.state.global_step < trainer.state.max_steps:
        raise Paused
    _save_model(folder, trainer.model, loaded)
    _finish(folder, spec, learnable.tokens * round(trainer.state.epoch))


def _ensure_weights(folder: JobFolder, base: Base) -> Path | None:
    """The base's weights, with a record for every percent that comes while they are fetched."""
    told = -1

    def tell(progress: Progress) -> None:
        nonlocal told
        if folder.pause.exists():
            raise Paused
        percent = 100 * progress.done_bytes // progress.total_bytes
        if percent > told:
            told = percent
            append_record(folder.records, an_event(_fetch_words(progress), data=asdict(progress)))

    weights = weights_of(base, folder.data)
    return weights.ensure(tell) if weights else None


def _fetch_words(progress: Progress) -> str:
    if progress.done_bytes == progress.total_bytes:
        return "Preparing the base model"
    done, total = progress.done_bytes / 1e6, progress.total_bytes / 1e6
    return f"Fetching the base model: {done:.0f} of {total:.0f} MB"


def fit_examples(examples: list[TrainingExample], tokenizer: Any, context_length: int) -> Learnable:
    """Keep the examples of which at least one token of a reply is learned from.

    `tokens` counts what is trained on in one epoch, each example cut at the context length.
    """
    rows: list[dict[str, Any]] = []
    cut: list[int] = []
    empty: list[int] = []
    tokens = longest = replies = 0
    for example in examples:
        encoded = tokenizer.apply_chat_template(
            example.messages, return_dict=True, return_assistant_tokens_mask=True
        )
        length, mask = len(encoded["input_ids"]), encoded["assistant_masks"]
        replies += count_runs(mask)
        if length > context_length:
            cut.append(example.line)
        if any(mask[:context_length]):
            rows.append({"messages": example.messages})
            tokens += min(length, context_length)
            longest = max(longest, min(length, context_length))
        else:
            empty.append(example.line)
    return Learnable(rows, tokens, longest, cut, empty, replies)


def count_runs(marks: Iterable[bool | int]) -> int:
    """How many stretches of marked tokens there are: replies, as between two stands a header."""
    return sum(marked for marked, _ in groupby(marks, key=bool))


def _report_fit(
    folder: JobFolder,
    spec: Record,
    learnable: Learnable,
    examples: list[TrainingExample],
    base: Base,
) -> None:
    unused = sorted({key for example in examples for key in example.unused})
    said = {}
    if learnable.cut:
        limit = f"{base.context_length:,}"
        said["cut"] = f"Cut to {limit} tokens, the most this model reads: {_lines(learnable.cut)}."
    if learnable.empty:
        said["empty"] = f"Left out, because no reply is learned from: {_lines(learnable.empty)}."
    if unused:
        said["unused"] = f"Not used by this model: {', '.join(unused)}."
    for name, sentence in said.items():
        event_id = event_id_of(spec, name)
        append_record(folder.records, an_event(sentence, level="warn", event_id=event_id))
    if not learnable.rows:
        raise BadTrainingFile(
            "There is nothing to learn from: no reply lies within what the model can read.",
            "invalid_training_file",
            "training_file",
        )


def _report_learned(
    folder: JobFolder, spec: Record, labels: Iterable[list[int]], promised: int
) -> None:
    """Say what is really supervised, as counted from the labels that the loss is made of."""
    runs = [count_runs(label != IGNORED for label in row) for row in labels]
    conversations, replies = sum(map(bool, runs)), sum(runs)
    beyond = promised - replies
    said = f"Learning from {conversations} conversations, {replies} replies"
    more = f"; {beyond} more beyond what this model reads" if beyond else ""
    data = {"conversations": conversations, "replies": replies, "beyond": beyond}
    event_id = event_id_of(spec, "learned")
    append_record(folder.records, an_event(said + more, data=data, event_id=event_id))


def _lines(numbers: list[int], most: int = 20) -> str:
    shown = ", ".join(str(number) for number in numbers[:most])
    more = f" and {len(numbers) - most} more" if len(numbers) > most else ""
    return f"{'line' if len(numbers) == 1 else 'lines'} {shown}{more}"


def _build_trainer(
    folder: JobFolder, spec: Record, base: Base, loaded: Loaded, learnable: Learnable
) -> Any:
    steps_per_epoch = math.ceil(len(learnable.rows) / spec["batch_size"])
    validation = _validation_rows(folder, base, loaded)
    reporter = Reporter(
        folder,
        spec,
        steps_per_epoch=steps_per_epoch,
        save_every=math.ceil(spec["n_epochs"] / CHECKPOINTS_A_JOB),
        validates=validation is not None,
    )
    set_seed(spec["seed"])
    return SFTTrainer(
        model=loaded.model,
        args=_config(folder, spec, base, learnable.longest),
        train_dataset=Dataset.from_list(learnable.rows),
        eval_dataset=validation,
        processing_class=loaded.tokenizer,
        peft_config=loaded.adapter,
        callbacks=[reporter],
    )


def _validation_rows(folder: JobFolder, base: Base, loaded: Loaded) -> Any:
    if not folder.validation.exists():
        return None
    examples = check_training_file(folder.validation, base.roles, "validation_file")
    rows = fit_examples(examples, loaded.tokenizer, base.context_length).rows
    return Dataset.from_list(rows) if rows else None


def _config(folder: JobFolder, spec: Record, base: Base, longest: int) -> Any:
    return SFTConfig(
        output_dir=str(folder.run),
        num_train_epochs=spec["n_epochs"],
        per_device_train_batch_size=spec["batch_size"],
        per_device_eval_batch_size=spec["batch_size"],
        learning_rate=spec["learning_rate"],
        seed=spec["seed"],
        max_length=base.context_length,
        assistant_only_loss=True,
        use_cpu=True,  # the same losses for the same seed, on every computer of a kind
        bf16=False,
        # Slower by a fifth, but two examples of 2,048 tokens took 6.6 GB instead of 11 (SmolLM2).
        activation_checkpointing=base.has_weights and longest > LONG,
        dataloader_pin_memory=False,
        logging_steps=1,
        logging_nan_inf_filter=False,  # a loss that is no number must be seen
        save_strategy="no",  # the Reporter says when, and which stay
        report_to="none",
        disable_tqdm=True,
    )


def _save_model(folder: JobFolder, model: Any, loaded: Loaded) -> None:
    """Write the finished model whole, an adapter merged into its base."""
    part = folder.path / "model.part"
    remove_tree(part)
    merged = model.merge_and_unload() if loaded.adapter is not None else model
    merged.save_pretrained(part)
    loaded.tokenizer.save_pretrained(part)
    remove_tree(folder.model)
    part.rename(folder.model)


def _finish(folder: JobFolder, spec: Record, trained_tokens: int) -> None:
    records, _ = read_records(folder.records)
    write_whole(folder.results, results_csv(metrics_by_step(records)))
    result = {"id": new_id("file-"), "bytes": folder.results.stat().st_size}
    made = f"New fine-tuned model created: {spec['model']}"
    append_record(folder.records, an_event(made, event_id=event_id_of(spec, "model")))
    done = an_event("The job has successfully completed", event_id=event_id_of(spec, "end"))
    effects = {"status": "succeeded", "trained_tokens": trained_tokens}
    append_record(folder.records, {**done, "job": effects, "result_file": result})


def results_csv(rows: list[dict[str, Any]]) -> str:
    """The result file: a row a step, empty where nothing was measured."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
