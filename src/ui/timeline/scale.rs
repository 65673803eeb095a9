//! Where a moment lies on the screen.

use eframe::egui::Rangef;

use crate::domain::{Span, Time};

/// The shortest stretch that can fill the width.
const SHORTEST: Time = Time::from_millis(50);

/// Time from left to right over a range of points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    pub view: Span,
    pub x: Rangef,
}

impl Scale {
    /// The point of a moment; outside the range for what is out of sight.
    pub fn x_of(&self, time: Time) -> f32 {
        let along = (time - self.view.start).secs() / self.view.duration().secs().max(1e-9);
        self.x.min + (along * f64::from(self.x.span())) as f32
    }
    /// The moment at a point.
    pub fn time_at(&self, x: f32) -> Time {
        let along = f64::from(x - self.x.min) / f64::from(self.x.span().max(1.0));
        self.view.start + Time((along * self.view.duration().0 as f64) as i64)
    }
    /// How long some points are.
    pub fn length(&self, points: f32) -> Time {
        Time((f64::from(points) / f64::from(self.x.span().max(1.0)) * self.view.duration().0 as f64) as i64)
    }
    /// The points a span takes.
    pub fn range(&self, span: Span) -> Rangef {
        Rangef::new(self.x_of(span.start), self.x_of(span.end))
    }
}

/// A view moved into the recording, as long as it was where there is room.
pub fn within(view: Span, duration: Time) -> Span {
    let duration = duration.max(SHORTEST);
    let length = view.duration().max(SHORTEST).min(duration);
    let start = view.start.max(Time::ZERO).min(duration - length);
    Span { start, end: start + length }
}

/// A view `factor` times as long, the moment `around` staying where it is on the screen.
pub fn zoomed(view: Span, factor: f64, around: Time, duration: Time) -> Span {
    let old = view.duration().0.max(1) as f64;
    let length = (old * factor).clamp(SHORTEST.0 as f64, duration.max(SHORTEST).0 as f64);
    let along = ((around - view.start).0 as f64 / old).clamp(0.0, 1.0);
    let start = Time(around.0.saturating_sub((along * length) as i64));
    within(Span { start, end: start + Time(length as i64) }, duration)
}

/// A view moved so that a span is in sight; as it was when it is already.
pub fn showing(view: Span, span: Span, duration: Time) -> Span {
    let length = view.duration();
    if view.start <= span.start && span.end <= view.end {
        return view;
    }
    let room = Time((length.0 - span.duration().0).max(0) / 2);
    let start = span.start - room.min(Time(length.0 / 8));
    let start = if span.end > view.end && span.start >= view.start && span.duration() < length {
        (span.end + room.min(Time(length.0 / 8))) - length
    } else {
        start
    };
    within(Span { start, end: start + length }, duration)
}

/// A round distance for marks so that they lie at least `least` apart.
pub fn tick(least: Time) -> Time {
    const STEPS: [i64; 17] = [
        10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000,
        1_800_000,
    ];
    STEPS.into_iter().map(Time::from_millis).find(|step| *step >= least).unwrap_or(Time::from_millis(3_600_000))
}

/// A moment as a label: `0:31`, with decimals when the marks lie closer than a second.
pub fn label(time: Time, step: Time) -> String {
    let text = time.to_string();
    let whole = text.rsplit_once('.').map_or(text.as_str(), |(whole, _)| whole);
    match step.millis() {
        1000.. => whole.to_owned(),
        100.. => text[..text.len() - 2].to_owned(),
        _ => text,
    }
}

/// A length as `5.670 s`.
pub fn seconds(time: Time) -> String {
    format!("{:.3} s", time.secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: i64, end: i64) -> Span {
        Span { start: Time::from_millis(start), end: Time::from_millis(end) }
    }

    #[test]
    fn a_point_is_the_moment_it_shows() {
        let scale = Scale { view: span(1000, 3000), x: Rangef::new(100.0, 300.0) };
        assert_eq!(scale.x_of(Time::from_millis(2000)), 200.0);
        assert_eq!(scale.time_at(200.0), Time::from_millis(2000));
        assert_eq!(scale.length(10.0), Time::from_millis(100));
    }

    #[test]
    fn zooming_keeps_the_moment_and_the_recording() {
        let long = Time::from_millis(60_000);
        assert_eq!(zoomed(span(0, 10_000), 0.5, Time::from_millis(5000), long), span(2500, 7500));
        assert_eq!(zoomed(span(0, 10_000), 100.0, Time::from_millis(5000), long), span(0, 60_000));
        assert_eq!(within(span(55_000, 65_000), long), span(50_000, 60_000));
        assert_eq!(within(span(-5000, 5000), long), span(0, 10_000));
    }

    #[test]
    fn what_is_in_sight_does_not_move() {
        let long = Time::from_millis(60_000);
        assert_eq!(showing(span(0, 10_000), span(2000, 3000), long), span(0, 10_000));
        let moved = showing(span(0, 10_000), span(20_000, 21_000), long);
        assert!(moved.start <= Time::from_millis(20_000) && moved.end >= Time::from_millis(21_000));
        assert_eq!(moved.duration(), Time::from_millis(10_000));
    }

    #[test]
    fn labels_have_the_decimals_they_need() {
        assert_eq!(label(Time::from_millis(31_240), Time::from_millis(1000)), "0:31");
        assert_eq!(label(Time::from_millis(31_200), Time::from_millis(100)), "0:31.2");
        assert_eq!(tick(Time::from_millis(700)), Time::from_millis(1000));
    }
}
