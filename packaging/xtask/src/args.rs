//! The command line of `cargo xtask`.

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Help,
    Run,
    Test,
    Setup,
    Bench,
    Models,
    Sample,
}

/// A verb with its options.
#[derive(Debug, PartialEq, Eq)]
pub struct Request {
    pub verb: Verb,
    /// Optimise our own code fully too, in a build of its own (`run` only).
    pub release: bool,
    /// Everything after `--`, passed on untouched.
    pub rest: Vec<String>,
}

/// Reads the arguments after the program's name; the error is a sentence for the person who typed them.
pub fn parse(args: impl Iterator<Item = String>) -> Result<Request, String> {
    let mut args = args.peekable();
    let Some(word) = args.next() else {
        return Err("Which verb?".to_owned());
    };
    let verb = match word.as_str() {
        "help" | "--help" | "-h" => Verb::Help,
        "run" => Verb::Run,
        "test" => Verb::Test,
        "setup" => Verb::Setup,
        "bench" => Verb::Bench,
        "models" => Verb::Models,
        "sample" => Verb::Sample,
        other => return Err(format!("There is no verb “{other}”.")),
    };
    let mut request = Request { verb, release: false, rest: Vec::new() };
    while let Some(word) = args.next() {
        match word.as_str() {
            "--" if verb != Verb::Setup => request.rest.extend(args.by_ref()),
            "--release" if verb == Verb::Run => request.release = true,
            "--help" | "-h" => request.verb = Verb::Help,
            other => {
                return Err(format!(
                    "“{other}” is not an option of this verb; what is meant for the program goes after --."
                ));
            }
        }
    }
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Request, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn what_follows_the_dashes_is_passed_on() {
        let request = parsed("run --release -- --help demo").unwrap();
        assert_eq!(request.verb, Verb::Run);
        assert!(request.release);
        assert_eq!(request.rest, ["--help", "demo"]);
    }

    #[test]
    fn a_stray_word_is_wrong_usage() {
        assert!(parsed("").is_err());
        assert!(parsed("walk").is_err());
        assert!(parsed("run project").is_err());
        assert!(parsed("test --release").is_err());
    }
}
