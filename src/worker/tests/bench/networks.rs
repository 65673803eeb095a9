//! Times the research networks beside their official code: starts `packaging/referees/bench_nets.py`, which runs the official
//! code and this program in turns. `FIELDGLOSS_OFFICIAL` names the folder of the official repositories, `FIELDGLOSS_PYTHON` a
//! Python with PyTorch. As `networks serve` it answers that script, a question a line on standard input, an answer a line.
//!
//! `time NAME BATCH`: milliseconds of one run; `NAME_quick` where HoT shall hurry. `merge NAME BATCH R`: milliseconds of one run with R tokens merged a block, and
//! how far its answers are from the whole network's (largest and mean, as shares of the largest answer).

use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::time::Instant;

use fieldgloss_worker::models::nets::{NetName, Network, Outputs, recipe};
use tch::{Kind, Tensor};

/// Threads, for both sides.
const THREADS: i32 = 2;

struct Ready {
    network: Network,
    input: Tensor,
}

fn ready(name: &str, batch: i64, merge: i64) -> Ready {
    let (name, quick) = name.strip_suffix("_quick").map_or((name, false), |name| (name, true));
    let name: NetName = name.parse().expect("a network's name");
    let mut network = Network::by_recipe(name).expect("the network");
    if quick {
        network = network.quick();
    }
    if merge > 0 {
        network = network.with_merging(merge).expect("a network with tokens to merge");
    }
    let mut shape = name.input_shape();
    shape[0] = batch;
    Ready { network, input: recipe::input("input", &shape) }
}

fn timed(ready: &Ready) -> (f64, Outputs) {
    let begun = Instant::now();
    let outputs = ready.network.run(&ready.input).expect("a run");
    (begun.elapsed().as_secs_f64() * 1000.0, outputs)
}

/// Largest and mean difference as shares of the largest number of each output; the worst output's.
fn apart(whole: &Outputs, merged: &Outputs) -> (f64, f64) {
    let number = |t: Tensor| f64::try_from(t.to_kind(Kind::Double)).unwrap_or(f64::NAN);
    let one = |((_, a), (_, b)): (&(&str, Tensor), &(&str, Tensor))| {
        let scale = number(a.abs().max()).max(1e-12);
        let off = (a - b).abs();
        (number(off.max()) / scale, number(off.mean(Kind::Float)) / scale)
    };
    whole.iter().zip(merged).map(one).fold((0.0, 0.0), |w, o| (f64::max(w.0, o.0), f64::max(w.1, o.1)))
}

/// Turns in which each network runs, here and there.
const ROUNDS: &str = "15";

fn main() -> std::process::ExitCode {
    let names: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    if names.first().is_some_and(|word| word == "serve") {
        serve();
        return std::process::ExitCode::SUCCESS;
    }
    if std::env::var_os("FIELDGLOSS_OFFICIAL").is_none() {
        eprintln!(
            "Set FIELDGLOSS_OFFICIAL to a folder with the official code: facexformer, SwinFace, HoT, Compact-Transformers."
        );
        return std::process::ExitCode::from(2);
    }
    let python = std::env::var_os("FIELDGLOSS_PYTHON").unwrap_or_else(|| "python3".into());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packaging/referees/bench_nets.py");
    let own = std::env::current_exe().expect("this program's place");
    let status = std::process::Command::new(python).arg(script).arg(own).arg(ROUNDS).args(names).status();
    match status {
        Ok(status) if status.success() => std::process::ExitCode::SUCCESS,
        Ok(_) => std::process::ExitCode::FAILURE,
        Err(error) => {
            eprintln!("Python could not be started: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

fn serve() {
    tch::set_num_threads(THREADS);
    let mut kept: HashMap<(String, i64, i64), Ready> = HashMap::new();
    let mut answers: HashMap<(String, i64), Outputs> = HashMap::new();
    let stdin = std::io::stdin();
    for line in stdin.lock().lines().map_while(Result::ok) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |at: usize| words.get(at).and_then(|w| w.parse::<i64>().ok()).unwrap_or(0);
        let answer = match words[..] {
            ["time" | "merge", name, ..] => {
                let (batch, merge) = (number(2).max(1), number(3));
                let key = (name.to_owned(), batch, merge);
                let ready = kept.entry(key).or_insert_with(|| ready(name, batch, merge));
                let (millis, outputs) = timed(ready);
                if merge == 0 {
                    answers.insert((name.to_owned(), batch), outputs);
                    format!("{millis}")
                } else {
                    match answers.get(&(name.to_owned(), batch)) {
                        Some(whole) => {
                            let (most, mean) = apart(whole, &outputs);
                            format!("{millis} {most} {mean}")
                        }
                        None => "ask for its time first".to_owned(),
                    }
                }
            }
            ["forget"] => {
                kept.clear();
                answers.clear();
                "forgotten".to_owned()
            }
            _ => "time NAME BATCH | merge NAME BATCH R | forget".to_owned(),
        };
        println!("{answer}");
        let _ = std::io::stdout().flush();
    }
}
