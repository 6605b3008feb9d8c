"""Run the benchmarks that need no data but what scikit-learn ships."""

import subprocess
import sys
from pathlib import Path

SCRIPTS = ["tables.py", "modes.py", "training_speed.py", "parzen_speed.py"]

for script in SCRIPTS:
    print(f"== {script}", flush=True)
    subprocess.run([sys.executable, Path(__file__).parent / script], check=True)
