//! Checkpoint files of PyTorch, read as data: every kind of number, strict loading, and nothing that is run.

use std::path::{Path, PathBuf};

use fieldgloss_worker::models::checkpoint::{self, CheckpointError};
use fieldgloss_worker::models::nets::{NetError, NetName, Network, parity, recipe};
use serde_json::Value;
use tch::{Kind, Tensor};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/checkpoints").join(name)
}

#[test]
fn every_kind_of_tensor_is_what_pytorch_has() {
    let wanted: Value =
        serde_json::from_slice(&std::fs::read(data("tensors.json")).expect("what PyTorch says")).expect("JSON");
    let wanted = wanted.as_object().expect("an object");
    for file in ["tensors.pth", "tensors_legacy.pth", "tensors.safetensors"] {
        let found = checkpoint::read(&data(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(found.len(), wanted.len(), "{file}");
        for (name, want) in wanted {
            let tensor = found.get(name).unwrap_or_else(|| panic!("{file}: {name}"));
            let shape: Vec<i64> = serde_json::from_value(want["shape"].clone()).expect("a shape");
            let values: Vec<f64> = serde_json::from_value(want["values"].clone()).expect("values");
            assert_eq!(tensor.size(), shape, "{file}: {name}");
            let ours: Vec<f64> = Vec::try_from(tensor.contiguous().view([-1]).to_kind(Kind::Double)).expect("numbers");
            assert_eq!(ours, values, "{file}: {name}");
        }
    }
}

#[test]
fn weights_are_found_beside_what_a_training_run_keeps() {
    let found = checkpoint::read(&data("nested.pt")).expect("the weights");
    assert!(found.contains_key("plain") && found.contains_key("shared.tail"), "{:?}", found.keys());
    assert!(found.keys().all(|key| !key.starts_with("module.") && key != "step"));
}

#[test]
fn two_tensors_of_one_name_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("twice.safetensors");
    let tensor = || Tensor::zeros([2], (Kind::Float, tch::Device::Cpu));
    Tensor::write_safetensors(&[("norm.weight", tensor()), ("module.norm.weight", tensor())], &path).expect("written");
    let error = checkpoint::read(&path).expect_err("which of them?").to_string();
    assert!(error.contains("two tensors called norm.weight"), "{error}");
}

#[test]
fn a_file_that_would_run_a_program_is_refused_by_name() {
    let _ = std::fs::remove_file("fieldgloss-was-here");
    for (file, call) in [("evil.pth", "system"), ("evil_legacy.pth", "system"), ("evil_plain.pt", "eval")] {
        match checkpoint::read(&data(file)) {
            Err(CheckpointError::Calls { name }) => assert!(name.ends_with(call), "{file}: {name}"),
            other => panic!("{file}: {:?}", other.map(|found| found.len())),
        }
    }
    assert!(!Path::new("fieldgloss-was-here").exists());
}

#[test]
fn a_published_layout_is_recognised_loaded_and_says_what_the_official_code_says() {
    let values = checkpoint::read(&data("wav2small.pth")).expect("the weights");
    assert_eq!(Network::recognise(&values).expect("its keys are known"), NetName::Wav2Small);
    let network = Network::load(NetName::Wav2Small, values).expect("they fit");
    let input = recipe::input(parity::INPUT_KEY, &NetName::Wav2Small.input_shape());
    let report = parity::measure(&network, &input, true).expect("it runs");
    assert!(report.off().is_some_and(|off| off <= parity::TOLERANCE), "{report:?}");
}

#[test]
fn a_key_too_few_too_many_or_of_another_shape_is_named() {
    let mut values = checkpoint::read(&data("wav2small.pth")).expect("the weights");
    values.remove("adv.bias");
    values.insert("adv.extra".into(), Tensor::zeros([3], (Kind::Float, tch::Device::Cpu)));
    values.insert("vgg7.lin.bias".into(), Tensor::zeros([14], (Kind::Float, tch::Device::Cpu)));
    let Err(NetError::Misfit { name, misfit }) = Network::recognise(&values) else { panic!("it was recognised") };
    assert_eq!(name, NetName::Wav2Small);
    assert_eq!(misfit.missing, ["adv.bias"]);
    assert_eq!(misfit.extra, ["adv.extra"]);
    assert_eq!(misfit.different.first().map(|(key, ..)| key.as_str()), Some("vgg7.lin.bias"));
}

#[test]
fn broken_files_are_told_and_none_of_them_hurts() {
    let folder = tempfile::tempdir().expect("a folder");
    for source in ["tensors.pth", "tensors_legacy.pth", "nested.pt", "wav2small.pth"] {
        let bytes = std::fs::read(data(source)).expect("the file");
        for round in 0..60_usize {
            let mut broken = bytes.clone();
            if round % 2 == 0 {
                broken.truncate(bytes.len() * round / 60);
            } else {
                for step in 0..8 {
                    let at = (round * 7919 + step * 104_729) % bytes.len();
                    broken[at] = broken[at].wrapping_add((round * 31 + step) as u8);
                }
            }
            let file = folder.path().join("broken.pth");
            std::fs::write(&file, &broken).expect("a file");
            if let Err(error) = checkpoint::read(&file) {
                assert!(!error.to_string().is_empty());
            }
        }
    }
    let text = folder.path().join("text.pt");
    std::fs::write(&text, "hello").expect("a file");
    assert!(matches!(checkpoint::read(&text), Err(CheckpointError::Broken { .. })));
    assert!(matches!(checkpoint::read(&folder.path().join("none.pt")), Err(CheckpointError::Unreadable { .. })));
}

/// A file of PyTorch's older kind around the pickle of its weights.
fn older_file(weights: &[u8], order: &[u8], numbers: &[u8]) -> Vec<u8> {
    let magic = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
    [magic, b"\x80\x02M\xe9\x03.".as_slice(), b"\x80\x02}.", weights, order, numbers].concat()
}

#[test]
fn a_small_file_cannot_grow_without_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let read = |name: &str, bytes: &[u8]| {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes).expect("a file");
        checkpoint::read(&file)
    };

    // One long text, meant two million times.
    let mut text = b"\x80\x02X\x00\x00\x10\x00".to_vec();
    text.extend(vec![b'a'; 1 << 20]);
    text.extend(b"q\x00");
    text.extend(b"h\x00".repeat(2_000_000));
    text.push(b'.');
    assert!(matches!(read("text.pt", &text), Err(CheckpointError::Broken { .. })));

    // A long list that is the argument of many calls.
    let mut calls = b"\x80\x02ccollections\nOrderedDict\nq\x00(".to_vec();
    calls.extend(b"N".repeat(500_000));
    calls.extend(b"tq\x01");
    calls.extend(b"h\x00h\x01R".repeat(200_000));
    calls.push(b'.');
    assert!(matches!(read("calls.pt", &calls), Err(CheckpointError::Broken { .. })));

    // Dictionaries that each hold the next five hundred times: more ways through them than can be gone.
    let mut dicts = b"\x80\x02}q\x00".to_vec();
    for level in 1..8_u8 {
        dicts.extend([b'}', b'q', level, b'(']);
        (0..500).for_each(|_| dicts.extend([b'U', 1, b'a', b'h', level - 1]));
        dicts.push(b'u');
    }
    dicts.push(b'.');
    assert!(matches!(read("dicts.pt", &older_file(&dicts, b"\x80\x02].", b"")), Err(CheckpointError::Empty)));

    // Thousands of large tensors that repeat a single number.
    let mut tensors =
        b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n((U\x07storagectorch\nFloatStorage\nU\x010U\x03cpuK\x01tQ\
        K\x00J\x00\x00\x10\x00\x85K\x00\x85\x89ccollections\nOrderedDict\n)RtRq\x01}("
            .to_vec();
    for name in 0..2000 {
        tensors.extend([b'U', 4]);
        tensors.extend(format!("{name:04}").bytes());
        tensors.extend(b"h\x01");
    }
    tensors.extend(b"u.");
    let numbers = [1_u64.to_le_bytes().as_slice(), &1_f32.to_le_bytes()].concat();
    let found = read("tensors.pt", &older_file(&tensors, b"\x80\x02]U\x010a.", &numbers));
    let error = found.map(|found| found.len()).expect_err("that is too much").to_string();
    assert!(error.contains("together are larger"), "{error}");
}
