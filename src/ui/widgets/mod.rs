//! The window's own controls: one look, named for screen readers, usable from the keyboard.

mod button;
mod card;
mod chip;
mod dot;
mod empty;
mod icon_button;
pub mod ipa;
mod key_hint;
mod list_row;
mod progress;
mod section;
mod segmented;
mod text_field;

pub use button::{Button, ButtonKind};
pub use card::Card;
pub use chip::{Chip, ChipKind};
pub use dot::dot;
pub use empty::empty_ui;
pub use icon_button::IconButton;
pub use ipa::{IpaField, IpaPalette};
pub use key_hint::{key_hint, key_hint_size, paint_key_hint};
pub use list_row::ListRow;
pub use progress::progress_bar;
pub use section::{heading, section, title};
pub use segmented::segmented;
pub use text_field::TextField;
