//! What the timeline knows of a session as long as nothing changes: tiers, people, recordings, runs.

use std::collections::HashMap;

use super::measures::is_measure;
use crate::app::core::Core;
use crate::app::i18n::{tr, tr_args};
use crate::domain::{
    Media, Person, PersonId, SessionId, Span, StreamKind, Tier, TierId, TierRole, Time, Track, TrackId, TrackKind,
};
use crate::store::StoreError;
use crate::store::query::Stood;
use crate::ui::timeline::{ProposalLane, Recording};

/// A session as the timeline knows it.
#[derive(Default)]
pub struct Base {
    pub session: Option<SessionId>,
    revision: u64,
    /// Parents before their children, in the session's order.
    pub tiers: Vec<Tier>,
    pub people: HashMap<PersonId, Person>,
    /// The same, in the project's order.
    pub everyone: Vec<Person>,
    pub media: Vec<Media>,
    /// Whether any recording is where it should be.
    pub has_file: bool,
    pub recording: Recording,
    /// End of the recordings and of the last annotation.
    pub duration: Time,
    pub overview: Vec<Span>,
    /// There are annotations, and none has a time.
    pub untimed: bool,
    /// What of the model runs stands.
    pub stood: Stood,
    /// What is measured on each track, as far as it can have a lane.
    pub channels: Vec<(TrackId, String)>,
    /// Whether expressions were judged.
    pub has_expression: bool,
}

impl Base {
    /// Whether the session is another one, or something changed.
    pub fn is_old(&self, core: &Core) -> bool {
        self.revision != core.revision || self.session != core.selection.session
    }

    /// Asks the store; what goes wrong is told to the person, and the session is shown empty.
    pub fn ask(core: &mut Core) -> Self {
        let (session, revision) = (core.selection.session, core.revision);
        let asked = match session {
            Some(session) => Self::of(core, session),
            None => Ok(Self::default()),
        };
        Self { session, revision, ..core.ask(asked).unwrap_or_default() }
    }

    fn of(core: &Core, session: SessionId) -> Result<Self, StoreError> {
        let read = core.store.read();
        let media = read.media_of(session)?;
        let there = |media: &Media| core.store.folder().media_path(media).exists();
        let found: Vec<&Media> = media.iter().filter(|media| there(media)).collect();
        let recording = match (found.first(), media.first()) {
            (Some(_), _) => {
                let any = |kind| found.iter().any(|m| m.streams.iter().any(|s| s.kind == kind));
                // A recording that nobody looked into yet may have sound.
                let unknown = found.iter().all(|m| m.streams.is_empty());
                Recording::There { picture: any(StreamKind::Video), sound: any(StreamKind::Audio) || unknown }
            }
            (None, Some(missing)) => Recording::Missing(file_name(missing)),
            (None, None) => Recording::None,
        };
        let tiers = in_order(read.tiers_of(session)?);
        let mut overview = Vec::new();
        let spoken = |tier: &&Tier| tier.role == TierRole::Transcription;
        let has_spoken = tiers.iter().any(|tier| spoken(&tier));
        for tier in tiers.iter().filter(|t| if has_spoken { spoken(t) } else { t.parent.is_none() }) {
            overview.extend(read.spans_of(tier.id)?);
        }
        overview.sort_unstable_by_key(|span| span.start);
        let (end, count) = read.extent_of(session)?;
        let stood = read.standing(session)?;
        let (mut channels, mut has_expression) = (Vec::new(), false);
        for track in &stood.tracks {
            for channel in read.channels(track.id)? {
                has_expression |= channel.starts_with("expression.");
                if is_measure(&channel) {
                    channels.push((track.id, channel));
                }
            }
        }
        let everyone = read.people()?;
        let recorded = media.iter().filter_map(|media| Some(media.duration? + media.offset)).max();
        Ok(Self {
            has_file: !found.is_empty(),
            recording,
            duration: recorded.unwrap_or_default().max(end.unwrap_or_default()),
            overview,
            untimed: end.is_none() && count > 0,
            people: everyone.iter().map(|person| (person.id, person.clone())).collect(),
            everyone,
            channels,
            has_expression,
            tiers,
            media,
            stood,
            ..Self::default()
        })
    }

    /// The tier with that id.
    pub fn tier(&self, id: TierId) -> Option<&Tier> {
        self.tiers.iter().find(|tier| tier.id == id)
    }

    /// The nearest tier upwards that has times of its own, and how many tiers up it is.
    pub fn timed(&self, id: TierId) -> Option<(&Tier, usize)> {
        let mut tier = self.tier(id)?;
        for up in 0..self.tiers.len() {
            if tier.constraint.is_time_aligned() {
                return Some((tier, up));
            }
            tier = self.tier(tier.parent?)?;
        }
        None
    }

    /// The tier on which one segments: the one chosen or the one above it with times, else the first transcription.
    pub fn main_tier(&self, chosen: Option<TierId>) -> Option<&Tier> {
        let timed = |tier: &&Tier| tier.constraint.is_time_aligned();
        chosen
            .and_then(|id| self.timed(id))
            .map(|(tier, _)| tier)
            .or_else(|| self.tiers.iter().filter(timed).find(|tier| tier.role == TierRole::Transcription))
            .or_else(|| self.tiers.iter().find(timed))
    }

    /// How many tiers stand above one.
    pub fn depth(&self, tier: &Tier) -> usize {
        let mut depth = 0;
        let mut at = tier;
        while let Some(above) = at.parent.and_then(|id| self.tier(id)).filter(|_| depth < self.tiers.len()) {
            depth += 1;
            at = above;
        }
        depth
    }

    /// A person as lanes name them.
    pub fn person(&self, id: Option<PersonId>) -> Option<String> {
        let person = self.people.get(&id?)?;
        Some(if person.name.is_empty() { person.code.clone() } else { person.name.clone() })
    }

    /// A track as lanes name it: "A" or "Face 2".
    pub fn who(&self, track: &Track) -> String {
        let code = track.person.and_then(|id| self.people.get(&id)).map(|person| person.code.clone());
        code.unwrap_or_else(|| crate::app::places::track_name(track))
    }

    /// An empty lane for the proposals of a model of the user's own about a track.
    pub fn own_lane(&self, track: &Track, model: &str) -> ProposalLane {
        let who = self.who(track);
        let names = [("model", model.to_owned().into()), ("who", who.clone().into())];
        let name = tr_args("timeline-proposals-own", &names);
        ProposalLane { name, title: model.to_owned(), who, marks: Vec::new(), rows: 1 }
    }

    /// An empty lane for what the pack proposes about a track.
    pub fn lane(&self, track: &Track) -> ProposalLane {
        let name = self.proposals_name(track);
        ProposalLane { title: name.clone(), name, who: String::new(), marks: Vec::new(), rows: 1 }
    }

    /// The tracks that are drawn at a moment: where two looks saw it, those of the one that counts.
    pub fn drawn_at(&self, time: Time) -> Vec<Track> {
        let drawn = |track: &&Track| !self.stood.standing.is_over(track, time);
        self.stood.tracks.iter().filter(drawn).cloned().collect()
    }

    /// The name of a track's lane of proposals.
    pub fn proposals_name(&self, track: &Track) -> String {
        if track.person.is_none() {
            return self.who(track);
        }
        let id = match track.kind {
            TrackKind::Face => "timeline-proposals-face",
            TrackKind::Body => "timeline-proposals-body",
            TrackKind::Voice => "timeline-proposals-voice",
        };
        tr_args(id, &[("who", self.who(track).into())])
    }
}

/// What a tier is for, in the window's words.
pub fn role_name(tier: &Tier) -> String {
    match tier.role {
        TierRole::Transcription => tr("timeline-role-transcription"),
        TierRole::Translation => tr("timeline-role-translation"),
        TierRole::LiteralTranslation => tr("timeline-role-literal"),
        TierRole::Note => tr("timeline-role-note"),
        TierRole::Tags => tr("timeline-role-tags"),
        TierRole::Other => tier.type_name.clone(),
    }
}

fn file_name(media: &Media) -> String {
    // Paths in imported files may be written for another system.
    media.path.rsplit(['/', '\\']).next().unwrap_or(&media.path).to_owned()
}

/// Children right under their parents; what hangs under nothing that is there stands on its own.
fn in_order(tiers: Vec<Tier>) -> Vec<Tier> {
    fn take(parent: Option<TierId>, left: &mut Vec<Tier>, done: &mut Vec<Tier>) {
        while let Some(at) = left.iter().position(|tier| tier.parent == parent) {
            let tier = left.remove(at);
            let id = tier.id;
            done.push(tier);
            take(Some(id), left, done);
        }
    }
    let mut left = tiers;
    let mut done = Vec::with_capacity(left.len());
    take(None, &mut left, &mut done);
    done.append(&mut left);
    done
}
