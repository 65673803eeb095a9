//! Everything that can be done, as one enum: it feeds menus, shortcuts, the palette, the views and the tests.
//!
//! What belongs to one place lies in that place's own file, e.g. [`TimelineCommand`]. A command without values has a
//! [`Spec`] (name, tooltip, icon, keys, where it applies) and so appears in the palette; a command that carries
//! values (`TimelineCommand::SetText { … }`) is sent by a view and has none.

mod clips;
mod interlinear;
mod lexicon;
mod people;
mod publish;
mod search;
mod sessions;
mod spec;
mod timeline;

use std::path::PathBuf;
use std::sync::LazyLock;

use eframe::egui::Key;

pub use clips::{ClipSource, ClipsCommand};
pub use interlinear::InterlinearCommand;
pub use lexicon::{EntryField, ExampleField, LexiconCommand, SenseField};
pub use people::{HowToLook, PeopleCommand};
pub use publish::{PublishCommand, PublishScope};
pub use search::{SearchCommand, SearchTab};
pub use sessions::SessionsCommand;
pub use spec::{Scope, Spec, Typing};
pub use timeline::TimelineCommand;

use super::icon::Icon;
use super::place::Place;
use super::show::Part;
use spec::{alt, ctrl, ctrl_alt, ctrl_shift, key, shift};

/// Something a person wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Ask for a name, a language and a folder, and make a project.
    NewProject,
    /// Open a project; `None` asks which.
    OpenProject(Option<PathBuf>),
    /// Take a project off the list of recent ones; the folder stays.
    ForgetRecent(PathBuf),
    CloseProject,
    /// Import files; an empty list asks which.
    Import(Vec<PathBuf>),
    /// Bring in a model of one's own; `None` asks which.
    AddModel(Option<PathBuf>),
    /// Bring in a model of one's own that lies in a folder with its card; asks which.
    AddModelFolder,
    /// Ask a model of one's own about the annotations of a tier.
    AskModel,
    /// Open the export dialog.
    Export,
    /// Make a backup now.
    Backup,
    /// Check the newest backup.
    VerifyBackup,
    Quit,
    /// Go to a place.
    Go(Place),
    /// Show a place beside what is on screen.
    Beside(Place),
    /// Take the place that has the keys off the screen, when others stand beside it.
    ClosePane,
    Undo,
    Redo,
    /// Open the command palette.
    Palette,
    /// Dark to light and back.
    ToggleTheme,
    /// Make everything larger.
    ZoomIn,
    /// Make everything smaller.
    ZoomOut,
    /// Back to the size the system asks for.
    ZoomReset,
    /// Train a model from the project's own tags; asks how.
    TrainModel,
    Settings,
    /// Show and change the keys.
    Shortcuts,
    Help,
    About,
    /// Learn labels of a tier or parts of speech, and look at what is proposed.
    LearnLabels,
    /// Stop the running job.
    CancelJob,
    /// Show something on pictures or beside them, or hide it.
    Show(Part),
    Clips(ClipsCommand),
    Sessions(SessionsCommand),
    Timeline(TimelineCommand),
    Interlinear(InterlinearCommand),
    Lexicon(LexiconCommand),
    People(PeopleCommand),
    Search(SearchCommand),
    Publish(PublishCommand),
}

static SPECS: LazyLock<Vec<Spec>> = LazyLock::new(|| {
    let mut specs = global();
    specs.extend(sessions::specs());
    specs.extend(timeline::specs());
    specs.extend(interlinear::specs());
    specs.extend(lexicon::specs());
    specs.extend(people::specs());
    specs.extend(search::specs());
    specs.extend(publish::specs());
    specs.extend(shown());
    specs.extend(clips::specs());
    specs
});

impl Command {
    /// Every command that has a name, in the order of the menus.
    pub fn specs() -> &'static [Spec] {
        &SPECS
    }

    /// Name, keys and the rest; `None` for commands that carry values.
    pub fn spec(&self) -> Option<&'static Spec> {
        SPECS.iter().find(|spec| spec.command == *self)
    }

    /// The command with that Fluent id, as settings and the palette's memory write it.
    pub fn from_id(id: &str) -> Option<&'static Spec> {
        SPECS.iter().find(|spec| spec.id == id)
    }
}

fn global() -> Vec<Spec> {
    use Scope::{Anywhere, Project};
    let spec = Spec::new;
    vec![
        spec(Command::NewProject, "command-new-project", Icon::Plus, Anywhere).keys(&[ctrl(Key::N)]),
        spec(Command::OpenProject(None), "command-open-project", Icon::Folder, Anywhere).keys(&[ctrl(Key::O)]),
        spec(Command::CloseProject, "command-close-project", Icon::Cross, Project).keys(&[ctrl(Key::W)]),
        spec(Command::Import(Vec::new()), "command-import", Icon::Import, Anywhere).keys(&[ctrl(Key::I)]),
        spec(Command::AddModel(None), "command-add-model", Icon::Plus, Anywhere).keys(&[ctrl_alt(Key::I)]),
        spec(Command::AddModelFolder, "command-add-model-folder", Icon::Folder, Anywhere).keys(&[ctrl_alt(Key::O)]),
        spec(Command::AskModel, "command-ask-model", Icon::Tag, Project).keys(&[ctrl_alt(Key::M)]),
        spec(Command::Export, "command-export", Icon::Publish, Project).keys(&[ctrl(Key::E)]),
        // Hands that save out of habit get a copy; saving itself needs no key.
        spec(Command::Backup, "command-backup", Icon::Backup, Project).keys(&[ctrl(Key::S)]),
        spec(Command::VerifyBackup, "command-verify-backup", Icon::Check, Project).keys(&[ctrl_shift(Key::B)]),
        spec(Command::Quit, "command-quit", Icon::Quit, Anywhere).keys(&[ctrl(Key::Q)]),
        spec(Command::Undo, "command-undo", Icon::Undo, Project).keys(&[ctrl(Key::Z)]).typing(Typing::Never),
        spec(Command::Redo, "command-redo", Icon::Redo, Project)
            .keys(&[ctrl_shift(Key::Z), ctrl(Key::Y)])
            .typing(Typing::Never),
        spec(Command::Palette, "command-palette", Icon::Command, Anywhere).keys(&[ctrl(Key::K), ctrl_shift(Key::P)]),
        spec(Command::Go(Place::Sessions), "command-go-sessions", Icon::Sessions, Project).keys(&[ctrl(Key::Num1)]),
        spec(Command::Go(Place::Timeline), "command-go-timeline", Icon::Timeline, Project).keys(&[ctrl(Key::Num2)]),
        spec(Command::Go(Place::Interlinear), "command-go-interlinear", Icon::Interlinear, Project)
            .keys(&[ctrl(Key::Num3)]),
        spec(Command::Go(Place::Lexicon), "command-go-lexicon", Icon::Lexicon, Project).keys(&[ctrl(Key::Num4)]),
        spec(Command::Go(Place::People), "command-go-people", Icon::People, Project).keys(&[ctrl(Key::Num5)]),
        spec(Command::Go(Place::Search), "command-go-search", Icon::Search, Project)
            .keys(&[ctrl(Key::Num6), ctrl(Key::F)]),
        spec(Command::Go(Place::Publish), "command-go-publish", Icon::Publish, Project).keys(&[ctrl(Key::Num7)]),
        spec(Command::Go(Place::Home), "command-go-home", Icon::Home, Anywhere).keys(&[ctrl(Key::Home)]),
        spec(Command::Beside(Place::Sessions), "command-beside-sessions", Icon::Sessions, Project)
            .keys(&[ctrl_alt(Key::Num1)]),
        spec(Command::Beside(Place::Timeline), "command-beside-timeline", Icon::Timeline, Project)
            .keys(&[ctrl_alt(Key::Num2)]),
        spec(Command::Beside(Place::Interlinear), "command-beside-interlinear", Icon::Interlinear, Project)
            .keys(&[ctrl_alt(Key::Num3)]),
        spec(Command::Beside(Place::Lexicon), "command-beside-lexicon", Icon::Lexicon, Project)
            .keys(&[ctrl_alt(Key::Num4)]),
        spec(Command::Beside(Place::People), "command-beside-people", Icon::People, Project)
            .keys(&[ctrl_alt(Key::Num5)]),
        spec(Command::Beside(Place::Search), "command-beside-search", Icon::Search, Project)
            .keys(&[ctrl_alt(Key::Num6)]),
        spec(Command::ClosePane, "command-close-pane", Icon::Cross, Project).keys(&[ctrl_shift(Key::W)]),
        spec(Command::ToggleTheme, "command-toggle-theme", Icon::Theme, Anywhere).keys(&[ctrl_shift(Key::L)]),
        spec(Command::ZoomIn, "command-zoom-in", Icon::Plus, Anywhere).keys(&[
            ctrl(Key::Plus),
            ctrl(Key::Equals),
            ctrl_shift(Key::Plus),
        ]),
        spec(Command::ZoomOut, "command-zoom-out", Icon::Minus, Anywhere).keys(&[ctrl(Key::Minus)]),
        spec(Command::ZoomReset, "command-zoom-reset", Icon::Search, Anywhere).keys(&[ctrl(Key::Num0)]),
        spec(Command::TrainModel, "command-train-model", Icon::People, Project).keys(&[ctrl_shift(Key::M)]),
        spec(Command::Settings, "command-settings", Icon::Settings, Anywhere).keys(&[ctrl(Key::Comma)]),
        spec(Command::LearnLabels, "command-learn-labels", Icon::Interlinear, Project).keys(&[ctrl_alt(Key::L)]),
        spec(Command::Shortcuts, "command-shortcuts", Icon::Keyboard, Anywhere).keys(&[ctrl(Key::Slash)]),
        spec(Command::Help, "command-help", Icon::Help, Anywhere).keys(&[key(Key::F1)]),
        spec(Command::About, "command-about", Icon::Info, Anywhere).keys(&[shift(Key::F1)]),
        spec(Command::CancelJob, "command-cancel-job", Icon::Cross, Project).keys(&[ctrl(Key::Period)]),
    ]
}

/// What is shown on pictures and beside them.
fn shown() -> Vec<Spec> {
    const PICTURES: Scope = Scope::In(&[Place::Timeline, Place::People]);
    const PEOPLE: Scope = Scope::In(&[Place::People]);
    let spec = |part, id, icon, scope, letter| Spec::new(Command::Show(part), id, icon, scope).keys(&[alt(letter)]);
    vec![
        spec(Part::HiddenFaces, "command-show-hidden-faces", Icon::People, Scope::Project, Key::F),
        spec(Part::Boxes, "command-show-boxes", Icon::Tag, PICTURES, Key::B),
        spec(Part::Mesh, "command-show-mesh", Icon::People, PICTURES, Key::M),
        spec(Part::Skeleton, "command-show-skeleton", Icon::People, PICTURES, Key::K),
        spec(Part::Gaze, "command-show-gaze", Icon::Right, PICTURES, Key::G),
        spec(Part::Trails, "command-show-trails", Icon::Timeline, PICTURES, Key::T),
        spec(Part::Space, "command-show-space", Icon::People, PEOPLE, Key::D),
        spec(Part::Heat, "command-show-heat", Icon::Timeline, PEOPLE, Key::H),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::i18n;

    #[test]
    fn every_command_has_words_and_a_key() {
        for spec in Command::specs() {
            assert!(i18n::has_text(spec.id), "no name for {}", spec.id);
            assert!(i18n::has_text(&spec.tooltip_id()), "no tooltip for {}", spec.id);
            assert!(!spec.keys.is_empty(), "no key for {}", spec.id);
        }
    }

    #[test]
    fn no_command_and_no_id_comes_twice() {
        for (index, one) in Command::specs().iter().enumerate() {
            for other in &Command::specs()[index + 1..] {
                assert_ne!(one.id, other.id);
                assert_ne!(one.command, other.command, "{} and {}", one.id, other.id);
            }
        }
    }

    #[test]
    fn every_place_has_words() {
        for place in Place::RAIL.into_iter().chain([Place::Home]) {
            assert!(i18n::has_text(place.text_id()), "{place:?}");
        }
    }
}
