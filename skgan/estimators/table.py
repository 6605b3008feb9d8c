"""GANGenerator: a GAN for rows of a table."""

from functools import partial
from numbers import Integral, Real

from sklearn.base import clone

from .._sklearn import Interval, StrOptions
from ..encoding import Encoder
from ..networks import ROW_DISCRIMINATORS, ROW_GENERATORS, row_networks
from . import inputs
from .base import BaseGAN
from .parameters import SHARED_CONSTRAINTS, check_table
from .resolve import generator_of, table_encoder


class GANGenerator(BaseGAN):
    """Generative adversarial network for rows of numbers and of mixed tables.

    A generator learns to turn noise into rows that a discriminator cannot tell from
    those of the training data (Goodfellow et al. 2014 [1]_). By default both are
    multi-layer perceptrons trained with the relativistic loss and gradient penalties
    (Huang et al. 2024 [2]_), and the generator's weights are averaged. Of data frames
    with columns of all types, samples have the same columns and dtypes.

    Parameters
    ----------
    hidden_layer_sizes : array-like of int, default=(256, 256)
        Number of units of each hidden layer, in both networks.
    generator : {"auto", "mlp", "residual"} or callable, default="auto"
        "mlp" is :func:`~skgan.networks.mlp_generator`, "residual"
        :func:`~skgan.networks.residual_generator`; "auto" is the latter for tables.
        Or a function ``generator(latent_dim, n_outputs)`` that builds a
        ``torch.nn.Module`` from ``(n, latent_dim)`` to ``(n, n_outputs)``. The output
        activation is applied to what the module returns. Labels and clusters, one-hot,
        are among its inputs, and among those of the discriminator.
    discriminator : "mlp" or callable, default="mlp"
        A function ``discriminator(n_inputs)`` that builds a ``torch.nn.Module`` from
        ``(n, n_inputs)`` to one logit a row. "mlp" is
        :func:`~skgan.networks.mlp_discriminator`; for maxout units give
        ``partial(mlp_discriminator, maxout_pieces=5)``.
    dropout : float, default=0.0
        Share of the discriminator's hidden units that are zeroed in training, in
        [0, 1). Only for ``discriminator="mlp"``.
    latent_dim : "auto" or int, default="auto"
        Number of columns of the noise. "auto" is as many as the generator's outputs,
        at most 64.
    noise : {"normal", "uniform"}, default="normal"
        Distribution of the noise: standard normal, or uniform between -1 and 1.
    encoder : {"auto", "scaled", "table"} or Encoder, default="auto"
        How rows become tensors. ``"scaled"`` is one affine map for columns that share
        one range, and one map a column otherwise
        (:class:`~skgan.encoding.ScaledEncoder`); ``"table"`` is classes and normal
        scores, for columns of all types (:class:`~skgan.encoding.TableEncoder`). "auto"
        is ``"scaled"`` for arrays of at least 16 columns of numbers that share one
        range, as pixels do, and ``"table"`` for all others and for data frames. An
        object is cloned; a search reaches its options as ``encoder__identifiers``.
    categorical_features : "from_dtype" or array-like, default="from_dtype"
        Columns of a table that are categories without an order: names, indices or a
        mask. "from_dtype" is none but those of categorical dtypes. Text is categorical
        in any case, but if nearly unique an identifier unless named here. With an
        encoder object these are its own option.
    class_conditional : bool, default=False
        Whether ``fit`` learns the rows of each label in ``y``, and ``sample`` draws
        rows of given labels. Searches then need folds with all labels, as those of
        ``StratifiedKFold`` are.
    n_clusters : "auto" or int, default="auto"
        Number of clusters of the rows that both networks get, so that the share of
        each among samples is that in the data. They are found by k-means; those of few
        rows are merged. "auto" is one for each hundred rows of a table, at most 50, and
        fewer where there are many labels; 1 is none.
    loss : str or pair of callables, default="relativistic"
        One of ``"relativistic"``, ``"non_saturating"``, ``"minimax"``,
        ``"wasserstein"``, ``"hinge"``, ``"least_squares"``, or an
        :class:`~skgan.losses.AdversarialLoss`.
    penalty : "auto", str, callable, sequence of these, or None, default="auto"
        Gradient penalties of the discriminator: ``"r1"``, ``"r2"``,
        ``"interpolated"``, or functions ``(critic, real, fake) -> (n,)``. "auto" is
        ``("r1", "r2")`` for the relativistic and ``"interpolated"`` for the Wasserstein
        loss, none for the others.
    penalty_weight : "auto" or float, default="auto"
        Weight of each penalty. Penalties are applied at every fourth update of the
        discriminator, with four times the weight (Karras et al. 2020). "auto" is,
        for ``"r1"`` and ``"r2"``, 0.15 for tables of 10,000 training rows and more, and
        grows for smaller ones as rows get fewer, to 3 for 500; for rows of pixels and
        other scaled numbers 0.025 times their variance summed over columns. Those are
        half the gamma of the papers. For ``"interpolated"`` it is twice as much, 10 for
        pixels as those of MNIST, as in its paper.
    max_iter : "auto" or int, default="auto"
        Number of iterations, as Algorithm 1 counts them: one round of updates of both
        networks. "auto" is 90 times the square root of the number of training rows, at
        least 3,000 and at most 20,000; for tables no more than the number of training
        rows, but at least 300.
    max_time : float or None, default=None
        Seconds that ``fit`` may take, None is no limit. After the first hundred
        iterations their number is fixed, at most ``max_iter``, so that training,
        refinement and scores end in about that time. The same ``random_state`` then no
        longer repeats a fit. ``partial_fit`` makes one pass in any case.
    max_rows : int, default=1000000
        Of more rows than this, as many are drawn to train on, each with the same
        chance, and the others are counted (see the guide on large tables).
    batch_size : int, default=256
        Number of rows in a batch, at least 2. It may exceed the number of rows.
    n_critic : float or callable, default=1
        Number of updates of the discriminator before each update of the generator, the
        k of Algorithm 1, or 1/k for k updates of the generator after each. It may be a
        function of the iteration, which may also look at the losses (see the guide).
    optimizer : {"adam", "sgd"} or callable, default="adam"
        Optimizer of both networks: "adam" is Adam with betas (0, 0.99), "sgd" is
        stochastic gradient descent without momentum. Or a function
        ``optimizer(weights, lr=...)`` such as
        ``partial(torch.optim.Adam, betas=(0.5, 0.999))``.
    learning_rate : float or pair of float, default=1e-3
        Learning rate of both networks, or of the generator and of the discriminator.
    learning_rate_decay : {"linear"} or None, default="linear"
        "linear" lets both rates fall to 0 over the iterations, None keeps them.
    ema_decay : float, default=0.999
        Decay of the exponential moving average of the generator's weights, in [0, 1).
        It starts low, so that short runs are not ruled by the first weights; 0 is no
        averaging.
    precision : {"auto", "float32", "bfloat16"}, default="auto"
        Number format of the networks' products in training. "auto" is bfloat16 where
        the processor is fast at it and a layer is at least 256 wide, else float32.
    n_init : int, default=1
        Number of restarts of training. The one with the best score on the held-out rows
        is kept; those that diverge are left out, with a warning.
    early_stopping : bool, default=False
        Whether the best state of training is kept in place of the last one, and
        training ends when there is no more to gain, see
        :class:`~skgan.callbacks.EarlyStopping`. States are compared on one half of the
        held-out rows, of which there must be 40; the other half is for
        ``validation_score_``. The losses are not looked at.
    validation_fraction : float, default=0.1
        Share of the rows, at most 1,000, that is held out of training to choose the
        bandwidth and the best restart, and to calibrate ``discriminate``, in [0, 1).
        Where it is fewer than 5 rows, the training rows serve to choose, and
        ``discriminate`` is not calibrated.
    bandwidth : "auto" or float, default="auto"
        Standard deviation of the Gaussians behind ``score_samples``, in the units of X
        if the columns share one range, otherwise in standard deviations. "auto" takes
        the best on the held-out rows, at least 0.02 times their root mean variance.
    n_score_samples : int, default=10000
        Number of generated rows behind ``score_samples``.
    refinement : {"auto", "trees", "network", "both"} or None, default="auto"
        Whose estimate of the density ratio of real rows to generated ones decides which
        of these ``sample`` returns (Azadi et al. 2019 [3]_): that of boosted trees and
        of the shares of values; that of the discriminator; or of trees on top of the
        discriminator. "auto" is "trees" for tables of at least 500 training rows, and
        None, rows as the generator makes them, for all others. The discriminator knows
        its training rows by heart: with "network" or "both", samples ask what tells
        members (see the guide on privacy).
    device : str or torch.device, default="auto"
        Where training runs: "cpu", "cuda" or another of torch's; "auto" is CUDA where
        there is one. The fitted networks are kept on the CPU.
    warm_start : bool, default=False
        Whether a second ``fit`` goes on where the last one ended, until ``max_iter``
        iterations are done in all, and with it whether the state of the optimizers is
        kept. ``partial_fit`` keeps it in any case.
    verbose : int, default=0
        Above 0, the phases of a fit and the time left are printed.
    random_state : int, RandomState instance or None, default=None
        Seed of everything random in ``fit``. Fits with the same integer, machine and
        number of threads are identical.

    Attributes
    ----------
    generator_ : torch.nn.Module
        The averaged generator with its output activation, on the CPU, in eval mode; its
        ``network`` is what ``generator`` built.
    discriminator_ : torch.nn.Module
        The discriminator of rows and their conditions, on the CPU, in eval mode; its
        ``network`` is what ``discriminator`` built, a map of points to raw logits. It
        tells training rows from others; ``discriminate`` does not ask it.
    encoder_ : object
        The map between rows and the networks' tensors.
    latent_dim_ : int
        Number of columns of the noise in use.
    loss_curve_ : ndarray of shape (``n_iter_``, 2)
        Losses of discriminator and generator at each iteration, without penalties.
    max_iter_ : int
        Number of iterations that were to be done: ``max_iter``, or what ``max_time``
        allowed.
    n_iter_ : int
        Number of iterations done.
    bandwidth_ : float
        The bandwidth in use.
    validation_score_ : float
        Mean log density of the held-out rows.
    validation_scores_ : ndarray of shape (n_scores, 2)
        Iterations, and after each the score of the state: of ``EarlyStopping``'s
        ``scoring``, or else a sum of mean votes of the rows that choose, each for the
        state against the best before it; the first state has 0. Only with early
        stopping.
    best_iter_ : int
        The iteration of the state that was kept. Only with early stopping.
    training_report_ : dict of str to float or None
        What the end of the fit showed: coverage of held-out rows, copies of training
        rows, and how well the discriminator knows these (see the guide). Not after
        Ctrl-C.
    refinement_ : str or None
        The refinement in use.
    acceptance_rate_ : float
        Share of the generator's rows that refinement accepts, 1 without.
    n_clusters_ : int
        Number of clusters in use, 1 if none.
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted. Only if ``class_conditional``.
    n_unseen_ : ndarray of shape (``n_features_in_``,)
        In how many rows each column had a value that the encoder does not know, in all
        calls of ``partial_fit``; the first has such values where they are rare. Only
        after ``partial_fit``.
    n_features_in_ : int
        Number of columns seen in ``fit``.
    feature_names_in_ : ndarray of shape (``n_features_in_``,)
        Names of the columns, where they are all strings.

    See Also
    --------
    skgan.sample : Samples of a pipeline or a search that ends in a GAN.
    sklearn.mixture.GaussianMixture : A density with a closed form, and a baseline.

    References
    ----------
    .. [1] Goodfellow, Pouget-Abadie, Mirza, Xu, Warde-Farley, Ozair, Courville and
       Bengio, "Generative Adversarial Nets", NeurIPS 2014.
    .. [2] Huang, Gokaslan, Kuleshov and Tompkin, "The GAN is dead; long live the GAN! A
       modern GAN baseline", NeurIPS 2024.
    .. [3] Azadi, Olsson, Darrell, Goodfellow and Odena, "Discriminator rejection
       sampling", ICLR 2019.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skgan import GANGenerator
    >>> X = load_iris().data
    >>> gan = GANGenerator(max_iter=200, random_state=0).fit(X)
    >>> gan.sample(100, random_state=0).shape
    (100, 4)
    >>> bool(gan.score(X) > -10)
    True
    """

    _parameter_constraints: dict = {
        **SHARED_CONSTRAINTS,
        "hidden_layer_sizes": ["array-like"],
        "generator": [StrOptions({"auto", *ROW_GENERATORS}), callable],
        "discriminator": [StrOptions(set(ROW_DISCRIMINATORS)), callable],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "categorical_features": [StrOptions({"from_dtype"}), "array-like"],
        "encoder": [StrOptions({"auto", "scaled", "table"}), Encoder],
        "max_rows": [Interval(Integral, 2, None, closed="left")],
    }

    def __init__(
        self,
        *,
        hidden_layer_sizes=(256, 256),
        generator="auto",
        discriminator="mlp",
        dropout=0.0,
        latent_dim="auto",
        noise="normal",
        encoder="auto",
        categorical_features="from_dtype",
        class_conditional=False,
        n_clusters="auto",
        loss="relativistic",
        penalty="auto",
        penalty_weight="auto",
        max_iter="auto",
        max_time=None,
        max_rows=1_000_000,
        batch_size=256,
        n_critic=1,
        optimizer="adam",
        learning_rate=1e-3,
        learning_rate_decay="linear",
        ema_decay=0.999,
        precision="auto",
        n_init=1,
        early_stopping=False,
        validation_fraction=0.1,
        bandwidth="auto",
        n_score_samples=10_000,
        refinement="auto",
        device="auto",
        warm_start=False,
        verbose=0,
        random_state=None,
    ):
        self.hidden_layer_sizes = hidden_layer_sizes
        self.generator = generator
        self.discriminator = discriminator
        self.dropout = dropout
        self.latent_dim = latent_dim
        self.noise = noise
        self.encoder = encoder
        self.categorical_features = categorical_features
        self.class_conditional = class_conditional
        self.n_clusters = n_clusters
        self.loss = loss
        self.penalty = penalty
        self.penalty_weight = penalty_weight
        self.max_iter = max_iter
        self.max_time = max_time
        self.max_rows = max_rows
        self.batch_size = batch_size
        self.n_critic = n_critic
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.learning_rate_decay = learning_rate_decay
        self.ema_decay = ema_decay
        self.precision = precision
        self.n_init = n_init
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.bandwidth = bandwidth
        self.n_score_samples = n_score_samples
        self.refinement = refinement
        self.device = device
        self.warm_start = warm_start
        self.verbose = verbose
        self.random_state = random_state

    def _check_parameters(self):
        check_table(self)

    def _check_rows(self, X, encoder, reset):
        check = inputs.check_table if encoder.reads_tables else inputs.check_numbers
        return check(self, inputs.as_rows(X), reset)

    def _unfitted_encoder(self, X):
        if isinstance(self.encoder, Encoder):
            return clone(self.encoder)
        return table_encoder(self, inputs.as_rows(X))

    def _networks(self, head):
        return partial(
            row_networks,
            generator=generator_of(self, head),
            discriminator=self.discriminator,
            hidden_layer_sizes=self.hidden_layer_sizes,
            dropout=self.dropout,
        )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        reads_tables = getattr(self.encoder, "reads_tables", self.encoder != "scaled")
        tags.input_tags.allow_nan = reads_tables
        tags.input_tags.string = tags.input_tags.categorical = reads_tables
        return tags
