"""`python -m benchmarks.bare_training FILE SEED EPOCHS`: the same training, and nothing around it.

TRL's trainer with the settings of `trainer.sft` in one process: no server, no events, no
checkpoints. Prints its figures as one line of JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


def main(arguments: list[str]) -> None:
    """Train, save the model, print when the first and the last step ended, and the last loss."""
    path, seed, epochs = Path(arguments[0]), int(arguments[1]), int(arguments[2])
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        trainer = build_trainer(rows, seed, epochs, folder)
        times: list[float] = []
        trainer.add_callback(_clock(times))
        trainer.train()
        trainer.model.save_pretrained(folder)
        losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    print(json.dumps({"first": times[0], "last": times[-1], "loss": losses[-1]}))


def _clock(times: list[float]) -> Any:
    from transformers import TrainerCallback

    class Clock(TrainerCallback):  # type: ignore[misc]  # transformers is not typed
        """Notes when each step was logged, as the job's events do."""

        def on_log(self, *_: Any, logs: dict[str, float], **__: Any) -> None:
            if "loss" in logs:
                times.append(time.time())

    return Clock()


def build_trainer(rows: list[dict[str, Any]], seed: int, epochs: int, folder: str) -> Any:
    """The trainer over all rows, replies only."""
    import torch
    from datasets import Dataset
    from transformers import set_seed
    from trl import SFTConfig, SFTTrainer

    from trainer.bases import TINY_SCRATCH
    from trainer.scratch import load_tiny_scratch

    torch.set_num_threads(TINY_SCRATCH.threads or torch.get_num_threads())
    loaded = load_tiny_scratch((row["messages"] for row in rows), seed)
    set_seed(seed)
    config = SFTConfig(
        output_dir=folder,
        num_train_epochs=epochs,
        per_device_train_batch_size=TINY_SCRATCH.auto.batch_size,
        learning_rate=TINY_SCRATCH.auto.learning_rate,
        seed=seed,
        max_length=TINY_SCRATCH.context_length,
        assistant_only_loss=True,
        use_cpu=True,
        bf16=False,
        activation_checkpointing=False,
        dataloader_pin_memory=False,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )
    return SFTTrainer(
        model=loaded.model,
        args=config,
        train_dataset=Dataset.from_list([{"messages": row["messages"]} for row in rows]),
        processing_class=loaded.tokenizer,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
