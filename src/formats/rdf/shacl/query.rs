//! Rules in SPARQL: answered for the whole graph at once where that means the same, node by node where not.

use std::collections::HashMap;

use oxrdf::{Term, Variable};
use spareval::{CancellationToken, QueryEvaluator, QueryResults};
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern};

use super::super::triples::{Asked, TermId, Triples};
use super::shape::QueryIndex;
use super::{Run, ShapesError};

/// One row of a rule's answer.
#[derive(Clone, PartialEq)]
pub(super) struct Row {
    pub(super) path: Option<Term>,
    pub(super) value: Option<Term>,
}

/// Answers that were given for the whole graph.
#[derive(Default)]
pub(super) struct Queries {
    whole: HashMap<QueryIndex, HashMap<TermId, Vec<Row>>>,
}

/// The rows of a query, with the terms of some variables.
pub(super) fn rows(triples: &Triples, query: &Query, names: &[&str]) -> Result<Vec<Vec<Option<Term>>>, ShapesError> {
    answer(triples, query, names, None)
}

fn answer(
    triples: &Triples,
    query: &Query,
    names: &[&str],
    this: Option<&Term>,
) -> Result<Vec<Vec<Option<Term>>>, ShapesError> {
    let failed = |error: &dyn std::fmt::Display| ShapesError::Query(error.to_string());
    let asked = Asked { triples, stop: CancellationToken::new() };
    let evaluator = QueryEvaluator::new();
    let mut prepared = evaluator.prepare(query);
    if let Some(this) = this {
        prepared = prepared.substitute_variable(Variable::new_unchecked("this"), this.clone());
    }
    let QueryResults::Solutions(solutions) = prepared.execute(asked).map_err(|e| failed(&e))? else {
        return Err(failed(&"it is no SELECT"));
    };
    let mut rows = Vec::new();
    for solution in solutions {
        let solution = solution.map_err(|e| failed(&e))?;
        rows.push(names.iter().map(|name| solution.get(*name).cloned()).collect());
    }
    Ok(rows)
}

impl Run<'_> {
    /// The rows of a rule for one node, each once.
    pub(super) fn answers(&mut self, index: QueryIndex, focus: TermId) -> Result<Vec<Row>, ShapesError> {
        let file = self.file;
        let query = &file.queries[index];
        let row = |path: Option<Term>, value: Option<Term>| Row { path, value };
        if let Some(gate) = gate(query) {
            // A condition on the node alone spares looking at everything that has to do with it.
            let asked = Asked { triples: self.triples, stop: CancellationToken::new() };
            let this = self.triples.term(focus).clone();
            let evaluator = QueryEvaluator::new();
            let prepared = evaluator.prepare(&gate).substitute_variable(Variable::new_unchecked("this"), this);
            if matches!(prepared.execute(asked), Ok(QueryResults::Boolean(false))) {
                return Ok(Vec::new());
            }
        }
        let is_flat = matches!(query, Query::Select { pattern, .. } if is_flat(pattern));
        if !is_flat || gate(query).is_some() {
            let mut rows: Vec<Row> = Vec::new();
            for mut found in answer(self.triples, query, &["path", "value"], Some(self.triples.term(focus)))? {
                let (value, path) = (found.pop().flatten(), found.pop().flatten());
                // Where the query names no value, it is the node itself.
                let found = row(path, value.or_else(|| Some(self.triples.term(focus).clone())));
                if !rows.contains(&found) {
                    rows.push(found);
                }
            }
            return Ok(rows);
        }
        if !self.queries.whole.contains_key(&index) {
            let mut by_node: HashMap<TermId, Vec<Row>> = HashMap::new();
            for mut found in answer(self.triples, query, &["this", "path", "value"], None)? {
                let (value, path) = (found.pop().flatten(), found.pop().flatten());
                let Some(this) = found.pop().flatten() else { continue };
                let Some(id) = self.triples.id(&this) else { continue };
                let rows = by_node.entry(id).or_default();
                let found = row(path, value.or(Some(this)));
                if !rows.contains(&found) {
                    rows.push(found);
                }
            }
            self.queries.whole.insert(index, by_node);
        }
        Ok(self.queries.whole.get(&index).and_then(|rows| rows.get(&focus)).cloned().unwrap_or_default())
    }
}

/// The outermost filter of a query as a question of its own, when it looks at nothing but `$this`.
fn gate(query: &Query) -> Option<Query> {
    let Query::Select { dataset, pattern: GraphPattern::Project { inner, .. }, base_iri } = query else { return None };
    let GraphPattern::Filter { expr, .. } = &**inner else { return None };
    let nothing = GraphPattern::Bgp { patterns: Vec::new() };
    let pattern = GraphPattern::Filter { expr: expr.clone(), inner: Box::new(nothing) };
    only_this(expr).then(|| Query::Ask { dataset: dataset.clone(), pattern, base_iri: base_iri.clone() })
}

fn only_this(expression: &Expression) -> bool {
    match expression {
        Expression::Variable(variable) => variable.as_str() == "this",
        Expression::NamedNode(_) | Expression::Literal(_) => true,
        Expression::Not(inner) => only_this(inner),
        Expression::And(a, b) | Expression::Or(a, b) | Expression::Equal(a, b) | Expression::SameTerm(a, b) => {
            only_this(a) && only_this(b)
        }
        Expression::In(one, many) => only_this(one) && many.iter().all(only_this),
        _ => false,
    }
}

/// Whether leaving `$this` open finds, node by node, what filling it in first would: nothing is counted, cut off or
/// taken away, and every branch finds `$this` in the graph itself.
fn is_flat(pattern: &GraphPattern) -> bool {
    match pattern {
        GraphPattern::Project { inner, .. } | GraphPattern::Distinct { inner } | GraphPattern::Reduced { inner } => {
            is_flat(inner)
        }
        other => is_plain(other) && finds_this(other),
    }
}

fn is_plain(pattern: &GraphPattern) -> bool {
    match pattern {
        GraphPattern::Bgp { .. } | GraphPattern::Path { .. } => true,
        GraphPattern::Join { left, right } | GraphPattern::Union { left, right } => is_plain(left) && is_plain(right),
        GraphPattern::LeftJoin { left, right, .. } => is_plain(left) && is_plain(right),
        GraphPattern::Filter { inner, .. } | GraphPattern::Extend { inner, .. } => is_plain(inner),
        _ => false,
    }
}

fn finds_this(pattern: &GraphPattern) -> bool {
    let is_this = |term: &TermPattern| matches!(term, TermPattern::Variable(v) if v.as_str() == "this");
    match pattern {
        GraphPattern::Bgp { patterns } => patterns.iter().any(|triple| {
            is_this(&triple.subject)
                || is_this(&triple.object)
                || matches!(&triple.predicate, NamedNodePattern::Variable(v) if v.as_str() == "this")
        }),
        GraphPattern::Path { subject, object, .. } => is_this(subject) || is_this(object),
        GraphPattern::Join { left, right } => finds_this(left) || finds_this(right),
        GraphPattern::Union { left, right } => finds_this(left) && finds_this(right),
        GraphPattern::LeftJoin { left, .. } => finds_this(left),
        GraphPattern::Filter { inner, .. } | GraphPattern::Extend { inner, .. } => finds_this(inner),
        _ => false,
    }
}
