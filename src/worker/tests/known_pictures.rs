//! What the whole analysis says of pictures whose content is known: right, or not assessable and why.

mod common;

use common::{Shelf, root, still};
use fieldgloss::domain::{TrackKind, TrackSamples};
use image::{Rgba, RgbaImage, imageops};

impl Shelf {
    fn count(&self, kind: TrackKind) -> usize {
        self.tracks.values().filter(|t| t.kind == kind).count()
    }
    fn of(&self, kind: TrackKind) -> impl Iterator<Item = &TrackSamples> {
        self.tracks.values().filter(move |t| t.kind == kind).filter_map(|t| self.samples.get(&t.id))
    }
    fn mean(samples: &TrackSamples, channel: &str) -> f32 {
        let values: Vec<f32> =
            samples.channel(channel).unwrap().values.iter().copied().filter(|v| v.is_finite()).collect();
        values.iter().sum::<f32>() / values.len() as f32
    }
    fn expressions(&self) -> Vec<&str> {
        let all = self.tags.iter().map(|tag| tag.label.as_str());
        all.filter(|label| label.starts_with("expression.")).collect()
    }
}

fn open(path: &str) -> RgbaImage {
    image::open(root().join(path)).unwrap().to_rgba8()
}

fn astronaut() -> RgbaImage {
    open("assets/sample/astronaut.png")
}

/// Turned about its middle by so many degrees, clockwise; grey where nothing was.
fn turned(picture: &RgbaImage, degrees: f32) -> RgbaImage {
    let (width, height) = picture.dimensions();
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (x0, y0) = (width as f32 / 2.0, height as f32 / 2.0);
    RgbaImage::from_fn(width, height, |x, y| {
        let (dx, dy) = (x as f32 - x0, y as f32 - y0);
        let (from_x, from_y) = (x0 + dx * cos + dy * sin, y0 + dy * cos - dx * sin);
        imageops::interpolate_bilinear(picture, from_x, from_y).unwrap_or(Rgba([128, 128, 128, 255]))
    })
}

/// With a dark board before it.
fn covered(picture: &RgbaImage, x: u32, y: u32, width: u32, height: u32) -> RgbaImage {
    let mut picture = picture.clone();
    for (x, y) in (y..y + height).flat_map(|y| (x..x + width).map(move |x| (x, y))) {
        picture.put_pixel(x, y, Rgba([70, 60, 50, 255]));
    }
    picture
}

const FACES: [&str; 3] = ["face-mesh", "expression-faceapi", "expression-human"];

/// One frontal face that resembles happiness, and how far its head is rolled.
fn one_happy_face(picture: &RgbaImage) -> f32 {
    let (shelf, summary) = still(picture, &FACES);
    assert_eq!(summary.faces, 1);
    let face = shelf.of(TrackKind::Face).next().unwrap();
    assert!(Shelf::mean(face, "measure.head_yaw").abs() < 12.0, "frontal");
    assert!(Shelf::mean(face, "measure.head_pitch").abs() < 15.0, "frontal");
    assert_eq!(shelf.expressions(), ["expression.happiness"]);
    assert!(shelf.tags.iter().any(|tag| tag.label == "expression.happiness" && tag.confidence > 0.8));
    Shelf::mean(face, "measure.head_roll")
}

#[test]
fn the_astronaut_has_one_frontal_face_that_resembles_happiness_mirrored_and_turned_too() {
    assert!(one_happy_face(&astronaut()).abs() < 8.0);
    assert!(one_happy_face(&imageops::flip_horizontal(&astronaut())).abs() < 8.0);
    let roll = one_happy_face(&turned(&astronaut(), 30.0));
    assert!((roll.abs() - 30.0).abs() < 8.0, "{roll}");
}

#[test]
fn a_blank_wall_is_nobody() {
    let wall = RgbaImage::from_pixel(640, 480, Rgba([190, 186, 180, 255]));
    let (shelf, summary) = still(&wall, &["face-mesh", "pose", "hands"]);
    assert_eq!((summary.faces, summary.bodies, summary.tags), (0, 0, 0));
    assert!(shelf.tracks.is_empty() && summary.not_assessable.is_empty());
}

#[test]
fn a_face_of_24_pixels_is_not_assessable_because_it_is_small() {
    let small = imageops::resize(&astronaut(), 123, 123, imageops::FilterType::Lanczos3);
    let mut picture = RgbaImage::from_pixel(512, 512, Rgba([150, 150, 150, 255]));
    imageops::replace(&mut picture, &small, 190, 190);
    let (shelf, summary) = still(&picture, &["face-mesh", "expression-faceapi", "expression-human", "pose"]);
    assert_eq!(shelf.expressions(), [""; 0]);
    let reasons: Vec<&str> = summary.not_assessable.iter().map(|(_, gap)| gap.reason.as_str()).collect();
    assert!(reasons.contains(&"small_face"), "{summary:?}");
}

#[test]
fn a_half_covered_face_is_not_assessable_whichever_half() {
    for (what, x, y, width, height) in
        [("mouth", 160, 126, 140, 74), ("eyes", 150, 50, 150, 74), ("one side", 226, 60, 104, 140)]
    {
        let (shelf, summary) = still(&covered(&astronaut(), x, y, width, height), &FACES);
        assert_eq!(shelf.expressions(), [""; 0], "{what}: {:?}", shelf.tags);
        let judged = summary.not_assessable.iter().filter(|(_, gap)| gap.label == "expression");
        let reasons: Vec<&str> = judged.map(|(_, gap)| gap.reason.as_str()).collect();
        assert!(
            reasons.iter().all(|reason| matches!(*reason, "covered" | "partly_hidden" | "no_mesh"))
                && !reasons.is_empty(),
            "{what}: {summary:?}"
        );
    }
}

#[test]
fn two_players_are_two_bodies_and_the_hand_that_is_seen_is_found() {
    let picture = open("src/worker/tests/pictures/two-players.png");
    let (shelf, summary) = still(&picture, &["pose", "hands"]);
    assert_eq!(summary.bodies, 2);
    assert_eq!(shelf.count(TrackKind::Body), 2);
    // Marked by eye: the player on the left has the ball on the fingers of his right hand, whose middle is at (147, 157).
    let player = shelf.of(TrackKind::Body).min_by(|a, b| {
        let left = |samples: &TrackSamples| samples.channel("box").unwrap().values[0];
        left(a).total_cmp(&left(b))
    });
    let player = player.unwrap();
    assert!(Shelf::mean(player, "hand.right.presence") > 0.9);
    assert!(Shelf::mean(player, "hand.right.handedness") > 0.8, "the network takes it for a right hand too");
    let hand = player.channel("hand.right").unwrap();
    assert_eq!(hand.width, 63);
    let points = hand.sample(4).unwrap();
    let middle = |k: usize| points.chunks_exact(3).map(|p| p[k]).sum::<f32>() / 21.0;
    assert!((middle(0) - 147.0).abs() < 12.0 && (middle(1) - 157.0).abs() < 12.0, "{} {}", middle(0), middle(1));
}

#[test]
fn the_same_picture_gives_the_same_numbers_twice() {
    let picture = astronaut();
    let numbers = |shelf: &Shelf| -> Vec<Vec<u32>> {
        let faces = shelf.of(TrackKind::Face);
        faces.flat_map(|s| s.channels.iter().map(|c| c.values.iter().map(|v| v.to_bits()).collect())).collect()
    };
    let (once, _) = still(&picture, &FACES);
    let (again, _) = still(&picture, &FACES);
    assert_eq!(numbers(&once), numbers(&again));
}
