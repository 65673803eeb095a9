"""One measurement of another program doing what Fieldgloss does. Usage: bench_peers.py VERB FILE ROUNDS.

Prints the best round in seconds. Start and imports are not counted.
"""

import sys
import time


def eaf(path):
    from pympi.Elan import Eaf

    return lambda: Eaf(path)


def turtle(path):
    import rdflib

    graph = rdflib.Graph()
    graph.parse(path, format="nt")
    return lambda: graph.serialize(format="turtle")


def cldf(path):
    from pycldf import Dataset

    def read():
        dataset = Dataset.from_metadata(path)
        for table in dataset.tables:
            if (dataset.directory / str(table.url)).exists():
                list(dataset[table])

    return read


def main():
    verb, path, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    work = {"eaf": eaf, "turtle": turtle, "cldf": cldf}[verb](path)
    best = float("inf")
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begun)
    print(best)


if __name__ == "__main__":
    main()
