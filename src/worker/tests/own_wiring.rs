//! Published networks and own models over recordings: from a checkpoint that was added to curves and proposals. No official
//! weights can be had here, so checkpoints in the official layout are filled by the fixtures' recipe: what is tested is the
//! way, not what the networks know.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::Duration;

use fieldgloss::analysis::codec;
use fieldgloss::analysis::models::channels;
use fieldgloss::analysis::networks::htnet::Places;
use fieldgloss::app::analysing::{Stopped, StoreSink, stopped, take_up};
use fieldgloss::app::learning::proposals_name;
use fieldgloss::app::models::adding::look;
use fieldgloss::app::models::{Choice, Shelf, choose, on_tier};
use fieldgloss::app::{edit, recordings, sample};
use fieldgloss::domain::{
    MediaId, MediaStorage, ModelRun, RunId, RunStatus, SessionId, Span, Tag, Time, Track, TrackId, TrackKind,
    TrackSamples,
};
use fieldgloss::jobs::after::analyse_and_after;
use fieldgloss::jobs::analyse::{AnalyseRequest, AnalyseSummary, AnalysisSink, Closeness, SinkResult};
use fieldgloss::jobs::examine::Limits;
use fieldgloss::jobs::listen::{ListenRequest, listen};
use fieldgloss::jobs::own::{Judge, Moment};
use fieldgloss::jobs::protocol::{Answer, Request};
use fieldgloss::jobs::work::carry_out;
use fieldgloss::jobs::{CancelToken, JobContext, Plan, Work, Worker};
use fieldgloss::media::ClipWriter;
use fieldgloss_worker::models::nets::{NetName, Network, recipe};
use tch::{Device, Kind, Tensor};

fn assets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets")
}

fn example(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/models").join(kind)
}

/// Puts an example on the shelf.
fn add(shelf: &Shelf, path: &Path, licence: &str) -> String {
    let mut draft =
        look(path, shelf, Limits::default(), || false).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    licence.clone_into(&mut draft.card.licence);
    draft.keep().unwrap_or_else(|e| panic!("{}: {e}", path.display())).card.name
}

/// A checkpoint as its publisher would save it, with the recipe's weights, added under the name it gets by itself.
fn add_network(folder: &Path, shelf: &Shelf, name: NetName) -> String {
    let state: HashMap<String, Tensor> = Network::keys(name, name.usual_classes())
        .iter()
        .map(|key| {
            let zeros = || Tensor::zeros(&key.shape, (Kind::Int64, Device::Cpu));
            (key.name.clone(), if key.whole { zeros() } else { recipe::weights(key) })
        })
        .collect();
    let path = folder.join(format!("{name}.safetensors"));
    let tensors: Vec<(&str, Tensor)> = state.iter().map(|(key, t)| (key.as_str(), t.shallow_clone())).collect();
    Tensor::write_safetensors(&tensors, &path).expect("the checkpoint is written");
    let added = add(shelf, &path, "for this test");
    std::fs::remove_file(path).expect("it goes");
    added
}

#[derive(Default)]
struct Gathered {
    tracks: BTreeMap<TrackId, Track>,
    samples: Vec<(TrackId, TrackSamples)>,
    tags: Vec<Tag>,
    run: Option<ModelRun>,
}

impl AnalysisSink for Gathered {
    fn run_started(&mut self, _: &ModelRun) -> SinkResult {
        Ok(())
    }
    fn tracks(&mut self, tracks: &[Track]) -> SinkResult {
        self.tracks.extend(tracks.iter().map(|t| (t.id, t.clone())));
        Ok(())
    }
    fn samples(&mut self, track: TrackId, samples: &TrackSamples) -> SinkResult {
        self.samples.push((track, samples.clone()));
        Ok(())
    }
    fn tags(&mut self, tags: &[Tag]) -> SinkResult {
        self.tags.extend_from_slice(tags);
        Ok(())
    }
    fn finished(&mut self, run: &ModelRun, _: &AnalyseSummary) -> SinkResult {
        self.run = Some(run.clone());
        Ok(())
    }
}

impl Gathered {
    /// All values of a channel on tracks of that kind, and its width.
    fn values(&self, kind: TrackKind, channel: &str) -> (usize, Vec<f32>) {
        let of_kind = self.samples.iter().filter(|(track, _)| self.tracks[track].kind == kind);
        let found: Vec<_> = of_kind.filter_map(|(_, samples)| samples.channel(channel)).collect();
        let width = found.first().unwrap_or_else(|| panic!("no channel {channel}")).width;
        (width, found.iter().flat_map(|c| c.values.iter().copied()).collect())
    }
    fn has(&self, channel: &str) -> bool {
        self.samples.iter().any(|(_, samples)| samples.channel(channel).is_some())
    }
}

fn watched(choice: Choice, millis: i64, fps: f64) -> (Gathered, AnalyseSummary) {
    let request = AnalyseRequest {
        session: SessionId::new(),
        media: MediaId::new(),
        path: assets().join("sample/astronaut-talks.mp4"),
        stream: None,
        offset: Time::from_millis(1000),
        start: None,
        end: Some(Time::from_millis(millis)),
        fps,
        closeness: Closeness::Even,
        models: choice.bundled,
        model_dir: assets().join("models"),
        tracking: Default::default(),
        proposals: Default::default(),
        unfinished: None,
        own: choice.look,
    };
    let mut gathered = Gathered::default();
    let context = JobContext::unwatched(CancelToken::default());
    let summary = analyse_and_after(&request, &mut gathered, &context).expect("it is looked at");
    (gathered, summary)
}

fn shelf() -> (tempfile::TempDir, Shelf) {
    let folder = tempfile::tempdir().expect("a folder");
    let shelf = Shelf::at(folder.path().join("models"));
    (folder, shelf)
}

#[test]
fn face_networks_become_curves_of_the_faces_track() {
    let (folder, shelf) = shelf();
    let names = [NetName::FaceXFormer, NetName::SwinFace].map(|name| add_network(folder.path(), &shelf, name));
    assert_eq!(names, ["facexformer", "swinface"]);
    let choice = choose(&names, &shelf);
    assert_eq!(choice.bundled, ["face-mesh"]);
    let (gathered, _) = watched(choice, 900, 5.0);
    for name in &names {
        for channel in channels(&shelf.find(name).expect("it is there").card) {
            let (width, values) = gathered.values(TrackKind::Face, &channel.channel);
            assert_eq!(width, channel.names.len(), "{}", channel.channel);
            assert!(values.iter().all(|v| v.is_finite()) && values.len() >= width * 3, "{}", channel.channel);
        }
    }
    // Shares of the face's parts and of the expressions add up; landmarks lie about where the face is.
    let (width, parts) = gathered.values(TrackKind::Face, "own.facexformer.parts");
    assert!(parts.chunks(width).all(|row| row[1..10].iter().sum::<f32>() < 1.01));
    let (_, expressions) = gathered.values(TrackKind::Face, "own.swinface.expression");
    assert!(expressions.chunks(7).all(|row| (row.iter().sum::<f32>() - 1.0).abs() < 1e-2));
    for untold in ["age", "sex", "race"] {
        assert!(names.iter().all(|name| !gathered.has(&format!("own.{name}.{untold}"))), "{untold}");
    }
    let run = gathered.run.expect("a run");
    assert!(names.iter().all(|name| run.models.iter().any(|m| m.name == *name && m.sha256.len() == 64)));
    assert_eq!(run.settings["own"][0]["name"], "facexformer");
}

#[test]
fn a_body_is_lifted_into_three_dimensions() {
    let (folder, shelf) = shelf();
    let name = add_network(folder.path(), &shelf, NetName::MixSte);
    let choice = choose(&[name], &shelf);
    assert_eq!(choice.bundled, ["pose"]);
    let (gathered, _) = watched(choice, 1500, 10.0);
    let (width, values) = gathered.values(TrackKind::Body, "own.mixste.world");
    assert_eq!(width, 51);
    assert!(values.len() >= 51 * 10 && values.iter().all(|v| v.is_finite()), "{}", values.len());
    assert!(values.chunks(51).all(|row| row[..3] == [0.0; 3] && row[3..].iter().any(|v| *v != 0.0)));
    let run = gathered.run.expect("a run");
    assert_eq!(run.status, RunStatus::Finished);
    assert!(run.models.iter().any(|m| m.name == "mixste"));
}

#[test]
fn quick_movements_are_judged_from_the_flow_between_two_moments() {
    let (folder, shelf) = shelf();
    let name = add_network(folder.path(), &shelf, NetName::HtNet);
    let held = shelf.find(&name).expect("it is there");
    let mut worker = Worker::spawn().expect("a worker");
    let square = [1.5, 0.0, 180.0, 60.0];
    let places =
        Places { left_eye: [0.3, 0.35], right_eye: [0.7, 0.35], left_mouth: [0.35, 0.75], right_mouth: [0.65, 0.75] };
    let moment = |onset, apex| Moment {
        onset: Time::from_millis(onset),
        apex: Time::from_millis(apex),
        at_onset: square,
        at_apex: square,
        places,
    };
    let judge = Judge {
        model: held.folder.clone(),
        media: assets().join("sample/astronaut-talks.mp4"),
        stream: None,
        moments: vec![moment(200, 320), moment(600, 720)],
    };
    worker.send(&Request::Judge(judge)).expect("sent");
    let mut said = Vec::new();
    loop {
        match worker.next(Duration::from_millis(100)).expect("it lives") {
            Some(Answer::Applied(applied)) => said.push(applied.numbers),
            Some(Answer::Done { .. }) => break,
            Some(Answer::Error { message, .. }) => panic!("{message}"),
            _ => {}
        }
    }
    assert_eq!(said.len(), 2);
    assert!(said.iter().all(|shares| shares.len() == 3 && (shares.iter().sum::<f32>() - 1.0).abs() < 1e-4), "{said:?}");
    assert_ne!(said[0], said[1]);
    // And along a whole run, whatever it finds.
    let (gathered, summary) = watched(choose(&[name], &shelf), 2000, 25.0);
    let judged: Vec<_> = gathered.tags.iter().filter(|tag| tag.label.starts_with("htnet.")).collect();
    assert!(judged.len() <= summary.tags);
    assert!(judged.iter().all(|tag| tag.evidence["movement"].as_f64().is_some_and(|m| m > 0.0)));
    assert!(gathered.run.expect("a run").models.iter().any(|m| m.name == "htnet"));
}

fn heard(choice: Choice) -> Gathered {
    let request = ListenRequest {
        session: SessionId::new(),
        media: MediaId::new(),
        path: assets().join("sample/mary.wav"),
        stream: None,
        offset: Time::from_millis(1000),
        start: None,
        end: None,
        models: choice.bundled,
        model_dir: assets().join("models"),
        voicing: Default::default(),
        voices: Default::default(),
        turns: Default::default(),
        part_of: None,
        heard: Vec::new(),
        own: choice.hear,
    };
    let mut gathered = Gathered::default();
    listen(&request, &mut gathered, &JobContext::unwatched(CancelToken::default())).expect("it is heard");
    gathered
}

#[test]
fn speech_gets_curves_and_proposals_from_networks_and_from_own_models() {
    let (_folder, shelf) = shelf();
    let network = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/checkpoints/wav2small.pth");
    let names = [add(&shelf, &network, "research"), add(&shelf, &example("audio"), "CC0-1.0")];
    let choice = choose(&names, &shelf);
    assert_eq!(choice.bundled, ["voice-activity"]);
    let gathered = heard(choice);
    for curve in ["arousal", "dominance", "valence"] {
        let (width, values) = gathered.values(TrackKind::Voice, &format!("own.wav2small.{curve}"));
        let seen = values.iter().filter(|v| v.is_finite()).count();
        assert!(width == 1 && seen > values.len() / 2, "{curve}: {seen} of {}", values.len());
    }
    let (_, shares) = gathered.values(TrackKind::Voice, "own.voiced-or-noisy");
    assert!(shares.chunks(2).all(|row| row[0].is_nan() || (row[0] + row[1] - 1.0).abs() < 1e-3));
    assert!(gathered.tags.iter().any(|tag| tag.label.starts_with("voiced-or-noisy.")), "it says something");
    assert!(gathered.run.expect("a run").models.iter().any(|m| m.name == "wav2small"));
}

#[test]
fn an_own_model_of_faces_proposes_under_its_name() {
    let (_folder, shelf) = shelf();
    let name = add(&shelf, &example("image"), "CC0-1.0");
    let (gathered, summary) = watched(choose(&[name], &shelf), 1500, 10.0);
    let (width, values) = gathered.values(TrackKind::Face, "own.warm-or-cold");
    assert_eq!(width, 2);
    assert!(values.chunks(2).all(|row| (row[0] + row[1] - 1.0).abs() < 1e-2));
    let own: Vec<_> = gathered.tags.iter().filter(|tag| tag.label.starts_with("warm-or-cold.")).collect();
    let [tag] = own[..] else { panic!("skin is warm throughout: {:?}", gathered.tags) };
    assert_eq!((tag.label.as_str(), &tag.evidence["model"]), ("warm-or-cold.warm", &"warm-or-cold".into()));
    assert!(tag.start >= Time::from_millis(1000) && summary.tags == gathered.tags.len());
}

#[test]
fn own_models_answer_for_the_annotations_of_a_tier() {
    let (folder, shelf) = shelf();
    let mut store = sample::make(folder.path()).expect("the sample project").store;
    let context = JobContext::unwatched(CancelToken::default());
    for (kind, tier, session) in [("text", "word", "Mary"), ("audio", "word", "Mary")] {
        let name = add(&shelf, &example(kind), "CC0-1.0");
        let held = shelf.find(&name).expect("it is there");
        let said = on_tier::ask(&store, &held, tier, Some(session), &context).expect("it answers");
        assert!(said.said.len() >= 4, "{kind}: {said:?}");
        assert!(said.said.iter().all(|one| held.card.labels.contains(&one.label)), "{kind}");
        let written = on_tier::write(&mut store, &held, tier, &said).expect("written");
        assert!(written > 0 && written <= said.said.len(), "{kind}");
        let sessions = store.read().session_rows().expect("sessions");
        let mary = sessions.iter().find(|row| row.session.name == session).expect("Mary").session.id;
        let tiers = store.read().tiers_of(mary).expect("tiers");
        let proposed = tiers.iter().find(|t| t.name == proposals_name(tier, Some(&name))).expect("a tier of proposals");
        let annotations = store.read().annotations_of(proposed.id).expect("annotations");
        assert_eq!(annotations.len(), written, "{kind}: earlier proposals made room");
        let kept = annotations[0].residue.get("fieldgloss").expect("where it is from");
        assert!(kept["proposed"]["by"].as_str().is_some_and(|by| by.starts_with(&name)), "{kept}");
        let no_tier = on_tier::ask(&store, &held, "no such tier", None, &context).expect_err("no tier").to_string();
        assert!(no_tier.contains("no such tier"));
    }
    // Each model's proposals stand on a tier of their own.
    let sessions = store.read().session_rows().expect("sessions");
    let mary = sessions.iter().find(|row| row.session.name == "Mary").expect("Mary").session.id;
    let tiers = store.read().tiers_of(mary).expect("tiers");
    for model in ["question-or-not", "voiced-or-noisy"] {
        let name = format!("word (proposed by {model})");
        let tier = tiers.iter().find(|tier| tier.name == name).expect("a tier of the model's own");
        assert!(!store.read().annotations_of(tier.id).expect("annotations").is_empty(), "{name}");
    }
    // A model that looks at faces has nothing to say about a tier.
    let name = add(&shelf, &example("image"), "CC0-1.0");
    let held = shelf.find(&name).expect("it is there");
    let error = on_tier::ask(&store, &held, "word", None, &context).expect_err("faces").to_string();
    assert!(error.contains("analyse"), "{error}");
}

/// What was stored of a channel, by track number: times, and the values' bits.
fn stored(sample: &sample::Sample, run: RunId, channel: &str) -> BTreeMap<i64, (Vec<Time>, Vec<u32>)> {
    let store = &sample.store;
    let whole = Span::new(Time(i64::MIN), Time(i64::MAX));
    let mut all = BTreeMap::new();
    for track in store.read().tracks_of(run).expect("tracks") {
        for chunk in store.read().chunks(track.id, channel, whole).expect("chunks") {
            let (times, values) = codec::decode_blob(channel, &chunk.blob).expect("samples");
            let (all_times, bits): &mut (Vec<Time>, Vec<u32>) = all.entry(track.number).or_default();
            all_times.extend(times);
            bits.extend(values.values.iter().map(|v| v.to_bits()));
        }
    }
    all
}

/// A close look with these models at a stretch of a session's first recording.
fn look_at(made: &sample::Sample, session: SessionId, choice: Choice, millis: [i64; 2], fps: f64) -> Work {
    let media = made.store.read().media_of(session).expect("media").remove(0);
    let look = AnalyseRequest {
        session,
        media: media.id,
        path: made.store.folder().media_path(&media),
        stream: None,
        offset: media.offset,
        start: Some(Time::from_millis(millis[0])),
        end: Some(Time::from_millis(millis[1])),
        fps,
        closeness: Closeness::Even,
        models: choice.bundled,
        model_dir: assets().join("models"),
        tracking: Default::default(),
        proposals: Default::default(),
        unfinished: None,
        own: choice.look,
    };
    Work::from(Plan { look: Some(look), ..Plan::default() })
}

fn in_one_go(made: &sample::Sample, work: &Work) {
    let mut sink = StoreSink::new(made.store.sibling().expect("a second connection"), |_| {});
    carry_out(work, &mut sink, &JobContext::unwatched(CancelToken::default())).expect("it is done");
}

/// Begins, and stops once the first block is on the disk.
fn broken_off(made: &sample::Sample, work: &Work) -> Stopped {
    let token = CancelToken::default();
    let (stop, mut pieces) = (token.clone(), 0);
    let mut sink = StoreSink::new(made.store.sibling().expect("a second connection"), move |changed| {
        pieces += usize::from(changed.touches(&["track"]));
        if pieces == 1 {
            stop.cancel();
        }
    });
    carry_out(work, &mut sink, &JobContext::unwatched(token)).expect_err("it is broken off");
    stopped(&made.store.read(), None).expect("runs").pop().expect("one to go on with")
}

fn gone_on_with(made: &mut sample::Sample, broken: &Stopped, shelf: &Shelf) {
    let taken = take_up(&mut made.store, broken, &assets().join("models"), Some(shelf)).expect("it goes on");
    let mut sink = StoreSink::going_on(made.store.sibling().expect("a second connection"), taken.so_far, |_| {});
    carry_out(&taken.work, &mut sink, &JobContext::unwatched(CancelToken::default())).expect("it is done");
}

fn only_run(made: &sample::Sample, session: SessionId) -> ModelRun {
    let mut runs = made.store.read().runs_of(session).expect("runs");
    assert_eq!(runs.len(), 1, "one run, gone on with, is one run");
    runs.remove(0)
}

#[test]
fn a_run_with_models_of_ones_own_goes_on_where_it_was_broken_off() {
    let (folder, shelf) = shelf();
    let names = [add(&shelf, &example("image"), "CC0-1.0"), add_network(folder.path(), &shelf, NetName::MixSte)];
    let channels = ["own.warm-or-cold", "own.mixste.world"];
    let project = |name: &str| {
        let place = folder.path().join(name);
        std::fs::create_dir(&place).expect("a folder");
        let made = sample::make(&place).expect("the sample project");
        // A block of the file begins in the middle.
        let work = look_at(&made, made.video, choose(&names, &shelf), [7_000, 12_500], 4.0);
        (made, work)
    };
    let (made, work) = project("whole");
    in_one_go(&made, &work);
    let run = only_run(&made, made.video);
    assert!(channels.iter().all(|channel| !stored(&made, run.id, channel).is_empty()));
    let expected = channels.map(|channel| stored(&made, run.id, channel));

    let (mut made, work) = project("broken");
    let broken = broken_off(&made, &work);
    assert!(stored(&made, broken.run.id, channels[1]).is_empty(), "what needs whole tracks comes at the end");
    // Without the model that it began with it does not go on, and nothing is lost by trying.
    shelf.remove("warm-or-cold").expect("it goes");
    let models = assets().join("models");
    let error = take_up(&mut made.store, &broken, &models, Some(&shelf)).expect_err("not with another").to_string();
    assert!(error.contains("“warm-or-cold” is no longer the one"), "{error}");
    shelf.restore("warm-or-cold").expect("it is back");
    gone_on_with(&mut made, &broken, &shelf);
    let after = only_run(&made, made.video);
    assert_eq!((after.status, &after.models), (RunStatus::Finished, &run.models));
    for (channel, expected) in channels.iter().zip(expected) {
        assert!(stored(&made, after.id, channel) == expected, "{channel} is as in one go");
    }
}

/// The frames in which brows and mouth are furthest from where they rest; the middle one moves while a block begins.
const TWITCHES: [i64; 3] = [225, 251, 280];
/// Frames to rise, and to fall.
const RISE: i64 = 4;

/// A face that holds still but for quick movements of its brows and its mouth, 25 frames a second, 12 seconds.
fn twitching(path: &Path) {
    let still = image::open(assets().join("sample/astronaut.png")).expect("a picture").to_rgba8();
    let (width, height) = still.dimensions();
    let near = |x: f32, y: f32, middle: [f32; 2], reach: [f32; 2]| {
        let (x, y) = ((x - middle[0]) / reach[0], (y - middle[1]) / reach[1]);
        (-(x * x + y * y) / 2.0).exp()
    };
    let lifted = |part: f32| {
        let mut frame = still.clone();
        for (x, y, pixel) in frame.enumerate_pixels_mut() {
            let at = (x as f32, y as f32);
            let brows = 6.0 * near(at.0, at.1, [225.0, 83.0], [35.0, 6.0]);
            let mouth = 8.0 * near(at.0, at.1, [224.0, 146.0], [28.0, 13.0]);
            let from = (at.1 + part * (brows + mouth)).round().clamp(0.0, height as f32 - 1.0);
            *pixel = *still.get_pixel(x, from as u32);
        }
        frame
    };
    let frames: Vec<_> = (0..=RISE).map(|step| lifted(step as f32 / RISE as f32)).collect();
    let mut writer = ClipWriter::create(path, width, height, None).expect("a video");
    for number in 0..300_i64 {
        let away = TWITCHES.iter().map(|apex| (number - apex).abs()).min().unwrap_or(RISE);
        let frame = &frames[(RISE - away).max(0) as usize];
        writer.picture(Time::from_millis(number * 40), frame.as_raw()).expect("a frame");
    }
    writer.finish().expect("a video");
}

/// HTNet with the recipe's weights and a last layer so large that it is sure of what it says.
fn add_sure_htnet(folder: &Path, shelf: &Shelf) -> String {
    let state = Network::keys(NetName::HtNet, NetName::HtNet.usual_classes()).into_iter().map(|key| {
        let weights = recipe::weights(&key);
        let weights = if key.name.starts_with("mlp_head.2") { weights * 40.0 } else { weights };
        (key.name, weights)
    });
    let path = folder.join("htnet.safetensors");
    Tensor::write_safetensors(&state.collect::<Vec<_>>(), &path).expect("the checkpoint is written");
    add(shelf, &path, "for this test")
}

#[test]
fn quick_movements_are_judged_alike_in_one_go_and_when_broken_off() {
    let (folder, shelf) = shelf();
    let htnet = add_sure_htnet(folder.path(), &shelf);
    let video = folder.path().join("twitching.mp4");
    twitching(&video);
    let project = |name: &str| {
        let place = folder.path().join(name);
        std::fs::create_dir(&place).expect("a folder");
        let mut made = sample::make(&place).expect("the sample project");
        let session = edit::project::add_session(&mut made.store, "Twitching").expect("a session").value;
        recordings::import(&mut made.store, Some(session), &video, MediaStorage::Linked, |_| false)
            .expect("a recording");
        // What faces are like is kept beside it, as in any look.
        let mut choice = choose(std::slice::from_ref(&htnet), &shelf);
        choice.bundled.push("faceprint".to_owned());
        let work = look_at(&made, session, choice, [8_000, 12_000], 25.0);
        (made, session, work)
    };
    /// What was proposed, without ids: which track, what, when, how surely, and why.
    type Judged = Vec<(i64, String, Time, Time, u64, String)>;
    let judged = |made: &sample::Sample, run: &ModelRun| -> Judged {
        let rows = made.store.read().tag_rows(run.id).expect("proposals").into_iter();
        let of_model = rows.filter(|row| row.tag.label.starts_with("htnet."));
        let mut all: Judged = of_model
            .map(|row| {
                let tag = row.tag;
                let sure = tag.confidence.to_bits();
                (row.track.number, tag.label, tag.start, tag.end, sure, tag.evidence.to_string())
            })
            .collect();
        all.sort();
        all
    };
    let (made, session, work) = project("whole");
    in_one_go(&made, &work);
    let run = only_run(&made, session);
    let expected = judged(&made, &run);
    let prints = |made: &sample::Sample| -> Vec<(i64, Vec<u32>)> {
        let prints = made.store.read().prints().expect("prints").into_iter();
        prints.map(|print| (print.samples, print.vector.iter().map(|value| value.to_bits()).collect())).collect()
    };
    let printed = prints(&made);
    assert!(!printed.is_empty(), "the face has a print");
    // Each is found where it is, also the one that moves while a block begins.
    assert_eq!(expected.len(), TWITCHES.len(), "{expected:#?}");
    let mut apexes: Vec<f64> = expected
        .iter()
        .map(|(.., evidence)| {
            serde_json::from_str::<serde_json::Value>(evidence).expect("JSON")["apex"].as_f64().expect("a time")
        })
        .collect();
    apexes.sort_by(f64::total_cmp);
    for (apex, frame) in apexes.iter().zip(TWITCHES) {
        assert!((apex - frame as f64 / 25.0).abs() < 0.085, "{apexes:?}");
    }

    let (mut made, session, work) = project("broken");
    let broken = broken_off(&made, &work);
    assert!(judged(&made, &broken.run).is_empty(), "movements are judged when all of a face was seen");
    gone_on_with(&mut made, &broken, &shelf);
    let after = only_run(&made, session);
    assert_eq!((after.status, &after.models), (RunStatus::Finished, &run.models));
    assert_eq!(judged(&made, &after), expected, "as in one go");
    assert!(prints(&made) == printed, "the print is as in one go");
}
