//! A model of one's own that looks at hands, from its card to what it says along a video: right hands as they are, left
//! hands in a mirror, places told where they are in the picture.
#![cfg(feature = "media")]

use std::path::{Path, PathBuf};
use std::process::Command;

use fieldgloss::analysis::training::regions;
use fieldgloss::domain::Time;
use fieldgloss::media::ClipWriter;
use image::{Rgba, RgbaImage, imageops};
use serde_json::Value;

const FRAMES: i64 = 20;
/// The pictures' content moves so many pixels from frame to frame.
const STEP: i64 = 2;

fn sources(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn fieldgloss(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fieldgloss"));
    let out = command.args(arguments).env("FIELDGLOSS_MODELS", folder.join("models")).output().expect("it starts");
    assert!(out.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).into_owned()
}

/// A folder with a model and a card that wants hands.
fn model(folder: &Path, program: &str, name: &str, rest: &str) {
    let place = folder.join(name);
    std::fs::create_dir(&place).unwrap();
    std::fs::copy(sources("tests/data/models").join(program), place.join("model.pt")).unwrap();
    let card = format!("name = \"{name}\"\nlicence = \"CC0-1.0\"\n{rest}\n[file]\nname = \"model.pt\"\n",);
    std::fs::write(place.join("card.toml"), card).unwrap();
    fieldgloss(folder, &["models", "add", place.to_str().unwrap()]);
}

/// The player on the left has a ball on the fingers of his right hand, whose middle is at (147, 157) of the picture.
const HAND: (f32, f32) = (147.0, 157.0);

/// The grey picture in colour: warm around that hand, cold everywhere else.
fn coloured(mut picture: RgbaImage) -> RgbaImage {
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let level = f32::from(pixel[0]);
        let warm = (x as f32 - HAND.0).hypot(y as f32 - HAND.1) < 70.0;
        let share = if warm { [1.0, 0.75, 0.55] } else { [0.55, 0.75, 1.0] };
        for colour in 0..3 {
            pixel[colour] = (level * share[colour]) as u8;
        }
    }
    picture
}

fn film(path: &Path, picture: &RgbaImage) {
    let (width, height) = picture.dimensions();
    let mut writer = ClipWriter::create(path, width, height, None).unwrap();
    for number in 0..FRAMES {
        let mut frame = RgbaImage::from_pixel(width, height, Rgba([128, 128, 128, 255]));
        imageops::overlay(&mut frame, picture, number * STEP, 0);
        writer.picture(Time::from_millis(number * 100), frame.as_raw()).unwrap();
    }
    writer.finish().unwrap();
}

/// What was stored of a body: a row of numbers a frame for each channel.
struct Body {
    times: Vec<i64>,
    rows: Vec<(String, Vec<Vec<f32>>)>,
}

impl Body {
    fn channel(&self, name: &str) -> &[Vec<f32>] {
        &self.rows.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no {name}")).1
    }
}

fn bodies(found: &Value) -> Vec<(String, Body)> {
    let tracks = found["tracks"].as_array().unwrap().iter().filter(|track| track["kind"] == "body");
    tracks
        .map(|track| {
            let mut body = Body { times: Vec::new(), rows: Vec::new() };
            for piece in found["samples"].as_array().unwrap().iter().filter(|piece| piece["track"] == track["id"]) {
                let samples = &piece["samples"];
                body.times.extend(samples["times"].as_array().unwrap().iter().filter_map(Value::as_i64));
                for channel in samples["channels"].as_array().unwrap() {
                    let name = channel["name"].as_str().unwrap().to_owned();
                    let width = channel["width"].as_u64().unwrap() as usize;
                    let number = |value: &Value| value.as_f64().map_or(f32::NAN, |value| value as f32);
                    let values: Vec<f32> = channel["values"].as_array().unwrap().iter().map(number).collect();
                    let rows = values.chunks(width).map(<[f32]>::to_vec);
                    match body.rows.iter_mut().find(|(known, _)| *known == name) {
                        Some((_, known)) => known.extend(rows),
                        None => body.rows.push((name, rows.collect())),
                    }
                }
            }
            (track["id"].as_str().unwrap().to_owned(), body)
        })
        .collect()
}

/// The middle of the square that the model looked into, and its side, from the two places that it always names: a quarter of
/// the way along its input and half down, and its upper right corner.
fn square(row: &[f32], mirrored: bool) -> (f32, f32, f32) {
    let &[tip_x, tip_y, end_x, end_y] = row else { panic!("{row:?}") };
    let side = 2.0 * (tip_y - end_y);
    let across = (end_x - tip_x) / 0.75;
    assert!((across.abs() - side).abs() < 0.5 && (across < 0.0) == mirrored, "{row:?}");
    (end_x - across / 2.0, end_y + side / 2.0, side)
}

#[test]
fn hands_along_a_video_are_looked_at_by_a_model_of_ones_own() {
    let folder = tempfile::tempdir().unwrap();
    let image = "[input]\nkind = \"image\"\nof = \"hand\"\nwidth = 16\nheight = 16\nrange = [0.0, 1.0]\nmean = [0.5, 0.5, 0.5]\nstd = [0.5, 0.5, 0.5]\n";
    let labels = format!(
        "labels = [\"warm\", \"cold\"]\n{image}[output]\nkind = \"labels\"\nactivation = \"softmax\"\nthreshold = 0.6\n"
    );
    model(folder.path(), "image/model.pt", "hand-colour", &labels);
    let points = format!("{image}[output]\nkind = \"points\"\nnames = [\"tip\", \"end\"]\n");
    model(folder.path(), "places.pt", "hand-places", &points);

    let picture = coloured(image::open(sources("src/worker/tests/pictures/two-players.png")).unwrap().to_rgba8());
    let width = picture.width() as f32;
    let mut shares = Vec::new();
    for (name, mirrored, picture) in
        [("right", false, picture.clone()), ("left", true, imageops::flip_horizontal(&picture))]
    {
        let (video, out) = (folder.path().join(format!("{name}.mp4")), folder.path().join(format!("{name}.json")));
        film(&video, &picture);
        let (video, told) = (video.to_str().unwrap(), out.to_str().unwrap());
        fieldgloss(folder.path(), &["analyse", video, "--models", "hand-colour,hand-places", "--out", told]);
        let found: Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
        let own: Vec<&str> =
            found["run"]["models"].as_array().unwrap().iter().filter_map(|m| m["name"].as_str()).collect();
        assert!(own.contains(&"pose") && own.contains(&"hand-colour") && own.contains(&"hand-places"), "{own:?}");

        // The player with the ball is the one whose higher hand is where it was marked.
        let place = |time: i64| {
            let moved = (time / 100_000_000 * STEP) as f32;
            (if mirrored { width - HAND.0 } else { HAND.0 } + moved, HAND.1)
        };
        let near = |body: &Body| {
            let (x, y, side) = square(body.channel("own.hand-places.points").last().unwrap(), mirrored);
            let (hand_x, hand_y) = place(*body.times.last().unwrap());
            (x - hand_x).hypot(y - hand_y) < side / 2.0
        };
        let bodies = bodies(&found);
        let seen = bodies.iter().filter(|(_, body)| body.rows.iter().any(|(name, _)| name == "own.hand-places.points"));
        let (track, player) = seen
            .filter(|(_, body)| {
                let first = body.channel("own.hand-places.points").last().unwrap();
                first.iter().all(|v| v.is_finite()) && (first[2] < first[0]) == mirrored
            })
            .find(|(_, body)| near(body))
            .unwrap_or_else(|| panic!("{name}: nobody's hand is where it was marked"));
        let mut looked = 0;
        for (row, pose) in player.channel("own.hand-places.points").iter().zip(player.channel("pose")) {
            if row.iter().any(|v| v.is_nan()) {
                continue;
            }
            looked += 1;
            let (x, y, side) = square(row, mirrored);
            let hand = regions::hand(pose).expect("a hand where one was looked at");
            assert_eq!(hand.mirrored, mirrored);
            // The pose is kept to a part of a pixel.
            let off = [x - hand.x, y - hand.y, side - hand.side];
            assert!(off.iter().all(|v| v.abs() < 1.5), "{name}: {off:?}");
        }
        assert!(looked as i64 > FRAMES / 2, "{name}: {looked}");
        let colours = player.channel("own.hand-colour");
        let known: Vec<&Vec<f32>> = colours.iter().filter(|row| row[0].is_finite()).collect();
        assert_eq!(known.len(), looked, "{name}");
        assert!(known.iter().all(|row| (row[0] + row[1] - 1.0).abs() < 1e-2), "{name}: {known:?}");
        let mean = known.iter().map(|row| row[0]).sum::<f32>() / looked as f32;
        shares.push(mean);
        let tags = found["tags"].as_array().unwrap();
        let of_hand = |tag: &&Value| tag["track"] == track.as_str() && tag["evidence"]["model"] == "hand-colour";
        let said: Vec<&str> = tags.iter().filter(of_hand).filter_map(|tag| tag["label"].as_str()).collect();
        assert!(said.contains(&"hand-colour.warm"), "{name}: its hand is warm: {said:?} at {mean}");
    }
    // A left hand is seen in a mirror: the model is shown the same.
    assert!((shares[0] - shares[1]).abs() < 0.05, "{shares:?}");
}
