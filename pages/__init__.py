"""The pages: layout and calls, nothing else."""
