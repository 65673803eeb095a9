//! The project file, as its manual would describe it: what is promised about keeping, undoing, finding and mending.

#[path = "store/sample.rs"]
mod sample;

#[path = "store/backups.rs"]
mod backups;
#[path = "store/bad_input.rs"]
mod bad_input;
#[path = "store/edits.rs"]
mod edits;
#[path = "store/fixture.rs"]
mod fixture;
#[path = "store/kill.rs"]
mod kill;
#[path = "store/opening.rs"]
mod opening;
#[path = "store/records.rs"]
mod records;
#[path = "store/searching.rs"]
mod searching;
#[path = "store/speed.rs"]
mod speed;
#[path = "store/timeline.rs"]
mod timeline;
#[path = "store/undoing.rs"]
mod undoing;
