"""The pages of help in the window: this program's own files, read from nowhere else."""
