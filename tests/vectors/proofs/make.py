"""Makes the vectors anew: `python -m tests.vectors.proofs.make FOLDER`, FOLDER having the judges' node_modules."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from openbadges import contexts
from tests.openbadges.test_linked_data import endorsed
from tests.openbadges.whole import credential

HERE = Path(__file__).parent


def main(folder: Path) -> None:
    document = {
        **endorsed(),
        "evidence": [*credential().to_document()["evidence"], *[{"type": ["Evidence"]}] * 2],
    }
    question = {"document": document, "contexts": {url: contexts.context(url) for url in contexts.KNOWN}}
    shutil.copy(HERE / "make.mjs", folder)  # modules are looked for beside the script
    command = ["node", str(folder / "make.mjs"), str(HERE)]
    subprocess.run(command, input=json.dumps(question), text=True, check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
