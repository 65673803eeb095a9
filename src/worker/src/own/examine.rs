//! A file that somebody wants to add: with a limit on memory, read as data, loaded strictly, run twice.

use fieldgloss::analysis::models::ModelCard;
use fieldgloss::jobs::own::{Examine, Examined};
use fieldgloss::jobs::protocol::Fault;
use fieldgloss_worker::models::checkpoint::{self, CheckpointError};
use fieldgloss_worker::models::nets::Network;
use fieldgloss_worker::models::own::{OwnModel, checksum};

use super::stop;
use crate::serve::{Stop, failed};

/// Looks at a file. The limit on memory stays for the rest of this process.
pub fn examine(what: &Examine) -> Result<Examined, Stop> {
    limit_memory(what.memory);
    let sha256 = checksum(&what.path).map_err(stop)?;
    let bytes = std::fs::metadata(&what.path).map_or(0, |data| data.len());
    let is_script = |error: &CheckpointError| matches!(error, CheckpointError::Script);
    match &what.card {
        Some(card) if !card.is_network() => {
            card.check().map_err(|error| stop(error.into()))?;
            let model = OwnModel::open(&what.path, (**card).clone()).map_err(stop)?;
            let probe = model.probe().map_err(stop)?;
            if let Some(trained) = &what.trained {
                crate::teach::judge(trained)?;
            }
            Ok(Examined { network: None, bytes, sha256, tensors: 0, parameters: 0, classes: 0, probe })
        }
        card => {
            let values = match checkpoint::read(&what.path) {
                Err(error) if is_script(&error) => {
                    return Err(failed(
                        Fault::Request,
                        "this is a TorchScript program, and what goes in and comes out only you know: write a card beside it (“fieldgloss models card image”, “audio” or “text” prints one to start from) and add the folder",
                    ));
                }
                other => other.map_err(|error| stop(error.into()))?,
            };
            let tensors = values.len();
            let name = Network::recognise(&values).map_err(|error| stop(error.into()))?;
            if let Some(card) = card.as_ref().filter(|card| card.network != name.text()) {
                let wrong = format!("its card says {}, but these are the weights of {name}", card.network);
                return Err(failed(Fault::Model, wrong));
            }
            let network = Network::load(name, values).map_err(|error| stop(error.into()))?;
            let (parameters, classes) = (network.parameter_count(), network.classes());
            let labels = (0..classes).map(|class| class.to_string()).collect();
            let blank = ModelCard { network: name.to_string(), labels, ..Default::default() };
            let probe = OwnModel::of_network(network, blank).probe().map_err(stop)?;
            Ok(Examined { network: Some(name.to_string()), bytes, sha256, tensors, parameters, classes, probe })
        }
    }
}

/// At most so many bytes more than the process has now. Where the system has no such limit, the time still has one.
fn limit_memory(more: u64) {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let pages = std::fs::read_to_string("/proc/self/statm")
            .ok()
            .and_then(|text| text.split_whitespace().next().and_then(|pages| pages.parse::<u64>().ok()));
        let now = pages.unwrap_or(0) * rustix::param::page_size() as u64;
        let limit = Some(now.saturating_add(more));
        if let Err(error) = setrlimit(Resource::As, Rlimit { current: limit, maximum: limit }) {
            log::warn!("memory could not be limited: {error}");
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = more;
}
