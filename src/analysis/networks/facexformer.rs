//! FaceXFormer: which part of a picture it looks at, and what its numbers mean.

use super::super::models::said::{sigmoid, softmax};
use super::super::observation::BBox;

/// Side of its input.
pub const SIDE: usize = 224;
/// How much the detected box is widened, altogether.
const WIDER: f32 = 0.5;

/// The classes of the parsing, as LaPa numbers them. Left and right are the person's own.
pub const PARTS: [&str; 11] = [
    "background",
    "skin",
    "left_eyebrow",
    "right_eyebrow",
    "left_eye",
    "right_eye",
    "nose",
    "upper_lip",
    "inner_mouth",
    "lower_lip",
    "hair",
];

/// The forty attributes, as CelebA numbers them.
pub const ATTRIBUTES: [&str; 40] = [
    "five_o_clock_shadow",
    "arched_eyebrows",
    "attractive",
    "bags_under_eyes",
    "bald",
    "bangs",
    "big_lips",
    "big_nose",
    "black_hair",
    "blond_hair",
    "blurry",
    "brown_hair",
    "bushy_eyebrows",
    "chubby",
    "double_chin",
    "eyeglasses",
    "goatee",
    "gray_hair",
    "heavy_makeup",
    "high_cheekbones",
    "male",
    "mouth_slightly_open",
    "mustache",
    "narrow_eyes",
    "no_beard",
    "oval_face",
    "pale_skin",
    "pointy_nose",
    "receding_hairline",
    "rosy_cheeks",
    "sideburns",
    "smiling",
    "straight_hair",
    "wavy_hair",
    "wearing_earrings",
    "wearing_hat",
    "wearing_lipstick",
    "wearing_necklace",
    "wearing_necktie",
    "young",
];

/// The classes of age.
pub const AGES: [&str; 8] = ["0-9", "10-19", "20-29", "30-39", "40-49", "50-59", "60-69", "70+"];
/// The classes of sex.
pub const SEXES: [&str; 2] = ["male", "female"];

/// The part of a picture in whole pixels: left, top, right, bottom.
pub type Cut = [usize; 4];

/// The box of a face, widened by half, kept within the picture, in whole pixels; `None` where nothing is left of it.
pub fn cut(face: &BBox, width: usize, height: usize) -> Option<Cut> {
    let (dx, dy) = (face.width * WIDER / 2.0, face.height * WIDER / 2.0);
    let within = |value: f32, most: usize| if value.is_finite() { value.clamp(0.0, most as f32) as usize } else { 0 };
    let cut = [
        within(face.x - dx, width),
        within(face.y - dy, height),
        within(face.x + face.width + dx, width),
        within(face.y + face.height + dy, height),
    ];
    (cut[2] > cut[0] && cut[3] > cut[1]).then_some(cut)
}

/// The 68 landmarks in the picture's pixels, whose corner is (0, 0). The network counts from −1 to 1 over its input, with
/// pixel centres at halves.
pub fn landmarks(numbers: &[f32], cut: &Cut) -> Vec<[f32; 2]> {
    let (width, height) = ((cut[2] - cut[0]) as f32, (cut[3] - cut[1]) as f32);
    let place = |[x, y]: &[f32; 2]| [in_input(*x), in_input(*y)].map(|pixel| (pixel + 0.5) / SIDE as f32);
    let points = numbers.as_chunks::<2>().0.iter().map(place);
    points.map(|[x, y]| [cut[0] as f32 + x * width, cut[1] as f32 + y * height]).collect()
}

/// A coordinate in pixels of the input, counted from the first pixel's centre.
pub fn in_input(number: f32) -> f32 {
    ((number + 1.0) * SIDE as f32 - 1.0) / 2.0
}

/// Pitch, yaw and roll in degrees, from radians.
pub fn head_pose(numbers: &[f32]) -> Option<[f32; 3]> {
    let [pitch, yaw, roll] = numbers else { return None };
    Some([*pitch, *yaw, *roll].map(f32::to_degrees))
}

/// The share of yes for each attribute, or for the visibility of each of COFW's 29 points.
pub fn shares(numbers: &[f32]) -> Vec<f32> {
    numbers.iter().map(|v| sigmoid(*v)).collect()
}

/// The class of age and how sure it is.
pub fn age(numbers: &[f32]) -> Option<(&'static str, f32)> {
    let (best, share) = super::super::models::said::largest(&softmax(numbers))?;
    Some((AGES.get(best)?, share))
}

/// Which class each pixel of the parsing has: `classes × pixels` numbers, the largest wins.
pub fn parsing(numbers: &[f32]) -> Vec<u8> {
    let pixels = numbers.len() / PARTS.len();
    let best = |pixel: usize| {
        let at = |class: usize| numbers[class * pixels + pixel];
        (1..PARTS.len()).fold(0, |best, class| if at(class) > at(best) { class } else { best }) as u8
    };
    (0..pixels).map(best).collect()
}

/// The share of the face's own pixels (all but background and hair) that each part takes; zeros where there is no face.
pub fn part_shares(parsed: &[u8]) -> [f32; 11] {
    let mut counts = [0.0_f32; 11];
    for part in parsed {
        if let Some(count) = counts.get_mut(usize::from(*part)) {
            *count += 1.0;
        }
    }
    let face: f32 = counts[1..10].iter().sum();
    counts.map(|count| if face > 0.0 { count / face } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_is_widened_by_half_and_cut_to_whole_pixels() {
        let face = BBox { x: 100.5, y: 100.0, width: 100.0, height: 120.0 };
        assert_eq!(cut(&face, 640, 480), Some([75, 70, 225, 250]));
        assert_eq!(cut(&face, 200, 150), Some([75, 70, 200, 150]));
        assert_eq!(cut(&BBox { x: 700.0, ..face }, 640, 480), None);
        assert_eq!(cut(&BBox { x: f32::NAN, ..face }, 640, 480), None);
    }

    #[test]
    fn landmarks_go_back_to_the_picture() {
        assert_eq!(in_input(0.0), 111.5);
        assert_eq!(in_input(-1.0), -0.5);
        let points = landmarks(&[-1.0, -1.0, 1.0, 1.0, 0.0, 0.0], &[100, 50, 324, 162]);
        assert_eq!(points, [[100.0, 50.0], [324.0, 162.0], [212.0, 106.0]]);
    }

    #[test]
    fn pose_is_in_degrees_and_parts_are_shares_of_the_face() {
        let pose = head_pose(&[0.0, std::f32::consts::FRAC_PI_2, -std::f32::consts::PI]).unwrap();
        assert!(pose.iter().zip([0.0, 90.0, -180.0]).all(|(a, b)| (a - b).abs() < 1e-4));
        // Two pixels: one skin, one nose.
        let mut numbers = vec![0.0; 22];
        (numbers[2], numbers[6 * 2 + 1]) = (1.0, 1.0);
        assert_eq!(parsing(&numbers), [1, 6]);
        assert_eq!(part_shares(&[1, 6, 0, 10])[6], 0.5);
        assert_eq!(part_shares(&[0, 0]), [0.0; 11]);
    }

    #[test]
    fn every_list_is_as_long_as_its_head() {
        assert_eq!((ATTRIBUTES[15], ATTRIBUTES[20], ATTRIBUTES[39]), ("eyeglasses", "male", "young"));
        assert_eq!(age(&[0.0, 0.0, 0.0, 9.0, 0.0, 0.0, 0.0, 0.0]).unwrap().0, "30-39");
    }
}
