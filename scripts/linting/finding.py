# SPDX-License-Identifier: Apache-2.0
"""What a check found, and where."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Finding:
    path: Path
    line: int
    rule: str
    what: str
    remedy: str

    def shown(self, root: Path) -> str:
        return f"{self.path.relative_to(root)}:{self.line}: {self.rule}: {self.what}: {self.remedy}"
