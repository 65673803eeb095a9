"""Reads an ELAN document with pympi, the configuration of curves that it links with ElementTree, and the tables with csv,
and says as JSON what each curve holds.

    python read_curves.py FILE.eaf
"""

import csv
import json
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

from pympi import Eaf


def place_of(url: str, document: pathlib.Path) -> pathlib.Path:
    """As ELAN looks: at the address, else beside the document; nothing is percent-decoded."""
    path = pathlib.Path("/" + url.removeprefix("file:").lstrip("/"))
    return path if path.exists() else document.parent / path.name


def samples_of(table: pathlib.Path, column: int) -> list[tuple[int, float]]:
    with table.open(newline="", encoding="utf-8") as lines:
        rows = csv.reader(line for line in lines if not line.startswith("#"))
        return [(int(row[0]), float(row[column])) for row in rows]


def main() -> None:
    document = pathlib.Path(sys.argv[1])
    links = Eaf(str(document)).linked_file_descriptors
    configs = [link["LINK_URL"] for link in links if link["LINK_URL"].endswith("_tsconf.xml")]
    linked = {link["LINK_URL"] for link in links}
    curves = []
    root = ElementTree.parse(place_of(configs[0], document)).getroot() if configs else ElementTree.Element("timeseries")
    for source in root.iter("tracksource"):
        url = source.get("source-url")
        table = place_of(url, document)
        for track in source.iter("track"):
            samples = samples_of(table, int(track.find("sample-position/pos").get("col"))) if table.exists() else []
            values = [value for _, value in samples if value == value]
            curves.append({
                "name": track.get("name"),
                "table": table.name,
                "linked": url in linked,
                "kind": source.get("sample-type"),
                "unit": track.findtext("units"),
                "color": [int(part) for part in track.findtext("color").split(",")],
                "range": [float(track.find("range").get(end)) for end in ("min", "max")],
                "seen": [min(values), max(values)] if values else None,
                "samples": [[time, None if value != value else value] for time, value in samples[:200]],
                "count": len(samples),
            })
    json.dump({"root": root.tag, "links": links, "configurations": len(configs), "curves": curves}, sys.stdout)


if __name__ == "__main__":
    main()
