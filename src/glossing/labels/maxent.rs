//! A log-linear model (multinomial logistic regression) over hashed features, trained by AdaGrad.
//!
//! Weights lie in one table of a fixed size, so memory is bounded whatever the text holds (feature hashing: Weinberger
//! et al. 2009, "Feature hashing for large scale multitask learning"). AdaGrad: Duchi, Hazan and Singer 2011.

/// A feature's bucket and its value.
pub(super) type Feature = (u32, f32);

/// Most weights in the table: 64 MB, and as much again while it is trained.
const MOST_WEIGHTS: usize = 1 << 24;
/// Passes over few examples; over many, fewer are enough.
const PASSES: usize = 30;
/// About so many updates are made in all, where examples are many.
const UPDATES: usize = 1_500_000;
/// Chosen, with the two numbers below, by cross-validation on 1,780 tagged words of Komi-Zyrian (UD IKDP): 0.72 right
/// against 0.69 with a rate of 0.25, hardly any pull and no start.
const RATE: f32 = 0.2;
/// How strongly weights are pulled towards nothing where a feature is seen, over all examples together.
const PULL: f32 = 18.0;
/// What AdaGrad's sum of squares starts with: larger first steps would forget what the first examples taught.
const START: f32 = 1.0;

/// A trained model.
#[derive(Clone, Debug)]
pub(super) struct Maxent {
    labels: usize,
    buckets: usize,
    /// A row of one weight a label for each bucket.
    weights: Vec<f32>,
    /// Scores are divided by it before they become probabilities: above 1 where the model is too sure of itself.
    pub temperature: f32,
}

/// A fixed sequence of numbers that look like chance (SplitMix64, Steele, Lea and Flood 2014).
pub(super) struct Numbers(pub u64);

impl Numbers {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, (self.next() % (at as u64 + 1)) as usize);
        }
    }
}

impl Maxent {
    /// Learns from examples: features, and which of `labels` labels they stand for.
    pub fn train(examples: &[(Vec<Feature>, u32)], labels: usize) -> Self {
        let features: usize = examples.iter().map(|(features, _)| features.len()).sum();
        let most = (MOST_WEIGHTS / labels.max(1)).max(1 << 10);
        // Twice as many buckets as there can be different features, where that fits.
        let buckets = (2 * features).next_power_of_two().clamp(1 << 10, 1 << 20).min(previous_power_of_two(most));
        let mut model = Self { labels, buckets, weights: vec![0.0; buckets * labels], temperature: 1.0 };
        let mut squares = vec![START; model.weights.len()];
        let passes = (UPDATES / examples.len().max(1)).clamp(5, PASSES);
        let mut order: Vec<u32> = (0..examples.len() as u32).collect();
        let mut numbers = Numbers(1);
        let mut probabilities = vec![0.0; labels];
        let pull = (PULL / examples.len().max(1) as f32).clamp(1e-4, 2e-2);
        for _ in 0..passes {
            numbers.shuffle(&mut order);
            for at in &order {
                let (features, label) = &examples[*at as usize];
                model.update(features, *label as usize, &mut probabilities, (&mut squares, pull));
            }
        }
        model
    }

    fn update(
        &mut self,
        features: &[Feature],
        label: usize,
        probabilities: &mut [f32],
        (squares, pull): (&mut [f32], f32),
    ) {
        self.scores(features, probabilities);
        softmax(probabilities, 1.0);
        if let Some(right) = probabilities.get_mut(label) {
            *right -= 1.0;
        }
        for (bucket, value) in features {
            let row = self.row(*bucket);
            let cells = self.weights[row.clone()].iter_mut().zip(&mut squares[row]);
            for ((weight, square), error) in cells.zip(probabilities.iter()) {
                let slope = error * value + pull * *weight;
                *square += slope * slope;
                *weight -= RATE * slope / square.sqrt();
            }
        }
    }

    fn row(&self, bucket: u32) -> std::ops::Range<usize> {
        let at = (bucket as usize & (self.buckets - 1)) * self.labels;
        at..at + self.labels
    }

    /// The score of each label, into `scores`.
    pub fn scores(&self, features: &[Feature], scores: &mut [f32]) {
        scores.fill(0.0);
        for (bucket, value) in features {
            for (score, weight) in scores.iter_mut().zip(&self.weights[self.row(*bucket)]) {
                *score += weight * value;
            }
        }
    }

    /// The probability of each label.
    pub fn probabilities(&self, features: &[Feature]) -> Vec<f32> {
        let mut scores = vec![0.0; self.labels];
        self.scores(features, &mut scores);
        softmax(&mut scores, self.temperature);
        scores
    }
}

fn previous_power_of_two(number: usize) -> usize {
    1 << (usize::BITS - 1 - number.max(1).leading_zeros())
}

/// Scores to probabilities.
pub(super) fn softmax(scores: &mut [f32], temperature: f32) {
    let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = ((*score - most) / temperature).exp();
        sum += *score;
    }
    scores.iter_mut().for_each(|score| *score /= sum);
}

/// The temperature that makes held-back scores most likely (Guo et al. 2017, "On calibration of modern neural
/// networks"); 1 where there are too few to tell.
pub(super) fn temperature(held_back: &[(Vec<f32>, u32)]) -> f32 {
    if held_back.len() < 30 {
        return 1.0;
    }
    let surprise = |temperature: f32| -> f64 {
        let one = |(scores, label): &(Vec<f32>, u32)| {
            let mut probabilities = scores.clone();
            softmax(&mut probabilities, temperature);
            -f64::from(probabilities.get(*label as usize).copied().unwrap_or_default().max(1e-9).ln())
        };
        held_back.iter().map(one).sum()
    };
    let tried = (0..=24).map(|step| 0.4 * 1.12_f32.powi(step));
    let (_, best) = tried.map(|t| (surprise(t), t)).fold((f64::INFINITY, 1.0), |a, b| if b.0 < a.0 { b } else { a });
    best
}
