"""Lists what pySHACL finds in an RDF file, so that Fieldgloss's own validator can be held against it.

usage: list_violations.py SHAPES FILE...

Prints one JSON object: for each FILE a sorted list of [severity, focus node, kind of rule, message]. Remarks (sh:Info) are left
out, and so are the details inside a result: only what the report itself has.
"""

import json
import sys
from pathlib import Path

import pyshacl
import rdflib

sys.path.insert(0, str(Path(__file__).parent))
import check_turtle

SH = check_turtle.SH


def main():
    shapes = rdflib.Graph().parse(sys.argv[1])
    for shape in list(shapes.subjects(SH.severity, SH.Info)):
        shapes.add((shape, SH.deactivated, rdflib.Literal(True)))
    found = {}
    for file in sys.argv[2:]:
        graph = check_turtle.QuickGraph()
        graph.parse(file, publicID=check_turtle.BASE)
        _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, advanced=True, inference="none", do_owl_imports=False, inplace=True)
        rows = set()
        for result in report.objects(None, SH.result):
            severity = str(report.value(result, SH.resultSeverity)).split("#")[1]
            focus = report.value(result, SH.focusNode)
            rule = str(report.value(result, SH.sourceConstraintComponent)).split("#")[1].removesuffix("ConstraintComponent")
            focus = str(focus) if isinstance(focus, rdflib.URIRef) else focus.n3()
            rows.add((severity, focus, rule, str(report.value(result, SH.resultMessage))))
        found[file] = sorted(rows)
    json.dump(found, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
