#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fieldgloss_fuzz::read_folder("cldf", bytes));
