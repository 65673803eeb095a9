//! How a curve is shown: its unit, the range that it usually has, its colour, and what it says.

/// How a measure is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Look {
    /// Short: it stands along ELAN's vertical ruler.
    pub unit: &'static str,
    /// Red, green, blue.
    pub color: [u8; 3],
    pub says: &'static str,
    /// What it usually lies in; `None` where only the values tell.
    usual: Option<[f32; 2]>,
}

/// Colours by Okabe and Ito (2008), which the colour-blind tell apart; theirs without yellow, which is not seen on
/// ELAN's white.
const BLACK: [u8; 3] = [0, 0, 0];
const ORANGE: [u8; 3] = [230, 159, 0];
const SKY: [u8; 3] = [86, 180, 233];
const GREEN: [u8; 3] = [0, 158, 115];
const BLUE: [u8; 3] = [0, 114, 178];
const RED: [u8; 3] = [213, 94, 0];
const PINK: [u8; 3] = [204, 121, 167];

const EXPRESSION: &str = "Expression resembling this, the mean of two networks; no value where it is not assessable";
const EYES: &str = "eye spans";
const TRUNKS: &str = "trunks";
const PALMS: &str = "palms";

/// The name of a curve: that of its channel without what all have.
pub(super) fn short(channel: &str) -> &str {
    channel.strip_prefix("measure.").unwrap_or(channel)
}

/// How a channel's curve is shown.
pub(super) fn of(channel: &str) -> Look {
    let look = |unit, usual, color, says| Look { unit, color, says, usual: Some(usual) };
    let (measure, side) = match short(channel).rsplit_once('.') {
        Some((measure, "left")) => (measure, BLUE),
        Some((measure, "right")) => (measure, RED),
        _ => (short(channel), BLACK),
    };
    match measure {
        "head_yaw" => look("°", [-45.0, 45.0], BLUE, "Head turned, positive to the viewer's right"),
        "head_pitch" => look("°", [-45.0, 45.0], RED, "Head up or down, positive upwards"),
        "head_roll" => look("°", [-45.0, 45.0], GREEN, "Head tilted, positive clockwise to the viewer"),
        "gaze_x" => {
            look("half eyes", [-1.0, 1.0], PINK, "Pupil from the middle of the eye, positive to the viewer's right")
        }
        "gaze_y" => look("half eyes", [-1.0, 1.0], SKY, "Pupil from the middle of the eye, positive upwards"),
        "eye_open" => look("eye widths", [0.0, 0.5], side, "Gap between the lids; under 0.12 the eye is shut"),
        "brow_height" => look(EYES, [0.0, 0.5], side, "Brow above the corners of the eye"),
        "mouth_open" => look(EYES, [0.0, 0.5], ORANGE, "Gap between the inner lips"),
        "mouth_width" => look(EYES, [0.0, 1.0], GREEN, "Mouth corner to mouth corner"),
        "misfit" => look("cm", [0.0, 2.0], BLACK, "How badly the mesh fits a face; over 1.5 the rest is doubtful"),
        "speaking" => look("0 to 1", [0.0, 1.0], ORANGE, "How sure it is that this person speaks"),
        "hand_height" => look(TRUNKS, [-2.0, 1.0], side, "Wrist above the line of the shoulders"),
        "hand_over_hips" => look(TRUNKS, [-1.0, 2.0], side, "Wrist above the line of the hips"),
        "wrist_speed" => look("trunks/s", [0.0, 5.0], side, "Speed of the wrist in the picture"),
        "gesture_space" => {
            look("1 to 4", [1.0, 4.0], side, "Where the hand is, from the centre of gesture space outwards")
        }
        "hand_open" => look(PALMS, [0.0, 3.0], side, "How far the fingers are stretched"),
        "hand_aperture" => look(PALMS, [0.0, 3.0], side, "Tip of the thumb to tip of the index finger"),
        "lean_side" => look("°", [-30.0, 30.0], BLACK, "Trunk leaning, positive to the viewer's right"),
        "lean_forward" => look("°", [-30.0, 30.0], GREEN, "Trunk leaning towards the camera"),
        "pitch" => look("Hz", [50.0, 400.0], BLUE, "Fundamental frequency of the voice"),
        "speech.probability" => look("0 to 1", [0.0, 1.0], ORANGE, "How sure it is that somebody speaks"),
        _ if channel.starts_with("expression.") => look("0 to 1", [0.0, 1.0], expression(channel), EXPRESSION),
        _ => Look { unit: "", color: BLACK, says: "From a model of the project's own", usual: None },
    }
}

fn expression(channel: &str) -> [u8; 3] {
    match channel.trim_start_matches("expression.") {
        "happiness" => ORANGE,
        "sadness" => BLUE,
        "surprise" => SKY,
        "fear" => PINK,
        "disgust" => GREEN,
        "anger" => RED,
        _ => BLACK,
    }
}

/// The range that shows all of a curve: the usual one, or more where there is more.
pub(super) fn range(channel: &str, seen: [f32; 2]) -> [f32; 2] {
    let [low, high] = seen.map(f64::from);
    let ([mut low, mut high], span) = match of(channel).usual.map(|usual| usual.map(f64::from)) {
        Some([from, to]) => ([low.min(from), high.max(to)], to - from),
        None if high > low => ([low, high], high - low),
        None => ([low - 0.5, high + 0.5], 1.0),
    };
    // Ends at tenths of the span, so that the ruler has numbers that can be read.
    let step = 10_f64.powf((span / 10.0).log10().floor());
    (low, high) = ((low / step + 1e-3).floor() * step, (high / step - 1e-3).ceil() * step);
    // Sums of tenths are not tenths.
    let decimals = (-step.log10().floor()).clamp(0.0, 12.0) as i32;
    let rounded = |value: f64| ((value * 10_f64.powi(decimals)).round() / 10_f64.powi(decimals)) as f32;
    [rounded(low), rounded(high)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_the_usual_one_unless_a_curve_goes_beyond() {
        assert_eq!(range("measure.head_yaw", [-3.0, 12.5]), [-45.0, 45.0]);
        assert_eq!(range("measure.head_yaw", [-3.0, 61.3]), [-45.0, 62.0]);
        assert_eq!(range("measure.mouth_open", [0.013, 0.734]), [0.0, 0.74]);
        assert_eq!(range("own.mine.valence", [0.2, 0.2]), [-0.3, 0.7]);
        let [low, high] = range("own.mine.valence", [-1.234, 7.1]);
        assert!(low <= -1.234 && low > -1.5 && (7.1..7.5).contains(&high), "{low} {high}");
    }

    #[test]
    fn what_is_measured_has_a_unit() {
        for name in ["measure.head_yaw", "measure.brow_height.left", "measure.wrist_speed.right", "measure.pitch"] {
            assert!(!of(name).unit.is_empty(), "{name}");
        }
        assert_eq!(of("measure.wrist_speed.left").unit, "trunks/s");
        assert_ne!(of("measure.wrist_speed.left").color, of("measure.wrist_speed.right").color);
        assert_eq!(short("measure.wrist_speed.left"), "wrist_speed.left");
    }
}
