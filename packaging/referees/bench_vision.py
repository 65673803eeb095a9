"""How many frames of one person are looked at in a second: by the worker, and by the same networks called from Python.

Both do per frame: find faces (near and far), the mesh, both expression networks, find bodies, the body's pose. Python
calls each network on every frame, as their makers' examples do, on the same TorchScript files, with torch on two
threads, in inference mode, frozen and fused; its frames are decoded beforehand and its crops are made by torch. The
worker reads the video file itself, follows instead of finding, and writes its answers as it does in daily work; it too
has two cores' worth of threads for its networks. The two take turns on the same stretch, so that a busy machine slows
both.

    bench_vision.py --worker PROGRAM --models FOLDER --video FILE [--rounds N] [--secs S] [--fps F] [--json]

Prints frames a second of each, and their ratio; then the whole analysis at 5 frames a second against real time.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

import numpy
import torch


class Worker:
    """The program, spoken to as Fieldgloss does."""

    def __init__(self, program, models):
        quiet = {"OMP_WAIT_POLICY": "PASSIVE", "MALLOC_MMAP_THRESHOLD_": "1000000000",
                 "MALLOC_TRIM_THRESHOLD_": "2000000000"}
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, env={**os.environ, **quiet})
        self.models = models
        assert self.answer()["answer"] == "hello"

    def answer(self):
        while True:
            line = self.process.stdout.readline()
            if not line:
                sys.exit("the worker ended early")
            said = json.loads(line)
            if said["answer"] == "error":
                sys.exit("the worker: " + said["message"])
            if said["answer"] != "alive":
                return said

    def look(self, video, fps, start=0.0, end=None):
        """Frames, and seconds from the first one asked for to the last one told; loading left out."""
        nanos = lambda secs: None if secs is None else int(secs * 1e9)
        asked = {"request": "analyse", "path": video, "fps": fps, "start": nanos(start), "end": nanos(end),
                 "models": [], "model_dir": self.models}
        self.process.stdin.write(json.dumps(asked).encode() + b"\n")
        self.process.stdin.flush()
        while self.answer()["answer"] != "started":
            pass
        begun, frames = time.perf_counter(), 0
        while True:
            said = self.answer()["answer"]
            frames += said == "frame"
            if said == "done":
                return frames, time.perf_counter() - begun

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Peer:
    """The same networks from Python."""

    SIDES = {"face-detect-near": 128, "face-detect-far": 192, "face-mesh": 192, "expression-faceapi": 112,
             "expression-human": 64, "pose-detect": 224, "pose": 256}

    def __init__(self, models, threads):
        torch.set_num_threads(threads)
        self.networks = {}
        for name in self.SIDES:
            network = torch.jit.load(f"{models}/{name}/model.pt").float().eval()
            try:
                network = torch.jit.optimize_for_inference(torch.jit.freeze(network))
            except RuntimeError:
                pass  # frozen already, or nothing to fuse
            self.networks[name] = network

    def crop(self, picture, box, side):
        """A square of a picture (1, 3, height, width) as the network takes it: (1, side, side, 3), 0 to 255."""
        height, width = picture.shape[2:]
        x, y, size = box
        scale = torch.tensor([[[size / width, 0.0, 2 * x / width - 1], [0.0, size / height, 2 * y / height - 1]]])
        grid = torch.nn.functional.affine_grid(scale, (1, 3, side, side), align_corners=False)
        return torch.nn.functional.grid_sample(picture, grid, align_corners=False).permute(0, 2, 3, 1).contiguous()

    def look(self, pictures, face, body):
        """Every network once on every picture; the boxes stand for what the detectors' answers are decoded to."""
        begun = time.perf_counter()
        with torch.inference_mode():
            for picture in pictures:
                picture = torch.from_numpy(picture).permute(2, 0, 1).unsqueeze(0).float()
                height, width = picture.shape[2:]
                whole = (width / 2, height / 2, max(width, height))
                for name, side in self.SIDES.items():
                    box = whole if "detect" in name else body if name == "pose" else face
                    self.networks[name](self.crop(picture, box, side))
        return len(pictures), time.perf_counter() - begun


def probe(video):
    """Width, height, frames a second and length."""
    said = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries",
                           "stream=width,height,r_frame_rate,duration", "-of", "json", video],
                          check=True, capture_output=True).stdout
    stream = json.loads(said)["streams"][0]
    up, down = stream["r_frame_rate"].split("/")
    return stream["width"], stream["height"], float(up) / float(down), float(stream["duration"])


def decoded(video, fps, start, secs, width, height):
    said = subprocess.run(["ffmpeg", "-v", "error", "-ss", str(start), "-t", str(secs), "-i", video, "-vf",
                           f"fps={fps}", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], check=True, capture_output=True)
    frames = numpy.frombuffer(said.stdout, numpy.uint8)
    return frames.reshape(-1, height, width, 3).copy()


def main():
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("--worker", required=True)
    asked.add_argument("--models", required=True)
    asked.add_argument("--video", required=True)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--secs", type=float, default=4.0)
    asked.add_argument("--fps", type=float, default=25.0)
    asked.add_argument("--threads", type=int, default=2)
    asked.add_argument("--json", action="store_true")
    told = asked.parse_args()
    width, height, _, length = probe(told.video)
    worker, peer = Worker(told.worker, told.models), Peer(told.models, told.threads)
    # Where the sample's one person is; what is in a crop costs a network nothing.
    face, body = (width / 2, height / 3, height / 2), (width / 2, height / 2, height)
    start = min(10.0, max(0.0, length - told.secs))
    pictures = decoded(told.video, told.fps, start, told.secs, width, height)
    peer.look(pictures[:3], face, body)
    worker.look(told.video, told.fps, start, start + 0.2)
    ours, theirs = [], []
    for _ in range(told.rounds):
        frames, secs = worker.look(told.video, told.fps, start, start + told.secs)
        ours.append(frames / secs)
        frames, secs = peer.look(pictures, face, body)
        theirs.append(frames / secs)
    whole = [length / worker.look(told.video, 5.0)[1] for _ in range(max(1, told.rounds // 2))]
    worker.close()
    ratios = [a / b for a, b in zip(ours, theirs)]
    found = {"video": told.video, "size": [width, height], "rounds": told.rounds, "threads": told.threads,
             "load": os.getloadavg()[0], "worker_fps": ours, "python_fps": theirs, "ratio": statistics.median(ratios),
             "times_real_time_at_5_fps": statistics.median(whole)}
    if told.json:
        print(json.dumps(found, indent=2))
        return
    print(f"{width} × {height}, {told.rounds} rounds in turn, load average {found['load']:.1f}")
    print(f"worker  {statistics.median(ours):6.1f} frames a second")
    print(f"Python  {statistics.median(theirs):6.1f} frames a second (torch {torch.__version__}, {told.threads} threads)")
    print(f"ratio   {found['ratio']:6.2f}   ({', '.join(f'{r:.2f}' for r in ratios)})")
    print(f"at 5 frames a second {found['times_real_time_at_5_fps']:.2f} × real time")


if __name__ == "__main__":
    main()
