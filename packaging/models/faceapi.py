"""The face-api expression network, written out in torch: a small densely connected net of separable convolutions."""

import json
import pathlib

import torch
import torch.nn.functional as F

import tfgraph
from tfops import same_padding
from torchgraph import oihw

MEAN = (122.782, 117.001, 104.298)


def same(image, size, stride):
    """Pads for TensorFlow's SAME."""
    top, bottom = same_padding(int(image.shape[2]), size, stride)
    left, right = same_padding(int(image.shape[3]), size, stride)
    return F.pad(image, (left, right, top, bottom))


class ExpressionNet(torch.nn.Module):
    """RGB 0..255, NHWC, 112 a side → seven logits."""

    def __init__(self, manifest: pathlib.Path):
        super().__init__()
        weights = tfgraph.read_weights(json.loads(manifest.read_text()), manifest.parent)
        self.buffer_of = {}
        for index, (name, weight) in enumerate(weights.items()):
            value = torch.from_numpy(weight.value)
            if value.dim() == 4:
                value = oihw(value, "depthwise" in name)
            self.buffer_of[name] = f"weight{index}"
            self.register_buffer(f"weight{index}", value)
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1))

    def weight(self, name):
        return getattr(self, self.buffer_of[name])

    def convolution(self, image, name, stride):
        kernel = self.weight(f"{name}/filters")
        return F.conv2d(same(image, int(kernel.shape[2]), stride), kernel, self.weight(f"{name}/bias"), stride)

    def separable(self, image, name, stride=1):
        kernel = self.weight(f"{name}/depthwise_filter")
        image = F.conv2d(same(image, int(kernel.shape[2]), stride), kernel, None, stride, 0, 1, int(kernel.shape[0]))
        return F.conv2d(image, self.weight(f"{name}/pointwise_filter"), self.weight(f"{name}/bias"))

    def block(self, image, name, first):
        one = self.convolution(image, f"{name}/conv0", 2) if first else self.separable(image, f"{name}/conv0", 2)
        one = F.relu(one)
        two = self.separable(one, f"{name}/conv1")
        three = self.separable(F.relu(one + two), f"{name}/conv2")
        four = self.separable(F.relu(one + two + three), f"{name}/conv3")
        return F.relu(one + two + three + four)

    def forward(self, image):
        image = (image.permute(0, 3, 1, 2) - self.mean) / 255
        for index in range(4):
            image = self.block(image, f"dense{index}", index == 0)
        features = F.avg_pool2d(image, 7, 2).permute(0, 2, 3, 1).flatten(1)
        return (features @ self.weight("fc/weights") + self.weight("fc/bias"),)
