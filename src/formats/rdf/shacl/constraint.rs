//! Each rule against the values of a node.

use std::collections::{BTreeMap, HashSet};

use oxrdf::Term;

use super::super::triples::{TermId, Triples};
use super::shape::{Kinds, Rule, Shape, ShapeIndex};
use super::{Run, Severity, ShapesError, Violation};

/// The terms of a rule by their numbers in the graph that is checked; `None` for what the graph does not know.
pub(in super::super) enum Bound {
    Nothing,
    One(Option<TermId>),
    Many(HashSet<TermId>),
}

/// Looks up the terms of a shape's rules.
pub(super) fn bind(shape: &Shape, triples: &Triples) -> Vec<Bound> {
    shape
        .rules
        .iter()
        .map(|rule| match rule {
            Rule::Class(t) | Rule::Datatype(t) | Rule::Equals(t) | Rule::Disjoint(t) | Rule::HasValue(t) => {
                Bound::One(triples.id(t))
            }
            Rule::In(terms) => Bound::Many(terms.iter().filter_map(|t| triples.id(t)).collect()),
            _ => Bound::Nothing,
        })
        .collect()
}

/// What a rule found: its kind and the value at fault.
type Fault = (&'static str, Option<TermId>);

impl Run<'_> {
    /// Checks a node against a shape and notes what is wrong.
    pub(super) fn check(&mut self, index: ShapeIndex, focus: TermId, least: Severity) -> Result<(), ShapesError> {
        let file = self.file;
        let shape = &file.shapes[index];
        if shape.deactivated {
            return Ok(());
        }
        let values = values(shape, self.triples, focus);
        for place in 0..shape.rules.len() {
            match &shape.rules[place] {
                Rule::Property(inner) => {
                    if self.loudest(*inner) >= least {
                        for value in &values {
                            self.check(*inner, *value, least)?;
                        }
                    }
                }
                _ if shape.severity < least => {}
                Rule::Query { query, message } => {
                    for row in self.answers(*query, focus)? {
                        let words =
                            message.as_deref().or(shape.message.as_deref()).unwrap_or("the query finds a fault");
                        let path = row.path.as_ref().map(super::shown).unwrap_or_default();
                        let value = row.value.as_ref().map(super::shown).unwrap_or_default();
                        let words = filled(words, &self.shown(focus), &path, &value);
                        let found = self.violation(shape, focus, path, value, "SPARQL", words);
                        self.found.push(found);
                    }
                }
                rule => {
                    let faults = self.faults(index, place, rule, focus, &values)?;
                    for (kind, value) in faults {
                        let value = value.map(|value| self.shown(value)).unwrap_or_default();
                        let path = shape.path.as_ref().map(ToString::to_string).unwrap_or_default();
                        let words = shape.message.clone().unwrap_or_else(|| spoken(rule));
                        let found = self.violation(shape, focus, path, value, kind, words);
                        self.found.push(found);
                    }
                }
            }
        }
        Ok(())
    }

    fn violation(
        &self,
        shape: &Shape,
        focus: TermId,
        path: String,
        value: String,
        rule: &'static str,
        message: String,
    ) -> Violation {
        let (focus, severity) = (self.shown(focus), shape.severity);
        Violation { focus, path, value, shape: shape.name.clone(), rule, message, severity }
    }

    /// Whether a node is as a shape asks, whatever its severity.
    fn conforms(&mut self, index: ShapeIndex, focus: TermId) -> Result<bool, ShapesError> {
        let file = self.file;
        let shape = &file.shapes[index];
        if shape.deactivated {
            return Ok(true);
        }
        let values = values(shape, self.triples, focus);
        for place in 0..shape.rules.len() {
            let fine = match &shape.rules[place] {
                Rule::Property(inner) => {
                    let mut fine = true;
                    for value in &values {
                        fine &= self.conforms(*inner, *value)?;
                    }
                    fine
                }
                Rule::Query { query, .. } => self.answers(*query, focus)?.is_empty(),
                rule => self.faults(index, place, rule, focus, &values)?.is_empty(),
            };
            if !fine {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// How many of some shapes a node is as they ask.
    fn fitting(&mut self, shapes: &[ShapeIndex], node: TermId) -> Result<usize, ShapesError> {
        let mut count = 0;
        for shape in shapes {
            count += usize::from(self.conforms(*shape, node)?);
        }
        Ok(count)
    }

    /// What a rule finds wrong with the values of a node.
    fn faults(
        &mut self,
        index: ShapeIndex,
        place: usize,
        rule: &Rule,
        focus: TermId,
        values: &[TermId],
    ) -> Result<Vec<Fault>, ShapesError> {
        let bound = self.bound;
        let bound = &bound[index][place];
        let one = match bound {
            Bound::One(one) => *one,
            _ => None,
        };
        let triples = self.triples;
        let each = |kind: &'static str, bad: &dyn Fn(&TermId) -> bool| -> Vec<Fault> {
            values.iter().filter(|value| bad(value)).map(|value| (kind, Some(*value))).collect()
        };
        let count = values.len();
        let once = |kind, bad: bool| if bad { vec![(kind, None)] } else { Vec::new() };
        Ok(match rule {
            Rule::Property(_) | Rule::Query { .. } => Vec::new(),
            Rule::MinCount(min) => once("MinCount", count < *min),
            Rule::MaxCount(max) => once("MaxCount", count > *max),
            Rule::Class(_) => {
                let is_a = triples.iri(super::load::RDF_TYPE);
                let classes = one.map(|class| self.below(class).clone()).unwrap_or_default();
                each("Class", &|value| {
                    !is_a.is_some_and(|is_a| triples.objects(*value, is_a).any(|class| classes.contains(&class)))
                })
            }
            Rule::Datatype(datatype) => each("Datatype", &|value| !has_datatype(triples.term(*value), datatype)),
            Rule::NodeKind(kinds) => each("NodeKind", &|value| !is_of_kind(triples.term(*value), *kinds)),
            Rule::MinLength(min) => each("MinLength", &|value| length(triples.term(*value)).is_none_or(|l| l < *min)),
            Rule::MaxLength(max) => each("MaxLength", &|value| length(triples.term(*value)).is_none_or(|l| l > *max)),
            Rule::Pattern(pattern) => {
                each("Pattern", &|value| !text(triples.term(*value)).is_some_and(|text| pattern.is_match(text)))
            }
            Rule::LanguageIn(ranges) => each("LanguageIn", &|value| !speaks_one_of(triples.term(*value), ranges)),
            Rule::UniqueLang => {
                let mut languages: BTreeMap<&str, usize> = BTreeMap::new();
                for value in values {
                    if let Term::Literal(literal) = triples.term(*value)
                        && let Some(language) = literal.language()
                    {
                        *languages.entry(language).or_default() += 1;
                    }
                }
                languages.values().filter(|uses| **uses > 1).map(|_| ("UniqueLang", None)).collect()
            }
            Rule::Equals(property) => {
                let others: Vec<_> = others(triples, focus, property);
                let missing = others.iter().filter(|other| !values.contains(other));
                let mut faults = each("Equals", &|value| !others.contains(value));
                faults.extend(missing.map(|other| ("Equals", Some(*other))));
                faults
            }
            Rule::Disjoint(property) => {
                let others: Vec<_> = others(triples, focus, property);
                each("Disjoint", &|value| others.contains(value))
            }
            Rule::HasValue(_) => once("HasValue", !one.is_some_and(|one| values.contains(&one))),
            Rule::In(_) => match bound {
                Bound::Many(allowed) => each("In", &|value| !allowed.contains(value)),
                _ => Vec::new(),
            },
            Rule::Node(inner) => self.misfits("Node", values, |run, value| run.conforms(*inner, value))?,
            Rule::Not(inner) => self.misfits("Not", values, |run, value| Ok(!run.conforms(*inner, value)?))?,
            Rule::And(inner) => {
                self.misfits("And", values, |run, value| Ok(run.fitting(inner, value)? == inner.len()))?
            }
            Rule::Or(inner) => self.misfits("Or", values, |run, value| Ok(run.fitting(inner, value)? > 0))?,
            Rule::Xone(inner) => self.misfits("Xone", values, |run, value| Ok(run.fitting(inner, value)? == 1))?,
            Rule::Qualified { shape, min, max } => {
                let mut fitting = 0;
                for value in values {
                    fitting += usize::from(self.conforms(*shape, *value)?);
                }
                let mut faults = once("QualifiedMinCount", min.is_some_and(|min| fitting < min));
                faults.extend(once("QualifiedMaxCount", max.is_some_and(|max| fitting > max)));
                faults
            }
        })
    }

    /// The values that do not fit.
    fn misfits(
        &mut self,
        kind: &'static str,
        values: &[TermId],
        mut fits: impl FnMut(&mut Self, TermId) -> Result<bool, ShapesError>,
    ) -> Result<Vec<Fault>, ShapesError> {
        let mut faults = Vec::new();
        for value in values {
            if !fits(self, *value)? {
                faults.push((kind, Some(*value)));
            }
        }
        Ok(faults)
    }
}

/// The values that a shape looks at: those at the end of its path, or the node itself.
fn values(shape: &Shape, triples: &Triples, focus: TermId) -> Vec<TermId> {
    shape.path.as_ref().map_or_else(|| vec![focus], |path| path.values(triples, focus))
}

fn others(triples: &Triples, focus: TermId, property: &Term) -> Vec<TermId> {
    triples.id(property).map(|property| triples.objects(focus, property).collect()).unwrap_or_default()
}

fn has_datatype(term: &Term, datatype: &Term) -> bool {
    let Term::Literal(literal) = term else { return false };
    let Term::NamedNode(datatype) = datatype else { return false };
    if literal.datatype() != datatype.as_ref() {
        return false;
    }
    // A literal whose text is none of its datatype is not of it.
    let checked = ["boolean", "integer", "decimal", "float", "double", "dateTime"];
    let local = datatype.as_str().strip_prefix("http://www.w3.org/2001/XMLSchema#").unwrap_or_default();
    let understood = spareval::ExpressionTerm::from(term.clone());
    !(checked.contains(&local) && matches!(understood, spareval::ExpressionTerm::OtherTypedLiteral { .. }))
}

fn is_of_kind(term: &Term, kinds: Kinds) -> bool {
    match term {
        Term::NamedNode(_) => kinds.iri,
        Term::BlankNode(_) => kinds.blank,
        Term::Literal(_) => kinds.literal,
        Term::Triple(_) => false,
    }
}

/// What a term says, for lengths and patterns; blank nodes say nothing.
fn text(term: &Term) -> Option<&str> {
    match term {
        Term::NamedNode(iri) => Some(iri.as_str()),
        Term::Literal(literal) => Some(literal.value()),
        Term::BlankNode(_) | Term::Triple(_) => None,
    }
}
fn length(term: &Term) -> Option<usize> {
    text(term).map(|text| text.chars().count())
}

fn speaks_one_of(term: &Term, ranges: &[String]) -> bool {
    let Term::Literal(literal) = term else { return false };
    let Some(tag) = literal.language() else { return false };
    let tag = tag.to_ascii_lowercase();
    let fits = |range: &String| {
        range == "*" || tag.strip_prefix(range.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    ranges.iter().any(fits)
}

/// A message with its places filled.
fn filled(words: &str, this: &str, path: &str, value: &str) -> String {
    let mut words = words.to_owned();
    for (name, text) in [("this", this), ("path", path), ("value", value)] {
        words = words.replace(&format!("{{?{name}}}"), text).replace(&format!("{{${name}}}"), text);
    }
    words
}

/// Words for a rule whose shape has none.
fn spoken(rule: &Rule) -> String {
    match rule {
        Rule::MinCount(min) => format!("there are fewer than {min}"),
        Rule::MaxCount(max) => format!("there are more than {max}"),
        Rule::Class(class) => format!("it is not a {class}"),
        Rule::Datatype(datatype) => format!("it is not of the datatype {datatype}"),
        Rule::Pattern(pattern) => format!("it is not written as {pattern}"),
        Rule::UniqueLang => "there are two in one language".to_owned(),
        Rule::NodeKind(_) => "it is of the wrong kind of node".to_owned(),
        Rule::In(_) => "it is not one of those allowed".to_owned(),
        _ => "it is not as its shape asks".to_owned(),
    }
}
