//! What a model said, read out of its numbers by its card.

use super::output::{Activation, OutputKind, OutputSpec, Unit};

/// What a model said about one input.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// A share for each label.
    Shares(Vec<f32>),
    /// A number for each name.
    Curve(Vec<f32>),
    /// Each name's place, as shares of the input's width and height.
    Points(Vec<[f32; 2]>),
    Boxes(Vec<LabelledBox>),
    /// What was read, and how sure the model is on average.
    Text {
        text: String,
        confidence: f32,
    },
}

/// A box with its label, as shares of the input's width and height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelledBox {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
    pub confidence: f32,
    pub label: usize,
}

/// Shares that add up to 1; equal numbers give equal shares, however large.
pub fn softmax(numbers: &[f32]) -> Vec<f32> {
    let most = numbers.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = numbers.iter().map(|v| (v - most).exp()).collect();
    let sum: f32 = powers.iter().sum();
    powers.into_iter().map(|v| v / sum).collect()
}

/// The share of yes.
pub fn sigmoid(number: f32) -> f32 {
    1.0 / (1.0 + (-number).exp())
}

fn activated(numbers: &[f32], how: Activation) -> Vec<f32> {
    match how {
        Activation::None => numbers.to_vec(),
        Activation::Softmax => softmax(numbers),
        Activation::Sigmoid => numbers.iter().map(|v| sigmoid(*v)).collect(),
    }
}

/// The largest number and where it is; `None` where none is a number.
pub fn largest(numbers: &[f32]) -> Option<(usize, f32)> {
    let finite = numbers.iter().copied().enumerate().filter(|(_, v)| v.is_finite());
    finite.max_by(|a, b| a.1.total_cmp(&b.1))
}

/// Reads the numbers of one input. `size`: width and height of the input, for places in pixels. `None` where the
/// numbers have another shape than the card promises.
pub fn read(spec: &OutputSpec, labels: &[String], shape: &[i64], numbers: &[f32], size: [f32; 2]) -> Option<Said> {
    if !spec.fits(labels.len(), shape) {
        return None;
    }
    let per = match spec.unit {
        Unit::Pixels => [1.0 / size[0].max(1.0), 1.0 / size[1].max(1.0)],
        Unit::Share => [1.0, 1.0],
    };
    Some(match spec.kind {
        OutputKind::Labels => Said::Shares(activated(numbers, spec.activation)),
        OutputKind::Curve => Said::Curve(activated(numbers, spec.activation)),
        OutputKind::Points => {
            Said::Points(numbers.as_chunks::<2>().0.iter().map(|[x, y]| [x * per[0], y * per[1]]).collect())
        }
        OutputKind::Boxes => {
            let rows = numbers.as_chunks::<6>().0.iter();
            let boxes = rows.filter(|row| row[4] >= spec.threshold && row.iter().all(|v| v.is_finite()));
            let boxes = boxes.filter(|row| row[5] >= 0.0 && (row[5] as usize) < labels.len());
            Said::Boxes(
                boxes
                    .map(|&[left, top, right, bottom, confidence, label]| LabelledBox {
                        left: left * per[0],
                        top: top * per[1],
                        right: right * per[0],
                        bottom: bottom * per[1],
                        confidence,
                        label: label as usize,
                    })
                    .collect(),
            )
        }
        OutputKind::Text => text(spec, labels, numbers),
    })
}

/// The likeliest label of each step, repetitions taken once and blanks left out (CTC, Graves et al. 2006).
fn text(spec: &OutputSpec, labels: &[String], numbers: &[f32]) -> Said {
    let (mut text, mut sure, mut count, mut last) = (String::new(), 0.0, 0, spec.blank);
    for step in numbers.chunks_exact(labels.len().max(1)) {
        let Some((best, share)) = largest(&activated(step, spec.activation)) else { continue };
        if best != last && best != spec.blank {
            text.push_str(labels.get(best).map_or("", String::as_str));
            sure += share;
            count += 1;
        }
        last = best;
    }
    Said::Text { text, confidence: if count > 0 { sure / count as f32 } else { 0.0 } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(kind: &str) -> OutputSpec {
        toml::from_str(&format!("kind = \"{kind}\"")).unwrap()
    }
    fn labels(of: &[&str]) -> Vec<String> {
        of.iter().map(|s| (*s).to_owned()).collect()
    }

    #[test]
    fn shares_add_up_and_another_shape_is_refused() {
        let spec = OutputSpec { activation: Activation::Softmax, ..spec("labels") };
        let labels = labels(&["a", "b"]);
        let Some(Said::Shares(shares)) = read(&spec, &labels, &[1, 2], &[1000.0, 1000.0], [1.0, 1.0]) else { panic!() };
        assert_eq!(shares, [0.5, 0.5]);
        assert_eq!(read(&spec, &labels, &[1, 3], &[0.0; 3], [1.0, 1.0]), None);
    }

    #[test]
    fn repeated_letters_are_one_and_blanks_part_them() {
        let spec = OutputSpec { activation: Activation::None, ..spec("text") };
        let labels = labels(&["", "l", "o"]);
        let step = |best: usize| (0..3).map(move |i| if i == best { 0.8 } else { 0.1 });
        let numbers: Vec<f32> = [2, 1, 1, 0, 1, 2].into_iter().flat_map(step).collect();
        let said = read(&spec, &labels, &[1, 6, 3], &numbers, [1.0, 1.0]);
        let Some(Said::Text { text, confidence }) = said else { panic!() };
        assert_eq!(text, "ollo");
        assert!((confidence - 0.8).abs() < 1e-6);
    }

    #[test]
    fn places_are_shares_of_the_input() {
        let mut points = spec("points");
        points.names = labels(&["tip"]);
        let said = read(&points, &[], &[1, 1, 2], &[16.0, 8.0], [32.0, 32.0]);
        assert_eq!(said, Some(Said::Points(vec![[0.5, 0.25]])));
        let rows = [0.0, 0.0, 16.0, 16.0, 0.9, 1.0, 0.0, 0.0, 1.0, 1.0, 0.2, 0.0];
        let Some(Said::Boxes(boxes)) = read(&spec("boxes"), &labels(&["a", "b"]), &[1, 2, 6], &rows, [32.0, 32.0])
        else {
            panic!()
        };
        assert_eq!((boxes.len(), boxes[0].label, boxes[0].right), (1, 1, 0.5));
    }
}
