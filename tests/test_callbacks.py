"""scikit-learn's callback protocol."""

import io
import pickle
import re
import sys

import numpy as np
import pytest
import torch
from own_networks import global_dropout
from PIL import Image
from sklearn.base import clone
from sklearn.callback import ProgressBar
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skgan import DCGANGenerator, GANGenerator
from skgan.callbacks import LossPrinter, SampleGridCallback, TensorBoardLogger
from skgan.estimators import fitting

SMALL = {"max_iter": 120, "hidden_layer_sizes": (8,), "n_score_samples": 100}
SMALL |= {"encoder": "scaled"}  # two intervals
QUICK = {"base_channels": 2, "n_score_samples": 50}


class Monitor:
    """Records the events; samples and scores at the end of every reporting interval."""

    def __init__(self, stop_after=None):
        self.events, self.scores, self.stop_after = [], [], stop_after

    def setup(self, estimator, context):
        self.events.append(("setup", context.task_name))

    def teardown(self, estimator, context):
        self.events.append(("teardown", context.task_name))

    def on_fit_task_begin(self, estimator, context):
        self.events.append(("begin", context.task_name))
        torch.rand(3)  # a careless callback: the global stream

    def on_fit_task_end(self, estimator, context, *, X=None, fitted_estimator=None):
        self.events.append(("end", context.task_name))
        if context.task_name == "interval":
            torch.rand(3)
            fitted_estimator.sample(10)
            fitted_estimator.discriminate(X)
            self.scores.append(fitted_estimator.score(X))
        return len(self.scores) == self.stop_after


@pytest.fixture
def gan():
    return GANGenerator(**SMALL, random_state=0)


def test_a_leaf_is_an_interval_of_a_hundred_iterations(gan, blobs):
    monitor = Monitor()
    gan.set_params(max_iter=250).set_callbacks(monitor).fit(blobs)
    interval = [("begin", "interval"), ("end", "interval")]
    assert monitor.events == [
        ("setup", "fit"),
        ("begin", "fit"),
        *interval * 3,
        ("end", "fit"),
        ("teardown", "fit"),
    ]
    assert len(monitor.scores) == 3 and np.isfinite(monitor.scores).all()


def test_a_callback_that_samples_changes_nothing(blobs):
    """Bit-identical, though a network draws from the global stream, too."""
    gan = GANGenerator(**SMALL, random_state=0, discriminator=global_dropout)
    alone = gan.fit(blobs).sample(20, random_state=0)
    watched = gan.set_callbacks(Monitor()).fit(blobs)
    np.testing.assert_array_equal(alone, watched.sample(20, random_state=0))


def test_a_snapshot_leaves_spectral_normalization_as_it_is():
    X = np.random.default_rng(0).random((40, 8, 8, 1))
    params = QUICK | {"max_iter": 4, "normalization": "spectral", "loss": "hinge"}
    gan = DCGANGenerator(**params, n_clusters=1, random_state=0)

    class Snapshots(Monitor):
        every = 2

        def on_fit_task_end(self, estimator, context, *, metadata=None):
            if metadata:
                assert np.isfinite(metadata["snapshot"]().sample(2)).all()

    alone = gan.fit(X).sample(5, random_state=0)
    watched = gan.set_callbacks(Snapshots()).fit(X)
    np.testing.assert_array_equal(alone, watched.sample(5, random_state=0))


def test_a_callback_can_stop(gan, blobs):
    gan.set_params(max_iter=250).set_callbacks(Monitor(stop_after=2)).fit(blobs)
    assert gan.n_iter_ == len(gan.loss_curve_) == 200
    assert gan.sample(3).shape == (3, 2)


def test_intervals_of_every_restart_are_reported(gan, blobs):
    monitor = Monitor()
    gan.set_params(n_init=2).set_callbacks(monitor).fit(blobs)
    for moment in ("begin", "end"):
        assert monitor.events.count((moment, "interval")) == 4
    assert monitor.events.count(("end", "fit")) == 1


def test_callbacks_are_torn_down_when_a_fit_fails(blobs):
    monitor = Monitor()
    wild = {"optimizer": "sgd", "learning_rate": 1e18, "loss": "least_squares"}
    gan = GANGenerator(**SMALL, **wild)
    with pytest.raises(ArithmeticError):
        gan.set_callbacks(monitor).fit(blobs)
    assert monitor.events[-1] == ("teardown", "fit")


def test_the_state_given_to_callbacks_is_a_copy(gan, blobs):
    class Vandal(Monitor):
        def on_fit_task_end(self, estimator, context, *, fitted_estimator=None):
            if context.task_name == "interval":
                for weight in fitted_estimator.generator_.parameters():
                    weight.data.zero_()

    alone = gan.fit(blobs).sample(20, random_state=0)
    gan.set_callbacks(Vandal()).fit(blobs)
    np.testing.assert_array_equal(alone, gan.sample(20, random_state=0))


def test_progress_bar(gan, blobs, capsys):
    gan.set_callbacks(ProgressBar()).fit(blobs)
    out = capsys.readouterr().out
    assert "GANGenerator - fit" in out and "100%" in out


def test_progress_bar_through_pipeline_and_search(gan, blobs, capsys):
    pipeline = make_pipeline(StandardScaler(), gan)
    search = GridSearchCV(pipeline, {"gangenerator__loss": ["hinge"]}, cv=2)
    search.set_callbacks(ProgressBar(max_propagation_depth=None)).fit(blobs)
    out = capsys.readouterr().out
    assert "GridSearchCV - fit" in out and "GANGenerator - fit" in out


def test_intervals_have_the_iteration_and_an_estimator_only_if_asked(
    gan, blobs, monkeypatch
):
    asked = []

    class Asks(Monitor):
        def on_fit_task_end(self, estimator, context, *, metadata=None):
            if context.task_name == "interval":
                asked.append(metadata)

    made = []
    for name in ("snapshot", "scored"):
        own = getattr(fitting, name)

        def spy(known, plan, name=name, own=own):
            made.append(name)
            return own(known, plan)

        monkeypatch.setattr(fitting, name, spy)
    gan.set_params(max_iter=250).set_callbacks(Asks()).fit(blobs)
    assert [metadata["n_iter"] for metadata in asked] == [100, 200, 250]
    assert [metadata["max_iter"] for metadata in asked] == [250] * 3
    assert made == ["snapshot", "scored"]  # at the end
    # The state moves on: ask while the interval lasts
    snapshot = asked[1]["snapshot"]()
    assert made == ["snapshot", "scored", "snapshot"]
    assert snapshot is not gan
    assert not hasattr(snapshot, "bandwidth_")
    assert not hasattr(snapshot, "validation_score_")
    for method in (snapshot.score, snapshot.score_samples, snapshot.discriminate):
        with pytest.raises(NotFittedError, match="A snapshot samples, but has no"):
            method(blobs)
    np.testing.assert_array_equal(
        snapshot.sample(3, refine=False, random_state=0),
        gan.sample(3, refine=False, random_state=0),
    )


@pytest.mark.parametrize("noise", ["normal", "uniform"])
def test_pictures_of_the_same_latent_vectors(tmp_path, noise):
    images = load_digits().images[:200]
    pictures = SampleGridCallback(tmp_path / "new", every=20, n_samples=4)
    gan = DCGANGenerator(**QUICK, max_iter=50, noise=noise, random_state=0)
    alone = gan.fit(images).sample(3, random_state=0)
    gan.set_callbacks(pictures).fit(images)
    np.testing.assert_array_equal(gan.sample(3, random_state=0), alone)
    names = [f"iteration_0000{n}.png" for n in (20, 40, 50)] + ["training.gif"]
    assert [path.name for path in pictures.paths_] == names
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == names
    grids = [np.asarray(Image.open(path)) for path in pictures.paths_[:3]]
    assert grids[0].shape == (17, 17) and (grids[0] != grids[1]).any()
    with Image.open(pictures.paths_[3]) as animation:
        assert animation.n_frames == 3
    rng = np.random.RandomState(0)
    size = 4, gan.latent_dim_
    latents = rng.normal(size=size) if noise == "normal" else rng.uniform(-1, 1, size)
    first = gan.generate(latents)[0]  # from 0 to 16
    np.testing.assert_allclose(grids[2][:8, :8], 255 * first / 16, atol=0.6)


def test_a_picture_shows_what_the_generator_makes(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (30, 8, 9, 3), dtype=np.uint8)
    y = np.repeat(["a", "b"], 15)
    pictures = SampleGridCallback(tmp_path, every=20, n_samples=2, y="a")
    gan = DCGANGenerator(**QUICK, max_iter=20, class_conditional=True)
    gan.set_callbacks(pictures).fit(images, y)
    latents = np.random.RandomState(0).normal(size=(2, gan.latent_dim_))
    expected = gan.generate(latents, y="a")
    assert (expected != gan.generate(latents)).any()  # of drawn labels
    grid = np.asarray(Image.open(pictures.paths_[0]))
    assert grid.shape == (8, 19, 3)
    np.testing.assert_array_equal(grid[:, :9], expected[0])
    np.testing.assert_array_equal(grid[:, 10:], expected[1])


def test_a_stream_of_random_numbers_is_drawn_from_once(tmp_path):
    pictures = SampleGridCallback(
        tmp_path, every=10, n_samples=2, random_state=np.random.RandomState(0)
    )
    gan = DCGANGenerator(**QUICK, max_iter=20, n_clusters=1)
    gan.set_callbacks(pictures).fit(load_digits().images[:200])
    latents = np.random.RandomState(0).normal(size=(2, gan.latent_dim_))
    grid = np.asarray(Image.open(pictures.paths_[1]))
    expected = 255 * gan.generate(latents) / 16
    np.testing.assert_allclose(grid[:, :8], expected[0], atol=0.6)


def test_pictures_of_every_restart_are_kept(tmp_path, blobs):
    pictures = SampleGridCallback(tmp_path, every=1_000, n_samples=2)
    GANGenerator(**SMALL, n_init=2).set_callbacks(pictures).fit(blobs)
    names = ["iteration_000120.png", "restart_2_iteration_000120.png", "training.gif"]
    assert [path.name for path in pictures.paths_] == names


def test_a_fit_that_fails_leaves_no_pictures(tmp_path):
    pictures = SampleGridCallback(tmp_path)
    with pytest.raises(ValueError, match="a minimum of 2 is required"):
        GANGenerator(**SMALL).set_callbacks(pictures).fit([[1.0]])
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_label_of_pictures_is_named_after_the_first_interval(tmp_path):
    ends = []

    class Counter(Monitor):
        every = 10

        def on_fit_task_end(self, estimator, context, *, metadata=None):
            if context.task_name == "interval":
                ends.append(metadata["n_iter"])

    pictures = SampleGridCallback(tmp_path, every=1_000, n_samples=2, y="c")
    gan = DCGANGenerator(**QUICK, max_iter=50, class_conditional=True)
    gan.set_callbacks(Counter(), pictures)
    with pytest.raises(ValueError, match="'c'"):
        gan.fit(load_digits().images[:40], ["a", "b"] * 20)
    assert ends == [10] and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("n_samples", [0, -1, 2.0, "all"])
def test_pictures_show_at_least_one_image(n_samples, tmp_path):
    message = f"n_samples must be a positive integer, got {n_samples!r}"
    with pytest.raises(ValueError, match=message):
        SampleGridCallback(tmp_path, n_samples=n_samples)


@pytest.mark.parametrize("every", [0, -100, 100.0, "100"])
@pytest.mark.parametrize("callback", [SampleGridCallback, TensorBoardLogger])
def test_pictures_come_after_whole_iterations(callback, every, tmp_path):
    message = f"every must be a positive integer, got {every!r}"
    with pytest.raises(ValueError, match=message):
        callback(tmp_path, every=every)


def test_intervals_end_where_callbacks_want_it(gan, blobs):
    class Often(Monitor):
        every = 70

        def on_fit_task_end(self, estimator, context, *, metadata=None):
            if context.task_name == "fit":
                self.n_intervals = context.max_subtasks
            if context.task_name == "interval":
                self.events.append((metadata["n_iter"], len(metadata["losses"])))

    class OfOther(Monitor):
        every = "day"

    often = Often()
    gan.set_params(max_iter=250)
    gan.set_callbacks(often, OfOther(), ProgressBar()).fit(blobs)
    ends = [event for event in often.events if isinstance(event[0], int)]
    assert ends == [(70, 70), (100, 30), (140, 40), (200, 60), (210, 10), (250, 40)]
    assert often.n_intervals == len(ends)
    assert gan.set_callbacks().fit(blobs).n_iter_ == 250


def test_losses_that_a_callback_changes_are_its_own(gan, blobs):
    class Careless(Monitor):
        def on_fit_task_end(self, estimator, context, *, metadata=None):
            if context.task_name == "interval":
                metadata["losses"][:] = 0

    expected = clone(gan).fit(blobs).loss_curve_
    found = gan.set_callbacks(Careless()).fit(blobs).loss_curve_
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("every", [60, 100])
def test_losses_are_printed(every, gan, blobs, capsys):
    gan.set_callbacks(LossPrinter(every=every)).fit(blobs)
    lines = capsys.readouterr().out.splitlines()
    for n_iter, line in zip(range(every, 121, every), lines, strict=True):
        losses = gan.loss_curve_[n_iter - 1]
        expected = (
            f"iteration {n_iter}: loss of the discriminator {losses[0]:.4f}, "
            f"of the generator {losses[1]:.4f}, "
        )
        assert line.startswith(expected)
        assert re.fullmatch(r"\d+\.\d s", line.removeprefix(expected))


def test_seconds_are_those_since_the_line_before(gan, blobs, capsys, monkeypatch):
    ticks = iter([10.0, 12.5, 13.0])
    monkeypatch.setattr("skgan.callbacks.losses.time.perf_counter", ticks.__next__)
    gan.set_callbacks(LossPrinter(every=50)).fit(blobs)
    lines = capsys.readouterr().out.splitlines()
    assert [line.rpartition(", ")[2] for line in lines] == ["2.5 s", "0.5 s"]


@pytest.mark.parametrize("every", [0, 2.5])
def test_losses_come_after_whole_iterations(every):
    message = f"every must be a positive integer, got {every!r}"
    with pytest.raises(ValueError, match=message):
        LossPrinter(every=every)


def logged(folder):
    """What TensorBoard would show of a folder."""
    name = "tensorboard.backend.event_processing.event_accumulator"
    sizes = {"scalars": 0, "histograms": 0, "images": 0}  # 0 is all
    return pytest.importorskip(name).EventAccumulator(str(folder), sizes).Reload()


def test_what_tensorboard_shows(tmp_path):
    gan = DCGANGenerator(**QUICK, max_iter=50, random_state=0)
    logger = TensorBoardLogger(tmp_path, every=30, n_samples=4)
    grid = SampleGridCallback(tmp_path / "grid", every=30, n_samples=4)
    gan.set_callbacks(logger, grid).fit(load_digits().images[:200])
    shown = logged(tmp_path)
    for column, name in enumerate(("discriminator", "generator")):
        scalars = shown.Scalars(f"loss/{name}")
        assert [scalar.step for scalar in scalars] == list(range(1, 51))
        curve = gan.loss_curve_[:, column]
        np.testing.assert_allclose([s.value for s in scalars], curve, rtol=1e-6)
        for part, weights in getattr(gan, f"{name}_").named_parameters():
            histograms = shown.Histograms(f"{name}/{part}")
            assert [histogram.step for histogram in histograms] == [30, 50]
            assert histograms[-1].histogram_value.num == weights.numel()
            assert histograms[-1].histogram_value.max == pytest.approx(
                float(weights.max()), rel=1e-6
            )
    pictures = shown.Images("samples")
    assert [picture.step for picture in pictures] == [30, 50]
    for picture, path in zip(pictures, grid.paths_[:2], strict=True):
        actual = Image.open(io.BytesIO(picture.encoded_image_string)).convert("L")
        np.testing.assert_array_equal(np.asarray(actual), np.asarray(Image.open(path)))


def test_tensorboard_without_pictures_and_with_restarts(tmp_path, blobs):
    gan = GANGenerator(**SMALL, n_init=2, random_state=0)
    gan.set_callbacks(TensorBoardLogger(tmp_path)).fit(blobs)
    for folder in (tmp_path, tmp_path / "restart_2"):
        shown = logged(folder)
        assert len(shown.Scalars("loss/generator")) == 120
        assert shown.Tags()["images"] == []
    pickle.loads(pickle.dumps(gan))


def test_tensorboard_that_is_not_installed(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(ImportError, match=r"pip install 'skgan\[tensorboard\]'"):
        TensorBoardLogger(tmp_path)
