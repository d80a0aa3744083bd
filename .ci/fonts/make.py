#!/usr/bin/python3
"""Make assets/fonts from the published fonts.  Run by hand, output committed.

    npm pack @expo-google-fonts/noto-serif-sc@0.4.3 @expo-google-fonts/noto-sans-sc@0.4.3
    apt-get download fonts-hanazono fonts-babelstone-han unicode-data
    (unpack the archives below one folder SRC)
    .ci/fonts/make.py SRC characters-8105.txt assets/fonts

Needs python3-fonttools (made with 4.38).  Given the same inputs it writes the
same bytes: no time, no user enters a file.

What goes where
    song.ttf      Noto Serif SC Regular: CORE at 1000 units an em, raw, so that
                  the program reads it from its own image without a heap copy
    hei.ttf       Noto Sans SC Medium: the same characters
    rare-song     Noto Serif SC: every other Han character it has (all of the
                  URO and Extension A, and what it has beyond the BMP)
    rare-hana     HanaMinA/B: CURATED characters of Extension B to F
    rare-babel    BabelStone Han: CURATED characters of Extension G and H
The rare fonts are cut to 256 units an em (finer than 1,500 dots an inch at
12 point) and gzipped: they are opened only for a character that asks for them.

CORE = the 8105 list + GB 2312 + Latin, Greek, Cyrillic, kana, symbols.
CURATED = characters beyond the BMP with a source that stands for present use:
all mainland sources but the Kangxi and Hanyu Da Zidian dictionaries, bronze
inscriptions and old Zhuang (so: the police's identity-card system, personal
names, place names, chemistry, medicine, dialects), and those in daily use in
Hong Kong, Macao and in JIS X 0213.
"""
import bz2
import gzip
import io
import re
import sys
from pathlib import Path

from fontTools import subset
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem

DICTIONARIES = {"GKX", "GHZ", "GHZR", "GZ", "GZJW"}
JIS0213 = {"J3", "J3A", "J4", "JARIB"}
SYMBOLS = [
    (0x20, 0x7E), (0xA0, 0x17F), (0x1CD, 0x1DC), (0x1F8, 0x1F9), (0x251, 0x251), (0x261, 0x261),
    (0x2C6, 0x2DD), (0x391, 0x3C9), (0x401, 0x451), (0x2010, 0x2044), (0x2070, 0x209F),
    (0x20AC, 0x20AC), (0x2100, 0x214F), (0x2150, 0x218F), (0x2190, 0x21FF), (0x2200, 0x22FF),
    (0x2460, 0x24FF), (0x2500, 0x257F), (0x25A0, 0x25FF), (0x2605, 0x2606), (0x2640, 0x2642),
    (0x2713, 0x2717), (0x2E80, 0x2FDF), (0x3000, 0x312F), (0x3200, 0x33FF), (0xFE30, 0xFE4F),
    (0xFF00, 0xFFEF),
]


def core(list8105):
    chars = set(map(ord, re.sub(r"\s", "", Path(list8105).read_text(encoding="utf-8"))))
    for hi in range(0xA1, 0xF8):
        for lo in range(0xA1, 0xFF):
            chars.update(map(ord, bytes([hi, lo]).decode("gb2312", "ignore")))
    for first, last in SYMBOLS:
        chars.update(range(first, last + 1))
    return chars


def is_han(c):
    return 0x3400 <= c <= 0x9FFF or 0xF900 <= c <= 0xFAFF or c >= 0x20000 or c == 0x3007


def curated(unihan):
    chars = {0x20BB7, 0x30EDD, 0x30EDE}  # 𠮷 in names; 𰻝 on shop signs
    for line in bz2.open(unihan, "rt", encoding="utf-8"):
        m = re.match(r"U\+(\w+)\tkIRG_(\w)Source\t(\w+?)-", line)
        if not m:
            continue
        c, land, source = int(m[1], 16), m[2], m[3]
        if c > 0xFFFF and (
            (land == "G" and source not in DICTIONARIES)
            or land in "HM"
            or (land == "J" and source in JIS0213)
        ):
            chars.add(c)
    return chars


def cut(path, chars, family, licence):
    font = TTFont(path, recalcTimestamp=False)
    o = subset.Options()
    o.hinting = False
    o.layout_features = []
    o.glyph_names = False
    o.legacy_cmap = False
    o.notdef_outline = True
    o.drop_tables += ["vmtx", "vhea", "VORG", "DSIG", "GSUB", "GPOS", "GDEF", "BASE", "gasp", "meta", "FFTM"]
    s = subset.Subsetter(o)
    s.populate(unicodes=chars)
    s.subset(font)
    name = font["name"]
    name.names = [n for n in name.names if n.nameID in (0,)]
    for i, text in ((1, family), (2, "Regular"), (4, family), (6, family.replace(" ", "")), (13, licence)):
        name.setName(text, i, 3, 1, 0x409)
    return font


def boxes(font):
    """Draw U+2610 ☐, U+2611 ☑ and U+2612 ☒ on the font's own U+25A1 □."""
    cmap, glyf = font.getBestCmap(), font["glyf"]
    square = cmap[0x25A1]
    g = glyf[square]
    left, right, low, high = g.xMin, g.xMax, g.yMin, g.yMax
    w, h = right - left, high - low

    def point(x, y):
        return round(left + x * w), round(low + y * h)

    tick = [[(0.14, 0.52), (0.24, 0.60), (0.40, 0.38), (0.90, 1.06), (0.98, 0.99), (0.41, 0.16)]]
    cross = [
        [(0.18, 0.26), (0.74, 0.82), (0.82, 0.74), (0.26, 0.18)],
        [(0.74, 0.18), (0.18, 0.74), (0.26, 0.82), (0.82, 0.26)],
    ]
    order = font.getGlyphOrder()
    for code, strokes in ((0x2610, []), (0x2611, tick), (0x2612, cross)):
        pen = TTGlyphPen(glyf)
        g.draw(pen, glyf)
        for stroke in strokes:
            pen.moveTo(point(*stroke[0]))
            for p in stroke[1:]:
                pen.lineTo(point(*p))
            pen.closePath()
        name = "box%04X" % code
        glyf.glyphs[name] = pen.glyph()
        order.append(name)
        font["hmtx"][name] = font["hmtx"][square]
        for t in font["cmap"].tables:
            t.cmap[code] = name
    glyf.glyphOrder = order
    font.setGlyphOrder(order)
    font["maxp"].numGlyphs = len(order)


def write(font, path, upem=None):
    if upem and font["head"].unitsPerEm != upem:
        scale_upem(font, upem)
    out = io.BytesIO()
    font.save(out)
    data = out.getvalue()
    if path.suffix == ".gz":
        data = gzip.compress(data, 9, mtime=0)
    path.write_bytes(data)
    print(f"{path.name:16} {len(font.getBestCmap()):6} characters {len(data):9} bytes")


def find(src, name):
    return next(Path(src).rglob(name))


def main(src, list8105, out):
    out = Path(out)
    ofl = "SIL Open Font License 1.1, https://openfontlicense.org"
    serif, sans = find(src, "NotoSerifSC_400Regular.ttf"), find(src, "NotoSansSC_500Medium.ttf")
    hana_a, hana_b = find(src, "HanaMinA.ttf"), find(src, "HanaMinB.ttf")
    babel = find(src, "BabelStoneHan.ttf")
    have = {p: set(TTFont(p, lazy=True).getBestCmap()) for p in (serif, sans, hana_a, hana_b, babel)}
    basic = core(list8105)
    names = curated(find(src, "Unihan_IRGSources.txt.bz2")) - have[serif]

    for path, file, family in ((serif, "song.ttf", "Jiezhen Song"), (sans, "hei.ttf", "Jiezhen Hei")):
        font = cut(path, basic & have[path], family, ofl)
        boxes(font)
        write(font, out / file)
    rest = {c for c in have[serif] if is_han(c)} - basic
    write(cut(serif, rest, "Jiezhen Rare Song", ofl), out / "rare-song.ttf.gz", 256)
    in_hana = names & have[hana_b]
    write(cut(hana_b, in_hana, "Jiezhen Rare Ming", "Hanazono Font License"), out / "rare-hana.ttf.gz", 256)
    rest = (names - in_hana) & have[babel]
    write(cut(babel, rest, "Jiezhen Rare Han", "Arphic Public License"), out / "rare-babel.ttf.gz", 256)


if __name__ == "__main__":
    main(*sys.argv[1:])
