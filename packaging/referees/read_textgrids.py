"""What Praat itself reads in TextGrid files. Usage: read_textgrids.py FILE...

Prints one line of JSON a file: its tiers as [name, [[start, end or null, label], ...]] with labels that are not empty,
or what Praat says against it.
"""

import json
import sys

import parselmouth
from parselmouth.praat import call


def cells(grid, tier):
    if call(grid, "Is interval tier", tier):
        for at in range(1, int(call(grid, "Get number of intervals", tier)) + 1):
            yield [
                call(grid, "Get start time of interval", tier, at),
                call(grid, "Get end time of interval", tier, at),
                call(grid, "Get label of interval", tier, at),
            ]
    else:
        for at in range(1, int(call(grid, "Get number of points", tier)) + 1):
            yield [call(grid, "Get time of point", tier, at), None, call(grid, "Get label of point", tier, at)]


def main():
    for path in sys.argv[1:]:
        try:
            grid = parselmouth.read(path)
            tiers = range(1, int(call(grid, "Get number of tiers")) + 1)
            read = [[call(grid, "Get tier name", n), [c for c in cells(grid, n) if c[2]]] for n in tiers]
            print(json.dumps({"tiers": read}))
        except parselmouth.PraatError as error:
            print(json.dumps({"problem": str(error)}))


if __name__ == "__main__":
    main()
