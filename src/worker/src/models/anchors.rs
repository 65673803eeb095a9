//! Single-shot detection: from candidates at anchors to boxes with points, doubles merged.

use super::{Point, Square};

/// An upright box in picture pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

impl Rect {
    /// Its centre.
    pub fn centre(&self) -> Point {
        Point { x: self.x + self.width / 2.0, y: self.y + self.height / 2.0 }
    }

    /// Intersection over union with `other`, 0 to 1.
    pub fn overlap(&self, other: &Self) -> f32 {
        let width = (self.x + self.width).min(other.x + other.width) - self.x.max(other.x);
        let height = (self.y + self.height).min(other.y + other.height) - self.y.max(other.y);
        if width <= 0.0 || height <= 0.0 {
            return 0.0;
        }
        let common = width * height;
        common / (self.width * self.height + other.width * other.height - common)
    }

    /// The share of it that lies within `other`, 0 to 1.
    pub fn within(&self, other: &Self) -> f32 {
        let width = (self.x + self.width).min(other.x + other.width) - self.x.max(other.x);
        let height = (self.y + self.height).min(other.y + other.height) - self.y.max(other.y);
        let area = self.width * self.height;
        if width > 0.0 && height > 0.0 && area > 0.0 { width * height / area } else { 0.0 }
    }
}

/// Something found, in picture pixels.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// 0 to 1; not a probability.
    pub score: f32,
    /// Its box.
    pub rect: Rect,
    /// Its points, in the network's order.
    pub points: Vec<Point>,
}

/// A network's grid: for each (stride, anchors a cell) the cells row by row, in an input of `side` pixels.
pub struct Grid {
    pub side: usize,
    pub layers: &'static [(usize, usize)],
}

impl Grid {
    /// The anchors' centres in input pixels, in the network's order.
    fn centres(&self) -> impl Iterator<Item = (f32, f32)> + '_ {
        self.layers.iter().flat_map(|&(stride, count)| {
            let cells = self.side / stride;
            let at = move |cell: usize| (cell as f32 + 0.5) * stride as f32;
            (0..cells * cells * count).map(move |k| (at(k / count % cells), at(k / count / cells)))
        })
    }

    /// Reads candidates (logit; box centre, size; `points` points, all relative to the anchor) that score at least
    /// `least`, and brings them from the crop of `square` into the picture. The square must stand upright.
    pub fn decode(&self, values: &[f32], points: usize, square: &Square, least: f32) -> Vec<Candidate> {
        let scale = square.side / self.side as f32;
        let mut found = Vec::new();
        for (row, (x, y)) in values.chunks_exact(5 + 2 * points).zip(self.centres()) {
            let score = sigmoid(row[0]);
            if score < least || row.iter().any(|value| !value.is_finite()) {
                continue;
            }
            let place = |pair: &[f32]| square.to_picture(pair[0] + x, pair[1] + y, self.side);
            let centre = place(&row[1..3]);
            let (width, height) = (row[3] * scale, row[4] * scale);
            if width <= 0.0 || height <= 0.0 {
                continue;
            }
            let rect = Rect { x: centre.x - width / 2.0, y: centre.y - height / 2.0, width, height };
            found.push(Candidate { score, rect, points: row[5..].chunks_exact(2).map(place).collect() });
        }
        found
    }
}

/// Merges candidates that overlap more than `overlap` into one each: coordinates averaged by score, the best score kept.
/// Best first.
pub fn merge(mut candidates: Vec<Candidate>, overlap: f32) -> Vec<Candidate> {
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut merged = Vec::new();
    while let Some(best) = candidates.first().cloned() {
        let (same, rest): (Vec<_>, Vec<_>) =
            candidates.into_iter().partition(|other| other.rect.overlap(&best.rect) > overlap);
        candidates = rest;
        if same.is_empty() {
            // A box without area overlaps nothing, not even itself.
            candidates.remove(0);
            continue;
        }
        merged.push(average(&same, &best));
    }
    merged
}

fn average(same: &[Candidate], best: &Candidate) -> Candidate {
    let total: f32 = same.iter().map(|one| one.score).sum();
    let mean = |value: &dyn Fn(&Candidate) -> f32| same.iter().map(|one| value(one) * one.score).sum::<f32>() / total;
    let rect = Rect {
        x: mean(&|one| one.rect.x),
        y: mean(&|one| one.rect.y),
        width: mean(&|one| one.rect.width),
        height: mean(&|one| one.rect.height),
    };
    let points = (0..best.points.len())
        .map(|k| Point { x: mean(&|one| one.points[k].x), y: mean(&|one| one.points[k].y) })
        .collect();
    Candidate { score: best.score, rect, points }
}

/// The logistic function.
pub fn sigmoid(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRID: Grid = Grid { side: 128, layers: &[(8, 2), (16, 6)] };

    #[test]
    fn anchors_are_at_cell_centres_row_by_row() {
        let centres: Vec<_> = GRID.centres().collect();
        assert_eq!(centres.len(), 896);
        assert_eq!(centres[0], (4.0, 4.0));
        assert_eq!(centres[2], (12.0, 4.0));
        assert_eq!(centres[32], (4.0, 12.0));
        assert_eq!(centres[512], (8.0, 8.0));
        assert_eq!(centres[895], (120.0, 120.0));
    }

    #[test]
    fn a_part_lies_within_what_it_is_a_part_of() {
        let large = Rect { x: 0.0, y: 0.0, width: 100.0, height: 100.0 };
        let small = Rect { x: 80.0, y: 80.0, width: 40.0, height: 40.0 };
        assert!((small.within(&large) - 0.25).abs() < 1e-6);
        assert_eq!(Rect { x: 200.0, ..small }.within(&large), 0.0);
    }

    #[test]
    fn overlapping_candidates_become_one_weighted_by_score() {
        let at = |score, x| Candidate {
            score,
            rect: Rect { x, y: 0.0, width: 10.0, height: 10.0 },
            points: vec![Point { x, y: 0.0 }],
        };
        let merged = merge(vec![at(0.2, 1.0), at(0.8, 0.0), at(0.5, 50.0)], 0.3);
        assert_eq!(merged.len(), 2);
        assert!((merged[0].rect.x - 0.2).abs() < 1e-6 && (merged[0].points[0].x - 0.2).abs() < 1e-6);
        assert!((merged[0].score - 0.8).abs() < 1e-6);
        assert!((merged[1].rect.x - 50.0).abs() < 1e-6);
    }
}
