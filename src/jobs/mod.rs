//! Long work: jobs with progress and cancel, and the conversation with the worker process.

pub mod after;
pub mod analyse;
pub mod ended_early;
pub mod examine;
pub mod job;
pub mod listen;
pub mod own;
pub mod power;
mod prints;
pub mod protocol;
pub mod training;
pub mod whole;
pub mod work;
pub mod worker;

pub use analyse::{AnalyseError, AnalyseRequest, AnalyseSummary, AnalysisSink, analyse};
pub use job::{CancelToken, Job, JobBoard, JobContext, JobError, JobId, JobState, JobView, Rest};
pub use listen::{ListenRequest, listen};
pub use work::{Plan, Work};
pub use worker::{Worker, WorkerError};
