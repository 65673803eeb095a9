"""Turns a TF.js graph into a torch module that can be traced to TorchScript."""

import torch

import tfops
from tfgraph import Graph, node_of

DEPTHWISE = {"DepthwiseConv2dNative", "FusedDepthwiseConv2dNative"}
CONVOLUTIONS = DEPTHWISE | {"Conv2D", "_FusedConv2D"}


class TorchGraph(torch.nn.Module):
    """The graph, cut down to `outputs` (node names).

    Everything that does not depend on the picture (weights, shapes) is worked out once, here, so that the trace
    holds only arithmetic on the picture. Weights that the source stores in 16 bits stay so and are widened in
    `forward`; a loader that converts the module to 32 bits first makes that widening free.
    """

    def __init__(self, graph: Graph, example: torch.Tensor, outputs: list[str]):
        super().__init__()
        self.outputs = outputs
        nodes = {node.name: node for node in graph.nodes}
        needed = self.reached(nodes, outputs)
        self.nodes = [node for node in graph.nodes if node.name in needed]
        self.constants = {}
        self.buffer_of = {}
        kernels = self.kernels()
        static = self.static()
        values = {}
        with torch.no_grad():
            for node in self.nodes:
                if node.op == "Const":
                    weight = graph.weights[node.name]
                    value = torch.from_numpy(weight.value)
                    values[node.name] = value
                    if node.name in kernels:
                        value = oihw(value, kernels[node.name])
                    if value.is_floating_point() and value.numel() > 1:
                        name = f"weight{len(self.buffer_of)}"
                        self.buffer_of[node.name] = name
                        self.register_buffer(name, value.half() if weight.half else value)
                        values[node.name] = value
                    else:
                        self.constants[node.name] = value
                else:
                    values[node.name] = self.run(node, values, example)
                    if node.name in static:
                        self.constants[node.name] = values[node.name]

    @staticmethod
    def reached(nodes, outputs):
        """The nodes that the outputs need."""
        needed, stack = set(), list(outputs)
        while stack:
            name = stack.pop()
            if name not in needed:
                needed.add(name)
                stack.extend(node_of(i) for i in nodes[name].inputs)
        return needed

    def kernels(self):
        """Constants used as convolution kernels, and whether depthwise."""
        return {node_of(node.inputs[1]): node.op in DEPTHWISE for node in self.nodes if node.op in CONVOLUTIONS}

    def static(self):
        """Nodes whose value is the same for every picture of the example's shape."""
        static = set()
        for node in self.nodes:
            data = [node_of(i) for i in node.inputs if not i.startswith("^")]
            if node.op in ("Const", "Shape", "ZerosLike") or (data and all(name in static for name in data)):
                static.add(node.name)
        return static

    def run(self, node, values, image):
        if node.op == "Placeholder":
            # A network fed with whole numbers gets whole numbers, also from an interpolated crop.
            return image.floor() if node.attribute("dtype") == "DT_INT32" else image
        arguments = []
        for reference in node.inputs:
            if reference.startswith("^"):
                continue
            name, _, index = reference.partition(":")
            value = values[name]
            arguments.append(value[int(index or 0)] if isinstance(value, list) else value)
        return tfops.OPERATIONS[node.op](node, *arguments)

    def forward(self, image):
        values = dict(self.constants)
        for name, buffer in self.buffer_of.items():
            values[name] = getattr(self, buffer).to(torch.float32)
        for node in self.nodes:
            if node.name not in values:
                values[node.name] = self.run(node, values, image)
        return tuple(values[name] for name in self.outputs)


def oihw(kernel, depthwise):
    """TensorFlow's HWIO (depthwise: HWCM) to torch's OIHW."""
    if depthwise:
        height, width, channels, multiplier = kernel.shape
        return kernel.permute(2, 3, 0, 1).reshape(channels * multiplier, 1, height, width).contiguous()
    return kernel.permute(3, 2, 0, 1).contiguous()
