"""What a run was, labelled for training detectors: a table of what a broker sees, with a data card."""

from simulator.labels.card import write_card
from simulator.labels.export import Exported, export_labels
from simulator.labels.rows import COLUMNS, LabelledRow, labelled_rows

__all__ = ["COLUMNS", "Exported", "LabelledRow", "export_labels", "labelled_rows", "write_card"]
