//! Questions in SPARQL about what an export of the project would say.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use oxrdf::{Term, Triple as Statement, Variable};
use sparesults::{QueryResultsFormat, QueryResultsSerializer};
use spareval::{CancellationToken, QueryEvaluationError, QueryEvaluator, QueryResults};
use spargebra::algebra::GraphPattern;
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use spargebra::{Query, SparqlParser};

use super::names::PREFIXES;
use super::triples::{Asked, Triples};

/// How long a query may be, in bytes.
const LONGEST: usize = 64 * 1024;
/// How deep its brackets may stand in each other.
const DEEPEST: usize = 100;

/// The queries that come with the program: name, text. Each starts with a comment that says what it finds.
pub const EXAMPLES: [(&str, &str); 7] = [
    ("sentences", include_str!("../../../assets/queries/sentences.rq")),
    ("glosses", include_str!("../../../assets/queries/glosses.rq")),
    ("words-of-morphs", include_str!("../../../assets/queries/words-of-morphs.rq")),
    ("utterances-with-gloss", include_str!("../../../assets/queries/utterances-with-gloss.rq")),
    ("attestations", include_str!("../../../assets/queries/attestations.rq")),
    ("links", include_str!("../../../assets/queries/links.rq")),
    ("time", include_str!("../../../assets/queries/time.rq")),
];

/// How much a query may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub time: Duration,
    pub rows: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { time: Duration::from_secs(20), rows: 10_000 }
    }
}

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The words of the parser, which say line and column.
    #[error("this is not a SPARQL query: {0}")]
    Syntax(String),
    #[error("the query is longer or deeper than any that makes sense")]
    TooLarge,
    #[error("the answer took longer than {} seconds; ask for less, or join fewer patterns", .0.as_secs())]
    TooSlow(Duration),
    #[error("the query asks for each of {0} combinations of things that share no variable; let the patterns share one")]
    Product(usize),
    #[error("the query was stopped")]
    Cancelled,
    #[error("the query cannot be answered: {0}")]
    Failed(String),
}

/// What one place of a row holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    Iri(String),
    Blank(String),
    /// Text, its language tag, its datatype where it is not a plain text.
    Literal {
        text: String,
        language: String,
        datatype: String,
    },
    /// A statement about a statement, as N-Triples.
    Other(String),
}

impl Value {
    fn of(term: &Term) -> Self {
        match term {
            Term::NamedNode(iri) => Self::Iri(iri.as_str().to_owned()),
            Term::BlankNode(id) => Self::Blank(id.as_str().to_owned()),
            Term::Literal(literal) => {
                let datatype = literal.datatype().as_str();
                let plain = literal.language().is_some() || datatype == "http://www.w3.org/2001/XMLSchema#string";
                Self::Literal {
                    text: literal.value().to_owned(),
                    language: literal.language().unwrap_or_default().to_owned(),
                    datatype: if plain { String::new() } else { datatype.to_owned() },
                }
            }
            other => Self::Other(other.to_string()),
        }
    }
    /// The value as people read it: IRIs with the prefixes of the vocabularies, texts without their language.
    pub fn shown(&self) -> String {
        match self {
            Self::Iri(iri) => short(iri),
            Self::Blank(id) => format!("_:{id}"),
            Self::Literal { text, .. } => text.clone(),
            Self::Other(text) => text.clone(),
        }
    }
}

/// An IRI with its vocabulary's prefix, or as it is.
pub fn short(iri: &str) -> String {
    let known = PREFIXES.iter().find_map(|(prefix, namespace)| {
        let local = iri.strip_prefix(namespace)?;
        let simple = !local.is_empty() && local.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        simple.then(|| format!("{prefix}:{local}"))
    });
    known.unwrap_or_else(|| iri.to_owned())
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Rows of a SELECT; also CONSTRUCT and DESCRIBE, as subject, property and value.
    Table {
        columns: Vec<String>,
        rows: Vec<Vec<Option<Value>>>,
        /// There were more rows than are kept.
        more: bool,
    },
    /// Of an ASK.
    Truth(bool),
}

/// Asks a graph. `stop` is asked now and then whether to give up.
///
/// # Errors
/// When the query is none, takes too long or is stopped.
pub fn ask(
    triples: &Triples,
    query: &str,
    limits: Limits,
    stop: impl Fn() -> bool + Sync,
) -> Result<Answer, QueryError> {
    let held = CancellationToken::new();
    let token = held.clone();
    let (done, ended) = channel::<()>();
    std::thread::scope(|scope| {
        let started = std::time::Instant::now();
        let stop = &stop;
        let watch = scope.spawn(move || {
            loop {
                match ended.recv_timeout(Duration::from_millis(50)) {
                    Err(RecvTimeoutError::Timeout) if stop() => break token.cancel(),
                    Err(RecvTimeoutError::Timeout) if started.elapsed() >= limits.time => break token.cancel(),
                    Err(RecvTimeoutError::Timeout) => {}
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
                }
            }
        });
        let answer = answer(triples, query, limits.rows, held);
        drop(done);
        let _ = watch.join();
        answer.map_err(|error| match error {
            QueryError::Cancelled if !stop() => QueryError::TooSlow(limits.time),
            other => other,
        })
    })
}

fn answer(triples: &Triples, query: &str, most: usize, token: CancellationToken) -> Result<Answer, QueryError> {
    let failed = |error: QueryEvaluationError| match error {
        QueryEvaluationError::Cancelled => QueryError::Cancelled,
        other => QueryError::Failed(other.to_string()),
    };
    refuse_monsters(query)?;
    let mut parser = SparqlParser::new();
    for (prefix, namespace) in PREFIXES {
        parser = parser.with_prefix(*prefix, *namespace).map_err(|e| QueryError::Syntax(e.to_string()))?;
    }
    let query = parser.parse_query(query).map_err(|e| QueryError::Syntax(e.to_string()))?;
    refuse_products(triples, &query)?;
    let asked = Asked { triples, stop: token.clone() };
    let evaluator = QueryEvaluator::new().with_cancellation_token(token.clone());
    let answer = gather(evaluator.prepare(&query).execute(asked).map_err(failed)?, most, failed);
    // What was stopped looks like an end.
    if token.is_cancelled() { Err(QueryError::Cancelled) } else { answer }
}

fn gather(
    results: QueryResults,
    most: usize,
    failed: impl Fn(QueryEvaluationError) -> QueryError + Copy,
) -> Result<Answer, QueryError> {
    match results {
        QueryResults::Boolean(truth) => Ok(Answer::Truth(truth)),
        QueryResults::Solutions(mut solutions) => {
            let columns: Vec<Variable> = solutions.variables().to_vec();
            let mut rows = Vec::new();
            while rows.len() < most {
                let Some(solution) = solutions.next() else { break };
                let solution = solution.map_err(failed)?;
                rows.push(columns.iter().map(|column| solution.get(column).map(Value::of)).collect());
            }
            let more = rows.len() == most && solutions.next().is_some();
            let columns = columns.into_iter().map(|column| column.as_str().to_owned()).collect();
            Ok(Answer::Table { columns, rows, more })
        }
        QueryResults::Graph(mut statements) => {
            let mut rows: Vec<Vec<Option<Value>>> = Vec::new();
            let mut seen = HashSet::new();
            while rows.len() < most {
                let Some(statement) = statements.next() else { break };
                let Statement { subject, predicate, object } = statement.map_err(failed)?;
                let row = [subject.into(), predicate.into(), object];
                let row: Vec<_> = row.iter().map(|term: &Term| Some(Value::of(term))).collect();
                if seen.insert(row.clone()) {
                    rows.push(row);
                }
            }
            let more = rows.len() == most && statements.next().is_some();
            let columns = ["subject", "property", "value"].map(str::to_owned).to_vec();
            Ok(Answer::Table { columns, rows, more })
        }
    }
}

/// How many combinations of things that have nothing to do with each other are borne.
const PRODUCT: usize = 5_000_000;

/// Refuses a query that asks for every combination of things that share no variable: it would fill the memory before
/// anybody can stop it.
fn refuse_products(triples: &Triples, query: &Query) -> Result<(), QueryError> {
    let (Query::Select { pattern, .. }
    | Query::Construct { pattern, .. }
    | Query::Describe { pattern, .. }
    | Query::Ask { pattern, .. }) = query;
    let mut open = vec![pattern];
    while let Some(pattern) = open.pop() {
        match pattern {
            GraphPattern::Bgp { patterns } => {
                let combinations = combinations(triples, patterns);
                if combinations > PRODUCT {
                    return Err(QueryError::Product(combinations));
                }
            }
            GraphPattern::Join { left, right }
            | GraphPattern::Union { left, right }
            | GraphPattern::Minus { left, right }
            | GraphPattern::LeftJoin { left, right, .. } => open.extend([&**left, &**right]),
            GraphPattern::Filter { inner, .. }
            | GraphPattern::Graph { inner, .. }
            | GraphPattern::Extend { inner, .. }
            | GraphPattern::OrderBy { inner, .. }
            | GraphPattern::Project { inner, .. }
            | GraphPattern::Distinct { inner }
            | GraphPattern::Reduced { inner }
            | GraphPattern::Slice { inner, .. }
            | GraphPattern::Group { inner, .. }
            | GraphPattern::Service { inner, .. } => open.push(inner),
            GraphPattern::Path { .. } | GraphPattern::Values { .. } => {}
        }
    }
    Ok(())
}

/// At least how many rows patterns make that hang together in several groups: the product of each group's smallest.
fn combinations(triples: &Triples, patterns: &[TriplePattern]) -> usize {
    let mut groups: Vec<(HashSet<String>, usize)> = Vec::new();
    for pattern in patterns {
        let mut variables = HashSet::new();
        let mut place = |term: &TermPattern| match term {
            TermPattern::Variable(v) => {
                variables.insert(v.as_str().to_owned());
                None
            }
            TermPattern::BlankNode(b) => {
                variables.insert(format!("_:{}", b.as_str()));
                None
            }
            TermPattern::NamedNode(iri) => Some(triples.iri(iri.as_str()).unwrap_or(u32::MAX)),
            TermPattern::Literal(literal) => Some(triples.id(&literal.clone().into()).unwrap_or(u32::MAX)),
            TermPattern::Triple(_) => Some(u32::MAX),
        };
        let (s, o) = (place(&pattern.subject), place(&pattern.object));
        let p = match &pattern.predicate {
            NamedNodePattern::NamedNode(iri) => Some(triples.iri(iri.as_str()).unwrap_or(u32::MAX)),
            NamedNodePattern::Variable(v) => {
                variables.insert(v.as_str().to_owned());
                None
            }
        };
        let mut size = triples.matching(s, p, o).len();
        // Every group that shares a variable becomes one with this pattern.
        groups.retain(|(known, rows)| {
            let shares = !known.is_disjoint(&variables);
            if shares {
                variables.extend(known.iter().cloned());
                size = size.min(*rows);
            }
            !shares
        });
        groups.push((variables, size));
    }
    if groups.len() < 2 {
        return 0;
    }
    groups.iter().map(|(_, rows)| *rows).fold(1, usize::saturating_mul)
}

/// Refuses what would break the parser's stack.
fn refuse_monsters(query: &str) -> Result<(), QueryError> {
    let mut depth = 0_usize;
    for letter in query.bytes() {
        match letter {
            b'(' | b'{' | b'[' => depth += 1,
            b')' | b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return Err(QueryError::TooLarge);
        }
    }
    if query.len() > LONGEST { Err(QueryError::TooLarge) } else { Ok(()) }
}

impl Answer {
    /// The answer as the SPARQL 1.1 results of a format: `Json` or `Csv`.
    ///
    /// # Errors
    /// Never for terms that came out of a graph.
    fn results(&self, format: QueryResultsFormat) -> std::io::Result<Vec<u8>> {
        let serializer = QueryResultsSerializer::from_format(format);
        match self {
            Self::Truth(truth) => serializer.serialize_boolean_to_writer(Vec::new(), *truth),
            Self::Table { columns, rows, .. } => {
                let variables: Vec<_> = columns.iter().map(Variable::new_unchecked).collect();
                let mut writer = serializer.serialize_solutions_to_writer(Vec::new(), variables.clone())?;
                for row in rows {
                    let terms: Vec<_> = row.iter().map(|value| value.as_ref().and_then(term)).collect();
                    let bound =
                        variables.iter().zip(&terms).filter_map(|(v, t)| Some((v.as_ref(), t.as_ref()?.as_ref())));
                    writer.serialize(bound)?;
                }
                writer.finish()
            }
        }
    }
    /// As SPARQL query results in JSON.
    pub fn to_json(&self) -> String {
        self.results(QueryResultsFormat::Json).map(|b| String::from_utf8_lossy(&b).into_owned()).unwrap_or_default()
    }
    /// As SPARQL query results in CSV.
    pub fn to_csv(&self) -> String {
        self.results(QueryResultsFormat::Csv).map(|b| String::from_utf8_lossy(&b).into_owned()).unwrap_or_default()
    }
    /// As a plain table.
    pub fn to_text(&self) -> String {
        let Self::Table { columns, rows, .. } = self else {
            return if *self == Self::Truth(true) { "yes\n" } else { "no\n" }.to_owned();
        };
        let cell =
            |value: &Option<Value>| value.as_ref().map(Value::shown).unwrap_or_default().replace(['\n', '\t'], " ");
        let mut text = columns.join("\t");
        for row in rows {
            let _ = write!(text, "\n{}", row.iter().map(cell).collect::<Vec<_>>().join("\t"));
        }
        text.push('\n');
        text
    }
}

fn term(value: &Value) -> Option<Term> {
    use oxrdf::{BlankNode, Literal, NamedNode};
    Some(match value {
        Value::Iri(iri) => NamedNode::new_unchecked(iri.as_str()).into(),
        Value::Blank(id) => BlankNode::new_unchecked(id.as_str()).into(),
        Value::Literal { text, language, datatype } => match (language.is_empty(), datatype.is_empty()) {
            (false, _) => Literal::new_language_tagged_literal_unchecked(text.as_str(), language.as_str()).into(),
            (true, true) => Literal::new_simple_literal(text.as_str()).into(),
            (true, false) => {
                Literal::new_typed_literal(text.as_str(), NamedNode::new_unchecked(datatype.as_str())).into()
            }
        },
        Value::Other(_) => return None,
    })
}
