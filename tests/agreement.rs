//! Agreement between annotators: the examples their authors published, what must hold for any tags, and other makers'
//! programs as referees. Set `FIELDGLOSS_REFEREES` to a Python environment with krippendorff and scikit-learn
//! (packaging/referees/requirements.txt) to have the numbers judged by them.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use fieldgloss::analysis::agreement::{
    Figure, Report, Settings, Table, Undefined, Unit, alpha, compare, kappa, linking, staccato, unitised,
};
use fieldgloss::domain::{Span, Time};
use proptest::prelude::*;
use serde_json::{Value, json};

fn at(millis: i64) -> Time {
    Time::from_millis(millis)
}

fn unit(start: i64, end: i64, label: &str) -> Unit {
    Unit::new(at(start), at(end), label)
}

fn within(millis: i64) -> Span {
    Span::new(Time::ZERO, at(millis))
}

fn quick() -> Settings {
    Settings { simulations: 200, ..Settings::default() }
}

#[track_caller]
fn near(figure: Figure, want: f64, by: f64) {
    let got = figure.value().unwrap_or_else(|| panic!("undefined: {:?}", figure.why()));
    assert!((got - want).abs() <= by, "{got} is not {want}");
}

/// Values by unit, from one line an annotator; `.` is missing.
fn units(lines: &[&str]) -> Vec<Vec<Option<char>>> {
    let rows: Vec<Vec<char>> =
        lines.iter().map(|line| line.split_whitespace().flat_map(str::chars).collect()).collect();
    (0..rows[0].len()).map(|u| rows.iter().map(|row| Some(row[u]).filter(|v| *v != '.')).collect()).collect()
}

/// Krippendorff, K. (2011), Computing Krippendorff's Alpha-Reliability, examples A, B and C.
#[test]
fn alpha_as_krippendorff_works_it_out() {
    let a = units(&["0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"]);
    near(alpha::nominal(&a), 0.095, 0.0005);
    let b = units(&["a a b b d c c c e d d a", "b a b b b c c c e d d d"]);
    near(alpha::nominal(&b), 0.692, 0.0005);
    let c = units(&[
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
    ]);
    near(alpha::nominal(&c), 0.743, 0.0005);
}

/// Krippendorff, K. (1995), On the reliability of unitizing continuous data, Sociological Methodology 25, p. 57:
/// Bertha and Bill cut into moments.
#[test]
fn kappa_and_alpha_over_moments_as_published_in_1995() {
    let bertha = "001111111100001111110000";
    let bill = "000011110000000110000000";
    let decisions: Vec<(char, char)> = bertha.chars().zip(bill.chars()).collect();
    near(kappa::of_decisions(&decisions).kappa, 0.385, 0.0005);
    let a = [unit(200, 1000, "x"), unit(1400, 2000, "x")];
    let b = [unit(400, 800, "x"), unit(1500, 1700, "x")];
    let settings = Settings { step_secs: 0.1, ..quick() };
    near(alpha::over_time(&a, &b, within(2400), &settings), 0.329, 0.0005);
}

/// The table that EasyDIAg's own Cohenskappa.m is checked with, and the textbook's grant applications.
#[test]
fn kappa_as_in_the_textbook() {
    let table = [[53.0, 5.0, 2.0], [11.0, 14.0, 5.0], [1.0, 6.0, 3.0]].map(|row| row.to_vec());
    near(kappa::cohen(&table, Undefined::NobodyTagged).kappa, 0.429, 0.0005);
    let grants = [vec![20.0, 5.0], vec![10.0, 15.0]];
    let found = kappa::cohen(&grants, Undefined::NobodyTagged);
    near(found.kappa, 0.4, 1e-9);
    near(found.raw, 0.7, 1e-9);
    near(found.max, 0.8, 1e-9);
}

/// Krippendorff, K. (2004), Content Analysis, 2nd edition, p. 254: two observers, categories c and k, from 150 to 450.
#[test]
fn unitised_alpha_as_in_content_analysis() {
    let i = [unit(225, 295, "c"), unit(370, 400, "c"), unit(180, 240, "k"), unit(300, 350, "k")];
    let j = [unit(220, 300, "c"), unit(355, 375, "c"), unit(400, 420, "c"), unit(180, 240, "k"), unit(300, 350, "k")];
    let whole = Span::new(at(150), at(450));
    let c = unitised::disagreement(&[&i, &j], "c", whole).expect("time");
    let k = unitised::disagreement(&[&i, &j], "k", whole).expect("time");
    for (got, want) in [(c.observed, 0.0144), (c.expected, 0.0532), (k.observed, 0.0), (k.expected, 0.0490)] {
        assert!((got - want).abs() < 0.00005, "{got} is not {want}");
    }
    let (all, each) = unitised::of_2004(&[&i, &j], whole);
    // The book rounds to four places before it divides.
    near(all, 0.8591, 0.0005);
    near(each["c"], 0.7286, 0.0002);
    near(each["k"], 1.0, 1e-9);
}

/// The same of 1995, p. 63, for fine divisions of the four examples on p. 57: observed disagreement, and α.
#[test]
fn unitised_alpha_as_published_in_1995() {
    let scene = |spans: &[(i64, i64)]| -> Vec<Unit> {
        spans.iter().map(|(start, length)| unit(start * 50_000, (start + length) * 50_000, "x")).collect()
    };
    type Spans<'a> = &'a [(i64, i64)];
    let cases: [(Spans, Spans, f64, f64); 4] = [
        (&[(2, 8), (14, 6)], &[(4, 4), (15, 2)], 0.03125, 0.553),
        (&[(0, 18)], &[(0, 2), (2, 1), (3, 1), (4, 1), (5, 1), (6, 3), (9, 1)], 2.26736, -0.926),
        (&[(2, 6), (10, 2), (14, 4), (20, 2)], &[(0, 2), (4, 4), (10, 4), (16, 2), (20, 2)], 0.02777, 0.679),
        (&[(0, 2), (2, 8), (10, 4), (14, 6), (20, 4)], &[(0, 4), (4, 4), (8, 7), (15, 2), (17, 7)], 0.38715, 0.066),
    ];
    for (a, b, observed, want) in cases {
        let (a, b) = (scene(a), scene(b));
        let found = unitised::disagreement(&[&a, &b], "x", within(1_200_000)).expect("time");
        assert!((found.observed - observed).abs() < 0.00001, "{} is not {observed}", found.observed);
        let (all, _) = unitised::of_2004(&[&a, &b], within(1_200_000));
        // Expected disagreement is that of 2004, which corrects a sign of 1995: α differs by up to 0.015.
        near(all, want, 0.02);
    }
}

/// ᵤα of 2016 by its definition, a moment at a time: coincidences of all moments, but none of a unit with itself.
fn unitised_moment_by_moment(a: &[Unit], b: &[Unit], length: i64) -> Option<f64> {
    let line = |units: &[Unit], who: usize| -> Vec<(String, (usize, usize))> {
        (0..length)
            .map(|t| {
                let inside = units.iter().position(|u| u.span.contains(at(t)));
                match inside {
                    Some(n) => (units[n].label.clone(), (who, n)),
                    // A gap's moments are each for themselves.
                    None => (String::new(), (who, 1000 + t as usize)),
                }
            })
            .collect()
    };
    let (a, b) = (line(a, 1), line(b, 2));
    let apart = a.iter().zip(&b).filter(|(x, y)| x.0 != y.0).count() as f64 / length as f64;
    let all: Vec<_> = a.iter().chain(&b).collect();
    let (mut pairs, mut unlike) = (0.0, 0.0);
    for x in &all {
        for y in all.iter().filter(|y| y.1 != x.1) {
            pairs += 1.0;
            unlike += f64::from(u8::from(x.0 != y.0));
        }
    }
    (unlike > 0.0).then(|| 1.0 - apart / (unlike / pairs))
}

#[test]
fn tags_are_linked_by_what_they_share_of_the_longer() {
    let a = [unit(0, 1000, "nod"), unit(2000, 3000, "nod"), unit(4000, 5000, "shake"), unit(8000, 8100, "nod")];
    let b = [unit(400, 1000, "nod"), unit(2450, 3000, "nod"), unit(4100, 5100, "nod"), unit(9000, 9500, "shake")];
    let pairs = linking::link(&a, &b, 0.6);
    let found: Vec<_> = pairs.iter().map(|pair| (pair.a, pair.b)).collect();
    // 600 of 1000 is enough, 550 is not; another label is no hindrance.
    let want =
        [(Some(0), Some(0)), (Some(1), None), (None, Some(1)), (Some(2), Some(2)), (Some(3), None), (None, Some(3))];
    assert_eq!(found, want);
    let table = Table::of(&a, &b, &pairs);
    assert_eq!(table.labels, ["nod", "shake"]);
    assert_eq!((table.count(0, 0), table.count(1, 0), table.count(0, 2), table.count(2, 1)), (1, 1, 2, 1));
    assert_eq!(table.tags(), [[2.0, 0.0, 2.0], [2.0, 0.0, 0.0], [1.0, 1.0, 0.0]]);

    // Of two that would do, the one that shares more; of equals, the one with the same label.
    let pairs = linking::link(&[unit(0, 1000, "nod")], &[unit(0, 700, "nod"), unit(0, 900, "nod")], 0.6);
    let partner = |pairs: &[linking::Pair]| pairs.iter().find(|pair| pair.a == Some(0)).and_then(|pair| pair.b);
    assert_eq!(partner(&pairs), Some(1));
    let pairs = linking::link(&[unit(0, 1000, "nod")], &[unit(0, 900, "up"), unit(100, 1000, "nod")], 0.6);
    assert_eq!(partner(&pairs), Some(1));
}

/// Nuclei are told by overlap alone: abstract of B. Thomann, Measuring Behavior 2000.
#[test]
fn nuclei_are_tags_that_no_other_tag_tells_apart() {
    let count = |a: &[Unit], b: &[Unit], c: &[Unit]| {
        let found = staccato::organisation(&[a, b, c], within(60_000), &quick());
        (found.nuclei, found.in_nuclei, found.tags)
    };
    let three = [unit(0, 1000, "x")];
    assert_eq!(count(&three, &three, &three), (1, 3, 3));
    // The third overlaps the second only, so it tells the first two apart; it and they are no nucleus.
    assert_eq!(count(&[unit(0, 1000, "x")], &[unit(500, 1500, "x")], &[unit(1200, 2000, "x")]), (0, 0, 3));
    // Two pairs, and one alone.
    let a = [unit(0, 1000, "x"), unit(5000, 6000, "x")];
    let b = [unit(100, 900, "x"), unit(5500, 7000, "x")];
    assert_eq!(count(&a, &b, &[unit(9000, 9500, "x")]), (2, 4, 5));
}

#[test]
fn the_degree_of_organisation_knows_together_and_apart() {
    let tags =
        |from: i64| -> Vec<Unit> { (0..20).map(|i| unit(from + i * 3000, from + i * 3000 + 700, "x")).collect() };
    let settings = Settings::default();
    let together = staccato::organisation(&[&tags(0), &tags(150)], within(61_000), &settings);
    near(together.degree, 1.0, 1e-9);
    near(together.p, 0.0, 1e-9);
    let apart = staccato::organisation(&[&tags(0), &tags(1500)], within(61_000), &settings);
    near(apart.degree, -1.0, 1e-9);
    assert_eq!(together, staccato::organisation(&[&tags(0), &tags(150)], within(61_000), &settings), "seeded");
}

#[test]
fn what_cannot_be_worked_out_says_why() {
    let some = [unit(0, 500, "nod"), unit(1000, 1500, "nod")];
    let why = |report: &Report| {
        [
            report.with_unmatched.kappa.why(),
            report.without_unmatched.kappa.why(),
            report.alpha_linked.why(),
            report.alpha_over_time.why(),
            report.unitised_2004.why(),
            report.unitised_2016.nominal.why(),
            report.organisation.degree.why(),
        ]
    };
    use Undefined as No;
    let nobody = compare(&[], &[], within(5000), &quick());
    assert!(why(&nobody).iter().all(|reason| *reason == Some(No::NobodyTagged)), "{:?}", why(&nobody));
    let one = compare(&some, &[], within(5000), &quick());
    assert_eq!(one.with_unmatched.kappa.why(), Some(No::OnlyOneTagged));
    assert_eq!(one.without_unmatched.kappa.why(), Some(No::OnlyOneTagged));
    assert_eq!(one.organisation.degree.why(), Some(No::OnlyOneTagged));
    assert_eq!(one.unitised_2004.why(), Some(No::OnlyOneTagged));
    // One label: linked pairs say nothing about naming, and where nothing is, κ has nothing to go by.
    let alike = compare(&some, &some, within(5000), &quick());
    assert_eq!(alike.with_unmatched.kappa.why(), Some(No::OneLabelOnly));
    near(alike.with_unmatched.raw, 1.0, 1e-9);
    assert_eq!(alike.without_unmatched.kappa.why(), Some(No::OneLabelOnly));
    assert_eq!(alike.labels[0].with_unmatched.kappa.why(), Some(No::OneLabelOnly));
    near(alike.unitised_2004, 1.0, 1e-9);
    near(alike.unitised_2016.nominal, 1.0, 1e-9);
    near(alike.alpha_over_time, 1.0, 1e-9);
    let far = compare(&some, &[unit(3000, 3500, "shake")], within(5000), &quick());
    assert_eq!(far.without_unmatched.kappa.why(), Some(No::NothingLinked));
    assert_eq!(
        compare(&some, &some, Span::new(Time::ZERO, Time::ZERO), &quick()).unitised_2004.why(),
        Some(No::NoTime)
    );
    let both = [unit(0, 500, "nod"), unit(200, 700, "smile")];
    assert_eq!(compare(&both, &some, within(5000), &quick()).unitised_2016.nominal.why(), Some(No::Overlapping));
    let text = serde_json::to_string(&nobody).expect("JSON");
    assert!(text.contains("\"why\":\"nobody-tagged\"") && !text.contains("NaN"));
    for reason in Undefined::ALL {
        assert!(!reason.words().is_empty() && !reason.name().contains(' '));
    }
}

#[test]
fn what_lies_outside_the_time_is_left_out_and_places_stay() {
    let a = [unit(0, 500, "out"), unit(2000, 3000, "nod")];
    let b = [unit(2000, 3000, "nod")];
    let report = compare(&a, &b, Span::new(at(1000), at(4000)), &quick());
    assert_eq!((report.first, report.second), (1, 1));
    assert_eq!((report.pairs[0].a, report.pairs[0].b), (Some(1), Some(0)));
}

/// Tags of one annotator that do not overlap, of up to four labels.
fn tags() -> impl Strategy<Value = Vec<Unit>> {
    proptest::collection::vec((1..400_i64, 50..600_i64, 0..4_usize), 0..14).prop_map(|parts| {
        let mut time = 0;
        parts
            .into_iter()
            .map(|(gap, length, label)| {
                time += gap + length;
                unit(time - length, time, ["nod", "shake", "tilt", "jut"][label])
            })
            .collect()
    })
}

fn figures(report: &Report) -> Vec<Figure> {
    let mut all = vec![
        report.linked,
        report.with_unmatched.kappa,
        report.without_unmatched.kappa,
        report.alpha_linked,
        report.alpha_over_time,
        report.unitised_2004,
        report.unitised_2016.nominal,
        report.unitised_2016.binary,
    ];
    all.extend(report.labels.iter().flat_map(|row| [row.with_unmatched.kappa, row.without_unmatched.kappa]));
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn agreement_is_the_same_from_both_sides(a in tags(), b in tags()) {
        let settings = Settings { simulations: 5, ..quick() };
        let (one, other) = (compare(&a, &b, within(16_000), &settings), compare(&b, &a, within(16_000), &settings));
        prop_assert_eq!(one.labels.len(), other.labels.len());
        for (x, y) in figures(&one).into_iter().zip(figures(&other)) {
            match (x.value(), y.value()) {
                (Some(x), Some(y)) => prop_assert!((x - y).abs() < 1e-6, "{} and {}", x, y),
                _ => prop_assert_eq!(x.why(), y.why()),
            }
        }
    }

    #[test]
    fn whoever_agrees_with_herself_agrees_wholly(a in tags()) {
        let settings = Settings { simulations: 5, ..quick() };
        let report = compare(&a, &a, within(16_000), &settings);
        for figure in figures(&report) {
            if let Some(value) = figure.value() {
                prop_assert!((value - 1.0).abs() < 1e-9, "{}", value);
            }
        }
        prop_assert_eq!(report.pairs.len(), a.len());
    }

    #[test]
    fn every_tag_stands_in_one_pair_and_every_pair_in_one_cell(a in tags(), b in tags()) {
        let pairs = linking::link(&a, &b, 0.6);
        let mut of_a: Vec<usize> = pairs.iter().filter_map(|pair| pair.a).collect();
        let mut of_b: Vec<usize> = pairs.iter().filter_map(|pair| pair.b).collect();
        of_a.sort_unstable();
        of_b.sort_unstable();
        prop_assert_eq!(of_a, (0..a.len()).collect::<Vec<_>>());
        prop_assert_eq!(of_b, (0..b.len()).collect::<Vec<_>>());
        let table = Table::of(&a, &b, &pairs);
        let mut told: Vec<usize> = table.cells.iter().flatten().flatten().copied().collect();
        told.sort_unstable();
        prop_assert_eq!(told, (0..pairs.len()).collect::<Vec<_>>());
    }

    #[test]
    fn unitised_alpha_of_2016_holds_moment_by_moment(a in tags(), b in tags()) {
        // A tenth of the size, so that every pair of moments can be asked.
        let small = |units: &[Unit]| -> Vec<Unit> {
            let tenth = |time: Time| time.millis() / 40;
            units.iter().map(|u| unit(tenth(u.span.start), tenth(u.span.end), &u.label))
                .filter(|u| u.span.start < u.span.end).collect()
        };
        let (a, b) = (small(&a), small(&b));
        let found = unitised::of_2016(&a, &b, within(400)).nominal;
        match (found.value(), unitised_moment_by_moment(&a, &b, 400)) {
            (Some(found), Some(want)) => prop_assert!((found - want).abs() < 1e-9, "{} and {}", found, want),
            (None, want) => prop_assert!(want.is_none() || (a.is_empty() && b.is_empty())),
            (Some(found), None) => prop_assert!(false, "{} where there is none", found),
        }
    }
}

/// Tags thrown anywhere agree no more than chance: the mean over many scenes.
#[test]
fn tags_thrown_at_random_agree_by_chance() {
    let mut seed = 7_u64;
    let mut random = move |limit: i64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as i64 % limit
    };
    let mut scene = || -> Vec<Unit> {
        let lengths: Vec<i64> = (0..60).map(|_| 200 + random(600)).collect();
        let free = 60_000 - lengths.iter().sum::<i64>();
        let mut cuts: Vec<i64> = lengths.iter().map(|_| random(free)).collect();
        cuts.sort_unstable();
        let mut before = 0;
        let placed = lengths.into_iter().zip(cuts).map(|(length, cut)| {
            before += length;
            unit(cut + before - length, cut + before, ["nod", "shake", "tilt"][random(3) as usize])
        });
        placed.collect()
    };
    let scenes: Vec<Report> = (0..60)
        .map(|_| compare(&scene(), &scene(), within(60_000), &Settings { simulations: 50, ..quick() }))
        .collect();
    let mean = |of: fn(&Report) -> Figure| {
        let all: Vec<f64> = scenes.iter().filter_map(|report| of(report).value()).collect();
        assert!(all.len() > 40);
        all.iter().sum::<f64>() / all.len() as f64
    };
    for (name, value) in [
        ("κ, linked pairs", mean(|r| r.without_unmatched.kappa)),
        ("α over time", mean(|r| r.alpha_over_time)),
        ("ᵤα 2004", mean(|r| r.unitised_2004)),
        ("ᵤα 2016", mean(|r| r.unitised_2016.nominal)),
        ("degree of organisation", mean(|r| r.organisation.degree)),
    ] {
        println!("{name}: {value:.3}");
        assert!(value.abs() < 0.1, "{name} {value}");
    }
}

fn referee(cases: &[Value]) -> Option<Vec<Option<f64>>> {
    let Some(referees) = std::env::var_os("FIELDGLOSS_REFEREES") else {
        println!("SKIPPED: krippendorff and scikit-learn were not asked (FIELDGLOSS_REFEREES is not set)");
        return None;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/referees/agreement.py");
    let mut child = Command::new(Path::new(&referees).join("bin/python"))
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the referee starts");
    let text = serde_json::to_vec(cases).expect("JSON");
    child.stdin.take().expect("stdin").write_all(&text).expect("the cases told");
    let out = child.wait_with_output().expect("the referee ends");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    Some(serde_json::from_slice(&out.stdout).expect("numbers"))
}

/// Two hundred made-up sets of data, each worked out here and by others.
#[test]
fn other_programs_come_to_the_same_numbers() {
    let mut seed = 42_u64;
    let mut random = move |limit: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % limit
    };
    let (mut cases, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..80 {
        let (annotators, classes) = (2 + random(4), 2 + random(4));
        let units: Vec<Vec<Option<u64>>> = (0..20 + random(60))
            .map(|_| {
                let truth = random(classes);
                (0..annotators)
                    .map(|_| match random(10) {
                        0 | 1 => None,
                        2..=4 => Some(random(classes)),
                        _ => Some(truth),
                    })
                    .collect()
            })
            .collect();
        ours.push(alpha::nominal(&units));
        cases.push(json!({ "units": units }));
    }
    for _ in 0..60 {
        let classes = 2 + random(4);
        let decisions: Vec<(u64, u64)> = (0..10 + random(90))
            .map(|_| {
                let truth = random(classes);
                (truth, if random(3) == 0 { random(classes) } else { truth })
            })
            .collect();
        ours.push(kappa::of_decisions(&decisions).kappa);
        let (first, second): (Vec<u64>, Vec<u64>) = decisions.into_iter().unzip();
        cases.push(json!({ "first": first, "second": second }));
    }
    for _ in 0..60 {
        let n = 3 + random(4) as usize;
        let mut counts: Vec<Vec<f64>> =
            (0..n).map(|i| (0..n).map(|j| if i == j { 4 + random(30) } else { random(6) } as f64).collect()).collect();
        counts[n - 1][n - 1] = 0.0;
        counts[0][n - 1] += 1.0;
        counts[n - 1][0] += 1.0;
        ours.push(kappa::with_unmatched(&counts, Undefined::NobodyTagged).kappa);
        cases.push(json!({ "counts": counts }));
    }
    let Some(theirs) = referee(&cases) else { return };
    assert_eq!(theirs.len(), ours.len());
    for ((ours, theirs), case) in ours.iter().zip(&theirs).zip(&cases) {
        match (ours.value(), theirs) {
            (Some(ours), Some(theirs)) => assert!((ours - theirs).abs() < 1e-9, "{ours} and {theirs}: {case}"),
            (ours, theirs) => assert_eq!(ours, *theirs, "{case}"),
        }
    }
    println!("{} cases agree with krippendorff, scikit-learn and a log-linear fit", cases.len());
}
