"""The 43 classes, numbered as in GTSRB.

Source of the numbering and the counts: Stallkamp et al., "Man vs. computer: Benchmarking machine
learning algorithms for traffic sign recognition", Neural Networks 32 (2012).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Family = Literal["prohibitory", "warning", "mandatory", "other"]


@dataclass(frozen=True)
class SignClass:
    """One class of signs.

    Attributes:
        id: Class id, 0..42.
        slug: Name for files, unique.
        name: English name.
        german: Name in the German highway code (StVO).
        family: What the sign does, and so its shape and colours.
        gtsrb_images: Images of this class in GTSRB's official training set.
    """

    id: int
    slug: str
    name: str
    german: str
    family: Family
    gtsrb_images: int


def _limit(id_: int, kmh: int, gtsrb_images: int) -> SignClass:
    german = f"Zulässige Höchstgeschwindigkeit {kmh} km/h"
    slug, name = f"speed-limit-{kmh}", f"Speed limit {kmh} km/h"
    return SignClass(id_, slug, name, german, "prohibitory", gtsrb_images)


# fmt: off
CLASSES: tuple[SignClass, ...] = (
    _limit(0, 20, 210),
    _limit(1, 30, 2220),
    _limit(2, 50, 2250),
    _limit(3, 60, 1410),
    _limit(4, 70, 1980),
    _limit(5, 80, 1860),
    SignClass(6, "end-of-speed-limit-80", "End of speed limit 80 km/h",
              "Ende der zulässigen Höchstgeschwindigkeit 80 km/h", "other", 420),
    _limit(7, 100, 1440),
    _limit(8, 120, 1410),
    SignClass(9, "no-overtaking", "No overtaking", "Überholverbot", "prohibitory", 1470),
    SignClass(10, "no-overtaking-by-lorries", "No overtaking by lorries",
              "Überholverbot für Kraftfahrzeuge über 3,5 t", "prohibitory", 2010),
    SignClass(11, "priority-at-next-crossing", "Priority at the next crossing",
              "Vorfahrt", "warning", 1320),
    SignClass(12, "priority-road", "Priority road", "Vorfahrtstraße", "other", 2100),
    SignClass(13, "give-way", "Give way", "Vorfahrt gewähren", "other", 2160),
    SignClass(14, "stop", "Stop", "Halt. Vorfahrt gewähren", "other", 780),
    SignClass(15, "no-vehicles", "No vehicles", "Verbot für Fahrzeuge aller Art",
              "prohibitory", 630),
    SignClass(16, "no-lorries", "No lorries", "Verbot für Kraftfahrzeuge über 3,5 t",
              "prohibitory", 420),
    SignClass(17, "no-entry", "No entry", "Verbot der Einfahrt", "other", 1110),
    SignClass(18, "danger", "Danger", "Gefahrstelle", "warning", 1200),
    SignClass(19, "bend-left", "Bend to the left", "Kurve (links)", "warning", 210),
    SignClass(20, "bend-right", "Bend to the right", "Kurve (rechts)", "warning", 360),
    SignClass(21, "double-bend", "Double bend, first to the left",
              "Doppelkurve (zunächst links)", "warning", 330),
    SignClass(22, "uneven-road", "Uneven road", "Unebene Fahrbahn", "warning", 390),
    SignClass(23, "slippery-road", "Slippery road", "Schleuder- oder Rutschgefahr",
              "warning", 510),
    SignClass(24, "road-narrows-right", "Road narrows on the right",
              "Einseitig verengte Fahrbahn (rechts)", "warning", 270),
    SignClass(25, "road-works", "Road works", "Arbeitsstelle", "warning", 1500),
    SignClass(26, "traffic-signals", "Traffic signals", "Lichtzeichenanlage", "warning", 600),
    SignClass(27, "pedestrians", "Pedestrians", "Fußgänger", "warning", 240),
    SignClass(28, "children", "Children", "Kinder", "warning", 540),
    SignClass(29, "bicycles", "Bicycles", "Radverkehr", "warning", 270),
    SignClass(30, "snow-or-ice", "Snow or ice", "Schnee- oder Eisglätte", "warning", 450),
    SignClass(31, "wild-animals", "Wild animals", "Wildwechsel", "warning", 780),
    SignClass(32, "end-of-all-restrictions", "End of all restrictions",
              "Ende sämtlicher Streckenverbote", "other", 240),
    SignClass(33, "turn-right", "Turn right", "Vorgeschriebene Fahrtrichtung rechts",
              "mandatory", 689),
    SignClass(34, "turn-left", "Turn left", "Vorgeschriebene Fahrtrichtung links",
              "mandatory", 420),
    SignClass(35, "straight-on", "Straight on", "Vorgeschriebene Fahrtrichtung geradeaus",
              "mandatory", 1200),
    SignClass(36, "straight-or-right", "Straight on or right",
              "Vorgeschriebene Fahrtrichtung geradeaus oder rechts", "mandatory", 390),
    SignClass(37, "straight-or-left", "Straight on or left",
              "Vorgeschriebene Fahrtrichtung geradeaus oder links", "mandatory", 210),
    SignClass(38, "keep-right", "Keep right", "Vorgeschriebene Vorbeifahrt rechts",
              "mandatory", 2070),
    SignClass(39, "keep-left", "Keep left", "Vorgeschriebene Vorbeifahrt links",
              "mandatory", 300),
    SignClass(40, "roundabout", "Roundabout", "Kreisverkehr", "mandatory", 360),
    SignClass(41, "end-of-no-overtaking", "End of no overtaking", "Ende des Überholverbots",
              "other", 240),
    SignClass(42, "end-of-no-overtaking-by-lorries", "End of no overtaking by lorries",
              "Ende des Überholverbots für Kraftfahrzeuge über 3,5 t", "other", 240),
)
# fmt: on

FAMILIES: dict[Family, tuple[int, ...]] = {
    family: tuple(sign.id for sign in CLASSES if sign.family == family)
    for family in get_args(Family)
}
"""Class ids by family."""
