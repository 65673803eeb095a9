"""Reads a TF.js graph model (a .json with its .bin) into nodes and weights."""

import base64
import dataclasses
import json
import pathlib

import numpy as np


@dataclasses.dataclass
class Node:
    """One operation of the graph."""

    name: str
    op: str
    inputs: list[str]
    attributes: dict

    def attribute(self, key, default=None):
        """The attribute as a plain value: int, float, bool, str, type name, or a list of int or str."""
        value = self.attributes.get(key)
        if value is None:
            return default
        if "list" in value:
            if "i" in value["list"]:
                return [int(item) for item in value["list"]["i"]]
            return [base64.b64decode(item).decode() for item in value["list"].get("s", [])]
        if "i" in value:
            return int(value["i"])
        if "s" in value:
            return base64.b64decode(value["s"]).decode()
        if "f" in value:
            return float(value["f"])
        if "b" in value:
            return value["b"]
        return value.get("type", default)


@dataclasses.dataclass
class Weight:
    """One constant of the graph; `half` when the file stores it as 16-bit floats."""

    value: np.ndarray
    half: bool


@dataclasses.dataclass
class Graph:
    """Nodes in an order in which every input comes before its user."""

    nodes: list[Node]
    weights: dict[str, Weight]


def read(path: pathlib.Path) -> Graph:
    """Reads `path` and the weight files it names."""
    document = json.loads(path.read_text())
    nodes = {
        item["name"]: Node(item["name"], item["op"], item.get("input", []), item.get("attr", {}))
        for item in document["modelTopology"]["node"]
    }
    return Graph(in_order(nodes), read_weights(document["weightsManifest"], path.parent))


def read_weights(manifest, folder: pathlib.Path) -> dict[str, Weight]:
    """Reads and dequantises every weight the manifest lists."""
    weights = {}
    for group in manifest:
        buffer = b"".join((folder / part).read_bytes() for part in group["paths"])
        offset = 0
        for entry in group["weights"]:
            count = int(np.prod(entry["shape"], dtype=np.int64))
            quantised = entry.get("quantization")
            stored = np.dtype(quantised["dtype"] if quantised else entry["dtype"])
            value = np.frombuffer(buffer, stored, count, offset)
            offset += count * stored.itemsize
            if quantised:
                value = value.astype(np.float32)
                if "scale" in quantised:
                    value = value * np.float32(quantised["scale"]) + np.float32(quantised["min"])
                value = value.astype(entry["dtype"])
            weights[entry["name"]] = Weight(value.reshape(entry["shape"]).copy(), stored == np.float16)
        if offset != len(buffer):
            raise ValueError(f"{folder}: read {offset} of {len(buffer)} weight bytes")
    return weights


def node_of(reference: str) -> str:
    """The node's name in an input reference such as `^name` or `name:1`."""
    return reference.lstrip("^").split(":")[0]


def in_order(nodes: dict[str, Node]) -> list[Node]:
    """Sorts topologically."""
    done, order = set(), []
    for start in nodes:
        stack = [(start, False)]
        while stack:
            name, finished = stack.pop()
            if finished:
                order.append(nodes[name])
            elif name not in done:
                done.add(name)
                stack.append((name, True))
                stack.extend((node_of(i), False) for i in nodes[name].inputs if node_of(i) not in done)
    return order
