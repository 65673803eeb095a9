"""The speech networks, written out from their published weights, for sound of any length.

Each takes 16 kHz mono samples, -1..1, and does its own spectrum, so that nothing but samples crosses into the worker.
"""

import json
import pathlib

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn
from torch.nn import functional as F


class VoiceActivity(nn.Module):
    """Silero VAD, the 16 kHz branch, over many blocks in one call: the recurrent state comes in and goes out.

    In: blocks (n, 576), each 512 new samples after the 64 before them; state (1, 1, 128) twice. Out: n probabilities, state.
    """

    def __init__(self, package: pathlib.Path):
        super().__init__()
        weights = initializers(package / "data" / "silero_vad_16k_sequence.onnx")[1]
        self.register_buffer("spectrum", weights["stft.forward_basis_buffer"])
        for index, (width_in, width_out, stride) in enumerate([(129, 128, 1), (128, 64, 2), (64, 64, 2), (64, 128, 1)]):
            layer = nn.Conv1d(width_in, width_out, 3, stride, 1)
            layer.weight.data, layer.bias.data = weights[f"encoder.{index}.weight"], weights[f"encoder.{index}.bias"]
            setattr(self, f"conv{index + 1}", layer)
        self.lstm = nn.LSTM(128, 128)

        def gates(values: torch.Tensor) -> torch.Tensor:
            """From ONNX's order (input, output, forget, cell) to torch's (input, forget, cell, output)."""
            i, o, f, g = values.chunk(4)
            return torch.cat([i, f, g, o])

        weight_in, weight_out, bias = (weights[f"onnx::LSTM_{number}"][0] for number in (209, 210, 211))
        self.lstm.weight_ih_l0.data, self.lstm.weight_hh_l0.data = gates(weight_in), gates(weight_out)
        self.lstm.bias_ih_l0.data, self.lstm.bias_hh_l0.data = gates(bias[:512]), gates(bias[512:])
        self.final = nn.Conv1d(128, 1, 1)
        self.final.weight.data, self.final.bias.data = weights["output.weight"], weights["output.bias"]

    def forward(self, blocks: torch.Tensor, h: torch.Tensor, c: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        x = F.pad(blocks.unsqueeze(1), (0, 64), "reflect")
        x = F.conv1d(x, self.spectrum, stride=128)
        x = (x[:, :129] ** 2 + x[:, 129:] ** 2).sqrt()
        x = self.conv4(self.conv3(self.conv2(self.conv1(x).relu()).relu()).relu()).relu()
        x, state = self.lstm(x.permute(2, 0, 1).reshape(-1, 1, 128), (h, c))
        return self.final(x.relu().permute(1, 2, 0)).sigmoid().reshape(-1), state[0], state[1]


class Block(nn.Module):
    """Depthwise, pointwise, SiLU, squeeze and excitation over all of the time, residual."""

    def __init__(self, dilation: int):
        super().__init__()
        self.depthwise = nn.Conv1d(256, 256, 9, padding=4 * dilation, dilation=dilation, groups=256)
        self.pointwise = nn.Conv1d(256, 256, 1)
        self.fc1, self.fc2 = nn.Conv1d(256, 32, 1), nn.Conv1d(32, 256, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = F.silu(self.pointwise(self.depthwise(x)))
        scale = self.fc2(F.silu(self.fc1(y.mean(2, keepdim=True)))).sigmoid()
        return y * scale + x


class Attention(nn.Module):
    """A transformer layer, norms first, four heads, GELU."""

    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(256), nn.LayerNorm(256)
        self.mix, self.out = nn.Linear(256, 768), nn.Linear(256, 256)
        self.wide, self.narrow = nn.Linear(256, 512), nn.Linear(512, 256)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, time, width = x.shape
        q, k, v = self.mix(self.norm1(x)).reshape(batch, time, 3, 4, 64).permute(2, 0, 3, 1, 4).unbind(0)
        share = (q @ k.transpose(-2, -1) * 0.125).softmax(-1)
        x = x + self.out((share @ v).transpose(1, 2).reshape(batch, time, width))
        return x + self.narrow(F.gelu(self.wide(self.norm2(x))))


class Phones(nn.Module):
    """Hama's phone recogniser. In: samples (1, n). Out: log-probabilities (1, frames of 20 ms, 191)."""

    def __init__(self, package: pathlib.Path):
        super().__init__()
        graph, weights = initializers(package / "assets" / "asr_waveform_fp16.onnx")
        convolutions = [node for node in graph.node if node.op_type == "Conv"]
        products = [node.input[1] for node in graph.node if node.op_type == "MatMul" and node.input[1] in weights]

        def conv(layer: nn.Conv1d, path: str) -> nn.Conv1d:
            node = next(node for node in convolutions if node.name.endswith(path))
            layer.weight.data, layer.bias.data = weights[node.input[1]], weights[node.input[2]]
            return layer

        self.register_buffer("mel", weights["mel_fb"])
        self.register_buffer("window", torch.hann_window(400))
        self.stem = conv(nn.Conv1d(80, 256, 3, 2, 1), "/stem.0/Conv")
        blocks = []
        for index, dilation in enumerate([1, 1, 2, 2, 4, 1, 1, 2, 2, 4, 1]):
            block, path = Block(dilation), f"backbone.{index}"
            conv(block.depthwise, f"{path}/depthwise/Conv")
            conv(block.pointwise, f"{path}/pointwise/Conv")
            conv(block.fc1, f"{path}/se/fc1/Conv")
            conv(block.fc2, f"{path}/se/fc2/Conv")
            blocks.append(block)
        self.backbone = nn.Sequential(*blocks)
        layers = []
        # After the mel filter bank: in, out, wide, narrow of each layer, in the graph's order.
        for index, names in enumerate((products[1:5], products[5:9])):
            layer, path = Attention(), f"acoustic_model.model.attn_layers.{index}"
            biases = ("attn.in_proj_bias", "attn.out_proj.bias", "ff.0.bias", "ff.3.bias")
            for linear, name, bias in zip((layer.mix, layer.out, layer.wide, layer.narrow), names, biases, strict=True):
                linear.weight.data, linear.bias.data = weights[name].T.contiguous(), weights[f"{path}.{bias}"]
            for norm in ("norm1", "norm2"):
                getattr(layer, norm).weight.data = weights[f"{path}.{norm}.weight"]
                getattr(layer, norm).bias.data = weights[f"{path}.{norm}.bias"]
            layers.append(layer)
        self.attention = nn.Sequential(*layers)
        self.proj = conv(nn.Conv1d(256, 191, 1), "/proj/Conv")

    def forward(self, samples: torch.Tensor) -> torch.Tensor:
        spectrum = torch.stft(samples, 400, 160, 400, self.window, center=True, pad_mode="reflect", return_complex=True)
        power = torch.view_as_real(spectrum).pow(2).sum(-1)
        x = (power.transpose(1, 2) @ self.mel).clamp(min=1e-10).log()
        x = self.backbone(F.gelu(self.stem(x.transpose(1, 2))))
        x = self.attention(x.transpose(1, 2)).transpose(1, 2)
        return self.proj(x).transpose(1, 2).log_softmax(-1)


class Voiceprint(nn.Module):
    """Resemblyzer's voice encoder. In: windows (n, 25840): 1.6 s with 200 samples before and 40 after, or shorter ones. Out: (n, 256), unit length."""

    # In half precision the first layer alone would cost a thousandth of the output's range.
    KEPT = ("lstm.weight_ih_l0", "lstm.weight_hh_l0")

    def __init__(self, package: pathlib.Path):
        super().__init__()
        state = torch.load(package / "pretrained.pt", map_location="cpu", weights_only=True)["model_state"]
        self.lstm, self.linear = nn.LSTM(40, 256, 3, batch_first=True), nn.Linear(256, 256)
        for key, value in state.items():
            layer, _, name = key.partition(".")
            if layer in ("lstm", "linear"):
                getattr(getattr(self, layer), name).data = value
        self.register_buffer("mel", torch.from_numpy(slaney(40, 400, 16000)))
        self.register_buffer("window", torch.hann_window(400))

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        spectrum = torch.stft(windows, 400, 160, 400, self.window, center=False, return_complex=True)
        mels = torch.view_as_real(spectrum).pow(2).sum(-1).transpose(1, 2) @ self.mel
        _, (hidden, _) = self.lstm(mels)
        return F.normalize(self.linear(hidden[-1]).relu(), dim=1)


def initializers(path: pathlib.Path) -> tuple[onnx.GraphProto, dict[str, torch.Tensor]]:
    """An ONNX file's graph and its weights by name, in full precision."""
    graph = onnx.load(path).graph
    return graph, {t.name: torch.from_numpy(numpy_helper.to_array(t).astype(np.float32)) for t in graph.initializer}


def slaney(bands: int, size: int, rate: int) -> np.ndarray:
    """Triangles on Slaney's mel scale (linear to 1 kHz, logarithmic above), each of equal area: (size / 2 + 1, bands)."""

    def hertz(mel):
        return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))

    top = 15 + np.log(rate / 2 / 1000) * 27 / np.log(6.4)
    edges = hertz(np.linspace(0, top, bands + 2))
    bins = np.linspace(0, rate / 2, size // 2 + 1)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return (np.maximum(0, np.minimum(rising, falling)) * 2 / (edges[2:] - edges[:-2])).astype(np.float32)


def tokens(package: pathlib.Path) -> list[str]:
    """What the phone recogniser's classes stand for, in order."""
    vocabulary = json.loads((package / "assets" / "g2p_vocab.json").read_text("utf-8"))
    return [*vocabulary["decoder"], "<wb>", "<blank>"]


NETWORKS = {"voice-activity": VoiceActivity, "phones": Phones, "voiceprint": Voiceprint}
