//! Writes into the worker where its libtorch lies, so that it starts from any folder with no variable set.

use std::env;
use std::path::PathBuf;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // The same two variables, in the same order, that `torch-sys` looks at.
    for name in ["LIBTORCH_LIB", "LIBTORCH"] {
        println!("cargo::rerun-if-env-changed={name}");
    }
    let Some(prefix) = ["LIBTORCH_LIB", "LIBTORCH"].iter().find_map(env::var_os) else {
        // A libtorch of the system's own: the loader finds it by itself.
        return;
    };
    let lib = PathBuf::from(prefix).join("lib");
    let target = env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    match target.as_str() {
        "linux" | "macos" => println!("cargo::rustc-link-arg=-Wl,-rpath,{}", lib.display()),
        _ => {}
    }
}
