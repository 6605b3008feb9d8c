"""Make the example of a report as a page; run by hand, some minutes on one core."""

from pathlib import Path

from skgan import GANGenerator
from skgan.datasets import make_hospital_stays
from skgan.metrics import evaluate

stays = make_hospital_stays(6_000, random_state=0)
train, test = stays[:3_000], stays[3_000:]
gan = GANGenerator(max_iter=2_000, random_state=0).fit(train)
rows, unrefined = (
    gan.sample(len(train), refine=refine, random_state=0) for refine in (True, False)
)
report = evaluate(train, test, rows, unrefined=unrefined)
report.to_html(Path(__file__).parent / "_static" / "report.html")
print(report)
