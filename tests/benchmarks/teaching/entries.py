"""What is compared: networks and augmentations, put together to submissions.

A submission of the table is a network of `networks/` (or that of the reference solution) with an
augmentation of `augmentations/`; whoever wants to see one as a student would hand it in finds it in
the results folder, below `submissions/`.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
REFERENCE = ROOT / "solutions" / "reference" / "submission.py"
_SUBMISSION = '''\
"""{title}."""

from augmentation import build_augmentation
from network import build_model, training_plan

__all__ = ["build_augmentation", "build_model", "training_plan"]
'''


@dataclass(frozen=True)
class Entry:
    """A row of the table.

    Attributes:
        title: As it is called there.
        network: File in `networks/` without its suffix; or ``reference``.
        augmentation: File in `augmentations/` without its suffix.
    """

    title: str
    network: str
    augmentation: str

    @property
    def id(self) -> str:
        """Name of the submission's folder."""
        return f"{self.network}-{self.augmentation}"

    def write(self, folder: Path) -> Path:
        """Put the submission together below a folder, and return where it lies."""
        path = folder / self.id
        path.mkdir(parents=True, exist_ok=True)
        (path / "submission.py").write_text(_SUBMISSION.format(title=self.title), "utf-8")
        shutil.copyfile(REFERENCE, path / "reference.py")
        network = HERE / "networks" / f"{self.network}.py"
        shutil.copyfile(REFERENCE if self.network == "reference" else network, path / "network.py")
        augmentation = HERE / "augmentations" / f"{self.augmentation}.py"
        shutil.copyfile(augmentation, path / "augmentation.py")
        return path


ENTRIES = (
    Entry("MLP", "mlp", "pose"),
    Entry("LeNet-5", "lenet", "pose"),
    Entry("VGG-like", "vgg", "pose"),
    Entry("residual", "residual", "pose"),
    Entry("reference", "reference", "pose"),
    Entry("reference, no augmentation", "reference", "none"),
    Entry("reference, with flips", "reference", "flips"),
    Entry("residual, no augmentation", "residual", "none"),
)
