"""Every whole picture of the example feed: its name, and how it is drawn."""

from __future__ import annotations

from examples.drawing import (
    additions,
    furnishings,
    handguns,
    scenes,
    tableware,
    variants,
    weapons,
    wearables,
)
from examples.drawing.tableware import TEAL
from examples.drawing.variants import LISTED_GTIN, OTHER_GTIN, jar
from examples.drawing.views import (
    FAR,
    WHOLE,
    Render,
    as_photo,
    cropped,
    cut_off,
    cut_out,
    drawn,
    out_of_focus,
    smaller,
    tiny,
)

OUTSIDE_SHOP = "https://wa.me/15145550123"

PICTURES: dict[str, Render] = {
    "mug.jpg": cropped(drawn(tableware.mug)),
    "mug_at_home.jpg": as_photo(drawn(scenes.kitchen, tableware.mug)),
    "vase.jpg": cropped(drawn(tableware.vase)),
    "bowls.jpg": drawn(tableware.bowls),
    "t_shirt.jpg": drawn(variants.t_shirt),
    "book.jpg": drawn(variants.book),
    "paint.png": drawn(variants.swatch),
    "jar.jpg": cropped(drawn(jar(LISTED_GTIN))),
    "jar_of_another.jpg": cropped(drawn(jar(OTHER_GTIN))),
    "lamp_on_wallpaper.jpg": as_photo(drawn(scenes.wallpaper, furnishings.lamp)),
    "bottle_far_away.jpg": smaller(drawn(variants.green_bottle), FAR),
    "backpack_cut_off.jpg": cut_off(drawn(wearables.backpack)),
    "headphones_offer.jpg": drawn(
        furnishings.headphones, lambda s: additions.offer(s, "FREE SHIPPING\n-50%", (500, 330))
    ),
    "lampe_livraison.jpg": drawn(
        furnishings.lamp, lambda s: additions.banner(s, "LIVRAISON GRATUITE", 930)
    ),
    "chaise_telephone.jpg": drawn(
        furnishings.chair, lambda s: additions.note(s, "Appelez le\n514 276-8899", (842, 250))
    ),
    "backpack_phone.jpg": drawn(
        wearables.backpack, lambda s: additions.banner(s, "Text 613 234-8899", 500, TEAL)
    ),
    "mug_qr_code.jpg": drawn(
        variants.ochre_mug, lambda s: additions.qr_code(s, OUTSIDE_SHOP, (720, 720, 940, 940))
    ),
    "vase_border.jpg": drawn(tableware.vase, additions.border),
    "bowls_watermark.jpg": drawn(
        tableware.bowls, lambda s: additions.watermark(s, "© Atelier Nordet")
    ),
    "headphones_badge.jpg": drawn(
        furnishings.headphones, lambda s: additions.badge(s, "No 1\nCHOICE", (500, 480))
    ),
    "chair_out_of_focus.jpg": out_of_focus(cropped(drawn(furnishings.chair))),
    "bottle_tiny.jpg": tiny(drawn(tableware.bottle)),
    "placeholder.png": drawn(variants.placeholder),
    "pistol.jpg": cropped(drawn(handguns.pistol)),
    "officers_pistol.jpg": cropped(drawn(handguns.officers_pistol)),
    "officers_pistol_on_table.jpg": as_photo(drawn(scenes.table, handguns.officers_pistol)),
    "revolver.jpg": cropped(drawn(handguns.revolver)),
    "rifle.jpg": cropped(smaller(drawn(weapons.rifle), WHOLE)),
    "knife.jpg": cropped(drawn(weapons.knife)),
    "mug_cmyk.jpg": cropped(drawn(variants.brick_mug)),
    "lamp_sideways.jpg": cropped(drawn(furnishings.lamp)),
    "headphones_transparent.png": cut_out(furnishings.headphones),
    "bottle_colours.webp": cropped(drawn(tableware.bottle)),
}
