//! Training on made-up examples whose answers are known: two patterns that can be told apart, and labels that mean nothing.

use fieldgloss::analysis::training::{
    Epoch, Example, Material, Place, Random, Settings, SplitError, Verdict, What, flip_is_harmless, regions::Region,
};
use fieldgloss::domain::Time;
use fieldgloss_worker::models::nets::State;
use fieldgloss_worker::models::nets::cct::{Cct, Plan};
use fieldgloss_worker::teaching::patches::Patches;
use fieldgloss_worker::teaching::{Judge, Taught, TeachError, Watcher, program, sound, teach};

const PEOPLE: usize = 8;

/// Bars that lean to the left or to the right, thick or thin, anywhere, on a ground of each person's own colour, with noise. Two
/// patches a tag.
fn leaning_bars(what: What, tags: usize, seed: u64) -> (Material, Vec<u8>) {
    let mut random = Random::new(seed);
    let outer = (what.side() + 2 * what.margin()) as usize;
    let mut bytes = Vec::new();
    let mut examples = Vec::new();
    for tag in 0..tags {
        let (person, label) = (tag % PEOPLE, (tag / PEOPLE) % 2);
        for _ in 0..2 {
            let lean = if label == 0 { 1.0 } else { -1.0 };
            let (middle, thick) = (random.within(0.3, 0.7) * outer as f64, random.within(2.0, 5.0));
            for colour in 0..what.channels() as usize {
                let ground = 40.0 + 25.0 * ((person * 3 + colour * 5) % 7) as f64;
                for y in 0..outer {
                    for x in 0..outer {
                        let across = (x as f64 - middle) - lean * (y as f64 - outer as f64 / 2.0);
                        let bar = if across.abs() < thick { 90.0 } else { 0.0 };
                        bytes.push((ground + bar + random.within(-30.0, 30.0)).clamp(0.0, 255.0) as u8);
                    }
                }
            }
            let region = Region { x: 0.0, y: 0.0, side: 32.0, angle: 0.0, mirrored: false };
            let place = if what == What::Sound { Place::Second } else { Place::Square(region) };
            let (session, time) = (person / 2, Time::from_millis(tag as i64 * 1000));
            examples.push(Example { label, person, session, tag, media: session, time, place });
        }
    }
    let names = |letter: &str, count: usize| (0..count).map(|n| format!("{letter}{n}")).collect::<Vec<_>>();
    let material = Material {
        what,
        labels: vec!["left-leaning".into(), "right-leaning".into()],
        people: names("P", PEOPLE),
        sessions: names("S", PEOPLE / 2),
        media: vec!["none".into(); PEOPLE / 2],
        examples,
    };
    (material, bytes)
}

/// Labels that have nothing to do with the pictures.
fn shuffled(mut material: Material, seed: u64) -> Material {
    let mut random = Random::new(seed);
    let tags = material.tags();
    let mut labels: Vec<usize> = (0..tags).map(|tag| tag % 2).collect();
    random.shuffle(&mut labels);
    for example in &mut material.examples {
        example.label = labels[example.tag];
    }
    material
}

/// Says stop after so many steps.
struct Patient(usize, Vec<Epoch>);

impl Watcher for Patient {
    fn goes_on(&mut self) -> bool {
        self.0 = self.0.saturating_sub(1);
        self.0 > 0
    }
    fn epoch(&mut self, epoch: &Epoch, _: usize) {
        self.1.push(*epoch);
    }
}

fn taught(material: &Material, bytes: &[u8], settings: &Settings) -> Result<Taught, TeachError> {
    let patches = Patches::new(material.what, bytes)?;
    teach(material, &patches, settings, &mut Patient(usize::MAX, Vec::new()))
}

fn short(epochs: usize) -> Settings {
    Settings { epochs, patience: epochs, ..Settings::default() }
}

#[test]
fn two_patterns_that_can_be_told_apart_are_told_apart_on_people_not_seen() {
    let (material, bytes) = leaning_bars(What::Face, 240, 7);
    let report = taught(&material, &bytes, &short(8)).unwrap().report;
    println!("{}", report.in_words().join("\n"));
    println!("{:?}", report.curve);
    assert!(report.scores.accuracy >= 0.97, "{:?}", report.scores);
    assert_ne!(report.verdict(), Verdict::Chance);
    assert!(report.commonest_accuracy < 0.6);
    assert!(report.calibration_after.unwrap() < 0.1);
    let seen = |people: &[String]| people.iter().any(|p| report.test.people.contains(p));
    assert!(!seen(&report.train.people) && !seen(&report.validation.people), "{report:?}");
    assert_eq!(report.curve.iter().map(|e| e.number).collect::<Vec<_>>(), (1..=report.curve.len()).collect::<Vec<_>>());
    assert!(report.curve.last().unwrap().train_loss < report.curve[0].train_loss);
}

#[test]
fn labels_that_mean_nothing_are_reported_as_chance() {
    let (material, bytes) = leaning_bars(What::Face, 240, 8);
    let report = taught(&shuffled(material, 3), &bytes, &short(6)).unwrap().report;
    let words = report.in_words().join("\n");
    println!("{words}");
    assert_eq!(report.verdict(), Verdict::Chance, "{words}");
    assert!(words.contains("no better than guessing"));
    assert!((0.3..0.7).contains(&report.scores.accuracy), "{:?}", report.scores);
    assert!(report.scores.kappa.unwrap().abs() < 0.4);
}

#[test]
fn sound_is_learned_too() {
    let (material, bytes) = leaning_bars(What::Sound, 160, 9);
    let report = taught(&material, &bytes, &short(8)).unwrap().report;
    println!("{}", report.in_words().join("\n"));
    assert!(report.scores.accuracy >= 0.9, "{:?}", report.scores);
}

#[test]
fn the_same_seed_gives_the_same_model_and_what_is_written_says_the_same() {
    let (material, bytes) = leaning_bars(What::Face, 96, 5);
    let settings = Settings { seed: 4, ..short(2) };
    let (first, again) = (taught(&material, &bytes, &settings).unwrap(), taught(&material, &bytes, &settings).unwrap());
    assert_eq!(first.report.curve, again.report.curve);
    assert_eq!(first.report.scores, again.report.scores);
    for ((name, a), (other, b)) in first.weights.iter().zip(&again.weights) {
        assert_eq!(name, other);
        assert!(a.equal(b), "{name}");
    }
    let other = taught(&material, &bytes, &Settings { seed: 5, ..short(2) }).unwrap();
    assert_ne!(first.report.curve, other.report.curve);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.safetensors");
    tch::Tensor::write_safetensors(&first.weights, &path).unwrap();
    let read = fieldgloss_worker::models::checkpoint::read(&path).unwrap();
    let plan = Plan::of(&read).unwrap();
    assert_eq!(plan, Plan::small(32, 3, 2, 2, 2));
    let network = Cct::new(&State::with(read).root(), &plan);
    let picture = tch::Tensor::rand([2, 3, 32, 32], (tch::Kind::Float, tch::Device::Cpu));
    let weights = first.weights.iter().map(|(name, value)| (name.clone(), value.shallow_clone()));
    let kept = Cct::new(&State::with(weights.collect()).root(), &plan);
    assert!(network.run(&picture).equal(&kept.run(&picture)));

    let path = folder.path().join("model.pt");
    program::write(first.weights.into_iter().collect(), What::Face, &first.mean, &first.std, &path).unwrap();
    let written = tch::CModule::load(&path).unwrap();
    let one = picture.narrow(0, 0, 1);
    assert!(written.forward_ts(&[&one]).unwrap().allclose(&network.run(&one), 1e-5, 1e-5, false));
}

#[test]
fn the_program_of_a_sound_model_takes_samples() {
    let (material, bytes) = leaning_bars(What::Sound, 96, 3);
    let taught = taught(&material, &bytes, &short(1)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.pt");
    let judge = Judge::new(
        taught.weights.iter().map(|(n, v)| (n.clone(), v.shallow_clone())).collect(),
        What::Sound,
        &taught.mean,
        &taught.std,
    )
    .unwrap();
    program::write(taught.weights.into_iter().collect(), What::Sound, &taught.mean, &taught.std, &path).unwrap();
    let samples: Vec<f32> =
        (0..16_000).map(|n| (n as f32 * 0.05).sin() * 0.3 + (n as f32 * 0.31).sin() * 0.1).collect();
    let said =
        tch::CModule::load(&path).unwrap().forward_ts(&[&tch::Tensor::from_slice(&samples).view([1, 16_000])]).unwrap();
    let said = Vec::<f32>::try_from(&said.softmax(-1, tch::Kind::Float).view([-1])).unwrap();
    let patches = Patches::new(What::Sound, &sound::patch(&samples).unwrap()).unwrap();
    let meant = &judge.shares(&patches).unwrap()[0];
    // The bytes of a patch are rounded.
    assert!(said.iter().zip(meant).all(|(a, b)| (a - b).abs() < 0.02), "{said:?} {meant:?}");
}

#[test]
fn training_stops_when_told_to_and_refuses_too_little() {
    let (material, bytes) = leaning_bars(What::Face, 160, 5);
    let patches = Patches::new(What::Face, &bytes).unwrap();
    let mut watcher = Patient(3, Vec::new());
    assert!(matches!(teach(&material, &patches, &short(2), &mut watcher), Err(TeachError::Stopped)));
    let mut alone = material.clone();
    for example in &mut alone.examples {
        example.person = 0;
    }
    let refused = taught(&alone, &bytes, &short(2));
    assert!(matches!(refused, Err(TeachError::Split(SplitError::OnePerson(_)))));
}

#[test]
fn mirrors_are_for_faces_whose_labels_name_no_side() {
    let labels = |of: &[&str]| of.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    assert!(flip_is_harmless(What::Face, &labels(&["smile", "brightly"])));
    assert!(!flip_is_harmless(What::Face, &labels(&["gaze.left", "gaze.right"])));
    assert!(!flip_is_harmless(What::Hand, &labels(&["point", "palm"])));
    assert!(!flip_is_harmless(What::Sound, &labels(&["creaky", "modal"])));
}

/// Not a test: which size of network does better on few and faint crops. Run with
/// `--ignored --nocapture`.
#[test]
#[ignore = "measures, and takes minutes"]
fn which_size_of_network_does_better_on_few_and_faint_crops() {
    let faint = |tags: usize, seed: u64| {
        let (material, mut bytes) = leaning_bars(What::Face, tags, seed);
        let mut random = Random::new(seed ^ 1);
        for byte in &mut bytes {
            *byte = (f64::from(*byte) + random.within(-110.0, 110.0)).clamp(0.0, 255.0) as u8;
        }
        (material, bytes)
    };
    let (material, bytes) = faint(160, 21);
    println!("blocks, convolutions: right of 100 tags not seen, seconds (160 faint tags, 320 crops, 16 passes)");
    for (blocks, convolutions) in [(2, 2), (4, 2), (2, 1)] {
        let settings = Settings { blocks, convolutions, ..short(16) };
        let report = taught(&material, &bytes, &settings).unwrap().report;
        let (right, nearest) = (report.scores.accuracy * 100.0, report.nearest_accuracy * 100.0);
        println!(
            "{blocks}, {convolutions}: {right:.0} (nearest {nearest:.0}), {:.1} s, {} numbers",
            report.seconds, report.parameters
        );
    }
}

/// Not a test either: the same for two thousand crops.
#[test]
#[ignore = "measures, and takes minutes"]
fn how_long_two_thousand_crops_take() {
    let (material, bytes) = leaning_bars(What::Face, 1000, 22);
    let report = taught(&material, &bytes, &Settings::default()).unwrap().report;
    let passes = report.curve.len();
    println!("2,000 crops: {passes} passes in {:.0} s; {}", report.seconds, report.in_words().join(" "));
}
