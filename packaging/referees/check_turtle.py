"""Judges an RDF file that Fieldgloss wrote: parsers, SHACL shapes, queries and a search tool that are not ours.

usage: check_turtle.py FILE SHAPES QUERIES_DIR [--require-rows] [--infos]

SHAPES is a file of shapes, or a folder: every *.ttl in it.

Prints one JSON object:
  file          the file judged
  triples       how many triples each parser read, null where it refused the file
  shacl         violations, warnings and (with --infos, else null) remarks, and the violations' messages (at most 50)
  queries       rows of each QUERIES_DIR/*.rq, null where it could not be run
  ligt_search   the gloss looked for, how many morphs carry it, how many examples ligt-search found for it; null where
                the file glosses nothing
  problems      everything that speaks against the file, in words
  ok            whether there is nothing in `problems`

The remarks (sh:Info) are left out unless asked for: the OntoLex shapes remark on every triple that is not OntoLex, and most
of the time goes into that. With --require-rows a query without rows is a problem too (a project without texts or without a lexicon has none).
Exit status: 0 nothing speaks against the file, 1 something does, 2 wrong usage.
"""

import argparse
import functools
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pyoxigraph
import pyshacl
import rdflib
from pyshacl.constraints.constraint_component import ConstraintComponent
from rdflib.plugins.sparql import prepareQuery

SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
LIGT = rdflib.Namespace("http://purl.org/ligt/ligt-0.3#")

OXIGRAPH_FORMATS = {
    ".ttl": pyoxigraph.RdfFormat.TURTLE,
    ".nt": pyoxigraph.RdfFormat.N_TRIPLES,
    ".rdf": pyoxigraph.RdfFormat.RDF_XML,
    ".jsonld": pyoxigraph.RdfFormat.JSON_LD,
    ".trig": pyoxigraph.RdfFormat.TRIG,
    ".nq": pyoxigraph.RdfFormat.N_QUADS,
}
RDFLIB_FORMATS = {
    ".ttl": "turtle",
    ".nt": "nt",
    ".rdf": "xml",
    ".jsonld": "json-ld",
    ".trig": "trig",
    ".nq": "nquads",
}
# What relative references are resolved against, in both parsers alike.
BASE = "https://example.org/base/"


def with_rdflib(path, problems):
    """The file as one graph (named graphs merged), or None."""
    dataset = rdflib.Dataset(default_union=True)
    try:
        dataset.parse(path, format=RDFLIB_FORMATS[path.suffix], publicID=BASE)
    except Exception as error:  # rdflib's parsers raise whatever they like
        problems.append(f"rdflib does not read it: {error}")
        return None
    graph = rdflib.Graph()
    for subject, predicate, value in dataset.triples((None, None, None)):
        graph.add((subject, predicate, value))
    # rdflib reads a literal where RDF allows only an IRI or a blank node, so it is asked.
    for subject in sorted({s for s in graph.subjects() if isinstance(s, rdflib.Literal)}):
        problems.append(f"a literal stands as a subject: {subject.n3()}")
    return graph


def with_oxigraph(path, problems):
    """How many different triples pyoxigraph reads, or None."""
    try:
        quads = pyoxigraph.parse(path=path, format=OXIGRAPH_FORMATS[path.suffix], base_iri=BASE)
        return len({(q.subject, q.predicate, q.object) for q in quads})
    except (SyntaxError, ValueError, OSError) as error:
        problems.append(f"pyoxigraph does not read it: {error}")
        return None


class QuickGraph(rdflib.Graph):
    """A graph that parses each query once. pySHACL asks the same few queries about thousands of nodes, and parsing them
    again every time takes twelve times as long as answering them."""

    def query(self, query_object, *args, **kwargs):
        if isinstance(query_object, str):
            query_object = prepared(query_object)
        return super().query(query_object, *args, **kwargs)


prepared = functools.lru_cache(maxsize=1000)(prepareQuery)

# pySHACL fills the values of a result into its message with re.sub, and falls over a backslash in a value. The shapes used
# here have no places for values in their messages.
ConstraintComponent._format_sparql_based_result_message = lambda self, message, values: message


def with_shacl(graph, shapes, infos, problems):
    """Results by severity and the messages of the violations."""
    if not infos:
        for shape in list(shapes.subjects(SH.severity, SH.Info)):
            shapes.add((shape, SH.deactivated, rdflib.Literal(True)))
    quick = QuickGraph()
    quick += graph
    # The shapes pick their targets with SPARQL, which is one of SHACL's advanced features.
    _, report, _ = pyshacl.validate(
        quick, shacl_graph=shapes, advanced=True, inference="none", do_owl_imports=False, inplace=True
    )
    counts = {"violations": 0, "warnings": 0, "infos": 0}
    severities = {SH.Warning: "warnings", SH.Info: "infos"}
    messages = []
    # Results only, not the details that stand inside them.
    for result in report.objects(None, SH.result):
        severity = report.value(result, SH.resultSeverity)
        counts[severities.get(severity, "violations")] += 1
        if severity not in severities:
            focus = report.value(result, SH.focusNode)
            text = str(report.value(result, SH.resultMessage))
            messages.append(f"{focus.n3() if focus is not None else '?'}: {text}")
    if not infos:
        counts["infos"] = None
    messages.sort()
    if messages:
        problems.append(f"SHACL: {len(messages)} violations, the first of them {messages[0]}")
    return {**counts, "messages": messages[:50]}


def all_shapes(path):
    """The shapes of a file, or of every file in a folder."""
    shapes = rdflib.Graph()
    for file in sorted(path.glob("*.ttl")) if path.is_dir() else [path]:
        shapes.parse(file)
    return shapes


def with_queries(graph, folder, require_rows, problems):
    """Rows of each query."""
    rows = {}
    for query in sorted(folder.glob("*.rq")):
        try:
            rows[query.name] = len(graph.query(query.read_text(encoding="utf-8")))
        except Exception as error:  # as above
            rows[query.name] = None
            problems.append(f"{query.name} cannot be run: {error}")
            continue
        if require_rows and rows[query.name] == 0:
            problems.append(f"{query.name} finds nothing")
    if not rows:
        problems.append(f"there are no queries in {folder}")
    return rows


def with_ligt_search(graph, problems):
    """Looks for the commonest gloss that ligt-search's query language can spell."""
    uses = {}
    for morph, gloss in graph.subject_objects(LIGT.gloss):
        if re.fullmatch(r"[\w.]+", str(gloss)):
            uses.setdefault(str(gloss), set()).add(morph)
    if not uses:
        return None
    gloss = max(sorted(uses), key=lambda gloss: len(uses[gloss]))
    with tempfile.TemporaryDirectory() as folder:
        # It reads Turtle whatever the file judged is.
        copy = Path(folder) / "dataset.ttl"
        graph.serialize(copy, format="turtle")
        tool = Path(sys.executable).parent / "ligt-search"
        run = subprocess.run([tool, "-q", f":{gloss}", copy], capture_output=True, text=True, check=False)
    found = re.search(r"Total (\d+) examples found", run.stdout + run.stderr)
    examples = int(found[1]) if found else None
    if run.returncode != 0 or examples is None:
        problems.append(f"ligt-search failed: {run.stderr.strip()[-500:]}")
    elif examples == 0:
        problems.append(f"ligt-search finds no example of {gloss}")
    return {"gloss": gloss, "morphs": len(uses[gloss]), "examples": examples}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("shapes", type=Path)
    parser.add_argument("queries", type=Path, metavar="QUERIES_DIR")
    parser.add_argument("--require-rows", action="store_true")
    parser.add_argument("--infos", action="store_true")
    args = parser.parse_args()
    if args.file.suffix not in RDFLIB_FORMATS:
        parser.error(f"{args.file}: the name must end in one of {' '.join(RDFLIB_FORMATS)}")
    for needed in (args.file, args.shapes):
        if not needed.exists():
            parser.error(f"{needed}: there is no such file")

    problems = []
    graph = with_rdflib(args.file, problems)
    read = None if graph is None else len(graph)
    read_by_oxigraph = with_oxigraph(args.file, problems)
    if None not in (read, read_by_oxigraph) and read != read_by_oxigraph:
        problems.append(f"rdflib reads {read} triples, pyoxigraph {read_by_oxigraph}")
    verdict = {
        "file": str(args.file),
        "triples": {"rdflib": read, "pyoxigraph": read_by_oxigraph},
        "shacl": None,
        "queries": None,
        "ligt_search": None,
    }
    if graph is not None:
        verdict["shacl"] = with_shacl(graph, all_shapes(args.shapes), args.infos, problems)
        verdict["queries"] = with_queries(graph, args.queries, args.require_rows, problems)
        verdict["ligt_search"] = with_ligt_search(graph, problems)
    verdict["problems"] = problems
    verdict["ok"] = not problems
    json.dump(verdict, sys.stdout, indent=2, ensure_ascii=False)
    print()
    return 0 if verdict["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
