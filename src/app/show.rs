//! What a person chose to see: what is drawn on pictures, whether faces are hidden, which lanes stand on the timeline.
//! Kept with the layout in the settings, for all projects.

use std::collections::BTreeMap;

/// Something that can be shown or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// Faces of people who did not agree are unrecognisable, everywhere on screen.
    HiddenFaces,
    /// Boxes around faces.
    Boxes,
    /// The 478 points of a face, with its outlines.
    Mesh,
    Skeleton,
    /// Where somebody looks.
    Gaze,
    /// Where hands and heads were a moment ago.
    Trails,
    /// The body in space, beside the picture.
    Space,
    /// Expression over the whole session, under the picture.
    Heat,
}

impl Part {
    /// All, in the order in which they are listed.
    pub const ALL: [Self; 8] =
        [Self::Boxes, Self::Mesh, Self::Skeleton, Self::Gaze, Self::Trails, Self::Space, Self::Heat, Self::HiddenFaces];

    /// Under which it is kept; `show-` before it is the command's id.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HiddenFaces => "hidden-faces",
            Self::Boxes => "boxes",
            Self::Mesh => "mesh",
            Self::Skeleton => "skeleton",
            Self::Gaze => "gaze",
            Self::Trails => "trails",
            Self::Space => "space",
            Self::Heat => "heat",
        }
    }
}

/// Which parts are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown([bool; Part::ALL.len()]);

impl Default for Shown {
    fn default() -> Self {
        let off = [Part::HiddenFaces, Part::Trails, Part::Space];
        Self(Part::ALL.map(|part| !off.contains(&part)))
    }
}

impl Shown {
    fn place(part: Part) -> usize {
        Part::ALL.iter().position(|known| *known == part).unwrap_or(0)
    }
    pub fn has(&self, part: Part) -> bool {
        self.0[Self::place(part)]
    }
    pub fn set(&mut self, part: Part, on: bool) {
        self.0[Self::place(part)] = on;
    }
    pub fn toggle(&mut self, part: Part) {
        self.set(part, !self.has(part));
    }
}

/// Lane of the heat map of expressions, among the channels.
pub const EXPRESSION: &str = "expression";
/// Lanes that stand there until somebody chooses.
const USUAL: [&str; 5] =
    [EXPRESSION, "measure.mouth_open", "measure.head_yaw", "measure.hand_height.left", "measure.hand_height.right"];

/// Channels that have a lane on the timeline, from the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lanes(Vec<String>);

impl Default for Lanes {
    fn default() -> Self {
        Self(USUAL.map(str::to_owned).to_vec())
    }
}

impl Lanes {
    pub fn channels(&self) -> &[String] {
        &self.0
    }
    pub fn has(&self, channel: &str) -> bool {
        self.0.iter().any(|known| known == channel)
    }
    /// Puts a lane under the others, or takes it away.
    pub fn set(&mut self, channel: &str, on: bool) {
        self.0.retain(|known| known != channel);
        if on {
            self.0.push(channel.to_owned());
        }
    }
    /// Moves a lane one up or down, past those of `seen` only: a lane that nobody has here is no step.
    pub fn step(&mut self, channel: &str, up: bool, seen: &dyn Fn(&str) -> bool) {
        let Some(at) = self.0.iter().position(|known| known == channel) else { return };
        let other = match up {
            true => (0..at).rev().find(|i| seen(&self.0[*i])),
            false => (at + 1..self.0.len()).find(|i| seen(&self.0[*i])),
        };
        if let Some(other) = other {
            let lane = self.0.remove(at);
            self.0.insert(other, lane);
        }
    }
}

const SHOW: &str = "show.";
const LANE: &str = "lane.";
/// Says that lanes were chosen, even when none was.
const CHOSEN: &str = "lanes";

/// Reads both from the layout that the settings keep.
pub fn read(layout: &BTreeMap<String, f32>) -> (Shown, Lanes) {
    let mut shown = Shown::default();
    for part in Part::ALL {
        if let Some(value) = layout.get(&format!("{SHOW}{}", part.name())) {
            shown.set(part, *value > 0.0);
        }
    }
    if !layout.contains_key(CHOSEN) {
        return (shown, Lanes::default());
    }
    let mut lanes: Vec<(f32, String)> =
        layout.iter().filter_map(|(key, place)| Some((*place, key.strip_prefix(LANE)?.to_owned()))).collect();
    lanes.sort_by(|a, b| a.0.total_cmp(&b.0));
    (shown, Lanes(lanes.into_iter().map(|(_, channel)| channel).collect()))
}

/// Writes both into the layout; whether that changed it.
pub fn write(shown: &Shown, lanes: &Lanes, layout: &mut BTreeMap<String, f32>) -> bool {
    if read(layout) == (*shown, lanes.clone()) {
        return false;
    }
    for part in Part::ALL {
        layout.insert(format!("{SHOW}{}", part.name()), f32::from(u8::from(shown.has(part))));
    }
    layout.retain(|key, _| !key.starts_with(LANE));
    layout.insert(CHOSEN.to_owned(), 1.0);
    for (place, channel) in lanes.0.iter().enumerate() {
        layout.insert(format!("{LANE}{channel}"), place as f32);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_comes_back_and_no_lane_at_all_is_a_choice() {
        let mut layout = BTreeMap::new();
        let (mut shown, mut lanes) = read(&layout);
        assert!(!shown.has(Part::HiddenFaces) && shown.has(Part::Mesh));
        shown.toggle(Part::HiddenFaces);
        lanes.set(EXPRESSION, false);
        lanes.set("measure.gaze_x", true);
        lanes.step("measure.gaze_x", true, &|_| true);
        assert!(write(&shown, &lanes, &mut layout));
        assert!(!write(&shown, &lanes, &mut layout), "nothing new");
        assert_eq!(read(&layout), (shown, lanes.clone()));
        for channel in lanes.channels().to_vec() {
            lanes.set(&channel, false);
        }
        write(&shown, &lanes, &mut layout);
        assert!(read(&layout).1.channels().is_empty());
    }

    #[test]
    fn a_lane_steps_past_those_that_are_there() {
        let mut lanes = Lanes(["a", "b", "c"].map(str::to_owned).to_vec());
        lanes.step("c", true, &|channel| channel != "b");
        assert_eq!(lanes.channels(), ["c", "a", "b"]);
        lanes.step("c", true, &|_| true);
        lanes.step("c", false, &|_| true);
        assert_eq!(lanes.channels(), ["a", "c", "b"]);
    }
}
