//! Suggestions on a thread of their own, so that the window never waits for them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use super::next::Teaching;
use super::{Offer, TrainError, Trained};
use crate::domain::{AnnotationId, Morph, Word, WordId};
use crate::glossing::lexical::bare;
use crate::jobs::{Job, JobBoard, JobError};
use crate::store::{Scope, Store};

/// After other changes than approvals, the project is looked at again no sooner.
const LOOK_AGAIN: Duration = Duration::from_secs(20);
/// Lessons that are kept for a learning that has not seen them.
const LESSONS: usize = 100;

/// Approvals after which everything is learned anew, by how many words were learned from: early ones teach much.
fn enough(words: usize) -> usize {
    (words / 10).max(3)
}

/// Something for the thread to do.
enum Ask {
    /// Learning anew begins: what was approved until now will be in it.
    Begin,
    Take(Box<Trained>),
    Learn {
        words: Vec<(Word, Vec<Morph>)>,
        translation: Option<String>,
    },
    Line {
        line: AnnotationId,
        round: u64,
        words: Vec<Word>,
        translation: Option<String>,
    },
}

/// What the thread found for a line.
struct Answer {
    line: AnnotationId,
    round: u64,
    offers: Vec<(WordId, Vec<Offer>)>,
}

/// How far learning is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing was learned yet, and nothing runs.
    Idle,
    /// Learning for the first time.
    Learning,
    /// Suggestions rest on so many approved words.
    Ready { words: usize },
}

/// Offers for the lines on screen, and the learning behind them.
pub struct Suggester {
    ask: Sender<Ask>,
    answers: Receiver<Answer>,
    /// What was found, with the round it was asked in.
    known: HashMap<AnnotationId, (u64, HashMap<WordId, Vec<Offer>>)>,
    /// What was asked for last, by line.
    asked: HashMap<AnnotationId, u64>,
    /// Goes up with everything that is learned: what was asked before is asked again.
    round: u64,
    training: Option<Job<Option<Box<Trained>>>>,
    /// Approved words learned from, once something was.
    words: Option<usize>,
    seen: (usize, usize),
    /// Approvals since.
    approvals: usize,
    /// The project changed otherwise since it was looked at.
    changed: bool,
    looked: Option<Instant>,
    teaching: Teaching,
    /// Words approved since the lines were ranked.
    learned: HashSet<String>,
}

impl Suggester {
    /// A thread that waits for something to learn; `wake` is called when it found something.
    pub fn new(wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let (ask, asked) = channel();
        let (answer, answers) = channel();
        // Ends when its asker is dropped.
        let spawned =
            std::thread::Builder::new().name("suggesting".to_owned()).spawn(move || work(&asked, &answer, &*wake));
        if let Err(error) = spawned {
            log::warn!("no thread for suggestions: {error}");
        }
        Self {
            ask,
            answers,
            known: HashMap::new(),
            asked: HashMap::new(),
            round: 1,
            training: None,
            words: None,
            seen: (0, 0),
            approvals: 0,
            changed: true,
            looked: None,
            teaching: Teaching::default(),
            learned: HashSet::new(),
        }
    }

    /// Notes that the project changed by other hands than an approval here.
    pub fn note_change(&mut self) {
        self.changed = true;
    }

    /// Starts learning where that is due, and takes in what is ready. Whether something new can be shown.
    pub fn refresh(&mut self, store: &Store, jobs: &JobBoard, title: &str, languages: (&str, &str)) -> bool {
        let mut new = self.take_trained();
        while let Ok(answer) = self.answers.try_recv() {
            // An answer from before the last lesson is old, but better than none.
            let newer = self.known.get(&answer.line).is_none_or(|(round, _)| *round <= answer.round);
            if newer {
                self.known.insert(answer.line, (answer.round, answer.offers.into_iter().collect()));
                new = true;
            }
        }
        if self.training.is_none() && self.is_due() {
            self.train(store, jobs, title, languages);
        }
        new
    }

    fn is_due(&self) -> bool {
        let much = self.approvals >= enough(self.words.unwrap_or(0));
        let waited = self.looked.is_none_or(|at| at.elapsed() >= LOOK_AGAIN);
        much || (self.changed && waited)
    }

    fn train(&mut self, store: &Store, jobs: &JobBoard, title: &str, (language, object): (&str, &str)) {
        // A project that cannot be opened a second time has no suggestions, and works.
        let Ok(sibling) = store.sibling() else { return };
        let (language, object) = (language.to_owned(), object.to_owned());
        let before = self.words.filter(|words| self.approvals < enough(*words)).map(|_| self.seen);
        let cache = store.folder().cache();
        self.changed = false;
        self.approvals = 0;
        self.looked = Some(Instant::now());
        let _ = self.ask.send(Ask::Begin);
        self.training = Some(jobs.spawn(title.to_owned(), move |context| {
            let failed = |error: &dyn std::fmt::Display| JobError::Failed(error.to_string());
            let bundle = sibling.read().bundle(Scope::Whole).map_err(|error| failed(&error))?;
            if before.is_some_and(|seen| is_much_the_same(seen, &bundle, &language)) {
                return Ok(None);
            }
            let progress = |part: f32| {
                context.progress(f64::from(part) * 0.95, String::new);
                !context.is_cancelled()
            };
            match Trained::on(&bundle, (&language, &object), Some(&cache), &progress) {
                Ok(trained) => Ok(Some(Box::new(trained))),
                Err(TrainError::Cancelled) => Err(JobError::Cancelled(TrainError::Cancelled.to_string())),
                Err(error) => Err(failed(&error)),
            }
        }));
    }

    fn take_trained(&mut self) -> bool {
        let Some(job) = self.training.as_ref().filter(|job| job.is_finished()) else { return false };
        let result = job.take();
        self.training = None;
        match result {
            Some(Ok(Some(mut trained))) => {
                self.words = Some(trained.words);
                self.seen = trained.seen;
                self.teaching = std::mem::take(&mut trained.teaching);
                self.learned.clear();
                self.next_round();
                let _ = self.ask.send(Ask::Take(trained));
                true
            }
            Some(Err(JobError::Failed(error))) => {
                log::warn!("could not learn from the approved glosses: {error}");
                false
            }
            _ => false,
        }
    }

    fn next_round(&mut self) {
        self.round += 1;
    }

    /// Learns from a line at once: its approved words. `approved` of them are new.
    pub fn learn(&mut self, words: Vec<(Word, Vec<Morph>)>, translation: Option<String>, approved: usize) {
        let known = words.iter().filter(|(word, _)| word.status == crate::domain::WordStatus::Approved);
        self.learned.extend(known.map(|(word, _)| bare(word.form.first().unwrap_or_default())));
        self.approvals += approved;
        self.next_round();
        let _ = self.ask.send(Ask::Learn { words, translation });
    }

    /// Asks about a line, unless it was asked since the last lesson.
    pub fn want(&mut self, line: AnnotationId, words: impl FnOnce() -> Vec<Word>, translation: Option<&str>) {
        if self.words.is_none() || self.asked.get(&line) == Some(&self.round) {
            return;
        }
        self.asked.insert(line, self.round);
        let translation = translation.filter(|text| !text.is_empty()).map(str::to_owned);
        let _ = self.ask.send(Ask::Line { line, round: self.round, words: words(), translation });
    }

    /// Forgets what was asked about a line: its words are others now.
    pub fn forget(&mut self, line: AnnotationId) {
        self.asked.remove(&line);
    }

    /// Forgets every line's words; what was offered stays until it is asked again.
    pub fn forget_all(&mut self) {
        self.asked.clear();
    }

    /// What is offered for a word, the best first.
    pub fn offers(&self, line: AnnotationId, word: WordId) -> &[Offer] {
        self.known.get(&line).and_then(|(_, words)| words.get(&word)).map_or(&[], Vec::as_slice)
    }

    /// The lines that teach most, the best first.
    pub fn teaching(&self) -> Vec<AnnotationId> {
        self.teaching.now(&self.learned).into_iter().map(|ranked| ranked.line).collect()
    }

    /// How far learning is.
    pub fn state(&self) -> State {
        match (self.words, &self.training) {
            (Some(words), _) => State::Ready { words },
            (None, Some(_)) => State::Learning,
            (None, None) => State::Idle,
        }
    }
}

/// Whether too little changed to learn anew.
fn is_much_the_same((words, entries): (usize, usize), bundle: &crate::domain::Bundle, language: &str) -> bool {
    let now: usize = super::gather::lines(bundle, language).iter().map(|line| line.words.len()).sum();
    now.abs_diff(words) < enough(words) && bundle.lexemes.len() == entries
}

/// A line that was approved: its words with their morphs, and its translation.
type Lesson = (Vec<(Word, Vec<Morph>)>, Option<String>);

/// Answers what is asked, the newest learning first, until nobody can ask any more.
fn work(asked: &Receiver<Ask>, answer: &Sender<Answer>, wake: &(dyn Fn() + Send + Sync)) {
    let mut trained: Option<Box<Trained>> = None;
    // Lessons since training began are given again to what comes out of it.
    let mut lessons: Vec<Lesson> = Vec::new();
    while let Ok(ask) = asked.recv() {
        match ask {
            Ask::Begin => lessons.clear(),
            Ask::Take(new) => {
                trained = Some(new);
                for (words, translation) in lessons.drain(..) {
                    if let Some(trained) = &mut trained {
                        trained.learn(&words, translation.as_deref());
                    }
                }
            }
            Ask::Learn { words, translation } => {
                if let Some(trained) = &mut trained {
                    trained.learn(&words, translation.as_deref());
                }
                lessons.push((words, translation));
                // A training takes in at most so much that it has not seen.
                if lessons.len() > LESSONS {
                    lessons.remove(0);
                }
            }
            Ask::Line { line, round, words, translation } => {
                let Some(trained) = &trained else { continue };
                let offers = trained.offers(&words, translation.as_deref());
                let offers = words.iter().map(|word| word.id).zip(offers).collect();
                if answer.send(Answer { line, round, offers }).is_err() {
                    return;
                }
                wake();
            }
        }
    }
}
