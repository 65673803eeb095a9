//! A TextGrid as it stands in the file.

use super::decimal;
use crate::domain::Time;

/// A number of seconds as written, and the time it means; no time for what is no usable number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seconds {
    pub text: String,
    pub time: Option<Time>,
    /// Whether nanoseconds hold all of it.
    pub exact: bool,
}

/// An interval, or a point when `end` is `None`.
#[derive(Clone, Debug)]
pub struct Item {
    pub start: Seconds,
    pub end: Option<Seconds>,
    pub text: String,
}

/// One tier.
#[derive(Clone, Debug)]
pub struct GridTier {
    /// `IntervalTier` or `TextTier`.
    pub class: String,
    pub name: String,
    pub xmin: Seconds,
    pub xmax: Seconds,
    pub items: Vec<Item>,
}

/// The whole grid, as far as it could be read.
#[derive(Clone, Debug)]
pub struct Grid {
    pub xmin: Seconds,
    pub xmax: Seconds,
    pub tiers: Vec<GridTier>,
    /// Where and why reading ended early.
    pub fault: Option<Fault>,
}

/// Where something is not as it should be.
#[derive(Clone, Debug)]
pub struct Fault {
    pub place: String,
    pub problem: String,
}

/// Where the parts of a grid come from: text or bytes, in the same order in every variant of the format.
pub trait Source {
    fn seconds(&mut self) -> Result<Seconds, Fault>;
    fn count(&mut self) -> Result<u64, Fault>;
    fn string(&mut self) -> Result<String, Fault>;
    /// The name of a tier's class; binary files write it in another way than texts.
    fn class(&mut self) -> Result<String, Fault>;
    /// Whether there are tiers.
    fn exists(&mut self) -> Result<bool, Fault>;
    /// Where the source stands, in the user's words.
    fn place(&self) -> String;
}

impl Seconds {
    /// A number as written.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let (time, exact) = decimal::parse(&text).map_or((None, true), |(time, exact)| (Some(time), exact));
        Self { text, time, exact }
    }
}

impl Grid {
    /// Reads what follows the header. A fault after the first tier's head ends the reading and is noted.
    ///
    /// # Errors
    /// When it breaks off before there is a tier.
    pub fn read(source: &mut impl Source) -> Result<Self, Fault> {
        let (xmin, xmax) = (source.seconds()?, source.seconds()?);
        let mut grid = Self { xmin, xmax, tiers: Vec::new(), fault: None };
        if !source.exists()? {
            return Ok(grid);
        }
        let count = source.count()?;
        for _ in 0..count {
            if let Err(fault) = grid.read_tier(source) {
                if grid.tiers.is_empty() {
                    return Err(fault);
                }
                grid.fault = Some(fault);
                break;
            }
        }
        Ok(grid)
    }

    fn read_tier(&mut self, source: &mut impl Source) -> Result<(), Fault> {
        let place = source.place();
        let class = source.class()?;
        let points = match class.as_str() {
            "IntervalTier" => false,
            "TextTier" => true,
            _ => {
                let problem = format!("a tier of class '{class}', where Praat has IntervalTier and TextTier");
                return Err(Fault { place, problem });
            }
        };
        let name = source.string()?;
        let (xmin, xmax) = (source.seconds()?, source.seconds()?);
        let count = source.count()?;
        self.tiers.push(GridTier { class, name, xmin, xmax, items: Vec::new() });
        for _ in 0..count {
            let start = source.seconds()?;
            let end = if points { None } else { Some(source.seconds()?) };
            let text = source.string()?;
            if let Some(tier) = self.tiers.last_mut() {
                tier.items.push(Item { start, end, text });
            }
        }
        Ok(())
    }
}
