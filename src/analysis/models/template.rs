//! Cards to start from.

/// A card for a model that takes pictures, sound or words; every line says what it is for. `None` for another kind.
pub fn template(kind: &str) -> Option<String> {
    let input = match kind {
        "image" => IMAGE,
        "audio" => AUDIO,
        "text" => TEXT,
        _ => return None,
    };
    Some(format!("{HEAD}{input}{OUTPUT}"))
}

const HEAD: &str = r#"# Card of a model of your own. Lies beside the model, which is saved by torch.jit.save.
name = "my-model"               # small letters, digits, hyphens
version = "1"
task = "What it does, in a few words"
licence = "CC-BY-4.0"           # who may use it
source = ""                     # who made it, where it is published
trained_on = ""                 # on what it was trained
limits = ""                     # what it is not good for
labels = ["no", "yes"]          # in the order of the output

"#;

const IMAGE: &str = r#"[input]
kind = "image"
of = "face"                     # face, body, hand (followed through a video), frame (once for each annotation of a tier)
width = 64
height = 64
colour = "rgb"                  # rgb, bgr, grey
layout = "channels-first"       # channels-first (as in PyTorch), channels-last
range = [0.0, 1.0]              # what black and white are
mean = [0.485, 0.456, 0.406]    # taken off each colour
std = [0.229, 0.224, 0.225]     # what each colour is then divided by
widen = 1.2                     # 1: the face itself; 1.2: a fifth larger
"#;

const AUDIO: &str = r#"[input]
kind = "audio"
rate = 16000                    # samples a second
seconds = 1.0                   # length of a window; 0: a stretch of speech as it is
hop = 0.5                       # between the beginnings of two windows
level = "standard"              # as-is, standard (mean 0, variance 1), peak
channel = false                 # true: batch × 1 × samples
"#;

const TEXT: &str = r#"[input]
kind = "text"
tokenizer = "tokenizer.json"    # beside the card, as Hugging Face's tokenizers write it
longest = 128                   # tokens
fill = false                    # true: always filled up to the longest
filler = 0                      # the number that fills up
mask = false                    # true: a second input says which tokens are real
"#;

const OUTPUT: &str = r#"
[output]
kind = "labels"                 # labels, boxes, points, curve, text
index = 0                       # which output is read, where there are several
activation = "softmax"          # none, softmax (one label is right), sigmoid (each by itself)
threshold = 0.6                 # from which share on a label is proposed
shortest = 0.3                  # seconds
quiet = ["no"]                  # labels that are never proposed
"#;

#[cfg(test)]
mod tests {
    use super::super::ModelCard;

    #[test]
    fn every_template_is_a_card() {
        for kind in ["image", "audio", "text"] {
            let card = ModelCard::parse(&super::template(kind).unwrap()).unwrap();
            assert_eq!(card.input.unwrap().kind(), kind);
        }
        assert!(super::template("smell").is_none());
    }
}
