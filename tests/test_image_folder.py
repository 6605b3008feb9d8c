"""Folders of images, with files that are broken, turned, gray or of other types."""

import builtins
import os
import warnings

import numpy as np
import pytest
from PIL import Image

from skgan.datasets import load_image_folder

RNG = np.random.default_rng(0)


@pytest.fixture
def folder(tmp_path):
    """Three images in two folders, one of them gray and one with transparency."""
    (tmp_path / "b").mkdir()
    pixels = RNG.integers(0, 256, (3, 16, 16, 3), dtype=np.uint8)
    Image.fromarray(pixels[0]).save(tmp_path / "a.png")
    Image.fromarray(pixels[1, :, :, 0]).save(tmp_path / "b" / "a.PNG")
    Image.fromarray(pixels[2]).convert("RGBA").save(tmp_path / "b" / "b.png")
    (tmp_path / "notes.txt").write_text("no image")
    return tmp_path, pixels


def test_images_come_in_the_order_of_their_paths(folder, capsys):
    path, pixels = folder
    images = load_image_folder(path, size=16)
    assert (images.shape, images.dtype) == ((3, 16, 16, 3), np.uint8)
    np.testing.assert_array_equal(images[0], pixels[0])
    np.testing.assert_array_equal(
        images[1], pixels[1, :, :, [0, 0, 0]].transpose(1, 2, 0)
    )
    np.testing.assert_array_equal(images[2], pixels[2])
    assert capsys.readouterr().out == f"[{path.name}] file 3 of 3, 0 s left\n"
    again = load_image_folder(str(path), size=(16, 16), n_jobs=2, verbose=0)
    np.testing.assert_array_equal(again, images)
    assert capsys.readouterr().out == ""


def test_colors_may_become_gray(folder):
    path, pixels = folder
    images = load_image_folder(path, size=16, gray=True, verbose=0)
    assert images.shape == (3, 16, 16)
    np.testing.assert_array_equal(images[1], pixels[1, :, :, 0])


def test_images_are_cut_around_their_center(tmp_path):
    """Half red, half blue, and a green frame that is cut off left and right."""
    pixels = np.zeros((20, 60, 3), np.uint8)
    pixels[:, :30, 0] = pixels[:, 30:, 2] = 255
    pixels[:, :20] = pixels[:, 40:] = (0, 255, 0)
    Image.fromarray(pixels).save(tmp_path / "wide.png")
    (image,) = load_image_folder(tmp_path, size=(10, 10), verbose=0)
    assert (image[:, :4, 0] > 200).all() and (image[:, 6:, 2] > 200).all()
    assert (image[:, :, 1] < 20).all()


def test_images_of_sixteen_bits_stand_upright(tmp_path):
    pixels = np.linspace(0, 65_535, 64).reshape(8, 8).astype(np.uint16)
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter to the left
    Image.fromarray(pixels).save(tmp_path / "turned.png", exif=exif)
    (image,) = load_image_folder(tmp_path, size=8, gray=True, verbose=0)
    np.testing.assert_allclose(image, np.rot90(pixels, -1) / 257, atol=1)


LOSSLESS = ["a.bmp", "b.gif", "c.png", "d.tif", "e.tiff", "f.TIFF", "g.webp"]


def test_all_common_types_are_read(tmp_path):
    pixels = RNG.integers(0, 4, (8, 8, 1), dtype=np.uint8).repeat(3, 2) * 85
    for name in LOSSLESS:
        Image.fromarray(pixels).save(tmp_path / name, lossless=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        images = load_image_folder(tmp_path, size=8, verbose=0)
    np.testing.assert_array_equal(images, [pixels] * len(LOSSLESS))


def test_of_several_pictures_the_first_is_read(tmp_path):
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue", "lime")]
    for name in ("a.gif", "b.tiff", "c.webp"):
        more = {"save_all": True, "append_images": frames[1:], "lossless": True}
        frames[0].save(tmp_path / name, **more)
    images = load_image_folder(tmp_path, size=8, verbose=0)
    np.testing.assert_array_equal(images, np.full((3, 8, 8, 3), [255, 0, 0]))


def test_other_types_are_counted_and_left_out(folder):
    path, _ = folder
    for name in ("a.heic", "b.HEIC", "c.svg", "d.json"):
        (path / name).write_bytes(b"")
    (path / "album.jp2").mkdir()
    message = r"types that are not read were left out: 2 of \.heic, 1 of \.svg\.$"
    with pytest.warns(UserWarning, match=message) as caught:
        assert len(load_image_folder(path, size=16, verbose=0)) == 3
    assert len(caught) == 1 and caught[0].filename == __file__


def test_pipes_and_lost_links_are_unreadable(folder):
    path, pixels = folder
    os.mkfifo(path / "c.png")
    (path / "d.png").symlink_to(path / "gone.png")
    (path / "e.png").symlink_to(path / "a.png")
    with pytest.warns(UserWarning, match=r"2 of 6 files .*c\.png, .*d\.png$"):
        images = load_image_folder(path, size=16, verbose=0)
    np.testing.assert_array_equal(images[[0, 3]], pixels[[0, 0]])


@pytest.mark.parametrize("pixels", [np.float32([[0.5]]), np.int32([[-1]]), [[2**17]]])
def test_pixels_of_an_unknown_range_are_refused(folder, pixels):
    path, _ = folder
    Image.fromarray(np.asarray(pixels, getattr(pixels, "dtype", "i4"))).save(
        path / "z.tif"
    )
    with pytest.warns(UserWarning, match=r"1 of 4 files .*z\.tif$"):
        load_image_folder(path, size=16, verbose=0)


def test_large_images_of_one_bit_stay_gray_until_they_are_small(tmp_path, monkeypatch):
    side, sizes = 2_000, []
    stripes = np.zeros((side, side), bool)
    stripes[:, side // 2 :] = True
    Image.fromarray(stripes).save(tmp_path / "map.png")
    own = Image.Image.convert

    def convert(image, mode=None, **options):
        sizes.append((mode, image.size))
        return own(image, mode, **options)

    monkeypatch.setattr(Image.Image, "convert", convert)
    (image,) = load_image_folder(tmp_path, size=8, verbose=0)
    assert ("RGB", (side, side)) not in sizes and image.shape == (8, 8, 3)
    np.testing.assert_array_equal(image[:, [0, -1]], [[[0] * 3, [255] * 3]] * 8)


def test_sizes_are_heights_and_widths(tmp_path):
    pixels = RNG.integers(0, 256, (6, 9, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    images = load_image_folder(tmp_path, size=(6, 9), verbose=0)
    np.testing.assert_array_equal(images, pixels[None])


def test_photographs_stand_upright(tmp_path):
    """A camera that was turned says so beside the pixels."""
    pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[:4] = 255
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    Image.fromarray(pixels).save(tmp_path / "turned.jpg", exif=exif, quality=100)
    (image,) = load_image_folder(tmp_path, size=8, verbose=0)
    assert image[:4].mean() < 10 and image[4:].mean() > 245


def test_transparent_pixels_lie_on_white(tmp_path):
    pixels = np.zeros((8, 8, 4), np.uint8)
    pixels[:4, :, 3] = 255  # black above, nothing below
    Image.fromarray(pixels).save(tmp_path / "a.png")
    (image,) = load_image_folder(tmp_path, size=8, verbose=0)
    assert (image[:4] == 0).all() and (image[4:] == 255).all()


def test_images_of_sixteen_bits_keep_their_grays(tmp_path):
    pixels = np.linspace(0, 65_535, 64).reshape(8, 8).astype(np.uint16)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    (image,) = load_image_folder(tmp_path, size=8, gray=True, verbose=0)
    np.testing.assert_allclose(image, pixels / 257, atol=1)


def test_images_too_large_to_open_are_left_out(folder, monkeypatch):
    path, _ = folder
    Image.new("1", (100, 100)).save(path / "huge.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1_000)
    with pytest.warns(UserWarning, match=r"1 of 4 files could not .*huge\.png$"):
        assert len(load_image_folder(path, size=16, verbose=0)) == 3


def test_unreadable_files_are_named_and_the_rest_is_kept(folder):
    path, pixels = folder
    (path / "aa.jpg").write_bytes(b"no image")
    whole = (path / "a.png").read_bytes()
    (path / "ab.png").write_bytes(whole[: len(whole) // 2])
    message = r"2 of 5 files could not be read and were left out: .*aa\.jpg, .*ab\.png"
    with pytest.warns(UserWarning, match=message):
        images = load_image_folder(path, size=16, verbose=0)
    assert len(images) == 3
    np.testing.assert_array_equal(images[[0, 2]], pixels[[0, 2]])


def test_warnings_name_no_more_than_ten_files(folder):
    path, _ = folder
    for i in range(12):
        (path / f"broken{i:02}.png").write_bytes(b"")
    with pytest.warns(UserWarning, match=r"^12 of 15 .*broken09\.png, \.\.\.$"):
        load_image_folder(path, verbose=0)


def test_folders_without_images_are_refused(tmp_path):
    with pytest.raises(
        ValueError, match=r"must hold files of \.bmp, .* that can be rea"
    ):
        load_image_folder(tmp_path)
    with pytest.raises(NotADirectoryError, match="path must be a folder, got '.*none'"):
        load_image_folder(tmp_path / "none")


@pytest.mark.parametrize("size", [0, (8,), (8, 8, 3), (8.0, 8), -1, 8.0, None, "8"])
def test_sizes_have_rules(tmp_path, size):
    with pytest.raises(ValueError, match="size must be one or two positive integers, "):
        load_image_folder(tmp_path, size=size)


def test_without_pillow(tmp_path, monkeypatch):
    imported = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("PIL"):
            raise ImportError(name)
        return imported(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match="Files of images need Pillow: pip install"):
        load_image_folder(tmp_path)
