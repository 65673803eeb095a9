//! What a network may say about a person: what everybody can see and change, what is said only on request, and what
//! is not said at all.

/// How freely an attribute is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Worn, done or of the picture: told.
    Always,
    /// Concerns age, sex or looks: told when the model's card says `personal = true`.
    OnRequest,
    /// Concerns race, or judges: never told.
    Never,
}

/// How freely an attribute is told, by its name in small letters and underscores.
pub fn told(name: &str) -> Told {
    match name {
        "arched_eyebrows"
        | "blurry"
        | "eyeglasses"
        | "mouth_slightly_open"
        | "smiling"
        | "wearing_earrings"
        | "wearing_hat"
        | "wearing_necklace"
        | "wearing_necktie"
        | "expression" => Told::Always,
        "race" | "pale_skin" | "attractive" | "big_lips" | "big_nose" | "pointy_nose" | "narrow_eyes" | "oval_face"
        | "rosy_cheeks" | "high_cheekbones" | "chubby" | "double_chin" => Told::Never,
        _ => Told::OnRequest,
    }
}

/// Whether an attribute is told under a card that does or does not ask for personal ones.
pub fn is_told(name: &str, personal: bool) -> bool {
    match told(name) {
        Told::Always => true,
        Told::OnRequest => personal,
        Told::Never => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn race_is_never_told_and_age_and_sex_only_on_request() {
        assert!(!is_told("race", true) && !is_told("pale_skin", true));
        for name in ["age", "gender", "male", "young", "gray_hair"] {
            assert!(!is_told(name, false) && is_told(name, true), "{name}");
        }
        assert!(is_told("eyeglasses", false));
    }
}
