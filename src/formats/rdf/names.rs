//! The vocabularies that the graph is written in, and their prefixes.

use super::Node;

macro_rules! vocabularies {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal, $namespace:literal;)*) => {
        $($(#[$doc])* pub(super) fn $name(local: &str) -> Node { Node::new(concat!($namespace).to_owned() + local) })*

        /// Prefix and namespace of every vocabulary, in order of prefix.
        pub(super) const PREFIXES: &[(&str, &str)] = &[$(($prefix, $namespace)),*];
    };
}

vocabularies! {
    dct = "dct", "http://purl.org/dc/terms/";
    dctype = "dctype", "http://purl.org/dc/dcmitype/";
    decomp = "decomp", "http://www.w3.org/ns/lemon/decomp#";
    dwc = "dwc", "http://rs.tdwg.org/dwc/terms/";
    foaf = "foaf", "http://xmlns.com/foaf/0.1/";
    /// OntoLex-FrAC: attestations and frequency.
    frac = "frac", "http://www.w3.org/ns/lemon/frac#";
    /// OntoLex Lexicography: entry order, usage examples.
    lexicog = "lexicog", "http://www.w3.org/ns/lemon/lexicog#";
    lexinfo = "lexinfo", "http://www.lexinfo.net/ontology/3.0/lexinfo#";
    ligt = "ligt", "http://purl.org/ligt/ligt-0.3#";
    lime = "lime", "http://www.w3.org/ns/lemon/lime#";
    /// OntoLex Morphology.
    morph = "morph", "http://www.w3.org/ns/lemon/morph#";
    /// Web Annotation.
    oa = "oa", "http://www.w3.org/ns/oa#";
    ontolex = "ontolex", "http://www.w3.org/ns/lemon/ontolex#";
    owl = "owl", "http://www.w3.org/2002/07/owl#";
    prov = "prov", "http://www.w3.org/ns/prov#";
    rdf = "rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    rdfs = "rdfs", "http://www.w3.org/2000/01/rdf-schema#";
    skos = "skos", "http://www.w3.org/2004/02/skos/core#";
    /// OntoLex variation and translation: relations between entries and senses.
    vartrans = "vartrans", "http://www.w3.org/ns/lemon/vartrans#";
    void = "void", "http://rdfs.org/ns/void#";
    xsd = "xsd", "http://www.w3.org/2001/XMLSchema#";
}
