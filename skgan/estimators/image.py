"""DCGANGenerator: a GAN for images."""

from functools import partial
from numbers import Integral

from .._sklearn import Interval, StrOptions
from ..encoding import is_lazy
from ..networks import IMAGE_DISCRIMINATORS, IMAGE_GENERATORS, image_networks
from . import inputs
from .base import BaseGAN
from .lazy import check_lazy_images
from .parameters import SHARED_CONSTRAINTS, check_images
from .resolve import image_encoder, normalization_of


class DCGANGenerator(BaseGAN):
    """Generative adversarial network for images, of convolutions.

    The networks are those of DCGAN (Radford et al. 2015 [1]_), by default trained with
    the relativistic loss and gradient penalties (Huang et al. 2024 [2]_). Images come
    as rows of pixels or as arrays of images, gray or in color, and samples have the
    same layout, dtype and range.

    Parameters
    ----------
    image_shape : (int, int) or (int, int, int) or None, default=None
        Height and width, of 8 to 128 pixels each, and 3 channels if in color. None is
        that of the axes of X; for rows of pixels it is one channel and the most nearly
        square shape, of any size.
    base_channels : int, default=32
        Number of the largest maps of both networks; smaller maps are more.
    generator : {"dcgan", "projected", "residual"} or callable, default="dcgan"
        "dcgan" is :func:`~skgan.networks.dcgan_generator`, "projected" the same with a
        dense layer, "residual" :func:`~skgan.networks.residual_image_generator`. Or a
        function ``generator(latent_dim, image_shape)`` that builds a
        ``torch.nn.Module`` from ``(n, latent_dim)`` to images ``(n, channels, height,
        width)``, to which a tanh is applied. Labels and clusters are among its inputs,
        one-hot or, of more than 64, in an embedding of 64 columns.
    discriminator : {"dcgan", "residual"} or callable, default="dcgan"
        "dcgan" is :func:`~skgan.networks.dcgan_discriminator`, "residual"
        :func:`~skgan.networks.residual_image_discriminator`. Or a function
        ``discriminator(image_shape)`` that builds a ``torch.nn.Module`` from images
        ``(n, channels, height, width)`` to one logit an image. Labels and clusters are
        further channels, at most 16.
    normalization : {"auto", "batch", "spectral"} or None, default="auto"
        Normalization of the discriminator. "auto" is none if there are gradient
        penalties, and for "residual", which has no "batch"; else "batch".
    augmentation : "auto", sequence of str or None, default="auto"
        What is changed at random in images before the discriminator sees them, real and
        generated: ``"color"``, ``"translation"`` and ``"cutout"`` (Zhao et al.
        2020 [3]_). "auto" is all three for fewer than 5,000 training images, else none.
    latent_dim : "auto" or int, default="auto"
        Number of columns of the noise. "auto" is as many as the generator's outputs,
        at most 64.
    noise : {"normal", "uniform"}, default="normal"
        Distribution of the noise: standard normal, or uniform between -1 and 1.
    class_conditional : bool, default=False
        Whether ``fit`` learns the images of each label in ``y``, and ``sample`` draws
        images of given labels.
    n_clusters : "auto" or int, default="auto"
        Number of clusters of the images, found by k-means in principal components, that
        both networks get; 1 is none. "auto" is one for each fifty images, at most
        500, and fewer where there are many labels.
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
        discriminator, with four times the weight (Karras et al. 2020). "auto" grows
        with the variance of the encoded data: for ``"r1"`` and ``"r2"`` 0.025 times its
        sum over the pixels, at most 5, half the gamma of the papers; for
        ``"interpolated"`` twice as much, as in its paper.
    max_iter : "auto" or int, default="auto"
        Number of iterations, as Algorithm 1 counts them: one round of updates of both
        networks. "auto" is 90 times the square root of the number of training images,
        at least 3,000 and at most 20,000.
    max_time : float or None, default=None
        Seconds that ``fit`` may take, None is no limit. After the first hundred
        iterations their number is fixed, at most ``max_iter``, so that training,
        refinement and scores end in about that time. The same ``random_state`` then no
        longer repeats a fit. ``partial_fit`` makes one pass in any case.
    batch_size : int, default=64
        Number of images in a batch, at least 2. It may exceed the number of images.
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
        It starts low, for the sake of short runs; 0 is no averaging.
    precision : {"auto", "float32", "bfloat16"}, default="auto"
        Number format of the networks' products in training. "auto" is bfloat16 where
        the processor is fast at it and a layer has at least 32 maps, else float32.
    n_init : int, default=1
        Number of restarts of training; the best on the held-out images is kept.
    early_stopping : bool, default=False
        Whether the best state of training is kept in place of the last one, and
        training ends when there is no more to gain, see
        :class:`~skgan.callbacks.EarlyStopping`. States are compared on one half of the
        held-out images, of which there must be 40; the other half is for
        ``validation_score_``. The losses are not looked at.
    validation_fraction : float, default=0.1
        Share of the images, at most 1,000, that is held out of training to choose the
        bandwidth and the best restart, and to calibrate ``discriminate``, in [0, 1).
    bandwidth : "auto" or float, default="auto"
        Standard deviation of the Gaussians behind ``score_samples``, in the units of X.
        "auto" takes the best on the held-out images.
    n_score_samples : int, default=10000
        Number of generated images behind ``score_samples``.
    refinement : {"auto", "trees", "network", "both"} or None, default="auto"
        Whose estimate of the density ratio decides which of the generator's images
        ``sample`` returns, see :class:`GANGenerator`. "auto" is None, all of them.
    device : str or torch.device, default="auto"
        Where training runs: "cpu", "cuda" or another of torch's; "auto" is CUDA where
        there is one.
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
        The discriminator of rows of pixels and their conditions, on the CPU, in eval
        mode; its ``network`` is the network of images. It tells training images from
        others; ``discriminate`` does not ask it.
    encoder_ : ImageEncoder
        The map between images and the networks' tensors.
    image_shape_ : (int, int, int)
        Height, width and number of channels in use.
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
        Mean log density of the held-out images.
    validation_scores_ : ndarray of shape (n_scores, 2)
        Iterations, and after each the score of the state: of ``EarlyStopping``'s
        ``scoring``, or else a sum of mean votes of the images that choose, each for the
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
        Share of the generator's images that refinement accepts, 1 without.
    n_clusters_ : int
        Number of clusters in use, 1 if none.
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted. Only if ``class_conditional``.
    n_unseen_ : ndarray of shape (``n_features_in_``,)
        In how many rows each column had a value that the encoder does not know, in all
        calls of ``partial_fit``; the first has such values where they are rare. Only
        after ``partial_fit``.
    n_features_in_ : int
        Number of pixels times channels.

    See Also
    --------
    GANGenerator : The same for rows of a table, and for pixels without convolutions.
    skgan.plotting.SampleGridDisplay : Samples as pictures.

    References
    ----------
    .. [1] Radford, Metz and Chintala, "Unsupervised representation learning with deep
       convolutional generative adversarial networks", ICLR 2016.
    .. [2] Huang, Gokaslan, Kuleshov and Tompkin, "The GAN is dead; long live the GAN! A
       modern GAN baseline", NeurIPS 2024.
    .. [3] Zhao, Liu, Lin, Zhu and Han, "Differentiable augmentation for data-efficient
       GAN training", NeurIPS 2020.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skgan import DCGANGenerator
    >>> images = load_digits().images  # (n, height, width)
    >>> gan = DCGANGenerator(base_channels=8, max_iter=20, random_state=0).fit(images)
    >>> gan.sample(10, random_state=0).shape
    (10, 8, 8)
    """

    _parameter_constraints: dict = {
        **SHARED_CONSTRAINTS,
        "image_shape": ["array-like", None],
        "base_channels": [Interval(Integral, 1, None, closed="left")],
        "generator": [StrOptions(set(IMAGE_GENERATORS)), callable],
        "discriminator": [StrOptions(set(IMAGE_DISCRIMINATORS)), callable],
        "normalization": [StrOptions({"auto", "batch", "spectral"}), None],
        "augmentation": [StrOptions({"auto"}), list, tuple, None],
    }

    def __init__(
        self,
        *,
        image_shape=None,
        base_channels=32,
        generator="dcgan",
        discriminator="dcgan",
        normalization="auto",
        augmentation="auto",
        latent_dim="auto",
        noise="normal",
        class_conditional=False,
        n_clusters="auto",
        loss="relativistic",
        penalty="auto",
        penalty_weight="auto",
        max_iter="auto",
        max_time=None,
        batch_size=64,
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
        self.image_shape = image_shape
        self.base_channels = base_channels
        self.generator = generator
        self.discriminator = discriminator
        self.normalization = normalization
        self.augmentation = augmentation
        self.latent_dim = latent_dim
        self.noise = noise
        self.class_conditional = class_conditional
        self.n_clusters = n_clusters
        self.loss = loss
        self.penalty = penalty
        self.penalty_weight = penalty_weight
        self.max_iter = max_iter
        self.max_time = max_time
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

    @property
    def image_shape_(self):
        """Height, width and number of channels."""
        return self.encoder_.image_shape_

    def _check_parameters(self):
        check_images(self)

    def _check_rows(self, X, encoder, reset):
        shape = self.image_shape if reset else encoder.image_shape_
        check = check_lazy_images if is_lazy(X) else inputs.check_images
        return check(self, X, shape, reset)

    def _unfitted_encoder(self, X):
        return image_encoder(self)

    def _networks(self, head):
        return partial(
            image_networks,
            generator=self.generator,
            discriminator=self.discriminator,
            base_channels=self.base_channels,
            normalization=normalization_of(self),
        )
