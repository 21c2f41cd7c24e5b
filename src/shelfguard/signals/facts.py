"""The numeric facts that clauses turn on: where to look, and where the line is drawn."""

from __future__ import annotations

from typing import NamedTuple


class Fact(NamedTuple):
    """A quantity that counts beside its cue words, and the thresholds that bucket it."""

    name: str
    cues: str
    kind: str
    unit: str
    shown: str
    thresholds: tuple[float, ...]

    def bucket(self, magnitude: float) -> str:
        """`name<threshold` below the first threshold, else `name>` the highest passed."""
        passed = [limit for limit in self.thresholds if magnitude > limit]
        if passed:
            return f"{self.name}>{passed[-1]:g}{self.shown}"
        return f"{self.name}<{self.thresholds[0]:g}{self.shown}"

    def buckets(self) -> list[str]:
        """All that `bucket` can say."""
        above = [f"{self.name}>{limit:g}{self.shown}" for limit in self.thresholds]
        return [f"{self.name}<{self.thresholds[0]:g}{self.shown}", *above]


_ALCOHOL = "alc|abv|vol|alcohol|alcool|proof|alc/vol|alc. vol"
_NICOTINE = "nicotine|nic|nic salt|salt nic|sel de nicotine|sels de nicotine|e-liquid|e-liquide"
_CORD = "cord|cords|cordon|cordons|chain loop|bead chain|chainette|pull cord|loop|corde|tirette"
_AIRGUN = (
    "bb|airsoft|air gun|air rifle|air pistol|pellet|velocity|velocite|vitesse|muzzle|plomb|fps"
)
_MAGNET = "magnet|magnets|aimant|aimants|magnetic|magnetique|magnetiques|neodymium|neodyme"
_ACID = (
    "acid|acide|hydrochloric|muriatic|sulfuric|sulphuric|hydrofluoric|chlorhydrique|sulfurique"
    "|fluorhydrique|lye|caustic|caustique|soude|sodium hydroxide|hydroxide"
)
_RADIO = "transmit|transmits|transmitter|emetteur|walkie|talkie|booster|repeater|puts out|tx|vtx"

FACTS = (
    Fact("alcohol", _ALCOHOL, "share", "percent", "%", (0.5, 15)),
    Fact("nicotine", _NICOTINE, "concentration", "mg/mL", "mg/mL", (0, 20)),
    Fact("nicotine-dose", _NICOTINE, "mass", "milligram", "mg", (0, 4)),
    Fact("laser", "laser|lasers|pointer|pointeur", "power", "milliwatt", "mW", (5, 500)),
    Fact("blade", "blade|lame|edge|tranchant|lames|blades", "length", "centimeter", "cm", (30,)),
    Fact(
        "length",
        "overall|total length|longueur totale|overall length|oal",
        "length",
        "centimeter",
        "cm",
        (30, 48),
    ),
    Fact("cord", _CORD, "length", "centimeter", "cm", (22,)),
    Fact("crossbow", "crossbow|arbalete", "length", "centimeter", "cm", (50,)),
    Fact("stun", "stun|taser|electrochoc|paralysant", "length", "centimeter", "cm", (48,)),
    Fact("muzzle-velocity", _AIRGUN, "speed", "meter/second", "m/s", (111, 152.4)),
    Fact("muzzle-energy", f"{_AIRGUN}|energy|energie|power", "energy", "joule", "J", (5.7,)),
    Fact(
        "magazine",
        "magazine|mag|magazines|clip|chargeur|chargeurs|drum",
        "count",
        "1",
        "",
        (5, 10),
    ),
    Fact("magnet-size", _MAGNET, "length", "millimeter", "mm", (32,)),
    Fact("magnet-flux", _MAGNET, "flux", "gauss", "G", (1000,)),
    Fact(
        "incline",
        "incline|inclined|inclinaison|incline a|recline|sleeper|angle",
        "angle",
        "degree",
        "deg",
        (7,),
    ),
    Fact("thc", "thc|delta-8|delta 8|delta-9|hhc", "mass", "milligram", "mg", (0, 10)),
    Fact("thc-share", "thc|delta-8|delta 8|delta-9|hhc", "percent", "percent", "%", (0.3,)),
    Fact("cbd", "cbd|cannabidiol|chanvre|hemp", "mass", "milligram", "mg", (0,)),
    Fact("acid", _ACID, "percent", "percent", "%", (10, 30)),
    Fact("peroxide", "peroxide|peroxyde", "percent", "percent", "%", (3, 12)),
    Fact("hydroquinone", "hydroquinone", "percent", "percent", "%", (2,)),
    Fact("lead", "lead|cadmium|plomb|phthalate|phtalate|pb|cd", "content", "ppm", "ppm", (90,)),
    Fact("deet", "deet|icaridin|picaridin", "percent", "percent", "%", (30,)),
    Fact("battery", "battery|batterie|lithium|li-ion|pile", "battery", "watt_hour", "Wh", (100,)),
    Fact("transmit-power", _RADIO, "power", "watt", "W", (0.5, 2)),
    Fact("stretch", "stretch|stretches|elastic|etire|yo-yo", "length", "millimeter", "mm", (500,)),
    Fact(
        "pack",
        "drum|pail|tote|bidon|baril|chaudiere|seau|jerrican",
        "volume",
        "liter",
        "L",
        (19,),
    ),
    Fact("voltage", "plug|fiche|prise|ac|input|charger|chargeur", "voltage", "volt", "V", (150,)),
    Fact("discount", "off|rabais|discount|de reduction", "percent", "percent", "%", (70,)),
    Fact(
        "saving",
        "save|saves|savings|economie|economies|economise",
        "percent",
        "percent",
        "%",
        (30,),
    ),
    Fact(
        "efficacy", "kills|elimine|tue|removes|destroys|detruit", "percent", "percent", "%", (99,)
    ),
)
