"""How the pictures of each kind are put together."""

from __future__ import annotations

import random
from collections.abc import Callable

from PIL import Image, ImageFilter

from shelfguard.learn.pictures.standards import faults, grounds, lettering, scene, things
from shelfguard.learn.pictures.standards.part import Sources

Draw = Callable[[random.Random, Sources], Image.Image]


def _thing(rng: random.Random, sources: Sources) -> Image.Image:
    """Half of them cut from photos, half drawn."""
    if sources.cut_outs and rng.random() < 0.5:
        found = rng.choice(sources.cut_outs)
        return found.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if rng.random() < 0.5 else found
    return things.drawn(rng)


def _printed(rng: random.Random, sources: Sources) -> Image.Image:
    lines = tuple(rng.choice(sources.phrases) for _ in range(rng.randrange(1, 4)))
    return things.printed(rng, lines, rng.choice(sources.fonts))


def on(ground: Callable[[random.Random, scene.Size], Image.Image]) -> Draw:
    """A product that fills most of the frame, on some ground."""

    def draw(rng: random.Random, sources: Sources) -> Image.Image:
        image = ground(rng, scene.canvas_size(rng))
        shadow = rng.random() < 0.3
        scene.centred(rng, image, _thing(rng, sources), _extent(rng), shadow=shadow)
        return image

    return draw


def _extent(rng: random.Random) -> float:
    """Of a product that fills most of the frame."""
    return rng.uniform(0.72, 0.94)


ordinary = on(grounds.white)
off_white = on(grounds.off_white)


def innocent(rng: random.Random, sources: Sources) -> Image.Image:
    """A picture that keeps all rules: the start of those that break one."""
    return rng.choice([ordinary, ordinary, off_white])(rng, sources)


def light_on_white(rng: random.Random, sources: Sources) -> Image.Image:
    """A near-white product of which only a thin edge shows."""
    image = grounds.white(rng, scene.canvas_size(rng))
    scene.centred(rng, image, things.light(rng), _extent(rng))
    return image


def set_together(rng: random.Random, sources: Sources) -> Image.Image:
    """Several of the same thing, set close together."""
    image = innocent_ground(rng)
    thing = _printed(rng, sources) if rng.random() < 0.3 else _thing(rng, sources)
    turned = [
        thing.rotate(rng.choice([0, 0, 90, 180]), expand=True) for _ in range(rng.randrange(2, 7))
    ]
    scene.together(rng, image, turned)
    return image


def innocent_ground(rng: random.Random) -> Image.Image:
    """White or near-white."""
    return rng.choice([grounds.white, grounds.off_white])(rng, scene.canvas_size(rng))


def print_on_product(rng: random.Random, sources: Sources) -> Image.Image:
    """A product that carries text itself."""
    image = innocent_ground(rng)
    scene.centred(rng, image, _printed(rng, sources), _extent(rng))
    return image


def book_cover(rng: random.Random, sources: Sources) -> Image.Image:
    """A book or poster that fills the frame nearly to its edges."""
    lines = tuple(rng.choices(sources.phrases, k=rng.randrange(1, 4)))
    image = innocent_ground(rng)
    thing = things.cover(rng, lines, rng.choice(sources.fonts))
    scene.centred(rng, image, thing, rng.uniform(0.85, 0.97))
    return image


def code_on_package(rng: random.Random, sources: Sources) -> Image.Image:
    """A product with a QR code or barcode printed on it."""
    thing = _printed(rng, sources)
    code = lettering.code(rng, int(min(thing.size) * 0.3))
    code.thumbnail((int(thing.width * 0.4), int(thing.height * 0.4)), Image.Resampling.NEAREST)
    at = (thing.width - code.width) // 2, int((thing.height - code.height) * rng.uniform(0.6, 0.85))
    thing.paste(code, at)
    image = innocent_ground(rng)
    scene.centred(rng, image, thing, rng.uniform(0.85, 0.95))
    return image


def in_photo(rng: random.Random, sources: Sources) -> Image.Image:
    """A product before a photo of something else, as lifestyle pictures have it."""
    if not sources.photos:
        return on(grounds.busy)(rng, sources)
    image = sources.photo(rng, scene.canvas_size(rng))
    thing = _printed(rng, sources) if rng.random() < 0.25 else _thing(rng, sources)
    scene.centred(rng, image, thing, rng.uniform(0.4, 0.85))
    return image


def soft_ground(rng: random.Random, sources: Sources) -> Image.Image:
    """A sharp product before a photo that is out of focus."""
    size = scene.canvas_size(rng)
    image = sources.photo(rng, size) if sources.photos else grounds.busy(rng, size)
    image = image.filter(ImageFilter.GaussianBlur(max(size) / rng.uniform(40, 100)))
    scene.centred(rng, image, things.drawn(rng), rng.uniform(0.4, 0.8))
    return image


def small(rng: random.Random, sources: Sources) -> Image.Image:
    """A product that is lost in its frame."""
    image = innocent_ground(rng)
    scene.anywhere(rng, image, _thing(rng, sources), rng.uniform(0.1, 0.42))
    return image


def cut_off(rng: random.Random, sources: Sources) -> Image.Image:
    """A product that reaches beyond the frame."""
    image = innocent_ground(rng)
    scene.cut_off(rng, image, _thing(rng, sources))
    return image


def several(rng: random.Random, sources: Sources) -> Image.Image:
    """Different things scattered, which is no set."""
    image = innocent_ground(rng)
    corners = [(0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5)]
    for x, y in rng.sample(corners, rng.randrange(2, 5)):
        half = Image.new("RGBA", (image.width // 2, image.height // 2))
        scaled = scene.within(_thing(rng, sources), half.size, rng.uniform(0.35, 0.85))
        room = half.width - scaled.width, half.height - scaled.height
        at = (
            int(image.width * x + room[0] * rng.random()),
            int(image.height * y + room[1] * rng.random()),
        )
        image.paste(scaled, at, scaled)
    return image


def laid_over(add: Callable[[random.Random, Image.Image, str, str], None]) -> Draw:
    """A picture with words added to it."""

    def draw(rng: random.Random, sources: Sources) -> Image.Image:
        image = start(rng, sources)
        for _ in range(rng.choice([1, 1, 2]) if add is lettering.banner else 1):
            add(
                rng,
                image,
                _words(rng, sources, short=add is lettering.badge),
                rng.choice(sources.fonts),
            )
        return image

    return draw


def _words(rng: random.Random, sources: Sources, *, short: bool) -> str:
    return min(rng.choices(sources.phrases, k=4 if short else 1), key=len)


def start(rng: random.Random, sources: Sources) -> Image.Image:
    """What sellers lay text over: any picture, also one whose product carries print."""
    return rng.choice([innocent, innocent, print_on_product, in_photo])(rng, sources)


def code_beside(rng: random.Random, sources: Sources) -> Image.Image:
    """A code laid into a corner or over an edge."""
    image = start(rng, sources)
    code = lettering.code(rng, int(min(image.size) * rng.uniform(0.14, 0.28)))
    room = image.width - code.width, image.height - code.height
    image.paste(code, (rng.choice([0, 1]) * room[0], int(rng.choice([0.02, 0.98]) * room[1])))
    return image


def bordered(rng: random.Random, sources: Sources) -> Image.Image:
    """A coloured frame laid over the edge."""
    return lettering.border(rng, start(rng, sources))


def filling_colour(rng: random.Random, sources: Sources) -> Image.Image:
    """A box on a coloured ground, nearly filling it: looks framed, and is not."""
    size = scene.canvas_size(rng)
    image = grounds.coloured(rng, size)
    left, top = int(size[0] * rng.uniform(0.03, 0.15)), int(size[1] * rng.uniform(0.03, 0.15))
    thing = things.drawn(rng) if rng.random() < 0.5 else _printed(rng, sources)
    flat = Image.new(
        "RGB", thing.size, (rng.randrange(256), rng.randrange(256), rng.randrange(256))
    )
    flat.paste(thing, (0, 0), thing)
    image.paste(flat.resize((size[0] - 2 * left, size[1] - 2 * top)), (left, top))
    return image


def chart(rng: random.Random, sources: Sources) -> Image.Image:
    """A table of sizes."""
    return lettering.size_chart(rng, scene.canvas_size(rng), rng.choice(sources.fonts))


def spoilt(spoil: Callable[[random.Random, Image.Image], Image.Image]) -> Draw:
    """A picture without other faults, made worse."""
    return lambda rng, sources: spoil(rng, rng.choice([innocent, in_photo])(rng, sources))


def placeholder(rng: random.Random, sources: Sources) -> Image.Image:
    """What shops show where there is no picture."""
    return faults.placeholder(rng, scene.canvas_size(rng), rng.choice(sources.fonts))


def swatch(rng: random.Random, sources: Sources) -> Image.Image:
    """One colour, as of a paint."""
    return faults.swatch(rng, scene.canvas_size(rng))
