//! `pentimento bench` as scripts meet it: names, fields and exit codes. How fast anything is, no test can promise.

#![cfg_attr(feature = "gui", expect(clippy::unwrap_used, reason = "what a test prepares must be there"))]

#[cfg(feature = "gui")]
mod explore_kit;

use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The names of the `conv` suite, which other programs report too.
const LAYERS: [&str; 16] = [
    "conv 256-256 k3 s1 hw64 b1",
    "conv 128-128 k3 s1 hw128 b1",
    "conv 64-64 k3 s1 hw256 b1",
    "conv 3-64 k7 s1 hw256 b1",
    "conv 64-3 k7 s1 hw256 b1",
    "conv 64-128 k3 s2 hw256 b1",
    "conv 512-512 k3 s1 hw16 b1",
    "conv 512-512 k3 s1 hw32 b1",
    "conv 512-512 k1 s1 hw32 b1",
    "conv 64-128 k4 s2 hw64 b16",
    "conv 128-256 k4 s2 hw32 b16",
    "convt 512-256 k4 s2 hw8 b1",
    "convt 256-128 k4 s2 hw16 b1",
    "convt 128-64 k4 s2 hw32 b1",
    "convt 256-128 k4 s2 hw16 b64",
    "convt 128-64 k4 s2 hw32 b64",
];

/// The names of the `net` suite.
const NETWORKS: [&str; 9] = [
    "resnet9-256 b1",
    "dcgan-64 b1",
    "dcgan-64 b16",
    "dcgan-64 b64",
    "dcgan-64 b1 gradient",
    "dcgan-64 b16 gradient",
    "dcgan-64 b64 gradient",
    "stylegan2-256 b1",
    "comodgan-256 b1",
];

fn bench(arguments: &[&str], backend: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pentimento"));
    command.arg("bench").args(arguments).env_remove("RUST_LOG").env("PENTIMENTO_COMPUTE", backend);
    command.stdin(Stdio::null()).output().expect("the program starts")
}

fn json(arguments: &[&str], backend: &str) -> Value {
    let output = bench(arguments, backend);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("one JSON object on stdout")
}

fn positive(value: &Value, field: &str) -> f64 {
    let number = value[field].as_f64().unwrap_or_else(|| panic!("{field} is a number in {value}"));
    assert!(number > 0.0 && number.is_finite(), "{field} is {number}");
    number
}

#[test]
fn a_layer_is_one_object_with_the_agreed_fields() {
    let report =
        json(&["--suite", "conv", "--layer", "convt 512-256", "--json", "--rounds", "1", "--threads", "1"], "own");
    assert_eq!(report["suite"], "conv");
    assert_eq!(report["backend"], "own");
    assert_eq!(report["device"], "cpu");
    assert_eq!(report["threads"], 1);
    let peak = positive(&report, "peak_gflops");
    let rows = report["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["name"], "convt 512-256 k4 s2 hw8 b1");
    let (forward, train) = (positive(&rows[0], "forward_ms"), positive(&rows[0], "train_ms"));
    assert!(train > forward, "training does more: {train} against {forward} ms");
    // 2 * 512 * 256 * 4 * 4 * 8 * 8 operations.
    let gflops = positive(&rows[0], "gflops");
    assert!((gflops * forward * 1e6 / 268_435_456.0 - 1.0).abs() < 1e-9, "{gflops} GFLOP/s in {forward} ms");
    assert!((positive(&rows[0], "peak_share") * peak / gflops - 1.0).abs() < 1e-9, "a share of the peak");
}

#[test]
fn the_other_backend_can_be_timed() {
    let arguments = ["--suite", "conv", "--layer", "convt 128-64 k4 s2 hw32 b1", "--json", "--rounds", "1"];
    let report = json(&arguments, "candle");
    assert_eq!(report["backend"], "candle");
    assert_eq!(report["rows"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_frame_of_styles_is_one_row() {
    let report = json(&["--suite", "stylegan", "--layer", "64-lite", "--json", "--rounds", "1"], "own");
    assert_eq!(report["suite"], "stylegan");
    let rows = report["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["name"], "stylegan2-64-lite b1");
    positive(&rows[0], "ms");
    positive(&rows[0], "gflops");
}

#[test]
fn a_network_is_one_row() {
    let arguments = ["--suite", "net", "--layer", "dcgan-64 b1 gradient", "--json", "--rounds", "1"];
    let report = json(&arguments, "candle");
    assert_eq!(report["suite"], "net");
    let rows = report["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["name"], "dcgan-64 b1 gradient");
    let (ms, gflops) = (positive(&rows[0], "ms"), positive(&rows[0], "gflops"));
    // Forward and back, two operations for each of 640,614,400 multiplications.
    assert!((gflops * ms * 1e6 / (4.0 * 640_614_400.0) - 1.0).abs() < 1e-9, "{gflops} GFLOP/s in {ms} ms");
    assert!(positive(&rows[0], "peak_share") < 1.0, "candle's kernels save no multiplications");
}

#[test]
fn the_table_tells_machine_and_layer() {
    let output = bench(&["--suite", "conv", "--layer", "convt 128-64 k4 s2 hw32 b1", "--rounds", "1"], "candle");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    for part in ["peak", "GFLOP/s", "candle kernels", "\nconvt 128-64 k4 s2 hw32 b1 "] {
        assert!(text.contains(part), "{part:?} in: {text}");
    }
}

#[test]
fn a_wrong_layer_lists_the_names() {
    let output = bench(&["--suite", "conv", "--layer", "conv 1-1", "--rounds", "1"], "own");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert_eq!(errors.lines().count(), 1, "one line, not {errors}");
    for name in LAYERS {
        assert!(errors.contains(name), "{name} in: {errors}");
    }
    let output = bench(&["--layer", "nothing"], "own");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{errors}");
    for name in LAYERS.iter().chain(&NETWORKS) {
        assert!(errors.contains(name), "{name} in: {errors}");
    }
}

#[test]
fn wrong_usage_is_exit_2() {
    for arguments in [
        ["--suite", "gemm"].as_slice(),
        &["--rounds", "0"],
        &["--rounds", "many"],
        &["--threads", "0"],
        &["--layer"],
        &["layers"],
    ] {
        let output = bench(arguments, "own");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
        assert!(output.stdout.is_empty() && !errors.is_empty(), "{arguments:?}: told on stderr only");
    }
}

#[cfg(feature = "gui")]
#[test]
fn the_slider_is_dragged_in_a_window_without_a_display() {
    let folder = explore_kit::model_folder();
    let weights = folder.path().to_str().expect("a plain path");
    let arguments = ["--suite", "explore", "--layer", "slider tiny", "--weights", weights, "--json", "--rounds", "1"];
    let report = json(&arguments, "own");
    let rows = report["rows"].as_array().expect("rows");
    assert_eq!((rows.len(), rows[0]["name"].as_str()), (1, Some("slider tiny")));
    // Two frames of the window for each of the slider's 16, there and back, and those in which the button goes down and up.
    assert!(positive(&rows[0], "frames") >= 68.0, "{}", rows[0]);
    assert!(positive(&rows[0], "median_ms") <= positive(&rows[0], "worst_ms"), "{}", rows[0]);
    assert!(positive(&rows[0], "cold_ms") <= positive(&rows[0], "all_ms"), "the first before the last");
}

#[test]
fn a_step_of_a_search_is_timed() {
    let report = json(&["--suite", "explore", "--layer", "igan-64 step b4", "--json", "--rounds", "1"], "own");
    let rows = report["rows"].as_array().expect("rows");
    assert_eq!((rows.len(), rows[0]["name"].as_str()), (1, Some("igan-64 step b4")));
    // Forward and back through 640 million multiplications and additions for each of four starts.
    let gflop = positive(&rows[0], "gflops") * positive(&rows[0], "ms") / 1e3;
    assert!((gflop - 10.26).abs() < 0.1, "{gflop} GFLOP");
}

#[cfg(feature = "gui")]
#[test]
fn ink_is_under_the_pen_in_the_frame_of_its_event() {
    let report = json(&["--suite", "sketch", "--layer", "pen: 10 strokes over", "--json", "--rounds", "1"], "own");
    let rows = report["rows"].as_array().expect("rows");
    assert_eq!((rows.len(), rows[0]["name"].as_str()), (1, Some("pen: 10 strokes over 10,000")));
    assert_eq!(rows[0]["frames_behind"], 0, "the same frame, on a paper full of strokes too");
    let (median, worst) = (positive(&rows[0], "median_ms"), positive(&rows[0], "worst_ms"));
    assert!(median <= worst, "{median} and {worst} ms");
    assert!((positive(&rows[0], "frame_ms") - 16.667).abs() < 1e-9, "of sixty a second");
    assert_eq!((rows[0]["points"].as_u64(), rows[0]["frames"].as_u64()), (Some(400), Some(410)), "ten strokes");
}
