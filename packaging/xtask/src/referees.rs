//! The referees: programs of other makers, in Python, that judge what Fieldgloss writes. Only tests need them.

use std::path::{Path, PathBuf};

use crate::failure::Outcome;
use crate::python::Environment;

/// Provides a Python environment with the pinned referees; its `bin/python` has them all.
pub fn provide(root: &Path, cache: &Path) -> Outcome<PathBuf> {
    Environment {
        name: "referees",
        requirements: &root.join("packaging/referees/requirements.txt"),
        // The list names everything that is needed. ligttools would draw in seventy packages for its converters alone.
        pip: &["--no-deps", "--only-binary=:all:"],
        trial: "import rdflib, pyoxigraph, pyshacl, ligttools.search, lxml.etree, praatio.textgrid, pympi.Elan, parselmouth, krippendorff, sklearn.metrics",
    }
    .provide(cache)
}
