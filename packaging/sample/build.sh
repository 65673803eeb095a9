#!/usr/bin/env bash
# Makes the sample recordings from pinned packages: read English with words and phones (praatio, MIT) and a portrait
# (NASA, public domain, as shipped with scikit-image). Needs python3 with pip, unzip and ffmpeg (libx264, aac).
# Usage: packaging/sample/build.sh [OUT]      OUT is assets/sample unless given.
set -euo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
out=${1:-$here/assets/sample}
cache=${FIELDGLOSS_SAMPLE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/fieldgloss/sample}
praatio=praatio-6.2.2.tar.gz
praatio_sum=ed8fdee6121bdae142817879ed9a50cc8334e72c03c110162e21ed8160180d2a
skimage=scikit_image-0.25.2-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl
skimage_sum=24cc986e1f4187a12aa319f777b36008764e856e5013666a4a83f8df083c2641

say() { echo "sample: $*" >&2; }
whole() { [ -f "$cache/$1" ] && echo "$2  $cache/$1" | sha256sum --check --quiet --status; }

for tool in python3 unzip ffmpeg sha256sum; do
    command -v "$tool" >/dev/null || { say "$tool is missing; install it and run this again"; exit 1; }
done
mkdir -p "$cache" "$out"
whole "$praatio" "$praatio_sum" ||
    python3 -m pip download --quiet --no-deps --no-binary :all: --dest "$cache" praatio==6.2.2
whole "$skimage" "$skimage_sum" ||
    python3 -m pip download --quiet --no-deps --only-binary :all: --python-version 3.11 \
        --platform manylinux_2_17_x86_64 --dest "$cache" scikit-image==0.25.2
whole "$praatio" "$praatio_sum" || { say "$praatio does not have the pinned checksum; delete $cache and try again"; exit 1; }
whole "$skimage" "$skimage_sum" || { say "$skimage does not have the pinned checksum; delete $cache and try again"; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -xzf "$cache/$praatio" -C "$work"
unzip -qo "$cache/$skimage" skimage/data/astronaut.png -d "$work"
speech=$work/praatio-6.2.2/examples/files
cp "$speech/mary.wav" "$speech/mary.TextGrid" "$speech/bobby.wav" "$out/"
cp "$speech/bobby_words.TextGrid" "$out/bobby.TextGrid"
cp "$speech/bobby_phones.TextGrid" "$out/bobby_phones.TextGrid"
chmod 644 "$out"/*.wav "$out"/*.TextGrid

# Sound: 0.5 s, mary, 0.8 s, bobby, 0.8 s, and again, up to 24 s. Every repetition starts on a whole second × 5, so
# that the sample project can place the TextGrids by arithmetic: mary at 0.5 + 5 n, bobby at 3.2 + 5 n.
ffmpeg -v error -y -i "$speech/mary.wav" -i "$speech/bobby.wav" -filter_complex "
    [0:a]aresample=48000,adelay=500,apad=whole_dur=5[m];
    [1:a]aresample=48000,adelay=3200,apad=whole_dur=5[b];
    [m][b]amix=inputs=2:duration=longest:normalize=0,atrim=0:5,asetpts=N/SR/TB,aloop=loop=4:size=240000,atrim=0:24" \
    -ac 1 -ar 48000 "$work/sound.wav"

# Picture: the photograph, moved as a camera and a head move. Times in seconds:
#   0–4    slow zoom in                       4–6    nod: two cycles of bobbing in 1 s, from 4.5
#   7–10   roll to the left and back          10–13  roll to the right and back (as seen)
#   14–16  nod again, from 14.5               17–20  the face leaves the frame to the left and comes back
#   20–24  slow zoom out
turn="if(between(t,7,10),-1,if(between(t,10,13),1,0))*0.28*pow(sin(PI*(if(lt(t,10),t-7,t-10))/3),2)"
nod="(between(t,4.5,5.5)+between(t,14.5,15.5))*14*sin(4*PI*(t-0.5))"
away="if(between(t,17,20),385*pow(sin(PI*(t-17)/3),2),0)"
zoom="(1+0.12*if(lt(t,4),t/4,if(lt(t,20),1,(24-t)/4)))"
pan="12*sin(2*PI*t/12)"
ffmpeg -v error -y -loop 1 -framerate 25 -t 24 -i "$work/skimage/data/astronaut.png" -i "$work/sound.wav" \
    -filter_complex "
    [0:v]format=yuv444p,scale=w='2*trunc(640*$zoom/2)':h='2*trunc(640*$zoom/2)':eval=frame:flags=bicubic,
    pad=w=1440:h=1200:x='(1440-iw)/2':y='(1200-ih)/2':color=0x6b6f76:eval=frame,
    rotate=a='$turn':fillcolor=0x6b6f76,
    crop=640:480:x='400+$pan+$away':y='290+$nod',format=yuv420p[v]" \
    -map '[v]' -map 1:a -t 24 -r 25 -c:v libx264 -preset slow -crf 27 -g 50 -bf 2 -threads 1 \
    -c:a aac -b:a 64k -movflags +faststart -fflags +bitexact -flags:v +bitexact -flags:a +bitexact \
    -metadata title="Astronaut talks" "$out/astronaut-talks.mp4"

cat > "$out/SOURCES.md" <<'TEXT'
# Where the sample recordings come from

Made by `packaging/sample/build.sh`; nothing here was recorded for Fieldgloss.

| File | Source | Licence |
|---|---|---|
| `mary.wav`, `mary.TextGrid` | praatio 6.2.2, `examples/files/mary.*`, Tim Mahrt | MIT |
| `bobby.wav` | praatio 6.2.2, `examples/files/bobby.wav`, Tim Mahrt | MIT |
| `bobby.TextGrid` | praatio 6.2.2, `examples/files/bobby_words.TextGrid` (words), unchanged | MIT |
| `bobby_phones.TextGrid` | praatio 6.2.2, `examples/files/bobby_phones.TextGrid` (phones), unchanged | MIT |
| `astronaut-talks.mp4` | picture: scikit-image 0.25.2, `skimage/data/astronaut.png`, NASA's portrait of Eileen Collins; sound: mary and bobby as above | picture public domain, sound MIT |

`astronaut-talks.mp4` (24 s, 640 × 480, 25 frames a second, H.264 and AAC) is the photograph zoomed, turned and shifted
by image transforms while the two sentences are heard again and again: mary at 0.5 + 5 n s, bobby at 3.2 + 5 n s. The
person in the picture did not say these words and did not make these movements.

| Seconds | What is to be seen |
|---|---|
| 0–4 | slow zoom in |
| 4.5–5.5 and 14.5–15.5 | the head goes up and down twice, as in a nod |
| 7–10 | the head tilts to the left (as seen) and back |
| 10–13 | the head tilts to the right (as seen) and back |
| 17–20 | the face leaves the frame and comes back |
| 20–24 | slow zoom out |
TEXT
say "written to $out: $(du -ch "$out"/* | tail -1 | cut -f1)"
