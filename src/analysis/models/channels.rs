//! Which channels a model of the user's own makes of a track, and what their numbers are called.

use super::OWN;
use super::card::ModelCard;
use super::output::OutputKind;
use crate::analysis::networks::facexformer::{AGES, ATTRIBUTES, PARTS, SEXES};
use crate::analysis::networks::{htnet, mixste, private, swinface, wav2small};
use crate::analysis::observation::Expression;

/// A channel and the names of its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnChannel {
    pub channel: String,
    pub names: Vec<String>,
}

/// The heads of SwinFace that answer no or yes, in the network's order.
pub const SWINFACE_ATTRIBUTES: [&str; 39] = [
    "young",
    "smiling",
    "blurry",
    "chubby",
    "heavy_makeup",
    "oval_face",
    "pale_skin",
    "attractive",
    "bald",
    "bangs",
    "black_hair",
    "blond_hair",
    "brown_hair",
    "gray_hair",
    "receding_hairline",
    "straight_hair",
    "wavy_hair",
    "wearing_hat",
    "arched_eyebrows",
    "bags_under_eyes",
    "bushy_eyebrows",
    "eyeglasses",
    "narrow_eyes",
    "big_nose",
    "pointy_nose",
    "high_cheekbones",
    "rosy_cheeks",
    "wearing_earrings",
    "sideburns",
    "five_o_clock_shadow",
    "big_lips",
    "mouth_slightly_open",
    "mustache",
    "wearing_lipstick",
    "no_beard",
    "double_chin",
    "goatee",
    "wearing_necklace",
    "wearing_necktie",
];

/// Channels of several numbers that come after a model's name.
const WIDE: [&str; 11] = [
    ".parts",
    ".pose",
    ".landmarks",
    ".visibility",
    ".attributes",
    ".age",
    ".sex",
    ".expression",
    ".world",
    ".points",
    ".boxes",
];

/// Whether a channel is a curve of one number from a model of the user's own.
pub fn is_curve(channel: &str) -> bool {
    let after = channel.strip_prefix(OWN).and_then(|rest| rest.split_once('.'));
    after.is_some() && !WIDE.iter().any(|end| channel.ends_with(end))
}

/// Whether a channel says something about somebody's age or sex.
pub fn is_personal(channel: &str) -> bool {
    channel.starts_with(OWN) && (channel.ends_with(".age") || channel.ends_with(".sex"))
}

/// The attributes of a network that its card lets be told.
pub fn told_attributes<'a>(all: &[&'a str], personal: bool) -> Vec<&'a str> {
    all.iter().copied().filter(|name| private::is_told(name, personal)).collect()
}

/// The channels of a model, the first the one that proposals are made from where it has labels.
pub fn channels(card: &ModelCard) -> Vec<OwnChannel> {
    let channel = |end: &str, names: Vec<String>| OwnChannel { channel: format!("{OWN}{}{end}", card.name), names };
    // A curve is a channel of its own, so that rules for intervals can be laid over it.
    let each = |names: &[String]| {
        names.iter().map(|name| channel(&format!(".{name}"), vec![name.clone()])).collect::<Vec<_>>()
    };
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let numbered = |count: usize, axes: &[&str]| {
        (1..=count).flat_map(|at| axes.iter().map(move |axis| format!("{at} {axis}"))).collect::<Vec<_>>()
    };
    match card.network.as_str() {
        "facexformer" => {
            let mut all = vec![
                channel(".parts", owned(&PARTS)),
                channel(".pose", owned(&["pitch", "yaw", "roll"])),
                channel(".landmarks", numbered(68, &["x", "y"])),
                channel(".visibility", (1..=29).map(|at| at.to_string()).collect()),
                channel(".attributes", owned(&told_attributes(&ATTRIBUTES, card.personal))),
            ];
            if card.personal {
                all.extend([channel(".age", owned(&AGES)), channel(".sex", owned(&SEXES))]);
            }
            all
        }
        "swinface" => {
            let expressions = Expression::ALL.map(Expression::name);
            let mut all = vec![
                channel(".expression", owned(&expressions)),
                channel(".attributes", owned(&told_attributes(&SWINFACE_ATTRIBUTES, card.personal))),
            ];
            if card.personal {
                all.extend([channel(".age", owned(&["years"])), channel(".sex", owned(&swinface::SEXES))]);
            }
            all
        }
        "mixste" | "hot_mixste" => {
            let axes = ["x", "y", "z"];
            let names = mixste::NAMES.iter().flat_map(|joint| axes.map(|axis| format!("{joint} {axis}"))).collect();
            vec![channel(".world", names)]
        }
        "htnet" => {
            let labels = if card.labels.is_empty() { owned(&htnet::LABELS) } else { card.labels.clone() };
            vec![channel("", labels)]
        }
        "wav2small" => each(&owned(&wav2small::NAMES)),
        "" => match card.output.as_ref().map(|output| (output.kind, output)) {
            Some((OutputKind::Curve, output)) => each(&output.names),
            Some((OutputKind::Points, output)) => {
                let names = output.names.iter().flat_map(|name| ["x", "y"].map(|axis| format!("{name} {axis}")));
                vec![channel(".points", names.collect())]
            }
            Some((OutputKind::Boxes, _)) => {
                let sides = ["left", "top", "right", "bottom", "certainty"];
                let names = card.labels.iter().flat_map(|label| sides.map(|side| format!("{label} {side}")));
                vec![channel(".boxes", names.collect())]
            }
            Some((OutputKind::Labels, _)) => vec![channel("", card.labels.clone())],
            Some((OutputKind::Text, _)) | None => Vec::new(),
        },
        _ => vec![channel("", card.labels.clone())],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_about_age_sex_or_race_without_being_asked() {
        for network in ["facexformer", "swinface"] {
            let mut card = ModelCard { name: "face".into(), network: network.into(), ..Default::default() };
            let names =
                |card: &ModelCard| -> Vec<String> { channels(card).into_iter().flat_map(|c| c.names).collect() };
            let plain = names(&card);
            assert!(plain.iter().any(|n| n == "eyeglasses"), "{plain:?}");
            assert!(!plain.iter().any(|n| n == "male" || n == "young" || n == "70+" || n == "pale_skin"), "{plain:?}");
            card.personal = true;
            assert!(names(&card).iter().any(|n| n == "young") && !names(&card).iter().any(|n| n == "pale_skin"));
        }
    }
}
