//! Whether the machine runs on its battery, so that long work can wait for the mains.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The machine is asked at most this often.
const ASK_EVERY: Duration = Duration::from_secs(5);

/// Something that knows where the machine's power comes from.
pub trait Power: Send + Sync {
    /// Whether it is the battery; `None` where that cannot be told, as without a battery.
    fn on_battery(&self) -> Option<bool>;
}

/// What this system says of its power; `None` on a system that is not asked (only Linux is).
pub fn of_this_machine() -> Option<Arc<dyn Power>> {
    let supplies = Path::new("/sys/class/power_supply");
    (cfg!(target_os = "linux") && supplies.is_dir()).then(|| Arc::new(Supplies(supplies.to_owned())) as Arc<dyn Power>)
}

/// Linux's folder of power supplies, one a folder, one word a file.
pub struct Supplies(pub PathBuf);

impl Power for Supplies {
    fn on_battery(&self) -> Option<bool> {
        let mut known = None;
        for supply in fs::read_dir(&self.0).ok()?.flatten() {
            let word = |name: &str| fs::read_to_string(supply.path().join(name)).unwrap_or_default().trim().to_owned();
            // A mouse has a battery too.
            if word("scope") == "Device" {
                continue;
            }
            match word("type").as_str() {
                "Mains" | "USB" | "Wireless" if word("online") == "1" => return Some(false),
                "Battery" => known = Some(known.unwrap_or(false) || word("status") == "Discharging"),
                _ => {}
            }
        }
        known
    }
}

/// Asks now and then, and remembers the answer meanwhile.
pub(super) struct Sparing {
    power: Arc<dyn Power>,
    asked: Option<(Instant, bool)>,
}

impl Sparing {
    pub(super) fn new(power: Arc<dyn Power>) -> Self {
        Self { power, asked: None }
    }
    /// Where it cannot be told, nothing waits.
    pub(super) fn on_battery(&mut self) -> bool {
        match self.asked {
            Some((when, answer)) if when.elapsed() < ASK_EVERY => answer,
            _ => {
                let answer = self.power.on_battery().unwrap_or(false);
                self.asked = Some((Instant::now(), answer));
                answer
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn supplies(of: &[(&str, &[(&str, &str)])]) -> (tempfile::TempDir, Supplies) {
        let folder = tempfile::tempdir().unwrap();
        for (name, files) in of {
            fs::create_dir(folder.path().join(name)).unwrap();
            files
                .iter()
                .for_each(|(file, word)| fs::write(folder.path().join(name).join(file), format!("{word}\n")).unwrap());
        }
        let path = folder.path().to_owned();
        (folder, Supplies(path))
    }

    #[test]
    fn a_laptop_is_on_its_battery_when_nothing_feeds_it() {
        let mains = |online| ("AC", [("type", "Mains"), ("online", online)]);
        let battery = |status| ("BAT0", [("type", "Battery"), ("status", status)]);
        let mouse: (&str, &[(&str, &str)]) =
            ("hid", &[("type", "Battery"), ("scope", "Device"), ("status", "Discharging")]);
        let with = |online, status| {
            let (mains, battery) = (mains(online), battery(status));
            let (_kept, supplies) = supplies(&[(mains.0, &mains.1), (battery.0, &battery.1), mouse]);
            supplies.on_battery()
        };
        assert_eq!(with("0", "Discharging"), Some(true));
        assert_eq!(with("1", "Charging"), Some(false));
        // At its charging limit a battery rests though it is fed; unplugged and full it is not drawn on yet.
        assert_eq!(with("1", "Discharging"), Some(false));
        assert_eq!(with("0", "Full"), Some(false));
        let (_kept, only_mouse) = supplies(&[mouse]);
        assert_eq!(only_mouse.on_battery(), None);
        assert_eq!(Supplies("/nowhere".into()).on_battery(), None);
    }
}
