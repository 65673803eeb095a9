"""The TensorFlow operations that the pack's graphs use, in torch. Tensors are NHWC, as in TensorFlow."""

import torch
import torch.nn.functional as F

DTYPES = {"DT_FLOAT": torch.float32, "DT_INT32": torch.int32, "DT_INT64": torch.int64, "DT_BOOL": torch.bool}


def integers(tensor):
    """A constant tensor as a list of int."""
    return [int(item) for item in tensor.reshape(-1)]


def same_padding(size, kernel, stride, dilation=1):
    """TensorFlow's SAME: (before, after), the odd pixel after."""
    extent = (kernel - 1) * dilation + 1
    total = max((-(-size // stride) - 1) * stride + extent - size, 0)
    return total // 2, total - total // 2


def padded(image, kernel, strides, dilations, value=0.0):
    """Pads an NCHW image for SAME; returns it and the padding left for the convolution itself to do."""
    top, bottom = same_padding(int(image.shape[2]), kernel[0], strides[0], dilations[0])
    left, right = same_padding(int(image.shape[3]), kernel[1], strides[1], dilations[1])
    if value == 0.0 and top == bottom and left == right:
        return image, (top, left)
    return F.pad(image, (left, right, top, bottom), value=value), (0, 0)


def convolution(node, depthwise, image, kernel, *extra):
    """With what TF.js fused into it. `kernel` is already OIHW (see torchgraph)."""
    operations, extra = list(node.attribute("fused_ops") or []), list(extra)
    bias = None
    if operations[:1] == ["BiasAdd"]:
        operations.pop(0)
        bias = extra.pop(0).reshape(-1)
    strides = node.attribute("strides")[1:3]
    dilations = (node.attribute("dilations") or [1, 1, 1, 1])[1:3]
    image, padding = image.permute(0, 3, 1, 2), (0, 0)
    if node.attribute("padding") == "SAME":
        image, padding = padded(image, kernel.shape[2:], strides, dilations)
    groups = image.shape[1] if depthwise else 1
    image = F.conv2d(image, kernel, bias, strides, padding, dilations, int(groups)).permute(0, 2, 3, 1)
    return fused(operations, image, extra)


def prelu(value, slope):
    """One slope a channel where possible (one kernel instead of three)."""
    if value.dim() == 4 and slope.numel() == value.shape[3]:
        return F.prelu(value.permute(0, 3, 1, 2), slope.reshape(-1)).permute(0, 2, 3, 1)
    return torch.where(value >= 0, value, value * slope)


def fused(operations, value, extra):
    """Applies the operations TF.js fused into a convolution or matrix product, in place: nobody else sees `value`."""
    extra = list(extra)
    for name in operations:
        if name == "BiasAdd":
            value = value + extra.pop(0)
        elif name == "Prelu":
            value = prelu(value, extra.pop(0))
        elif name == "Relu":
            value = value.relu_()
        elif name == "Relu6":
            value = value.clamp_(0, 6)
        elif name == "Sigmoid":
            value = torch.sigmoid(value)
        else:
            raise NotImplementedError(f"fused {name}")
    return value


def matrix_product(node, a, b, *extra):
    if node.attribute("transpose_a"):
        a = a.t()
    if node.attribute("transpose_b"):
        b = b.t()
    return fused(node.attribute("fused_ops") or [], a @ b, extra)


def batch_matrix_product(node, a, b):
    if node.attribute("adj_x"):
        a = a.transpose(-1, -2)
    if node.attribute("adj_y"):
        b = b.transpose(-1, -2)
    return torch.matmul(a, b)


def max_pool(node, image):
    size, strides = node.attribute("ksize")[1:3], node.attribute("strides")[1:3]
    image = image.permute(0, 3, 1, 2)
    if node.attribute("padding") == "SAME":
        image, _ = padded(image, size, strides, (1, 1), value=-3e38)
    return F.max_pool2d(image, size, strides).permute(0, 2, 3, 1)


def reduction(function):
    def apply(node, value, axes):
        return function(value, dim=integers(axes), keepdim=bool(node.attribute("keep_dims")))

    return apply


def reshape(node, value, shape):
    """Keeps the batch free: a leading 1 with all else given becomes -1."""
    shape = integers(shape)
    if shape and shape[0] == 1 and -1 not in shape and value.dim() > 0 and value.shape[0] == 1:
        shape[0] = -1
    return value.reshape(shape)


def pad(node, value, paddings):
    flat = [side for pair in reversed(paddings.tolist()) for side in pair]
    return F.pad(value, flat)


def resize_bilinear(node, image, size):
    """align_corners or half-pixel centres; with neither, TensorFlow's legacy sampling, written out."""
    height, width = integers(size)
    image = image.permute(0, 3, 1, 2)
    aligned = bool(node.attribute("align_corners"))
    if aligned or node.attribute("half_pixel_centers"):
        image = F.interpolate(image, (height, width), mode="bilinear", align_corners=aligned)
        return image.permute(0, 2, 3, 1)

    def positions(out, size):
        centre = torch.arange(out, dtype=torch.float32) * (size / out)
        low = centre.floor().long()
        return low, (low + 1).clamp(max=size - 1), centre - low

    low, high, part = positions(height, int(image.shape[2]))
    image = image[:, :, low] * (1 - part)[:, None] + image[:, :, high] * part[:, None]
    low, high, part = positions(width, int(image.shape[3]))
    image = image[:, :, :, low] * (1 - part) + image[:, :, :, high] * part
    return image.permute(0, 2, 3, 1)


def depth_to_space(node, image):
    block = node.attribute("block_size")
    _, height, width, channels = (int(side) for side in image.shape)
    depth = channels // (block * block)
    image = image.reshape(-1, height, width, block, block, depth).permute(0, 1, 3, 2, 4, 5)
    return image.reshape(-1, height * block, width * block, depth)


def squeeze(node, value):
    axes = node.attribute("squeeze_dims") or [i for i, side in enumerate(value.shape) if side == 1]
    for axis in sorted((axis % value.dim() for axis in axes), reverse=True):
        value = value.squeeze(axis)
    return value


def gather(node, value, indices, axis):
    axis = int(axis)
    shape = [int(side) for side in value.shape]
    picked = torch.index_select(value, axis, indices.reshape(-1).long())
    return picked.reshape(*shape[:axis], *[int(side) for side in indices.shape], *shape[axis + 1 :])


def gather_nd(node, value, indices):
    indices = indices.long()
    return value[tuple(indices[..., k] for k in range(indices.shape[-1]))]


def strided_slice(node, value, begin, end, strides):
    masks = {
        key: node.attribute(f"{key}_mask", 0) or 0 for key in ("begin", "end", "new_axis", "shrink_axis", "ellipsis")
    }
    begin, end, strides = integers(begin), integers(end), integers(strides)
    index = []
    for k in range(len(begin)):
        if masks["ellipsis"] >> k & 1:
            index.append(Ellipsis)
        elif masks["new_axis"] >> k & 1:
            index.append(None)
        elif masks["shrink_axis"] >> k & 1:
            index.append(begin[k])
        else:
            first = None if masks["begin"] >> k & 1 else begin[k]
            last = None if masks["end"] >> k & 1 else end[k]
            index.append(slice(first, last, strides[k]))
    return value[tuple(index)]


def conv_inputs(depthwise):
    return lambda node, *inputs: convolution(node, depthwise, *inputs)


def limited(function):
    return lambda node, a, b: function(a, b.to(a.dtype))


OPERATIONS = {
    "Conv2D": conv_inputs(False),
    "_FusedConv2D": conv_inputs(False),
    "DepthwiseConv2dNative": conv_inputs(True),
    "FusedDepthwiseConv2dNative": conv_inputs(True),
    "MatMul": matrix_product,
    "_FusedMatMul": matrix_product,
    "BatchMatMulV2": batch_matrix_product,
    "MaxPool": max_pool,
    "Add": lambda node, a, b: a + b,
    "AddV2": lambda node, a, b: a + b,
    "AddN": lambda node, *values: sum(values[1:], values[0]),
    "Sub": lambda node, a, b: a - b,
    "Mul": lambda node, a, b: a * b,
    "RealDiv": lambda node, a, b: a / b,
    "FloorDiv": lambda node, a, b: torch.div(a, b, rounding_mode="floor"),
    "SquaredDifference": lambda node, a, b: (a - b) ** 2,
    "Sqrt": lambda node, a: a.sqrt(),
    "Neg": lambda node, a: -a,
    "Floor": lambda node, a: a.floor(),
    "Sin": lambda node, a: a.sin(),
    "Cos": lambda node, a: a.cos(),
    "Atan2": lambda node, a, b: torch.atan2(a, b),
    "Relu": lambda node, a: F.relu(a),
    "Relu6": lambda node, a: a.clamp(0, 6),
    "Prelu": lambda node, a, slope: prelu(a, slope),
    "Sigmoid": lambda node, a: torch.sigmoid(a),
    "Softmax": lambda node, a: torch.softmax(a, -1),
    "Minimum": limited(torch.minimum),
    "Maximum": limited(torch.maximum),
    "LessEqual": lambda node, a, b: a <= b,
    "GreaterEqual": lambda node, a, b: a >= b,
    "LogicalAnd": lambda node, a, b: a & b,
    "Mean": reduction(torch.mean),
    "Max": reduction(torch.amax),
    "Min": reduction(torch.amin),
    "Reshape": reshape,
    "Identity": lambda node, a: a,
    "Pad": pad,
    "ConcatV2": lambda node, *values: torch.cat(list(values[:-1]), int(values[-1])),
    "ResizeBilinear": resize_bilinear,
    "DepthToSpace": depth_to_space,
    "Shape": lambda node, a: torch.tensor([int(side) for side in a.shape], dtype=torch.int32),
    "Pack": lambda node, *values: torch.stack(list(values), node.attribute("axis", 0)),
    "Unpack": lambda node, a: list(torch.unbind(a, node.attribute("axis", 0))),
    "ExpandDims": lambda node, a, axis: a.unsqueeze(int(axis)),
    "Squeeze": squeeze,
    "StridedSlice": strided_slice,
    "Cast": lambda node, a: a.to(DTYPES[node.attribute("DstT")]),
    "ArgMax": lambda node, a, axis: a.argmax(int(axis)).to(torch.int32),
    "GatherV2": gather,
    "GatherNd": gather_nd,
    "Transpose": lambda node, a, axes: a.permute(integers(axes)),
    "Fill": lambda node, shape, value: torch.full(integers(shape), value.item()),
    "Range": lambda node, a, b, step: torch.arange(a.item(), b.item(), step.item(), dtype=a.dtype),
    "Tile": lambda node, a, repeats: a.repeat(integers(repeats)),
    "ZerosLike": lambda node, a: torch.zeros_like(a),
}
