"""Folders of images, read into one array or when they are asked for."""

import mimetypes
from collections import Counter
from numbers import Integral
from pathlib import Path

import joblib
import numpy as np
from numpy.typing import NDArray

from ..exceptions import warn_user
from ..progress import ProgressPrinter

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"}
# Images, too, that Python's own list of types does not know
OTHER_SUFFIXES = {".heic", ".heif", ".avif", ".jp2", ".psd", ".dng"}
MAX_OF_16_BITS = 2**16 - 1
MAX_NAMED = 10  # unreadable files in a warning


def load_image_folder(
    path: str | Path,
    *,
    size: int | tuple[int, int] = 64,
    gray: bool = False,
    n_jobs: int | None = None,
    verbose: int = 1,
) -> NDArray[np.uint8]:
    """Read a folder of images, its subfolders too, into one array.

    PNG, JPEG, WebP, BMP, GIF and TIFF are read, of several pictures in a file the first
    one. Images are cut to the shape that is asked for, around their center, and
    resized. They come in the order of their paths, what is transparent on white.

    Parameters
    ----------
    path : str or pathlib.Path
        The folder.
    size : int or (int, int), default=64
        Height and width in pixels; one number stands for both.
    gray : bool, default=False
        Whether to turn colors into gray.
    n_jobs : int or None, default=None
        Number of threads that read; None is 1, unless in a joblib context.
    verbose : int, default=1
        Above 0, a line every two seconds says how far it is.

    Returns
    -------
    ndarray of shape (n, height, width, 3) or (n, height, width)
        The images, uint8.

    Raises
    ------
    ValueError
        If ``size`` is not one or two positive integers, or no image can be read.
    NotADirectoryError
        If ``path`` is not a folder.
    ImportError
        If Pillow is not installed.

    Warns
    -----
    UserWarning
        If files cannot be read, or are images of other types: they are left out.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> from skgan.datasets import load_image_folder
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Image.new("RGB", (178, 218), "red").save(f"{folder}/000001.jpg")
    ...     load_image_folder(folder, size=64, verbose=0).shape
    (1, 64, 64, 3)
    """
    shape = _check_size(size)
    import_pillow()
    files = _image_files(_folder(path))
    read = joblib.Parallel(n_jobs, prefer="threads", return_as="generator")(
        joblib.delayed(_read_file)(file, _pixels, shape, gray) for file in files
    )
    images = np.empty((len(files), *shape, *([] if gray else [3])), np.uint8)
    unreadable = []
    progress = ProgressPrinter(Path(path).resolve().name, len(files), "file")
    for i, image in enumerate(read):
        if isinstance(image, str):
            unreadable.append(image)
        else:
            images[i - len(unreadable)] = image
        if verbose:
            progress(i + 1)
    _check_unreadable(path, len(files), unreadable)
    return images[: len(files) - len(unreadable)]


class ImageFolder:
    """A folder of images that are read when they are asked for: one larger than memory.

    It is like the array of :func:`load_image_folder` in all that it is asked for by
    index, and ``DCGANGenerator`` reads a batch of it at a time.

    Parameters
    ----------
    path : str or pathlib.Path
        The folder.
    size : int or (int, int), default=64
        Height and width in pixels, to which images are cut and resized.
    gray : bool, default=False
        Whether to turn colors into gray.
    n_jobs : int or None, default=None
        Number of threads that read; None is 1, unless in a joblib context.

    Attributes
    ----------
    files : list of pathlib.Path
        The files, in the order of their paths.
    shape : tuple of int
        ``(n, height, width, 3)`` or ``(n, height, width)``.
    dtype : dtype
        uint8.

    Raises
    ------
    ValueError
        If ``size`` is not one or two positive integers, or no file is an image; and
        when images are asked for, if one is broken.
    NotADirectoryError
        If ``path`` is not a folder.
    ImportError
        If Pillow is not installed.

    Warns
    -----
    UserWarning
        If files are no images, or images of other types: they are left out.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> from skgan.datasets import ImageFolder
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for i in range(3):
    ...         Image.new("RGB", (178, 218), "red").save(f"{folder}/{i}.jpg")
    ...     images = ImageFolder(folder, size=64)
    ...     images.shape, images[[0, 2]].shape
    ((3, 64, 64, 3), (2, 64, 64, 3))
    """

    dtype = np.dtype(np.uint8)

    def __init__(self, path, *, size=64, gray=False, n_jobs=None):
        self._size, self._gray, self._n_jobs = _check_size(size), gray, n_jobs
        import_pillow()
        found = _image_files(_folder(path))
        read = self._each(found, _no_pixels)
        self.files = [
            file for file, own in zip(found, read, strict=True) if own is None
        ]
        _check_unreadable(path, len(found), _unreadable(read))
        self.shape = len(self.files), *self._size, *([] if gray else [3])
        self.ndim = len(self.shape)

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        """Read one image by its number, or some by a slice or an array of numbers."""
        numbers = np.arange(len(self))[index]
        files = [self.files[i] for i in np.atleast_1d(numbers)]
        images = self._each(files, _pixels, self._size, self._gray)
        broken = _unreadable(images)
        if broken:
            raise ValueError(
                f"{len(broken)} images cannot be read, take them out of the folder: "
                f"{', '.join(broken[:MAX_NAMED])}"
            )
        images = np.array(images, self.dtype).reshape(-1, *self.shape[1:])
        return images if np.ndim(numbers) else images[0]

    def __array__(self, dtype=None, copy=None):
        return self[:].astype(dtype or self.dtype, copy=False)

    def _each(self, files, read, *options):
        """What a function reads of each file, in threads."""
        calls = (joblib.delayed(_read_file)(file, read, *options) for file in files)
        return joblib.Parallel(self._n_jobs, prefer="threads")(calls)


def import_pillow():
    """Return Pillow with its modules ``Image`` and ``ImageOps``.

    Raises
    ------
    ImportError
        If it is not installed.

    Examples
    --------
    >>> from skgan.datasets import import_pillow
    >>> import_pillow().Image.new("L", (4, 3)).size
    (4, 3)
    """
    try:
        import PIL.Image
        import PIL.ImageOps
    except ImportError as error:
        raise ImportError(
            "Files of images need Pillow: pip install 'skgan[image]' or pillow."
        ) from error
    return PIL


def _folder(path):
    """A path, if it is a folder."""
    if not Path(path).is_dir():
        raise NotADirectoryError(f"path must be a folder, got {str(path)!r}.")
    return Path(path)


def _unreadable(read):
    """Paths of files that could not be read, in their order."""
    return [own for own in read if isinstance(own, str)]


def _check_unreadable(path, n_files, unreadable):
    """Warn of files that cannot be read, and refuse a folder without others."""
    if len(unreadable) == n_files:
        raise ValueError(
            f"{str(path)!r} must hold files of {', '.join(sorted(SUFFIXES))} that can "
            f"be read, got {n_files} files and {len(unreadable)} unreadable ones."
        )
    if unreadable:
        more = ", ..." if len(unreadable) > MAX_NAMED else ""
        warn_user(
            f"{len(unreadable)} of {n_files} files could not be read and were left "
            f"out: {', '.join(unreadable[:MAX_NAMED])}{more}"
        )


def _image_files(folder):
    """The files to read, sorted; warn of images of types that are left out."""
    found = [p for p in folder.rglob("*") if not p.is_dir()]
    other = Counter(p.suffix.lower() for p in found if _is_of_another_type(p))
    if other:
        names = ", ".join(f"{n} of {suffix}" for suffix, n in sorted(other.items()))
        warn_user(f"Images of types that are not read were left out: {names}.")
    return sorted(p for p in found if p.suffix.lower() in SUFFIXES)


def _is_of_another_type(file):
    """Whether a file is an image by its name, but of none of the types read."""
    suffix = file.suffix.lower()
    of_type = mimetypes.guess_type(f"x{suffix}")[0] or ""
    is_image = of_type.startswith("image/") or suffix in OTHER_SUFFIXES
    return is_image and suffix not in SUFFIXES


def _read_file(file, read, *options):
    """What a function reads of an image, or the path of a file that is none."""
    if not file.is_file():  # a pipe would wait for somebody to write
        return str(file)
    library = import_pillow()
    try:
        with library.Image.open(file) as image:
            return read(library, image, *options)
    except Exception:  # whatever a broken file may raise: the others go on
        return str(file)


def _no_pixels(library, image):
    """None, of a file that begins as an image does; what follows may be broken."""


def _pixels(library, image, shape, gray):
    """The pixels of an image, cut and resized."""
    # In place: a copy of a scanned map has a hundred megabytes
    library.ImageOps.exif_transpose(image, in_place=True)
    image = _with_eight_bits(library, image)
    if image.has_transparency_data:
        white = library.Image.new("RGBA", image.size, "white")
        image = library.Image.alpha_composite(white, image.convert("RGBA"))
    is_gray = gray or image.mode in ("1", "L")  # a third of the memory
    image = image.convert("L" if is_gray else "RGB")
    image = library.ImageOps.fit(image, shape[::-1])
    return np.asarray(image.convert("L" if gray else "RGB"))


def _with_eight_bits(library, image):
    """An image of 16 bits with 8, which ``convert`` would cut off; others as they are.

    Raises
    ------
    ValueError
        If pixels have another range, which nobody knows.
    """
    if not image.mode.startswith(("I", "F")):
        return image
    pixels = np.asarray(image)
    if image.mode == "F" or pixels.min() < 0 or pixels.max() > MAX_OF_16_BITS:
        raise ValueError(f"pixels must have 8 or 16 bits, got mode {image.mode}.")
    return library.Image.fromarray((pixels / 257).astype("u1"))


def _check_size(size):
    """Return height and width of images, or refuse a size that is not one."""
    sizes = tuple(size) if isinstance(size, list | tuple) else (size, size)
    if len(sizes) != 2 or not all(isinstance(s, Integral) and s > 0 for s in sizes):
        raise ValueError(f"size must be one or two positive integers, got {size!r}.")
    return sizes
