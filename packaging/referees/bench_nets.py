"""Times the research networks beside their official code in PyTorch. Usage: bench_nets.py OURS ROUNDS [NAME…]

OURS is the bench program `networks` of the worker. FIELDGLOSS_OFFICIAL names a folder with the official repositories, each under
its own name: facexformer, SwinFace, HoT, Compact-Transformers. They are not ours and are not bundled. The two sides run in
turns, a run each, two threads each, so that whatever else the machine does falls on both. Weights are whatever the code
starts with: time does not depend on them. Wav2Small has no official code that can be had; a plain PyTorch reading of its
description stands for it.
"""

import os
import statistics
import subprocess
import sys
import time
import types
from pathlib import Path

import torch
from torch import nn

OFFICIAL = Path(os.environ.get("FIELDGLOSS_OFFICIAL", ""))
torch.set_num_threads(2)


def at(*parts):
    """Makes an official folder importable, and whatever another one called by the same names forgotten."""
    for name in [name for name in sys.modules if name.split(".")[0] in ("model", "src", "network", "backbones", "analysis")]:
        del sys.modules[name]
    sys.path[:] = [path for path in sys.path if not path.startswith(str(OFFICIAL))]
    sys.path.insert(0, str(OFFICIAL.joinpath(*parts)))


def stand_in(name, **members):
    """A module that is imported by official code and not needed to run it."""
    module = types.ModuleType(name)
    module.__dict__.update(members)
    module.__path__ = []
    sys.modules[name] = module
    return module


class Whole(nn.Module):
    """DropPath as it is once training is over."""

    def __init__(self, *_, **__):
        super().__init__()

    def forward(self, x):
        return x


def timm():
    layers = dict(DropPath=Whole, to_2tuple=lambda x: (x, x), trunc_normal_=nn.init.trunc_normal_)
    stand_in("timm")
    stand_in("timm.models")
    stand_in("timm.models.layers", **layers)


def facexformer():
    at("facexformer")
    from network.models.facexformer import FaceXFormer

    import torchvision.models

    # Its weights would be downloaded; the size is all that matters here.
    import network.models.facexformer as module

    module.swin_b = lambda **_: torchvision.models.swin_b()
    net = FaceXFormer()
    labels = {key: torch.zeros(1) for key in ("segmentation", "lnm_seg", "landmark", "headpose", "attribute", "a_g_e", "visibility")}
    return lambda x: net(x, labels, torch.zeros(len(x), dtype=torch.long)), (4, 3, 224, 224), net


def swinface():
    at("SwinFace", "swinface_project")
    stand_in("analysis").__path__ = [str(OFFICIAL / "SwinFace" / "swinface_project" / "analysis")]
    from model import build_model

    cfg = types.SimpleNamespace(
        network="swin_t", fam_kernel_size=3, fam_in_chans=2112, fam_conv_shared=False, fam_conv_mode="split",
        fam_channel_attention="CBAM", fam_spatial_attention=None, fam_pooling="max",
        fam_la_num_list=[2] * 11, fam_feature="all", embedding_size=512,
    )
    net = build_model(cfg)
    return net, (1, 3, 112, 112), net


def pose_arguments():
    return types.SimpleNamespace(
        layers=8, channel=512, d_hid=1024, frames=243, n_joints=17, out_joints=17, token_num=81, layer_index=3
    )


def mixste():
    at("HoT")
    from model.mixste.mixste import Model

    net = Model(pose_arguments())
    return net, (1, 243, 17, 2), net


def hot_mixste():
    at("HoT")
    from model.mixste.hot_mixste import Model

    net = Model(pose_arguments())
    return net, (1, 243, 17, 2), net


def cct():
    at("Compact-Transformers")
    from src.cct import cct_7_3x1_32

    net = cct_7_3x1_32(pretrained=False, progress=False, num_classes=7)
    return net, (1, 3, 32, 32), net


class Wav2Small(nn.Module):
    """From the published description: log mel spectrogram, seven convolutions, pooling by attention."""

    def __init__(self):
        super().__init__()
        self.real, self.imag = (nn.Conv1d(1, 33, 64, stride=32, bias=False) for _ in range(2))
        self.mel = nn.Parameter(torch.rand(33, 26))
        layers = []
        for i in range(7):
            layers.append(nn.Sequential(
                nn.Conv2d(1 if i == 0 else 13, 13, 3, padding=1, bias=False), nn.BatchNorm2d(13), nn.ReLU()))
            if i == 2:
                layers.append(nn.MaxPool2d(3, 2, 1))
        self.body = nn.Sequential(*layers)
        self.lin, self.sof = nn.Conv2d(13, 13, 1), nn.Conv2d(13, 13, 1)
        self.adv = nn.Linear(338, 3)

    def forward(self, x):
        x = x - x.mean(1, keepdim=True)
        x = (x / (x.var(1, keepdim=True) + 1e-7).sqrt()).unsqueeze(1)
        power = self.real(x) ** 2 + self.imag(x) ** 2
        mel = 10 * torch.log10((power.transpose(1, 2) @ self.mel).clamp(min=1e-10))
        x = self.body(mel.unsqueeze(1))
        x = (self.lin(x) * self.sof(x).softmax(2)).sum(2)
        x = torch.cat([x, x @ x.transpose(1, 2)], 2)
        return self.adv(x.flatten(1))


def wav2small():
    net = Wav2Small()
    return net, (1, 16000), net


NETWORKS = {
    "facexformer": facexformer, "swinface": swinface, "mixste": mixste, "hot_mixste": hot_mixste,
    "hot_mixste_quick": hot_mixste,
    "cct_7_3x1_32": cct, "wav2small": wav2small,
}
# Runs in one turn, so that the quick ones are not lost in the clock.
TURNS = {"wav2small": 20, "cct_7_3x1_32": 10, "swinface": 3}


class Ours:
    def __init__(self, program):
        self.child = subprocess.Popen([program, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line):
        self.child.stdin.write(line + "\n")
        self.child.stdin.flush()
        return self.child.stdout.readline().strip()


def beside(ours, name, rounds):
    run, shape, net = NETWORKS[name]()
    net.eval()
    x = torch.rand(*shape) * 2 - 1
    batch, turns = shape[0], TURNS.get(name, 1)
    times = {"official": [], "ours": []}
    with torch.inference_mode():
        for turn in range(rounds + 1):
            begun = time.perf_counter()
            for _ in range(turns):
                run(x)
            official = (time.perf_counter() - begun) * 1000 / turns
            own = statistics.mean(float(ours.ask(f"time {name} {batch}")) for _ in range(turns))
            if turn > 0:
                times["official"].append(official / batch)
                times["ours"].append(own / batch)
    ours.ask("forget")
    median = {side: statistics.median(values) for side, values in times.items()}
    least = {side: min(values) for side, values in times.items()}
    print(
        f"{name:<18}{batch:>6}{median['official']:>12.2f}{median['ours']:>10.2f}{median['ours'] / median['official']:>8.2f}"
        f"{least['official']:>12.2f}{least['ours']:>10.2f}{least['ours'] / least['official']:>8.2f}",
        flush=True,
    )
    return median


def merged(ours, name, batch, steps, rounds):
    """What merging tokens saves and costs."""
    for r in steps:
        whole, less = [], []
        for turn in range(rounds + 1):
            one = float(ours.ask(f"time {name} {batch}"))
            two = ours.ask(f"merge {name} {batch} {r}").split()
            if turn > 0:
                whole.append(one)
                less.append(float(two[0]))
        share = statistics.median(less) / statistics.median(whole)
        print(f"{name:<14}{r:>6}{share:>16.2f}{float(two[1]):>22.4f}{float(two[2]):>12.4f}", flush=True)
    ours.ask("forget")


def main():
    program, rounds, names = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    timm()
    ours = Ours(program)
    print(f"PyTorch {torch.__version__}, two threads, milliseconds an input")
    print(f"{'':<18}{'batch':>6}{'official':>12}{'ours':>10}{'share':>8}{'least off.':>12}{'ours':>10}{'share':>8}")
    medians = {}
    for name in names or NETWORKS:
        if name == "merging":
            continue
        try:
            medians[name] = beside(ours, name, rounds)
        except Exception as error:  # whatever is missing is said, and the others are measured
            print(f"{name:<14}not measured: {error!r}", flush=True)
    for hot in ("hot_mixste", "hot_mixste_quick"):
        if {"mixste", hot} <= medians.keys():
            print(f"{hot} takes {medians[hot]['ours'] / medians['mixste']['ours']:.2f} of MixSTE's time here")
    if not names or "merging" in names:
        print(f"\n{'merging':<14}{'r':>6}{'share of time':>16}{'largest difference':>22}{'mean':>12}")
        merged(ours, "facexformer", 1, (8, 16, 24), max(rounds // 2, 1))
        merged(ours, "swinface", 1, (8, 16, 24), rounds)
        merged(ours, "cct_7_3x1_32", 4, (8, 16, 24, 32), rounds)


if __name__ == "__main__":
    main()
