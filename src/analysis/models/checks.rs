//! What can be wrong with a card, in words that say how to put it right.

use super::card::{ModelCard, is_model_name};
use super::input::{ImageInput, InputSpec};
use super::output::{OutputKind, OutputSpec};
use crate::analysis::networks;

/// A side of a picture at most.
const MOST_PIXELS: usize = 2048;
/// A window of sound at most, seconds.
const MOST_SECONDS: f64 = 60.0;
/// Labels at most.
const MOST_LABELS: usize = 20_000;
/// Characters of a label or name at most: it stands on a timeline and in a channel's name.
const LONGEST_NAME: usize = 200;
/// Seconds from one window of sound to the next at least.
const LEAST_HOP: f64 = 0.01;
/// Tokens at most.
const MOST_TOKENS: usize = 8192;

/// A card that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    #[error("the card is not TOML that can be understood: {0}")]
    Toml(String),
    #[error("the card says nothing about “{field}”: {how}")]
    Missing { field: &'static str, how: &'static str },
    #[error("the card's “{field}” cannot be right: {why}")]
    Wrong { field: &'static str, why: String },
}

fn wrong(field: &'static str, why: impl Into<String>) -> CardError {
    CardError::Wrong { field, why: why.into() }
}

impl ModelCard {
    /// Reads a card and checks all that can be checked without the model.
    ///
    /// # Errors
    /// [`CardError`], the first that is found.
    pub fn parse(text: &str) -> Result<Self, CardError> {
        let card: Self = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            // As a person says it.
            let said = error.message().replace("expected usize", "expected a whole number that is not below 0");
            CardError::Toml(line.map_or(said.clone(), |line| format!("line {line}: {said}")))
        })?;
        card.check()?;
        Ok(card)
    }

    /// Checks all that can be checked without the model.
    ///
    /// # Errors
    /// [`CardError`], the first that is found.
    pub fn check(&self) -> Result<(), CardError> {
        if !is_model_name(&self.name) {
            return Err(wrong(
                "name",
                format!(
                    "“{}”; a name has small letters, digits and hyphens only, 40 at most, as in “nod-detector”",
                    self.name
                ),
            ));
        }
        if self.licence.trim().is_empty() {
            return Err(CardError::Missing {
                field: "licence",
                how: "write licence = \"MIT\", or in words who may use it",
            });
        }
        if self.labels.len() > MOST_LABELS {
            return Err(wrong("labels", format!("{} of them", self.labels.len())));
        }
        if let Some(twice) = twice(&self.labels) {
            return Err(wrong("labels", format!("“{twice}” is there twice")));
        }
        // What is read off letter by letter may have a blank and an end of line among its labels.
        let letters = self.output.as_ref().is_some_and(|output| output.kind == OutputKind::Text);
        check_names("labels", &self.labels, letters)?;
        if self.file.as_ref().is_some_and(|file| file.name.contains(['/', '\\'])) {
            return Err(wrong("file.name", "the model's file lies beside the card and is named without a folder"));
        }
        if self.merge > 0 {
            let most = networks::merging(&self.network).map(|(most, _)| most);
            let most = most.ok_or_else(|| wrong("merge", "only FaceXFormer, SwinFace and CCT have tokens to merge"))?;
            if self.merge > most {
                return Err(wrong("merge", format!("{} tokens a block; {most} at most", self.merge)));
            }
        }
        if self.is_network() {
            return if self.input.is_some() || self.output.is_some() {
                Err(wrong(
                    "network",
                    "a published network knows its input and output itself; leave [input] and [output] out",
                ))
            } else {
                Ok(())
            };
        }
        let input = self.input.as_ref().ok_or(CardError::Missing {
            field: "input",
            how: "write an [input] table with kind = \"image\", \"audio\" or \"text\"",
        })?;
        let output = self.output.as_ref().ok_or(CardError::Missing {
            field: "output",
            how: "write an [output] table with kind = \"labels\", \"boxes\", \"points\", \"curve\" or \"text\"",
        })?;
        check_input(input)?;
        check_output(self, input, output)
    }
}

fn twice(names: &[String]) -> Option<&String> {
    let mut seen = std::collections::HashSet::new();
    names.iter().find(|name| !seen.insert(name.as_str()))
}

fn check_names(field: &'static str, names: &[String], letters: bool) -> Result<(), CardError> {
    for name in names {
        let start: String = name.chars().take(20).collect();
        if name.chars().count() > LONGEST_NAME {
            return Err(wrong(field, format!("“{start}…” is longer than {LONGEST_NAME} characters")));
        }
        if !letters && (name.trim().is_empty() || name.chars().any(char::is_control)) {
            return Err(wrong(field, format!("“{}” is empty or goes over several lines", start.escape_debug())));
        }
    }
    Ok(())
}

fn check_input(input: &InputSpec) -> Result<(), CardError> {
    match input {
        InputSpec::Image(image) => check_image(image),
        InputSpec::Audio(audio) => {
            if !(1000..=192_000).contains(&audio.rate) {
                return Err(wrong("input.rate", format!("{} samples a second", audio.rate)));
            }
            let sound = |secs: f64| secs.is_finite() && (0.0..=MOST_SECONDS).contains(&secs);
            if !sound(audio.seconds) || !sound(audio.hop) || (audio.seconds > 0.0 && audio.seconds < 0.01) {
                return Err(wrong(
                    "input.seconds",
                    format!("a window has 0.01 to {MOST_SECONDS} seconds, or 0 for a whole stretch"),
                ));
            }
            if audio.hop > 0.0 && audio.hop < LEAST_HOP {
                return Err(wrong(
                    "input.hop",
                    format!(
                        "{} seconds from window to window; at least {LEAST_HOP}, or 0 for half a window",
                        audio.hop
                    ),
                ));
            }
            Ok(())
        }
        InputSpec::Text(text) => {
            if !(1..=MOST_TOKENS).contains(&text.longest) {
                return Err(wrong("input.longest", format!("{} tokens; 1 to {MOST_TOKENS} are", text.longest)));
            }
            if text.tokenizer.contains(['/', '\\']) || text.tokenizer.is_empty() {
                return Err(wrong(
                    "input.tokenizer",
                    "the tokenizer's file lies beside the card and is named without a folder",
                ));
            }
            Ok(())
        }
    }
}

fn check_image(image: &ImageInput) -> Result<(), CardError> {
    let side = |side: usize| (1..=MOST_PIXELS).contains(&side);
    if !side(image.width) || !side(image.height) {
        return Err(wrong("input.width", format!("{} × {} pixels; 1 to {MOST_PIXELS} are", image.width, image.height)));
    }
    let channels = image.colour.channels();
    for (field, values) in [("input.mean", &image.mean), ("input.std", &image.std)] {
        if !values.is_empty() && values.len() != channels {
            return Err(wrong(field, format!("{} numbers for {channels} colours", values.len())));
        }
        if values.iter().any(|v| !v.is_finite()) {
            return Err(wrong(field, "not every one is a number"));
        }
    }
    if image.std.contains(&0.0) {
        return Err(wrong("input.std", "nothing can be divided by 0"));
    }
    if image.range.iter().any(|v| !v.is_finite()) || image.range[0] >= image.range[1] {
        return Err(wrong("input.range", "black must be less than white, as in range = [0.0, 1.0]"));
    }
    if !(0.1..=10.0).contains(&image.widen) {
        return Err(wrong(
            "input.widen",
            "1 is the face or body itself, 1.5 half as large again; 0.1 to 10 are possible",
        ));
    }
    Ok(())
}

fn check_output(card: &ModelCard, input: &InputSpec, output: &OutputSpec) -> Result<(), CardError> {
    use OutputKind::{Boxes, Curve, Labels, Points, Text};
    let possible: &[OutputKind] = match input {
        InputSpec::Image(_) => &[Labels, Boxes, Points, Curve],
        InputSpec::Audio(_) => &[Labels, Curve, Text],
        InputSpec::Text(_) => &[Labels, Text],
    };
    if !possible.contains(&output.kind) {
        let list: Vec<&str> = possible.iter().map(|kind| kind.word()).collect();
        return Err(wrong(
            "output.kind",
            format!("a model that takes {} can give {}, not {}", input.kind(), list.join(", "), output.kind.word()),
        ));
    }
    if matches!(output.kind, Labels | Boxes | Text) && card.labels.is_empty() {
        return Err(CardError::Missing {
            field: "labels",
            how: "write labels = [\"…\", \"…\"] in the order of the output",
        });
    }
    if matches!(output.kind, Points | Curve) && output.names.is_empty() {
        return Err(CardError::Missing {
            field: "output.names",
            how: "write names = [\"…\"] in the order of the numbers",
        });
    }
    if let Some(unknown) = output.quiet.iter().find(|quiet| !card.labels.contains(quiet)) {
        return Err(wrong("output.quiet", format!("“{unknown}” is none of the labels")));
    }
    check_names("output.names", &output.names, false)?;
    if let Some(twice) = twice(&output.names) {
        return Err(wrong("output.names", format!("“{twice}” is there twice")));
    }
    if !(0.0..=1.0).contains(&output.threshold) {
        return Err(wrong("output.threshold", format!("{}; it is a share of 1", output.threshold)));
    }
    if !(0.0..=3600.0).contains(&output.shortest) {
        return Err(wrong("output.shortest", format!("{} seconds", output.shortest)));
    }
    if output.kind == Text && output.blank >= card.labels.len() {
        return Err(wrong("output.blank", format!("there is no label number {}", output.blank)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
name = "smile"
task = "Smile or not"
licence = "MIT"
labels = ["no", "yes"]
[input]
kind = "image"
of = "face"
width = 32
height = 32
[output]
kind = "labels"
activation = "softmax"
"#;

    #[test]
    fn a_card_survives_writing() {
        let card = ModelCard::parse(GOOD).unwrap();
        assert_eq!(ModelCard::parse(&card.to_toml().unwrap()).unwrap(), card);
    }

    #[test]
    fn what_is_wrong_is_said_with_what_to_write() {
        let said = |from: &str, to: &str| ModelCard::parse(&GOOD.replace(from, to)).unwrap_err().to_string();
        assert!(said("labels = [\"no\", \"yes\"]", "").contains("labels = ["));
        assert!(said("licence = \"MIT\"", "").contains("licence"));
        assert!(said("\"smile\"", "\"../smile\"").contains("small letters"));
        assert!(said("width = 32", "width = 32\nmean = [0.5]").contains("1 numbers for 3 colours"));
        assert!(said("kind = \"labels\"", "kind = \"text\"").contains("not text"));
        assert!(said("width = 32", "widht = 32").contains("widht"), "{}", said("width = 32", "widht = 32"));
        assert!(said("\"yes\"", "\"no\"").contains("twice"));
        assert!(said("width = 32", "width = -32").contains("not below 0"), "{}", said("width = 32", "width = -32"));
        assert!(said("\"yes\"", "\"\"").contains("empty"));
        assert!(said("\"yes\"", "\"y\\nes\"").contains("several lines"));
        assert!(said("\"yes\"", &format!("{:?}", "y".repeat(201))).contains("longer than 200"));
        let path = "activation = \"softmax\"\n[file]\nname = \"../../model.pt\"\n";
        assert!(said("activation = \"softmax\"", path).contains("without a folder"));
        for absurd in ["nan", "inf", "-0.1", "1e30"] {
            let threshold = format!("activation = \"softmax\"\nthreshold = {absurd}");
            assert!(said("activation = \"softmax\"", &threshold).contains("output.threshold"), "{absurd}");
        }
        for absurd in ["0", "99999999999"] {
            assert!(said("width = 32", &format!("width = {absurd}")).contains("1 to 2048"), "{absurd}");
        }
        let image = "kind = \"image\"\nof = \"face\"\nwidth = 32\nheight = 32";
        for (absurd, field) in [("rate = 4000000000", "rate"), ("seconds = 1e18", "seconds"), ("hop = 1e-9", "hop")] {
            let rate = if field == "rate" { "" } else { "rate = 16000\n" };
            let audio = said(image, &format!("kind = \"audio\"\n{rate}{absurd}"));
            assert!(audio.contains(&format!("input.{field}")), "{audio}");
        }
        assert!(
            said("name = \"smile\"", "name = smile").contains("line 2"),
            "{}",
            said("name = \"smile\"", "name = smile")
        );
    }
}
