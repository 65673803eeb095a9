//! Rules in SPARQL: answered for the whole graph at once where that means the same, node by node where not.

use std::collections::HashMap;

use oxrdf::{Term, Variable};
use spareval::{CancellationToken, QueryEvaluator, QueryResults, QuerySolution};
use spargebra::Query;
use spargebra::algebra::{Expression, Function, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};

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
    if this.is_none()
        && let Some(parts) = EachProperty::of(query)
    {
        return parts.answer(triples, names);
    }
    let given = this.map(|this| (Variable::new_unchecked("this"), this.clone()));
    let mut rows = Vec::new();
    solutions(triples, query, given, &mut |row| rows.push(names.iter().map(|name| row.get(*name).cloned()).collect()))?;
    Ok(rows)
}

/// Hands on every solution of a query, with a variable filled in beforehand.
fn solutions(
    triples: &Triples,
    query: &Query,
    given: Option<(Variable, Term)>,
    take: &mut dyn FnMut(&QuerySolution),
) -> Result<(), ShapesError> {
    let failed = |error: &dyn std::fmt::Display| ShapesError::Query(error.to_string());
    let asked = Asked { triples, stop: CancellationToken::new() };
    let evaluator = QueryEvaluator::new();
    let mut prepared = evaluator.prepare(query);
    if let Some((variable, term)) = given {
        prepared = prepared.substitute_variable(variable, term);
    }
    let QueryResults::Solutions(solutions) = prepared.execute(asked).map_err(|e| failed(&e))? else {
        return Err(failed(&"it is no SELECT"));
    };
    for solution in solutions {
        take(&solution.map_err(|e| failed(&e))?);
    }
    Ok(())
}

impl Run<'_> {
    /// The rows of a rule for one node, each once.
    pub(super) fn answers(&mut self, index: QueryIndex, focus: TermId) -> Result<Vec<Row>, ShapesError> {
        let file = self.file;
        let query = &file.queries[index];
        let row = |path: Option<Term>, value: Option<Term>| Row { path, value };
        // A condition on the node alone spares looking at everything that has to do with it.
        if let Some(gate) = gate(query)
            && !holds(self.triples, &gate, &Variable::new_unchecked("this"), self.triples.term(focus))
        {
            return Ok(Vec::new());
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
    only(expr, "this").then(|| Query::Ask {
        dataset: dataset.clone(),
        pattern: condition(expr.clone()),
        base_iri: base_iri.clone(),
    })
}

/// A pattern that matches once where the condition holds.
fn condition(expr: Expression) -> GraphPattern {
    GraphPattern::Filter { expr, inner: Box::new(GraphPattern::Bgp { patterns: Vec::new() }) }
}

/// Whether a question is answered with yes when a variable is filled in; an error is a no, as in a filter.
fn holds(triples: &Triples, question: &Query, variable: &Variable, term: &Term) -> bool {
    let asked = Asked { triples, stop: CancellationToken::new() };
    let evaluator = QueryEvaluator::new();
    let prepared = evaluator.prepare(question).substitute_variable(variable.clone(), term.clone());
    matches!(prepared.execute(asked), Ok(QueryResults::Boolean(true)))
}

/// Whether an expression looks at nothing but one variable.
fn only(expression: &Expression, variable: &str) -> bool {
    let only = |inner: &Expression| only(inner, variable);
    match expression {
        Expression::Variable(found) => found.as_str() == variable,
        Expression::NamedNode(_) | Expression::Literal(_) => true,
        Expression::Not(inner) => only(inner),
        Expression::And(a, b)
        | Expression::Or(a, b)
        | Expression::Equal(a, b)
        | Expression::SameTerm(a, b)
        | Expression::Greater(a, b)
        | Expression::GreaterOrEqual(a, b)
        | Expression::Less(a, b)
        | Expression::LessOrEqual(a, b) => only(a) && only(b),
        Expression::In(one, many) => only(one) && many.iter().all(only),
        Expression::FunctionCall(function, arguments) => {
            // The same argument has the same value, except with these.
            !matches!(function, Function::Rand | Function::Uuid | Function::StrUuid | Function::BNode)
                && arguments.iter().all(only)
        }
        _ => false,
    }
}

/// A query that looks at every triple, `?this ?path ?value`, put as one question for every property: what it asks of
/// the property alone is asked once of each of a hundred properties, not of each of a million triples, and the triples
/// of the others are never looked at.
struct EachProperty<'a> {
    property: &'a Variable,
    gate: Query,
    rest: Query,
}

impl<'a> EachProperty<'a> {
    fn of(query: &'a Query) -> Option<Self> {
        let Query::Select { dataset, pattern, base_iri } = query else { return None };
        let (variables, mut inner) = match pattern {
            GraphPattern::Project { inner, variables } => (variables, &**inner),
            GraphPattern::Distinct { inner } => match &**inner {
                GraphPattern::Project { inner, variables } => (variables, &**inner),
                _ => return None,
            },
            _ => return None,
        };
        let mut conditions = Vec::new();
        while let GraphPattern::Filter { expr, inner: next } = inner {
            conjuncts(expr, &mut conditions);
            inner = next;
        }
        let GraphPattern::Bgp { patterns } = inner else { return None };
        let [TriplePattern { predicate: NamedNodePattern::Variable(property), .. }] = &patterns[..] else {
            return None;
        };
        let (of_property, others): (Vec<_>, Vec<_>) =
            conditions.into_iter().partition(|condition| only(condition, property.as_str()));
        let all = |conditions: Vec<&Expression>| {
            conditions.into_iter().cloned().reduce(|a, b| Expression::And(Box::new(a), Box::new(b)))
        };
        let gate = condition(all(of_property)?);
        let rest = match all(others) {
            Some(expr) => GraphPattern::Filter { expr, inner: Box::new(inner.clone()) },
            None => inner.clone(),
        };
        let mut variables = variables.clone();
        // Only what is selected can be filled in beforehand.
        if !variables.contains(property) {
            variables.push(property.clone());
        }
        let rest = GraphPattern::Project { inner: Box::new(rest), variables };
        let (dataset, base_iri) = (dataset.clone(), base_iri.clone());
        Some(Self {
            property,
            gate: Query::Ask { dataset: dataset.clone(), pattern: gate, base_iri: base_iri.clone() },
            rest: Query::Select { dataset, pattern: rest, base_iri },
        })
    }

    fn answer(&self, triples: &Triples, names: &[&str]) -> Result<Vec<Vec<Option<Term>>>, ShapesError> {
        let mut rows = Vec::new();
        for property in triples.predicates() {
            let property = triples.term(property);
            if !holds(triples, &self.gate, self.property, property) {
                continue;
            }
            let given = Some((self.property.clone(), property.clone()));
            let shown = |row: &QuerySolution, name: &str| match row.get(name) {
                None if name == self.property.as_str() => Some(property.clone()),
                found => found.cloned(),
            };
            solutions(triples, &self.rest, given, &mut |row| {
                rows.push(names.iter().map(|name| shown(row, name)).collect());
            })?;
        }
        Ok(rows)
    }
}

/// What must all hold for an expression to hold.
fn conjuncts<'a>(expression: &'a Expression, found: &mut Vec<&'a Expression>) {
    match expression {
        Expression::And(a, b) => {
            conjuncts(a, found);
            conjuncts(b, found);
        }
        other => found.push(other),
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
