//! Places side by side: each place can stand beside, over or behind another as a tab; the arrangement is remembered.
//! With one place only nothing shows of all this.

use eframe::egui::{self, CursorIcon, Id, Stroke, Ui, Visuals, WidgetText};
use egui_tiles::{Behavior, Container, SimplificationOptions, TabState, Tile, TileId, Tiles, Tree, UiResponse};

use super::theme::{Theme, size};
use super::{Place, tr};

/// The places on screen and how they are arranged.
pub struct Dock {
    tree: Tree<Place>,
}

impl Default for Dock {
    fn default() -> Self {
        Self::of(Place::Sessions)
    }
}

impl Dock {
    /// One place, filling everything.
    pub fn of(place: Place) -> Self {
        Self { tree: Tree::new_tabs(Id::unique("dock"), vec![place]) }
    }

    /// The arrangement as it was written by [`Dock::to_text`]; one place when it cannot be read.
    pub fn from_text(text: &str) -> Option<Self> {
        let tree: Tree<Place> = serde_json::from_str(text).ok()?;
        let dock = Self { tree };
        (!dock.places().is_empty()).then_some(dock)
    }

    /// The arrangement as text, for the settings.
    pub fn to_text(&self) -> String {
        serde_json::to_string(&self.tree).unwrap_or_default()
    }

    /// The places on screen or behind a tab.
    pub fn places(&self) -> Vec<Place> {
        let panes = self.tree.tiles.tiles().filter_map(|tile| match tile {
            Tile::Pane(place) => Some(*place),
            Tile::Container(_) => None,
        });
        panes.collect()
    }

    /// The places that can be seen: not those behind another's tab.
    pub fn visible(&self) -> Vec<Place> {
        let active = self.tree.active_tiles();
        let panes = active.into_iter().filter_map(|id| match self.tree.tiles.get(id) {
            Some(Tile::Pane(place)) => Some(*place),
            _ => None,
        });
        panes.collect()
    }

    fn tile_of(&self, place: Place) -> Option<TileId> {
        self.tree.tiles.iter().find_map(|(id, tile)| match tile {
            Tile::Pane(known) if *known == place => Some(*id),
            _ => None,
        })
    }

    /// Shows a place: where it stands already, else in the pane of `instead_of`.
    pub fn show(&mut self, place: Place, instead_of: Place) {
        if self.tile_of(place).is_some() {
            self.tree.make_active(|_, tile| matches!(tile, Tile::Pane(known) if *known == place));
            return;
        }
        let target = self.tile_of(instead_of).or_else(|| self.visible().first().and_then(|p| self.tile_of(*p)));
        match target.and_then(|id| self.tree.tiles.get_mut(id)) {
            Some(Tile::Pane(pane)) => *pane = place,
            _ => *self = Self::of(place),
        }
    }

    /// Shows a place beside what is there.
    pub fn show_beside(&mut self, place: Place) {
        if self.tile_of(place).is_some() {
            self.show(place, place);
            return;
        }
        let Some(root) = self.tree.root else {
            *self = Self::of(place);
            return;
        };
        let new = self.tree.tiles.insert_pane(place);
        if let Some(Tile::Container(Container::Linear(linear))) = self.tree.tiles.get_mut(root)
            && linear.dir == egui_tiles::LinearDir::Horizontal
        {
            linear.add_child(new);
            return;
        }
        self.tree.root = Some(self.tree.tiles.insert_horizontal_tile(vec![root, new]));
    }

    /// Takes a place off the screen; the last one stays. Gives the place to go on with.
    pub fn close(&mut self, place: Place) -> Option<Place> {
        if self.places().len() < 2 {
            return None;
        }
        let id = self.tile_of(place)?;
        self.tree.remove_recursively(id);
        self.tree.simplify(&simplification(self.places().len()));
        self.visible().first().copied().or_else(|| self.places().first().copied())
    }

    /// Draws the places. `focused` is the one that keys go to; gives the one that was pressed, when another.
    pub fn ui(&mut self, ui: &mut Ui, focused: Place, draw: &mut dyn FnMut(&mut Ui, Place)) -> Option<Place> {
        let mut behavior = Drawing { theme: Theme::of(ui), focused, pressed: None, count: self.places().len(), draw };
        self.tree.ui(&mut behavior, ui);
        behavior.pressed
    }
}

fn simplification(count: usize) -> SimplificationOptions {
    SimplificationOptions { all_panes_must_have_tabs: count > 1, ..SimplificationOptions::default() }
}

struct Drawing<'a> {
    theme: &'static Theme,
    focused: Place,
    pressed: Option<Place>,
    count: usize,
    draw: &'a mut dyn FnMut(&mut Ui, Place),
}

impl Behavior<Place> for Drawing<'_> {
    fn pane_ui(&mut self, ui: &mut Ui, _: TileId, place: &mut Place) -> UiResponse {
        let rect = ui.max_rect();
        let pressed = ui.input(|input| input.pointer.any_pressed() && input.pointer.interact_pos().is_some());
        if pressed && ui.rect_contains_pointer(rect) && *place != self.focused {
            self.pressed = Some(*place);
        }
        ui.set_clip_rect(rect.intersect(ui.clip_rect()));
        ui.push_id(("place", place.text_id()), |ui| (self.draw)(ui, *place));
        UiResponse::None
    }
    fn tab_title_for_pane(&mut self, place: &Place) -> WidgetText {
        tr(place.text_id()).into()
    }
    fn is_tab_closable(&self, _: &Tiles<Place>, _: TileId) -> bool {
        self.count > 1
    }
    fn tab_hover_cursor_icon(&self) -> CursorIcon {
        CursorIcon::Grab
    }
    fn simplification_options(&self) -> SimplificationOptions {
        simplification(self.count)
    }
    fn tab_bar_height(&self, _: &egui::Style) -> f32 {
        if self.count > 1 { size::STATUS_BAR } else { 0.0 }
    }
    fn gap_width(&self, _: &egui::Style) -> f32 {
        1.0
    }
    fn min_size(&self) -> f32 {
        320.0
    }
    fn resize_stroke(&self, _: &egui::Style, state: egui_tiles::ResizeState) -> Stroke {
        match state {
            egui_tiles::ResizeState::Idle => self.theme.hairline(),
            _ => self.theme.outline(),
        }
    }
    fn tab_bar_color(&self, _: &Visuals) -> egui::Color32 {
        self.theme.panel
    }
    fn tab_bg_color(&self, _: &Visuals, tiles: &Tiles<Place>, id: TileId, state: &TabState) -> egui::Color32 {
        let focused = matches!(tiles.get(id), Some(Tile::Pane(place)) if *place == self.focused);
        if state.active && focused { self.theme.selected() } else { self.theme.panel }
    }
    fn tab_outline_stroke(&self, _: &Visuals, _: &Tiles<Place>, _: TileId, _: &TabState) -> Stroke {
        Stroke::NONE
    }
    fn tab_bar_hline_stroke(&self, _: &Visuals) -> Stroke {
        self.theme.hairline()
    }
    fn tab_text_color(&self, _: &Visuals, tiles: &Tiles<Place>, id: TileId, state: &TabState) -> egui::Color32 {
        match tiles.get(id) {
            Some(Tile::Pane(place)) if *place == self.focused && state.active => self.theme.accent_text,
            _ if state.active => self.theme.text,
            _ => self.theme.muted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_stand_beside_each_other_and_are_remembered() {
        let mut dock = Dock::of(Place::Timeline);
        dock.show_beside(Place::Interlinear);
        dock.show_beside(Place::Lexicon);
        assert_eq!(dock.places().len(), 3);
        let again = Dock::from_text(&dock.to_text()).expect("it reads what it wrote");
        assert_eq!(again.places().len(), 3);
    }

    #[test]
    fn a_place_is_on_screen_once_and_the_last_one_stays() {
        let mut dock = Dock::of(Place::Timeline);
        dock.show(Place::Lexicon, Place::Timeline);
        assert_eq!(dock.places(), [Place::Lexicon]);
        dock.show_beside(Place::Lexicon);
        assert_eq!(dock.places(), [Place::Lexicon]);
        assert_eq!(dock.close(Place::Lexicon), None);
        dock.show_beside(Place::People);
        assert_eq!(dock.close(Place::Lexicon), Some(Place::People));
        assert!(Dock::from_text("{").is_none());
    }
}
