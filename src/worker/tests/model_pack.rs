//! The model pack as files: complete, described, and refused when damaged.

use std::fs;
use std::path::{Path, PathBuf};

use fieldgloss_worker::models::{ModelError, ModelName, Networks};

fn pack() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/models")
}

#[test]
fn every_model_loads_and_says_where_it_comes_from() {
    let networks = Networks::load(&pack(), &ModelName::ALL).unwrap();
    for name in ModelName::ALL {
        let card = networks.card(name).unwrap();
        assert_eq!(name.folder().parse::<ModelName>().unwrap(), name);
        assert!(!card.licence.is_empty() && !card.limits.trim().is_empty() && !card.source.package.is_empty());
        assert!(
            card.verified.as_ref().is_some_and(|verified| verified.max_difference.is_finite()),
            "{name} was never verified"
        );
        let size = fs::metadata(pack().join(name.folder()).join(&card.file.name)).unwrap().len();
        assert_eq!(size, card.file.bytes, "{name}");
    }
}

/// A pack with one model, copied so that it can be damaged.
fn copied(name: ModelName) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join(name.folder());
    fs::create_dir(&to).unwrap();
    for file in ["model.pt", "card.toml"] {
        fs::copy(pack().join(name.folder()).join(file), to.join(file)).unwrap();
    }
    folder
}

#[test]
fn a_damaged_pack_is_told_apart_and_not_loaded() {
    let name = ModelName::FaceDetectNear;
    let load = |pack: &Path| Networks::load(pack, &[name]).map(|_| ()).unwrap_err();

    let pack = copied(name);
    let model = pack.path().join(name.folder()).join("model.pt");
    let mut bytes = fs::read(&model).unwrap();
    bytes[5000] ^= 1;
    fs::write(&model, &bytes).unwrap();
    let error = load(pack.path());
    assert!(matches!(error, ModelError::Checksum { .. }) && error.to_string().contains("damaged"), "{error}");

    fs::remove_file(&model).unwrap();
    assert!(matches!(load(pack.path()), ModelError::Unreadable { .. }));

    let card = pack.path().join(name.folder()).join("card.toml");
    fs::write(&card, "name = ").unwrap();
    assert!(matches!(load(pack.path()), ModelError::Card { .. }));
    fs::copy(self::pack().join("pose/card.toml"), &card).unwrap();
    assert!(matches!(load(pack.path()), ModelError::Card { .. }));
    let text = fs::read_to_string(self::pack().join(name.folder()).join("card.toml")).unwrap();
    fs::write(&card, text.replace("[1, 896, 17]", "[1, 9, 17]")).unwrap();
    assert!(matches!(load(pack.path()), ModelError::Card { .. }));

    assert!(matches!(load(Path::new("/nowhere")), ModelError::Unreadable { .. }));

    // A card that vouches for a file which is no model: libtorch's refusal, no crash.
    let pack = copied(name);
    let folder = pack.path().join(name.folder());
    fs::write(folder.join("model.pt"), b"").unwrap();
    let text = fs::read_to_string(folder.join("card.toml")).unwrap();
    let start = text.find("sha256 = \"").unwrap() + 10;
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    fs::write(folder.join("card.toml"), format!("{}{empty}{}", &text[..start], &text[start + 64..])).unwrap();
    assert!(matches!(load(pack.path()), ModelError::Torch { doing: "loading", .. }));
}
