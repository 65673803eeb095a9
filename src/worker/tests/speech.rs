//! Recordings of speech through the real worker and the real networks: where somebody speaks, who, and in which phones,
//! against the words and phones that were marked by hand.

mod common;

use std::path::{Path, PathBuf};

use common::Shelf;
use fieldgloss::domain::{MediaId, RunStatus, SessionId, Span, Tag, Time, TrackKind};
use fieldgloss::formats::{ImportOptions, read};
use fieldgloss::jobs::analyse::{AnalyseError, AnalyseSummary};
use fieldgloss::jobs::listen::{ListenRequest, listen_with};
use fieldgloss::jobs::{CancelToken, JobContext, Worker};
use fieldgloss_worker::models::{ModelName, Networks, VoiceState};

fn assets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets")
}

fn worker() -> Worker {
    Worker::spawn_at(&common::worker()).unwrap()
}

impl Shelf {
    fn of(&self, label: &str) -> Vec<&Tag> {
        self.tags.iter().filter(|t| t.label == label).collect()
    }
    fn speaker(&self, tag: &Tag) -> i64 {
        self.tracks[&tag.track].number
    }
}

fn request(path: &Path) -> ListenRequest {
    ListenRequest {
        session: SessionId::new(),
        media: MediaId::new(),
        path: path.to_owned(),
        stream: None,
        offset: Time::ZERO,
        start: None,
        end: None,
        models: Vec::new(),
        model_dir: assets().join("models"),
        voicing: Default::default(),
        voices: Default::default(),
        turns: Default::default(),
        part_of: None,
        heard: Vec::new(),
        own: Vec::new(),
    }
}

fn context() -> JobContext {
    JobContext::unwatched(CancelToken::default())
}

fn listened(request: &ListenRequest) -> (Shelf, AnalyseSummary) {
    let mut shelf = Shelf::default();
    let summary = listen_with(worker(), request, &mut shelf, &context()).unwrap();
    for tag in &shelf.tags {
        println!(
            "{} speaker {} {} to {}: {} {}",
            tag.label,
            shelf.speaker(tag),
            tag.start,
            tag.end,
            tag.confidence,
            tag.evidence
        );
    }
    (shelf, summary)
}

/// The intervals with text of a tier of a TextGrid beside the sample recordings.
fn marked(file: &str, tier: &str) -> Vec<(Span, String)> {
    let bundle = read(&assets().join("sample").join(file), None, &ImportOptions::default()).unwrap().bundle;
    let tier = bundle.tiers.iter().find(|t| t.name == tier).expect("the tier");
    let mut marked: Vec<(Span, String)> = bundle
        .annotations
        .iter()
        .filter(|a| a.tier == tier.id && !a.value.trim().is_empty())
        .filter_map(|a| a.span().map(|span| (span, a.value.clone())))
        .collect();
    marked.sort_by_key(|(span, _)| span.start);
    marked
}

/// The samples of a sample recording: 48 kHz, mono, 16 bits.
fn samples(name: &str) -> Vec<u8> {
    let bytes = std::fs::read(assets().join("sample").join(name)).unwrap();
    let data = bytes.windows(4).position(|w| w == b"data").unwrap() + 8;
    let length = u32::from_le_bytes(bytes[data - 4..data].try_into().unwrap()) as usize;
    bytes[data..(data + length).min(bytes.len())].to_vec()
}

fn write_wav(path: &Path, samples: &[u8]) {
    let length = samples.len() as u32;
    let mut out = Vec::new();
    out.extend_from_slice(b"RIFF");
    out.extend_from_slice(&(36 + length).to_le_bytes());
    out.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    out.extend_from_slice(&48_000_u32.to_le_bytes());
    out.extend_from_slice(&96_000_u32.to_le_bytes());
    out.extend_from_slice(b"\x02\0\x10\0data");
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(samples);
    std::fs::write(path, out).unwrap();
}

fn secs(bytes: usize) -> f64 {
    bytes as f64 / 96_000.0
}

#[test]
fn the_speech_of_a_recording_is_where_its_words_are() {
    for name in ["mary", "bobby"] {
        let words = marked(&format!("{name}.TextGrid"), "word");
        let (first, last) = (words[0].0.start, words[words.len() - 1].0.end);
        let (shelf, summary) = listened(&request(&assets().join(format!("sample/{name}.wav"))));
        let turns = shelf.of("speech");
        assert_eq!((turns.len(), summary.voices), (1, 1), "{name}");
        assert!((turns[0].start - first).secs().abs() < 0.15, "{name} begins {} for {first}", turns[0].start);
        assert!((turns[0].end - last).secs().abs() < 0.15, "{name} ends {} for {last}", turns[0].end);
        assert!(turns[0].confidence > 0.5);
        assert_eq!(shelf.run.as_ref().unwrap().status, RunStatus::Finished);
        let track = shelf.tracks.values().next().unwrap();
        assert_eq!((track.kind, track.number), (TrackKind::Voice, 1));
        let pitch = shelf.samples[&track.id].channel("measure.pitch").unwrap();
        let voiced = pitch.values.iter().filter(|v| v.is_finite());
        println!("{name}: {} pitches, {:?}", voiced.clone().count(), voiced.clone().copied().reduce(f32::max));
        assert!(voiced.clone().count() > 30 && voiced.clone().all(|hz| (70.0..=610.0).contains(hz)));
    }
}

#[test]
fn the_phones_of_a_recording_resemble_those_marked_by_hand() {
    // Marked broadly, one letter a sound; the recogniser writes the same sounds with other letters.
    let plain = |ipa: &str| match ipa {
        "ɹ" => "r".to_owned(),
        "oʊ" => "o".to_owned(),
        other => other.to_owned(),
    };
    let theirs: Vec<String> = marked("mary.TextGrid", "phone").iter().map(|(_, text)| plain(text)).collect();
    let (shelf, _) = listened(&request(&assets().join("sample/mary.wav")));
    let found = shelf.of("phones");
    assert_eq!(found.len(), 1);
    let each = found[0].evidence["phones"].as_array().unwrap();
    let ours: Vec<String> = each.iter().map(|p| plain(p[0].as_str().unwrap())).collect();
    let rate = edits(&ours, &theirs) as f64 / theirs.len() as f64;
    println!("{ours:?} for {theirs:?}: phone error rate {rate:.2}");
    // Five of fourteen: what is marked as ə, θ, ə, œ and l is heard as ɛ, ð, i, ɛ and əl.
    assert!(rate <= 0.4, "{ours:?} for {theirs:?}");
    assert_eq!(found[0].evidence["text"], "mɛɹi ɹoʊld ði bɛɹəl");
    let times: Vec<(i64, i64)> = each.iter().map(|p| (p[1].as_i64().unwrap(), p[2].as_i64().unwrap())).collect();
    assert!(times.iter().all(|(a, b)| a < b) && times.windows(2).all(|w| w[0].1 <= w[1].0), "{times:?}");
}

/// Fewest insertions, deletions and replacements from one to the other.
fn edits(a: &[String], b: &[String]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = before + usize::from(x != y);
            before = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(before + 1);
        }
    }
    row[b.len()]
}

#[test]
fn two_people_in_turn_are_two_speakers_and_twice_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("two.wav");
    let (mary, bobby) = (samples("mary.wav"), samples("bobby.wav"));
    let mut all = Vec::new();
    let mut expected: Vec<(usize, f64, f64)> = Vec::new();
    for (who, name, part) in [(1, "mary", &mary), (2, "bobby", &bobby), (1, "mary", &mary), (2, "bobby", &bobby)] {
        let words = marked(&format!("{name}.TextGrid"), "word");
        let at = secs(all.len());
        expected.push((who, at + words[0].0.start.secs(), at + words[words.len() - 1].0.end.secs()));
        all.extend_from_slice(part);
    }
    write_wav(&path, &all);
    let (shelf, summary) = listened(&request(&path));
    assert_eq!(summary.voices, 2);
    let turns = shelf.of("speech");
    assert_eq!(turns.len(), 4);
    for (turn, (who, start, end)) in turns.iter().zip(&expected) {
        assert_eq!(shelf.speaker(turn), *who as i64);
        assert!(
            (turn.start.secs() - start).abs() < 0.5 && (turn.end.secs() - end).abs() < 0.5,
            "{turn:?} {start} {end}"
        );
    }
    // Two times the same: nothing is left to chance.
    let (again, _) = listened(&request(&path));
    let told = |shelf: &Shelf| -> Vec<_> {
        shelf.tags.iter().map(|t| (t.label.clone(), t.start, t.end, shelf.speaker(t), t.evidence.clone())).collect()
    };
    assert_eq!(told(&shelf), told(&again));
    // On the session's timeline, and in a part of the file.
    let part =
        ListenRequest { offset: Time::from_millis(10_000), start: Time::from_secs(secs(mary.len())), ..request(&path) };
    let (shelf, _) = listened(&part);
    assert!((shelf.tags[0].start.secs() - 10.0 - expected[1].1).abs() < 0.5);
}

#[test]
fn silence_is_nobody_and_what_has_no_sound_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("silence.wav");
    write_wav(&path, &vec![0; 96_000 * 5]);
    let (shelf, summary) = listened(&request(&path));
    assert!(shelf.tags.is_empty() && shelf.tracks.is_empty());
    assert_eq!((summary.voices, summary.speech_secs), (0, 0.0));
    assert_eq!(shelf.run.unwrap().status, RunStatus::Finished);

    let mut shelf = Shelf::default();
    let picture = request(&assets().join("sample/astronaut.png"));
    let error = listen_with(worker(), &picture, &mut shelf, &context()).unwrap_err();
    assert!(matches!(error, AnalyseError::Media { .. }), "{error}");
    assert!(shelf.run.is_none());
    let mut shelf = Shelf::default();
    let nothing = ListenRequest { model_dir: "nowhere".into(), ..request(&path) };
    assert!(matches!(listen_with(worker(), &nothing, &mut shelf, &context()), Err(AnalyseError::Model { .. })));
}

#[test]
fn a_stop_is_heard_at_once() {
    let token = CancelToken::default();
    token.cancel();
    let mut shelf = Shelf::default();
    let path = assets().join("sample/mary.wav");
    let error = listen_with(worker(), &request(&path), &mut shelf, &JobContext::unwatched(token)).unwrap_err();
    assert!(matches!(error, AnalyseError::Cancelled { .. }), "{error}");
}

#[test]
fn every_sound_network_answers_as_the_original() {
    let pack = assets().join("models");
    for name in ModelName::ALL.into_iter().filter(|name| name.hears()) {
        let networks = Networks::load(&pack, &[name]).unwrap();
        let apart = networks.compare_with_original(&pack, name).unwrap().expect("a reference");
        println!("{name}: {apart:.2e} of the range");
        assert!(apart < 1e-3);
    }
    // Block by block or all at once: the state carries.
    let networks = Networks::load(&pack, &[ModelName::VoiceActivity]).unwrap();
    let sound: Vec<f32> =
        samples("mary.wav").chunks_exact(6).map(|s| f32::from(i16::from_le_bytes([s[0], s[1]])) / 32_768.0).collect();
    let whole = networks.voice_activity(&mut VoiceState::default(), &sound).unwrap();
    let mut state = VoiceState::default();
    for (block, expected) in sound.chunks_exact(512).zip(&whole) {
        let one = networks.voice_activity(&mut state, block).unwrap();
        assert!((one[0] - expected).abs() < 1e-4);
    }
}
