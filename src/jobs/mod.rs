//! Long work: jobs with progress and cancel, and the conversation with the worker process.

pub mod analyse;
pub mod job;
pub mod listen;
pub mod protocol;
pub mod training;
pub mod worker;

pub use analyse::{AnalyseError, AnalyseRequest, AnalyseSummary, AnalysisSink, analyse};
pub use job::{CancelToken, Job, JobBoard, JobContext, JobError, JobId, JobState, JobView};
pub use listen::{ListenRequest, listen};
pub use worker::{Worker, WorkerError};
