//! What `fieldgloss` and `fieldgloss-worker` say to each other: a JSON object a line, requests on the worker's
//! standard input, answers on its standard output. Its standard error is for the log and may hold anything.
//!
//! The worker says [`Answer::Hello`] first. It does one request at a time and reads [`Request::Cancel`] meanwhile.
//! While it lives it answers at least every second, if only with [`Answer::Alive`].

use std::io::{BufRead, Read, Write};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::own::{Applied, Apply, Examine, Examined, Judge, Lift};
use super::training::{Tell, Told, Train};
use crate::analysis::FrameObservation;
use crate::analysis::speech::{SpeechObservation, VoicingSettings};
use crate::analysis::training::{Epoch, Trained};
use crate::domain::{ModelUse, Span, Time};

/// Raised whenever an older side would misread a newer one, or be asked for what it does not know: 4 brought models of the
/// user's own, training, and the weights beside a model that was trained.
pub const PROTOCOL: u32 = 4;
/// Who is followed in a video is looked for anew whenever so much of the file has passed, counted from its beginning.
pub const BLOCK: Time = Time::from_millis(10_000);
/// A longer line is nonsense: a frame with twenty people takes under half a megabyte.
pub const MAX_LINE: usize = 16 << 20;

/// What the worker is asked to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case")]
pub enum Request {
    Analyse(Analyse),
    /// Hear a recording's sound. Answered by [`Answer::Hearing`], [`Answer::Speech`] for each stretch, [`Answer::Done`].
    Listen(Listen),
    /// Compares every model file under the folder with its card's checksum, and its answers with the original runtime's. Answered by [`Answer::Verified`].
    Verify {
        model_dir: PathBuf,
    },
    /// Fills a research network by the fixtures' recipe and runs it on the input of that key. Answered by
    /// [`Answer::Parity`].
    Parity {
        name: String,
        input_key: String,
        /// Similar tokens to merge in each block.
        #[serde(default)]
        merge: u32,
    },
    /// Looks at a model file that is to be added, with limits. Answered by [`Answer::Examined`].
    Examine(Examine),
    /// Runs a model of the user's over items. Answered by [`Answer::Applied`] for each, then [`Answer::Done`].
    Apply(Apply),
    /// Lifts windows of a body's path. Answered by [`Answer::Lifted`].
    Lift(Lift),
    /// Judges quick movements of faces. Answered by [`Answer::Applied`] for each, then [`Answer::Done`].
    Judge(Judge),
    /// Train a classifier. Answered by [`Answer::Progress`] while examples are read, [`Answer::Learning`] after each pass,
    /// [`Answer::Trained`].
    Train(Box<Train>),
    /// Ask a trained classifier. Answered by [`Answer::Told`].
    Tell(Box<Tell>),
    /// Times every model on a blank picture. Answered by [`Answer::Benched`].
    Bench {
        model_dir: PathBuf,
        rounds: u32,
    },
    /// Ends the request under way; answered by [`Answer::Cancelled`].
    Cancel,
    /// Rest, until [`Request::Continue`] or [`Request::Cancel`]. Signs of life go on.
    Pause,
    Continue,
}

/// Run networks over a stretch of a video.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Analyse {
    pub path: PathBuf,
    /// Index of the video stream in the container; the best one when absent.
    #[serde(default)]
    pub stream: Option<usize>,
    /// Frames to look at, a second; every frame when the video has fewer.
    pub fps: f64,
    /// First moment, and the first moment no longer looked at, in the file.
    #[serde(default)]
    pub start: Option<Time>,
    #[serde(default)]
    pub end: Option<Time>,
    /// Where to go on, in the file: what lies before was looked at earlier. The beginning of a block.
    #[serde(default)]
    pub from: Option<Time>,
    /// Frames to look at, a second, outside the stretches of `dense`; as many as inside when absent.
    #[serde(default)]
    pub sparse_fps: Option<f64>,
    #[serde(default)]
    pub dense: Vec<Span>,
    /// Names of the models to run; all of the pack's when empty.
    #[serde(default)]
    pub models: Vec<String>,
    pub model_dir: PathBuf,
    /// Folders of models of the user's own to run beside them.
    #[serde(default)]
    pub own: Vec<PathBuf>,
}

/// Run the sound networks over a stretch of a recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Listen {
    pub path: PathBuf,
    /// Index of the stream of sound in the container; the first when absent.
    #[serde(default)]
    pub stream: Option<usize>,
    /// First moment, and the first moment no longer heard, in the file.
    #[serde(default)]
    pub start: Option<Time>,
    #[serde(default)]
    pub end: Option<Time>,
    /// What ends no later was told before.
    #[serde(default)]
    pub heard: Option<Time>,
    /// Names of the sound models to run; all when empty. Voice activity always runs.
    #[serde(default)]
    pub models: Vec<String>,
    pub model_dir: PathBuf,
    #[serde(default)]
    pub voicing: VoicingSettings,
    /// Folders of models of the user's own to run beside them.
    #[serde(default)]
    pub own: Vec<PathBuf>,
}

/// What the worker answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    Hello {
        protocol: u32,
        version: String,
    },
    /// Nothing new, still there. `busy_secs`: how long the step under way has taken.
    Alive {
        busy_secs: f64,
    },
    /// The models are loaded, the file is open, frames follow.
    Started {
        models: Vec<ModelUse>,
        width: u32,
        height: u32,
    },
    Progress {
        /// Frames looked at, or seconds heard.
        done: u64,
        /// How many there will be, estimated.
        total: u64,
        /// Seconds left.
        #[serde(default)]
        eta: Option<f64>,
    },
    Frame(FrameObservation),
    /// A block of the file begins with the next frame: what is told from here on hangs on nothing before. Its
    /// beginning, in the file.
    Block {
        at: Time,
    },
    /// The models are loaded, the file is open, stretches of speech follow.
    Hearing {
        models: Vec<ModelUse>,
    },
    /// A stretch of speech has ended. `heard`: how far the file has been heard; nothing before it will be told any more.
    Speech {
        speech: SpeechObservation,
        heard: Time,
    },
    Done {
        frames: u64,
        models: Vec<ModelUse>,
        seconds: f64,
    },
    Cancelled {
        frames: u64,
    },
    Verified {
        models: Vec<ModelCheck>,
    },
    Benched {
        models: Vec<ModelTiming>,
    },
    Parity(Parity),
    Examined(Box<Examined>),
    Applied(Applied),
    /// 243 frames × 17 joints × 3 numbers for each window, in metres from the hips.
    Lifted {
        windows: Vec<Vec<f32>>,
    },
    /// A pass over the examples is done.
    Learning {
        epoch: Epoch,
        /// Passes at most.
        of: usize,
    },
    Trained(Box<Trained>),
    Told {
        examples: Vec<Told>,
    },
    /// The request failed; the worker stays ready for the next.
    Error {
        fault: Fault,
        message: String,
    },
}

/// Whose fault an error is, so that the right advice is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The media file cannot be read or has no picture.
    Media,
    /// A model file is missing, altered or not loadable.
    Model,
    /// The request makes no sense.
    Request,
    #[serde(other)]
    Other,
}

/// One model file against its card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelCheck {
    pub name: String,
    pub ok: bool,
    /// What is off, empty when nothing is.
    pub message: String,
    /// The largest difference from the original runtime's answers to the stored reference inputs, as a share of the
    /// output's range; absent where the pack holds no reference.
    #[serde(default)]
    pub apart: Option<f32>,
}

/// A research network on the fixtures' weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parity {
    pub name: String,
    /// Numbers in its parameters.
    pub params: i64,
    /// Tensors of its state.
    pub keys: usize,
    pub outputs: Vec<ParityOutput>,
}

/// One output of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParityOutput {
    pub name: String,
    pub shape: Vec<i64>,
    pub sum: f64,
    /// Euclidean norm.
    pub l2: f64,
    /// The largest absolute element.
    pub largest: f64,
    /// Index in memory order, and the element there: those that the fixture names.
    pub at: Vec<(usize, f64)>,
    /// The largest distance from the official code's element as a share of max(1, |element|); `None` for an input of
    /// which the official code was not asked.
    pub off: Option<f64>,
}

/// How long one model takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelTiming {
    pub name: String,
    /// Median milliseconds a look, or a second of sound.
    pub millis: f64,
    pub load_millis: f64,
}

/// One line as it was read.
#[derive(Debug)]
pub enum Line<T> {
    Message(Box<T>),
    /// Not in the protocol: passed over, for the log.
    Unknown(String),
    /// The other side closed; `cut` when it stopped in the middle of a line.
    End {
        cut: bool,
    },
}

/// Reads the next line.
///
/// # Errors
/// When reading itself fails, or a line is longer than [`MAX_LINE`].
pub fn read_line<T: for<'de> Deserialize<'de>>(from: &mut impl BufRead) -> std::io::Result<Line<T>> {
    let mut line = Vec::new();
    from.by_ref().take(MAX_LINE as u64 + 1).read_until(b'\n', &mut line)?;
    if line.last() != Some(&b'\n') {
        if line.len() > MAX_LINE {
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, "a line longer than 16 MB"));
        }
        return Ok(Line::End { cut: !line.is_empty() });
    }
    Ok(match serde_json::from_slice(&line) {
        Ok(message) => Line::Message(Box::new(message)),
        Err(error) => {
            let text = String::from_utf8_lossy(&line[..line.len().min(200)]);
            Line::Unknown(format!("{} ({error})", text.trim_end()))
        }
    })
}

/// Writes one message and its line end in one go, and flushes.
///
/// # Errors
/// When the other side is gone.
pub fn write_line(to: &mut impl Write, message: &impl Serialize) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    to.write_all(&line)?;
    to.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_survive_the_line() {
        let request = Request::Analyse(Analyse {
            path: "a b.mp4".into(),
            stream: None,
            fps: 12.5,
            start: None,
            end: Some(Time::from_millis(1500)),
            from: None,
            sparse_fps: Some(1.0),
            dense: vec![Span::new(Time::ZERO, Time::from_millis(900))],
            models: vec!["face-mesh".into()],
            model_dir: "models".into(),
            own: Vec::new(),
        });
        let mut text = Vec::new();
        write_line(&mut text, &request).unwrap();
        write_line(&mut text, &Request::Cancel).unwrap();
        let mut from = &text[..];
        assert!(matches!(read_line(&mut from).unwrap(), Line::Message::<Request>(r) if *r == request));
        assert!(matches!(read_line(&mut from).unwrap(), Line::Message::<Request>(r) if *r == Request::Cancel));
        assert!(matches!(read_line::<Request>(&mut from).unwrap(), Line::End { cut: false }));
    }

    #[test]
    fn unknown_and_partial_lines_are_told_apart() {
        let mut from =
            &b"OMP: Info\n\n{\"answer\":\"later\"}\n{\"answer\":\"alive\",\"busy_secs\":1,\"new\":2}\n{\"ans"[..];
        for _ in 0..3 {
            assert!(matches!(read_line::<Answer>(&mut from).unwrap(), Line::Unknown(_)));
        }
        assert!(matches!(read_line::<Answer>(&mut from).unwrap(), Line::Message(_)));
        assert!(matches!(read_line::<Answer>(&mut from).unwrap(), Line::End { cut: true }));
    }

    #[test]
    fn a_frame_is_one_flat_object() {
        let text = serde_json::to_string(&Answer::Frame(FrameObservation::default())).unwrap();
        assert!(text.starts_with(r#"{"answer":"frame","time":0"#), "{text}");
        let fault: Answer = serde_json::from_str(r#"{"answer":"error","fault":"weather","message":"x"}"#).unwrap();
        assert_eq!(fault, Answer::Error { fault: Fault::Other, message: "x".into() });
    }
}
