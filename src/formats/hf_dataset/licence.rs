//! Licences by the name that Hugging Face gives them.

/// A licence: what `license:` says in the card, and what people call it.
pub(super) struct Licence {
    /// Identifier of Hugging Face; `other` for one it has no name for, `unknown` while undecided.
    pub(super) id: String,
    pub(super) name: String,
    /// Where its text is; empty while undecided.
    pub(super) iri: String,
}

/// Parts of an IRI that tell a licence, its identifier and its name.
const KNOWN: &[(&str, &str, &str)] = &[
    ("apache.org/licenses/license-2.0", "apache-2.0", "Apache License 2.0"),
    ("opensource.org/licenses/mit", "mit", "MIT License"),
    ("opensource.org/license/mit", "mit", "MIT License"),
    ("spdx.org/licenses/mit", "mit", "MIT License"),
    ("spdx.org/licenses/apache-2.0", "apache-2.0", "Apache License 2.0"),
    ("spdx.org/licenses/cc0-1.0", "cc0-1.0", "CC0 1.0 Universal"),
    ("opendatacommons.org/licenses/odbl", "odbl", "Open Database License"),
    ("opendatacommons.org/licenses/by", "odc-by", "Open Data Commons Attribution License"),
    ("opendatacommons.org/licenses/pddl", "pddl", "Public Domain Dedication and License"),
    ("gnu.org/licenses/gpl-3.0", "gpl-3.0", "GNU General Public License 3.0"),
    ("gnu.org/licenses/fdl", "gfdl", "GNU Free Documentation License"),
];

/// Creative Commons licences that Hugging Face has names for, by kind, with the versions it knows.
const COMMONS: &[(&str, &[&str])] = &[
    ("by", &["2.0", "2.5", "3.0", "4.0"]),
    ("by-sa", &["3.0", "4.0"]),
    ("by-nc", &["2.0", "3.0", "4.0"]),
    ("by-nd", &["4.0"]),
    ("by-nc-nd", &["3.0", "4.0"]),
    ("by-nc-sa", &["2.0", "3.0", "4.0"]),
];

impl Licence {
    pub(super) fn of(iri: &str) -> Self {
        let iri = iri.trim();
        let licence = |id: String, name: String| Self { id, name, iri: iri.to_owned() };
        if iri.is_empty() {
            return licence("unknown".to_owned(), "not decided yet".to_owned());
        }
        let plain = iri.to_lowercase();
        let plain = plain.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
        if plain.starts_with("creativecommons.org/publicdomain/zero/1.0") {
            return licence("cc0-1.0".to_owned(), "CC0 1.0 Universal".to_owned());
        }
        if let Some(rest) = plain.strip_prefix("creativecommons.org/licenses/") {
            let mut steps = rest.split('/');
            let (kind, version) = (steps.next().unwrap_or_default(), steps.next().unwrap_or_default());
            let name = format!("Creative Commons {} {version}", kind.to_uppercase()).trim_end().to_owned();
            let known = COMMONS.iter().any(|(k, versions)| *k == kind && versions.contains(&version));
            return licence(if known { format!("cc-{kind}-{version}") } else { "other".to_owned() }, name);
        }
        match KNOWN.iter().find(|(start, ..)| plain.starts_with(start)) {
            Some((_, id, name)) => licence((*id).to_owned(), (*name).to_owned()),
            None => licence("other".to_owned(), iri.to_owned()),
        }
    }

    /// The `LICENSE` file.
    pub(super) fn file(&self, project: &str) -> String {
        if self.iri.is_empty() {
            return format!(
                "{project}\n\nNo licence has been decided yet. Until there is one, nobody may copy, change or pass on this material\n\
                 without asking the people who made it.\n"
            );
        }
        let named = if self.name == self.iri { String::new() } else { format!("{}\n", self.name) };
        format!(
            "{project}\n\nThis material is published under the following licence; its text stands at the address given.\n\n\
             {named}{}\n\nCredit the people named in README.md, and respect what it says under “Consent and access”.\n",
            self.iri
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Licence;

    #[test]
    fn licences_by_their_address() {
        for (iri, id) in [
            ("https://creativecommons.org/licenses/by/4.0/", "cc-by-4.0"),
            ("http://creativecommons.org/licenses/by-nc-sa/4.0/legalcode", "cc-by-nc-sa-4.0"),
            ("https://creativecommons.org/licenses/by-nc-sa/2.5/", "other"),
            ("https://creativecommons.org/publicdomain/zero/1.0/", "cc0-1.0"),
            ("https://www.apache.org/licenses/LICENSE-2.0", "apache-2.0"),
            ("https://opensource.org/licenses/MIT", "mit"),
            ("https://example.org/ours", "other"),
            ("", "unknown"),
        ] {
            assert_eq!(Licence::of(iri).id, id, "{iri}");
        }
    }
}
