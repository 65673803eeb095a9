"""Makes assets/fonts/FieldglossFigures-*.otf: Inter's tabular figures under the ordinary digits.

egui shapes text without OpenType feature tags, so `tnum` cannot be asked for where the text is drawn.
Needs fontTools and Inter 4 (Debian: fonts-inter). Usage: figures.py INTER.otf OUT.otf STYLE
"""

import sys

from fontTools import subset
from fontTools.ttLib import TTFont

source, target, style = sys.argv[1:]
font = TTFont(source)
substitutions = {}
gsub = font["GSUB"].table
for record in gsub.FeatureList.FeatureRecord:
    if record.FeatureTag == "tnum":
        for index in record.Feature.LookupListIndex:
            for table in gsub.LookupList.Lookup[index].SubTable:
                table = getattr(table, "ExtSubTable", table)
                substitutions.update(getattr(table, "mapping", {}))

characters = "0123456789:.,+-–−/% "
for table in font["cmap"].tables:
    for code in map(ord, characters):
        if code in table.cmap:
            table.cmap[code] = substitutions.get(table.cmap[code], table.cmap[code])

options = subset.Options()
options.layout_features = []
options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
subsetter = subset.Subsetter(options)
subsetter.populate(text=characters)
subsetter.subset(font)
names = {1: "Fieldgloss Figures", 2: style, 3: f"Fieldgloss Figures {style}", 4: f"Fieldgloss Figures {style}"}
for record in font["name"].names:
    if record.nameID in names:
        record.string = names[record.nameID]
    elif record.nameID == 6:
        record.string = f"FieldglossFigures-{style}"
if "CFF " in font:
    font["CFF "].cff.fontNames = [f"FieldglossFigures-{style}"]
# A weight between two masters comes out with widths a unit or two apart; a column of times wants them equal.
figures = [font.getBestCmap()[ord(digit)] for digit in "0123456789"]
widths = [font["hmtx"][figure][0] for figure in figures]
assert max(widths) - min(widths) <= 8, widths
for figure in figures:
    font["hmtx"][figure] = (max(widths), font["hmtx"][figure][1])
font.save(target)
