#!/usr/bin/env python3
"""Writes assets/models/NAME/reference.safetensors for the speech networks: an input, and what the runtime that the network was
published for answers to it. `fieldgloss models verify` compares the pack with these.

    pip install -r requirements.txt
    python reference_speech.py [--cache DIR]

The input is the sample recording `mary` at 16 kHz. The phone recogniser is published in half precision and rounds after every
step; its reference is the published graph run by onnxruntime with weights as published and steps in single precision, and the
difference from the half-precision run is printed.
"""

import argparse
import pathlib
import re
import sys
import types
import wave

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, numpy_helper
from safetensors.numpy import save_file
from scipy.signal import resample_poly

import sources
from build import ASSETS, HERE

RECORDING = HERE.parents[1] / "assets" / "sample" / "mary.wav"


def samples():
    """The recording as 16-bit samples at 16 kHz."""
    with wave.open(str(RECORDING)) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64)
        sound = resample_poly(sound, 1, file.getframerate() // 16000)
    return np.clip(np.round(sound), -32768, 32767).astype(np.int16)


def run(model, inputs):
    return onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"]).run(None, inputs)


def voice_activity(package, sound):
    padded = np.pad(sound, (64, -len(sound) % 512))
    blocks = np.stack([padded[at : at + 576] for at in range(0, len(padded) - 575, 512)])
    state = np.zeros((1, 1, 128), np.float32)
    path = str(package / "data" / "silero_vad_16k_sequence.onnx")
    out = run(path, {"input": blocks.astype(np.float32) / 32768, "h": state, "c": state})
    return {"in.0": blocks, "in.1": state, "in.2": state.copy()}, out


def widened(path):
    """The graph with its half-precision steps in single precision."""
    model = onnx.load(path)

    def wide(tensor):
        if tensor.data_type == TensorProto.FLOAT16:
            tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float32), tensor.name))

    for tensor in model.graph.initializer:
        wide(tensor)
    for node in model.graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.TENSOR:
                wide(attribute.t)
            if node.op_type == "Cast" and attribute.name == "to" and attribute.i == TensorProto.FLOAT16:
                attribute.i = TensorProto.FLOAT
    del model.graph.value_info[:]
    return model.SerializeToString()


def phones(package, sound):
    path = package / "assets" / "asr_waveform_fp16.onnx"
    inputs = {"waveform": sound[None].astype(np.float32) / 32768, "waveform_lengths": np.array([len(sound)])}
    half, whole = run(str(path), inputs)[0], run(widened(path), inputs)[0]
    print(f"phones: half precision differs from single by {np.abs(half - whole).max() / np.ptp(whole):.1e} of the range")
    return {"in.0": sound[None]}, [whole]


def voiceprint(package, sound):
    # The package's own voice detector is used for trimming only, and needs a compiler to install.
    sys.modules["webrtcvad"] = types.ModuleType("webrtcvad")
    sys.path.insert(0, str(package.parent))
    from resemblyzer import VoiceEncoder

    encoder = VoiceEncoder("cpu", verbose=False)
    wav = sound.astype(np.float32) / 32768
    _, prints, slices = encoder.embed_utterance(wav, return_partials=True, rate=5, min_coverage=0.75)
    # Only windows that lie in the recording with what their last spectrum needs; before it begins there is silence.
    whole = [k for k, window in enumerate(slices) if window.stop + 40 <= len(sound)]
    padded = np.pad(sound, (200, 0))
    windows = np.stack([padded[slices[k].start : slices[k].stop + 240] for k in whole])
    return {"in.0": windows}, [prints[whole]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path.home() / ".cache" / "fieldgloss-models")
    cache, sound = parser.parse_args().cache, samples()
    made = [
        ("voice-activity", "silero-vad", voice_activity, "onnxruntime 1.32.0"),
        ("phones", "hama", phones, "onnxruntime 1.32.0, steps in single precision"),
        ("voiceprint", "Resemblyzer", voiceprint, "Resemblyzer 0.1.4 on torch 2.13.0 and librosa 0.11.0"),
    ]
    import torch

    for name, package, make, runtime in made:
        inputs, outputs = make(sources.fetch(package, cache), sound)
        save_file(inputs | {f"out.{k}": np.ascontiguousarray(v) for k, v in enumerate(outputs)}, ASSETS / name / "reference.safetensors")
        module = torch.jit.load(ASSETS / name / "model.pt").float()
        floats = [torch.from_numpy(v.astype(np.float32) / (32768 if v.dtype == np.int16 else 1)) for v in inputs.values()]
        with torch.no_grad():
            ours = module(*floats)
        ours = ours if isinstance(ours, tuple) else (ours,)
        worst = relative = 0.0
        for mine, theirs in zip(ours, outputs, strict=True):
            apart = float(np.abs(mine.numpy().reshape(-1) - theirs.reshape(-1)).max())
            worst, relative = max(worst, apart), max(relative, apart / float(np.ptp(theirs)))
        print(f"{name:20} {worst:.2e}, {relative:.2e} of the range")
        if not relative < 1e-3:
            raise SystemExit(f"{name}: differs from the original by {relative} of its range")
        card = ASSETS / name / "card.toml"
        text = re.sub(r"\n\[verified\].*", "", card.read_text(), flags=re.DOTALL)
        text += f'\n[verified]\nhow = "{runtime}, on the sample recording mary (packaging/models/reference_speech.py)"\n'
        card.write_text(text + f"max_difference = {worst:.2g}\nmax_relative_difference = {relative:.2g}\n")


if __name__ == "__main__":
    main()
