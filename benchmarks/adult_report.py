"""The report of the guide: ``evaluate`` on samples of ``GANGenerator``, UCI Adult.

Writes the report as text and as a picture, for the page on evaluation.
"""

from pathlib import Path

from common import parser, print_machine
from real_tables import TARGETS, load

from skgan import GANGenerator
from skgan.metrics import evaluate
from skgan.plotting import ReportDisplay

PICTURES = Path(__file__).parent.parent / "docs" / "_static"


def main():
    options = parser(__doc__)
    options.add_argument("--data", type=Path, required=True, help="folder of adult/")
    options = options.parse_args()
    print_machine(options.threads)
    train, test = load("adult", options.data)
    gan = GANGenerator(random_state=0).fit(train)
    rows, unrefined = (
        gan.sample(len(train), refine=refine, random_state=0)
        for refine in (True, False)
    )
    report = evaluate(train, test, rows, target=TARGETS["adult"], unrefined=unrefined)
    print(report)
    (PICTURES / "adult_report.txt").write_text(f"{report}\n")
    figure = ReportDisplay.from_report(report).figure_
    figure.savefig(PICTURES / "adult_report.png", dpi=80)


if __name__ == "__main__":
    main()
