//! Published networks and own models over recordings: from a checkpoint that was added to curves and proposals. No official
//! weights can be had here, so checkpoints in the official layout are filled by the fixtures' recipe: what is tested is the
//! way, not what the networks know.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::Duration;

use fieldgloss::analysis::codec;
use fieldgloss::analysis::models::channels;
use fieldgloss::analysis::networks::htnet::Places;
use fieldgloss::app::analysing::{StoreSink, stopped, take_up};
use fieldgloss::app::learning::PROPOSED;
use fieldgloss::app::models::adding::look;
use fieldgloss::app::models::{Choice, Shelf, choose, on_tier};
use fieldgloss::app::sample;
use fieldgloss::domain::{
    MediaId, ModelRun, RunId, RunStatus, SessionId, Span, Tag, Time, Track, TrackId, TrackKind, TrackSamples,
};
use fieldgloss::jobs::after::analyse_and_after;
use fieldgloss::jobs::analyse::{AnalyseRequest, AnalyseSummary, AnalysisSink, Closeness, SinkResult};
use fieldgloss::jobs::examine::Limits;
use fieldgloss::jobs::listen::{ListenRequest, listen};
use fieldgloss::jobs::own::{Judge, Moment};
use fieldgloss::jobs::protocol::{Answer, Request};
use fieldgloss::jobs::work::carry_out;
use fieldgloss::jobs::{CancelToken, JobContext, Plan, Work, Worker};
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
        let proposed = tiers.iter().find(|t| t.name == format!("{tier}{PROPOSED}")).expect("a tier of proposals");
        let annotations = store.read().annotations_of(proposed.id).expect("annotations");
        assert_eq!(annotations.len(), written, "{kind}: earlier proposals made room");
        let kept = annotations[0].residue.get("fieldgloss").expect("where it is from");
        assert!(kept["proposed"]["by"].as_str().is_some_and(|by| by.starts_with(&name)), "{kept}");
        let no_tier = on_tier::ask(&store, &held, "no such tier", None, &context).expect_err("no tier").to_string();
        assert!(no_tier.contains("no such tier"));
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

#[test]
fn a_run_with_models_of_ones_own_goes_on_where_it_was_broken_off() {
    let (folder, shelf) = shelf();
    let names = [add(&shelf, &example("image"), "CC0-1.0"), add_network(folder.path(), &shelf, NetName::MixSte)];
    let channels = ["own.warm-or-cold", "own.mixste.world"];
    let project = |name: &str| {
        let place = folder.path().join(name);
        std::fs::create_dir(&place).expect("a folder");
        let made = sample::make(&place).expect("the sample project");
        let media = made.store.read().media_of(made.video).expect("media").remove(0);
        let choice = choose(&names, &shelf);
        let look = AnalyseRequest {
            session: media.session,
            media: media.id,
            path: made.store.folder().media_path(&media),
            stream: None,
            offset: media.offset,
            // A block of the file begins in the middle.
            start: Some(Time::from_millis(7_000)),
            end: Some(Time::from_millis(12_500)),
            fps: 4.0,
            closeness: Closeness::Even,
            models: choice.bundled,
            model_dir: assets().join("models"),
            tracking: Default::default(),
            proposals: Default::default(),
            unfinished: None,
            own: choice.look,
        };
        (made, Work::from(Plan { look: Some(look), ..Plan::default() }))
    };
    let context = || JobContext::unwatched(CancelToken::default());
    let run_of = |made: &sample::Sample| made.store.read().runs_of(made.video).expect("runs").remove(0);
    let sibling = |made: &sample::Sample| made.store.sibling().expect("a second connection");

    let (made, work) = project("whole");
    carry_out(&work, &mut StoreSink::new(sibling(&made), |_| {}), &context()).expect("it is done");
    let run = run_of(&made);
    assert!(channels.iter().all(|channel| !stored(&made, run.id, channel).is_empty()));
    let expected = channels.map(|channel| stored(&made, run.id, channel));

    let (mut made, work) = project("broken");
    let token = CancelToken::default();
    let (stop, mut pieces) = (token.clone(), 0);
    let mut sink = StoreSink::new(sibling(&made), move |changed| {
        pieces += usize::from(changed.touches(&["track"]));
        if pieces == 1 {
            stop.cancel();
        }
    });
    carry_out(&work, &mut sink, &JobContext::unwatched(token)).expect_err("it is broken off");
    let broken = stopped(&made.store.read(), None).expect("runs").pop().expect("one to go on with");
    assert!(stored(&made, broken.run.id, channels[1]).is_empty(), "what needs whole tracks comes at the end");
    // Without the model that it began with it does not go on, and nothing is lost by trying.
    shelf.remove("warm-or-cold").expect("it goes");
    let models = assets().join("models");
    let error = take_up(&mut made.store, &broken, &models, Some(&shelf)).expect_err("not with another").to_string();
    assert!(error.contains("“warm-or-cold” is no longer the one"), "{error}");
    shelf.restore("warm-or-cold").expect("it is back");
    let taken = take_up(&mut made.store, &broken, &models, Some(&shelf)).expect("it goes on");
    let mut sink = StoreSink::going_on(sibling(&made), taken.so_far, |_| {});
    carry_out(&taken.work, &mut sink, &context()).expect("it is done");
    let after = run_of(&made);
    assert_eq!((after.status, &after.models), (RunStatus::Finished, &run.models));
    for (channel, expected) in channels.iter().zip(expected) {
        assert!(stored(&made, after.id, channel) == expected, "{channel} is as in one go");
    }
}
