"""
A fit that was cut, and goes on
===============================

A long fit may be cut: a laptop is closed, a cluster ends the job. With a
:class:`~skgan.callbacks.Checkpoint` the same script, started again, goes on from the
newest file, and ends as if nothing had happened.
"""

import tempfile

import matplotlib.pyplot as plt

from skgan import GANGenerator
from skgan.callbacks import Checkpoint
from skgan.datasets import make_hospital_stays

stays = make_hospital_stays(500, random_state=0).drop(columns="stay")
folder = tempfile.mkdtemp()  # yours should last


def new_gan(*callbacks):
    gan = GANGenerator(
        max_iter=120,  # short, for this page, as batches are small
        batch_size=64,
        refinement=None,
        random_state=0,
    )
    return gan.set_callbacks(*callbacks)


# %%
# Here an error of our own stands for the end of the process, after 70 iterations.


class PowerCut(Exception):
    pass


class CutsPower:
    every = 10

    def setup(self, estimator, context):
        pass

    teardown = on_fit_task_begin = setup

    def on_fit_task_end(self, estimator, context, *, metadata=None):
        if context.task_name == "interval" and metadata["n_iter"] == 70:
            raise PowerCut


try:
    new_gan(Checkpoint(folder, every=40), CutsPower()).fit(stays)
except PowerCut:
    print("cut after 70 iterations; the newest file is of iteration 40")

# %%
# The same parameters and the same rows find that file, and train for the 80 iterations
# that are left. A fit which was never cut makes the same rows, to the last bit.

resumed = new_gan(Checkpoint(folder, every=40)).fit(stays)
unbroken = new_gan().fit(stays)
rows = resumed.sample(1_000, random_state=0)
print(rows.equals(unbroken.sample(1_000, random_state=0)))

# %%
# Their losses are the same as well:

figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
ax.plot(unbroken.loss_curve_[:, 0], color="0.8", lw=6, label="never cut")
ax.plot(resumed.loss_curve_[:, 0], color="#0072B2", lw=1.5, label="cut, and went on")
ax.axvline(70, color="#D55E00", ls="--")
ax.text(71, ax.get_ylim()[1], "power cut", color="#D55E00", va="top")
ax.axvline(40, color="k", ls=":")
ax.text(39, ax.get_ylim()[1], "goes on here", ha="right", va="top")
ax.set(xlabel="iteration", ylabel="loss of the discriminator")
ax.legend(loc="lower left")
plt.show()

# %%
# A file is written whole or not at all, and holds no row. A search of many fits goes on
# where it was, too. What else may differ: :doc:`/guide/saving`.
