//! Making intervals: the rules of a recipe with sliders; what they would propose stands on the lanes at once.

use std::ops::RangeInclusive;

use eframe::egui::{Align, ComboBox, Id, Key, Label, Layout, RichText, Slider, Ui, vec2};

use super::{Lane, PeopleModel, PeopleState};
use crate::analysis::recipe::{Recipe, Rule};
use crate::app::command::PeopleCommand;
use crate::domain::Span;
use crate::ui::theme::{size, space, type_size};
use crate::ui::widgets::{self, Button, Chip, TextField};
use crate::ui::{Command, UiContext, fonts, name_of, tr, tr_args};

/// The recipe as it is being made.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleForm {
    pub recipe: Recipe,
    /// The rule that the sliders move.
    pub at: usize,
}

impl RuleForm {
    /// The rule that the sliders move.
    pub fn rule(&self) -> Option<&Rule> {
        self.recipe.rules.get(self.at)
    }
}

/// What the rule would do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuleModel {
    /// Curves there are to choose from.
    pub channels: Vec<String>,
    /// Recipes of the project.
    pub recipes: Vec<String>,
    /// Lowest and highest value of the curve.
    pub range: (f32, f32),
    /// Whose curve it is.
    pub track: String,
    /// The curve over [`Self::span`].
    pub lane: Option<Lane>,
    pub span: Option<Span>,
    /// Both thresholds in the lane, 0 to 1.
    pub heights: [f32; 2],
    /// What would be proposed within the lane.
    pub spans: Vec<Span>,
    /// What would be proposed on the whole track.
    pub count: usize,
    pub problem: Option<String>,
}

pub(super) fn rule_ui(ui: &mut Ui, cx: &mut UiContext, state: &mut PeopleState, model: &PeopleModel) {
    let (Some(form), Some(rule_model)) = (&mut state.rule, &model.rule) else { return };
    let typing = ui.ctx().egui_wants_keyboard_input();
    let closed = head_ui(ui, cx, &tr("rule-title"), &tr("rule-close"), PeopleCommand::MakeIntervals);
    if closed || (!typing && ui.input(|input| input.key_pressed(Key::Escape))) {
        cx.send(Command::People(PeopleCommand::MakeIntervals));
    }
    recipe_ui(ui, cx, form, rule_model);
    ui.add_space(space::M);
    if let Some(rule) = form.recipe.rules.get_mut(form.at) {
        fields_ui(ui, rule, rule_model);
        ui.add_space(space::S);
        sliders_ui(ui, cx, rule, rule_model);
    }
    ui.add_space(space::M);
    match &rule_model.problem {
        Some(problem) => {
            let text = RichText::new(problem).font(fonts::regular(type_size::BODY)).color(cx.theme.bad);
            ui.add(Label::new(text).wrap());
        }
        None => {
            let args = [("count", (rule_model.count as i64).into()), ("track", rule_model.track.clone().into())];
            let text = RichText::new(tr_args("rule-preview", &args)).font(fonts::semibold(type_size::BODY));
            ui.add(Label::new(text).wrap());
        }
    }
    let note = RichText::new(tr("rule-preview-nothing-yet")).font(fonts::regular(type_size::SMALL));
    ui.add(Label::new(note.color(cx.theme.muted)).wrap());
    ui.add_space(space::S);
    ui.add_enabled_ui(form.recipe.check().is_ok(), |ui| {
        ui.spacing_mut().item_spacing = vec2(space::S, space::S);
        press(ui, cx, PeopleCommand::RunRecipe, true);
        press(ui, cx, PeopleCommand::RunRecipeEverywhere, false);
        press(ui, cx, PeopleCommand::SaveRecipe, false);
    });
}

/// Title and a way back; whether it was pressed.
pub(super) fn head_ui(ui: &mut Ui, cx: &UiContext, title: &str, back: &str, command: PeopleCommand) -> bool {
    let mut closed = false;
    ui.horizontal(|ui| {
        ui.label(RichText::new(title).font(fonts::semibold(type_size::TITLE)));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let mut button = Button::quiet(back);
            if let Some(key) = cx.hint(&Command::People(command)) {
                button = button.key(key);
            }
            closed = ui.add(button).clicked();
        });
    });
    ui.add_space(space::S);
    closed
}

/// A command's button over the whole width.
pub(super) fn press(ui: &mut Ui, cx: &mut UiContext, command: PeopleCommand, primary: bool) {
    let command = Command::People(command);
    let name = name_of(&command);
    let mut button = if primary { Button::primary(name) } else { Button::new(name) };
    button = button.width(ui.available_width());
    if let Some(key) = cx.hint(&command) {
        button = button.key(key);
    }
    if let Some(spec) = command.spec() {
        button = button.tooltip(tr(&spec.tooltip_id()));
    }
    if ui.add(button).clicked() {
        cx.send(command);
    }
}

fn recipe_ui(ui: &mut Ui, cx: &mut UiContext, form: &mut RuleForm, model: &RuleModel) {
    widgets::section(ui, tr("rule-recipe"));
    TextField::new(&mut form.recipe.name, tr("rule-recipe-name")).id(Id::unique("rule-recipe-name")).show(ui);
    if !model.recipes.is_empty() {
        ui.add_space(space::XS);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::XS, space::XS);
            for name in &model.recipes {
                if ui.add(Chip::new(name).clickable()).clicked() {
                    cx.send(Command::People(PeopleCommand::OpenRecipe(name.clone())));
                }
            }
        });
    }
    ui.add_space(space::S);
    widgets::section(ui, tr("rule-rules"));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(space::XS, space::XS);
        for index in 0..form.recipe.rules.len() {
            let label = form.recipe.rules[index].label.clone();
            let label = if label.trim().is_empty() { "…".to_owned() } else { label };
            let chip = if index == form.at { Chip::accent(label).strong() } else { Chip::new(label) };
            if ui.add(chip.clickable()).clicked() {
                form.at = index;
            }
        }
    });
    ui.horizontal(|ui| {
        if ui.add(Button::quiet(tr("rule-add"))).clicked()
            && let Some(rule) = form.rule().cloned()
        {
            form.recipe.rules.push(rule);
            form.at = form.recipe.rules.len() - 1;
        }
        let several = form.recipe.rules.len() > 1;
        if ui.add_enabled(several, Button::quiet(tr("rule-remove"))).clicked() {
            form.recipe.rules.remove(form.at);
            form.at = form.at.min(form.recipe.rules.len().saturating_sub(1));
        }
    });
}

fn fields_ui(ui: &mut Ui, rule: &mut Rule, model: &RuleModel) {
    widgets::section(ui, tr("rule-label"));
    TextField::new(&mut rule.label, tr("rule-label")).id(Id::unique("rule-label")).show(ui);
    ui.add_space(space::S);
    widgets::section(ui, tr("rule-channel"));
    let shown = |channel: &str| channel.trim_start_matches("measure.").replace(['_', '.'], " ");
    let mut chosen = None;
    let response = ComboBox::from_id_salt("rule-channel")
        .selected_text(shown(&rule.channel))
        .width(ui.available_width())
        .show_ui(ui, |ui| {
            for channel in &model.channels {
                if ui.selectable_label(*channel == rule.channel, shown(channel)).clicked() {
                    chosen = Some(channel.clone());
                }
            }
        })
        .response;
    response.widget_info(|| eframe::egui::WidgetInfo::labeled(eframe::egui::Role::ComboBox, true, tr("rule-channel")));
    if let Some(channel) = chosen.filter(|channel| *channel != rule.channel) {
        rule.channel = channel;
        // Both kinds of track have measures of their own names: the curve says whose it is.
        rule.on_tracks = None;
    }
    ui.add_space(space::XS);
    ui.horizontal(|ui| {
        ui.label(RichText::new(tr("rule-direction")).font(fonts::regular(type_size::BODY)));
        let choices = [(false, tr("rule-above")), (true, tr("rule-below"))];
        if widgets::segmented(ui, "rule-direction", &mut rule.below, &choices) {
            std::mem::swap(&mut rule.on, &mut rule.off);
        }
    });
}

fn sliders_ui(ui: &mut Ui, cx: &UiContext, rule: &mut Rule, model: &RuleModel) {
    let (low, high) = model.range;
    let range = low.min(rule.on).min(rule.off)..=high.max(rule.on).max(rule.off);
    let digits = if range.end() - range.start() > 20.0 { 1 } else { 3 };
    let (on, off) = (rule.on, rule.off);
    slider_ui(ui, cx, "rule-on", &mut rule.on, range.clone(), digits, "");
    slider_ui(ui, cx, "rule-off", &mut rule.off, range, digits, "");
    // The one that moved takes the other along, so that they never cross.
    let crossed = if rule.below { rule.off < rule.on } else { rule.off > rule.on };
    if crossed && rule.on != on {
        rule.off = rule.on;
    } else if crossed && rule.off != off {
        rule.on = rule.off;
    }
    slider_ui(ui, cx, "rule-min", &mut rule.min_secs, 0.0..=2.0, 2, " s");
    slider_ui(ui, cx, "rule-merge", &mut rule.merge_secs, 0.0..=2.0, 2, " s");
    slider_ui(ui, cx, "rule-smooth", &mut rule.smooth_secs, 0.0..=1.0, 2, " s");
}

fn slider_ui<N: eframe::egui::emath::Numeric>(
    ui: &mut Ui,
    cx: &UiContext,
    name: &str,
    value: &mut N,
    range: RangeInclusive<N>,
    digits: usize,
    unit: &str,
) {
    let name = tr(name);
    ui.horizontal(|ui| {
        ui.set_height(size::CONTROL);
        let (label, _) = ui.allocate_exact_size(vec2(112.0, size::CONTROL), eframe::egui::Sense::hover());
        let galley = ui.painter().layout_no_wrap(name.clone(), fonts::regular(type_size::BODY), cx.theme.muted);
        let place = eframe::egui::pos2(label.left(), label.center().y - galley.size().y / 2.0);
        ui.painter().galley(place, galley, cx.theme.muted);
        ui.spacing_mut().slider_width = (ui.available_width() - 84.0).max(60.0);
        ui.add(Slider::new(value, range).fixed_decimals(digits).suffix(unit)).accessible_name(name);
    });
}
