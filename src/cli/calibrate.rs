//! How sure expressions are proposed, from the command line.

use std::path::PathBuf;

use super::{Outcome, output, project};
use crate::app::edit::calibration;

/// Fit how sure expressions are proposed, from what was accepted and rejected in this project
#[derive(Debug, clap::Args)]
pub struct Calibrate {
    pub project: PathBuf,
    /// Take the networks at their word again
    #[arg(long)]
    pub forget: bool,
    #[arg(long)]
    pub json: bool,
}

pub(super) fn calibrate(args: &Calibrate) -> Outcome {
    let mut store = project::open(&args.project)?;
    if args.forget {
        let remade = calibration::forget(&mut store)?.value;
        if args.json {
            return output::json(&remade);
        }
        output::line(&format!("forgotten; {}", anew(&remade)));
        return Ok(());
    }
    let done = calibration::calibrate(&mut store)?.value;
    if args.json {
        return output::json(&done);
    }
    for (net, fitted) in &done.fitted {
        output::line(&format!(
            "{}: temperature {:.2} from {} decisions, {:.0} % of them right; it said {:.0} %, and says {:.0} % now",
            net.replace('.', "-"),
            fitted.temperature,
            fitted.decided,
            100.0 * fitted.right as f64 / fitted.decided.max(1) as f64,
            100.0 * fitted.sure_before,
            100.0 * fitted.sure_after
        ));
        output::line(&format!(
            "  off by {:.1} points on average before, {:.1} now (on decisions that it was not fitted on)",
            100.0 * fitted.error_before,
            100.0 * fitted.error_after
        ));
    }
    output::line(&anew(&done.remade));
    Ok(())
}

fn anew(remade: &calibration::Remade) -> String {
    format!("{} open proposals made anew, {} gave way", remade.made, remade.replaced)
}
