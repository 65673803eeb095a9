//! Faces that are small in a large picture: found wherever they are, told not assessable because they are small, and
//! nobody found in what only looks a little like a face.

mod common;

use common::{Shelf, film, root, still};
use fieldgloss::domain::{Time, TrackKind};
use image::{Rgba, RgbaImage, imageops};

/// The astronaut's face is as many pixels wide in her photograph, its middle there.
const WIDTH: f32 = 100.0;
const MIDDLE: (f32, f32) = (223.0, 118.0);

fn photograph() -> RgbaImage {
    image::open(root().join("assets/sample/astronaut.png")).unwrap().to_rgba8()
}

/// Numbers without end that are the same each time.
fn random(seed: u32) -> impl FnMut() -> u32 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 16
    }
}

/// A wall, lighter on one side, with the grain of a camera.
fn wall(width: u32, height: u32) -> RgbaImage {
    let mut random = random(7);
    RgbaImage::from_fn(width, height, |x, _| {
        let level = (120 + x * 60 / width + random() % 7) as u8;
        Rgba([level, level, level.saturating_sub(8), 255])
    })
}

/// Puts her head and shoulders into a picture, the face so wide and its middle there.
fn put(picture: &mut RgbaImage, face: f32, (x, y): (f32, f32)) {
    let scale = face / WIDTH;
    let head = imageops::crop_imm(&photograph(), 100, 0, 250, 300).to_image();
    let (width, height) = ((250.0 * scale) as u32, (300.0 * scale) as u32);
    let small = imageops::resize(&head, width, height, imageops::FilterType::Lanczos3);
    let left = x - (MIDDLE.0 - 100.0) * scale;
    let top = y - MIDDLE.1 * scale;
    imageops::replace(picture, &small, left.round() as i64, top.round() as i64);
}

/// Boxes of the faces followed: the middle and the width, in the last frame.
fn faces(shelf: &Shelf) -> Vec<(f32, f32, f32)> {
    let samples = shelf.tracks.values().filter(|t| t.kind == TrackKind::Face).map(|t| &shelf.samples[&t.id]);
    let boxes = samples.filter_map(|s| s.channel("box").and_then(|c| c.sample(s.times.len() - 1)));
    boxes.map(|b| (b[0] + b[2] / 2.0, b[1] + b[3] / 2.0, b[2])).collect()
}

/// What is wrong where one face shall be found for each that was put in, where it was put, and nobody else, and none
/// judged because they are small.
fn wrong(width: u32, height: u32, face: f32, places: &[(f32, f32)]) -> Vec<String> {
    let mut picture = wall(width, height);
    places.iter().for_each(|at| put(&mut picture, face, *at));
    let (shelf, summary) = still(&picture, &["face-mesh", "expression-faceapi", "expression-human"]);
    let found = faces(&shelf);
    let mut wrong = Vec::new();
    for (x, y) in places {
        let near = found.iter().filter(|(fx, fy, _)| (fx - x).hypot(fy - y) < 0.5 * face).count();
        if near != 1 {
            wrong.push(format!("{near} faces at {x}, {y}"));
        }
    }
    if found.len() != places.len() {
        wrong.push(format!("{} faces in all", found.len()));
    }
    if shelf.tags.iter().any(|tag| tag.label.starts_with("expression.")) {
        wrong.push("judged".to_owned());
    }
    let reasons: Vec<&str> = summary.not_assessable.iter().map(|(_, gap)| gap.reason.as_str()).collect();
    if !reasons.contains(&"small_face") {
        wrong.push(format!("not assessable: {reasons:?}"));
    }
    wrong.iter().map(|what| format!("{face} pixels in {width} x {height}: {what}; {found:.0?}")).collect()
}

#[test]
fn small_faces_are_found_wherever_they_are() {
    let mut all = Vec::new();
    for face in [24.0, 32.0, 40.0] {
        // Corners, the middle, and where parts of the picture meet that are looked at one by one.
        let edge = 1.3 * face;
        let in_the = |width: f32, height: f32| {
            [
                (edge, edge),
                (width - edge, edge),
                (edge, height - edge),
                (width - edge, height - edge),
                (width / 2.0, height / 2.0),
                (width / 4.0, height * 0.37),
            ]
        };
        all.extend(wrong(640, 480, face, &in_the(640.0, 480.0)));
        all.extend(wrong(1280, 720, face, &in_the(1280.0, 720.0)));
        all.extend(wrong(1920, 1080, face, &in_the(1920.0, 1080.0)));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

/// Something with edges, light and dark, that is no face: bricks, a board of squares, leaves, print, rings.
fn patterns(width: u32, height: u32) -> Vec<(&'static str, RgbaImage)> {
    let grey =
        |level: u32| Rgba([level.min(255) as u8, (level * 7 / 8).min(255) as u8, (level * 3 / 4).min(255) as u8, 255]);
    let mut grain = random(3);
    let bricks = RgbaImage::from_fn(width, height, |x, y| {
        let (row, across) = (y / 24, x + 30 * (y / 24 % 2));
        let joint = y % 24 < 3 || across % 60 < 3;
        grey(if joint { 190 } else { 110 + (row * 37 + across / 60 * 91) % 40 } + grain() % 12)
    });
    let board = RgbaImage::from_fn(width, height, |x, y| grey(if (x / 20 + y / 20) % 2 == 0 { 40 } else { 215 }));
    let mut leaves = RgbaImage::from_pixel(width, height, grey(60));
    let mut spot = random(5);
    for _ in 0..width * height / 300 {
        let (x, y, level) = (i64::from(spot() % width), i64::from(spot() % height), 40 + spot() % 150);
        let (long, wide) = (3 + i64::from(spot() % 14), 2 + i64::from(spot() % 6));
        for (dx, dy) in (-long..=long).flat_map(|dx| (-wide..=wide).map(move |dy| (dx, dy))) {
            let inside = (dx * dx * wide * wide + dy * dy * long * long) <= long * long * wide * wide;
            if let (true, Ok(px), Ok(py)) = (inside, u32::try_from(x + dx + dy), u32::try_from(y + dy))
                && px < width
                && py < height
            {
                leaves.put_pixel(px, py, Rgba([level as u8 / 2, level as u8, level as u8 / 3, 255]));
            }
        }
    }
    let mut ink = random(9);
    let marks: Vec<bool> = (0..width / 3 * (height / 3) + width).map(|_| ink().is_multiple_of(3)).collect();
    let print = RgbaImage::from_fn(width, height, |x, y| {
        let line = y % 18 < 11 && (x / 6 * 7 + y / 18 * 3) % 31 > 5;
        grey(if line && marks[(y / 3 * (width / 3) + x / 3) as usize] { 30 } else { 235 })
    });
    let rings = RgbaImage::from_fn(width, height, |x, y| {
        let (dx, dy) = ((x % 70) as f32 - 35.0, (y % 70) as f32 - 35.0);
        let far = dx.hypot(dy);
        grey(if far < 12.0 {
            60
        } else if far < 24.0 {
            200
        } else if far < 28.0 {
            90
        } else {
            150
        })
    });
    let photograph = photograph();
    // Her suit, the flag and the shuttle behind her, over and over.
    let suit = imageops::crop_imm(&photograph, 0, 235, 512, 277).to_image();
    let suits = RgbaImage::from_fn(width, height, |x, y| *suit.get_pixel(x % 512, y % 277));
    vec![("bricks", bricks), ("board", board), ("leaves", leaves), ("print", print), ("rings", rings), ("suits", suits)]
}

#[test]
fn nobody_is_found_in_patterns() {
    for (width, height) in [(640, 480), (1280, 720)] {
        let wall = ("wall", wall(width, height));
        for (what, picture) in patterns(width, height).into_iter().chain([wall]) {
            let (shelf, summary) = still(&picture, &["face-mesh"]);
            assert_eq!(summary.faces, 0, "{what} in {width} x {height}: {:.0?}", faces(&shelf));
        }
    }
}

#[test]
fn a_large_face_stays_one() {
    // Parts of it fill the squares in which small faces are looked for.
    let photograph = photograph();
    let head = imageops::crop_imm(&photograph, 60, 0, 320, 240).to_image();
    let large = imageops::resize(&head, 1280, 960, imageops::FilterType::CatmullRom);
    let (shelf, summary) = still(&large, &["face-mesh", "expression-faceapi", "expression-human"]);
    assert_eq!(summary.faces, 1, "{:.0?}", faces(&shelf));
    assert!(shelf.tags.iter().any(|tag| tag.label == "expression.happiness"));
}

#[test]
fn a_small_face_behind_a_large_one_is_found_too() {
    let mut picture = wall(1280, 720);
    put(&mut picture, 180.0, (400.0, 330.0));
    put(&mut picture, 30.0, (800.0, 200.0));
    put(&mut picture, 26.0, (1100.0, 500.0));
    let (shelf, _) = still(&picture, &["face-mesh"]);
    let found = faces(&shelf);
    assert_eq!(found.len(), 3, "{found:.0?}");
    assert_eq!(found.iter().filter(|(_, _, width)| *width < 48.0).count(), 2, "{found:.0?}");
}

#[test]
fn who_walks_far_away_is_one_person_from_soon_after_they_come() {
    // She comes into the picture at one second and walks through it, 28 pixels wide.
    let empty = wall(1280, 720);
    let at = |number: usize| (100.0 + 6.0 * number as f32, 300.0 + number as f32);
    let pictures = (0..90).map(|number| {
        let mut picture = empty.clone();
        if number >= 10 {
            put(&mut picture, 28.0, at(number));
        }
        picture
    });
    let (shelf, summary) = film(pictures, &["face-mesh"]);
    assert_eq!(summary.faces, 1);
    let samples = shelf.samples.values().next().unwrap();
    assert!(samples.times[0] <= Time::from_millis(6_000), "{:?}", samples.times[0]);
    let boxes = samples.channel("box").unwrap();
    for (index, time) in samples.times.iter().enumerate() {
        let (x, y) = at((time.0 / 100_000_000) as usize);
        let found = boxes.sample(index).unwrap();
        let off = (found[0] + found[2] / 2.0 - x).hypot(found[1] + found[3] / 2.0 - y);
        assert!(off < 12.0, "{time}: {found:?}");
    }
    assert!(samples.times.windows(2).all(|pair| pair[1] - pair[0] <= Time::from_millis(110)), "and not lost any more");
    assert!(samples.times.last().is_some_and(|last| *last >= Time::from_millis(8_700)));
}
