//! `pentimento serve` as another program meets it: pictures, refusals, limits, an end, and two hundred at once.
//!
//! `PENTIMENTO_LOAD_SECS` makes the load test longer; a minute is what the figures in the documentation were taken with.
#![cfg(all(feature = "serve", unix))]
#![expect(clippy::unwrap_used, reason = "a failure in a helper of a test fails the test")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use candle_core::{DType, Device, Tensor};
use candle_nn::{VarBuilder, VarMap};
use pentimento::generators::pix2pix::{Config, Network, NormKind, Painter, Reads, unet};
use pentimento::generators::seeded_uniform;
use pentimento::imaging::drawing::ink_frame;
use pentimento::imaging::ink::raster;
use pentimento::imaging::io::{self, Encoding};
use pentimento::imaging::{FileFormat, Metadata};
use pentimento::school;
use pentimento::weights::{self, Entry, Family};
use tempfile::TempDir;

const SIDE: usize = 32;
/// No theme that ships is called so: where the program is run from, it may find those too.
const THEME: &str = "tiny";
/// A zigzag as the program's own format and as QuickDraw's.
const STROKES: &str = r#"{"word":"cat","drawing":[[[20,120,220,40],[30,200,60,180],[0,10,20,30]]]}"#;
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A lesson as a picture.
fn drawn() -> Vec<u8> {
    let lesson = school::find("cat-first").unwrap();
    let picture = ink_frame(&raster(&lesson.strokes(), 256));
    io::encode(&picture, &Metadata::bare(FileFormat::Png), Encoding::new(FileFormat::Png)).unwrap()
}

struct Server {
    child: Child,
    address: String,
    _folder: TempDir,
}

/// Weights of a network that is as small as can be; the same at each run.
fn weights() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let norm = NormKind::AffineInstance;
    let network = Network::UNet(unet::Config { c_in: 1, c_out: 3, width: 2, n_levels: 4, norm, has_dropout: false });
    let config = Config { side: SIDE, reads: Reads::Ink, is_faithful: false, has_palette: false, network };
    let variables = VarMap::new();
    Painter::new(&config, &VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu)).unwrap();
    let tensors: Vec<(String, Tensor)> = {
        let data = variables.data().lock().unwrap();
        let seeded =
            |key: &String, shape: &candle_core::Shape| (seeded_uniform(shape.clone(), 5, key).unwrap() * 0.4).unwrap();
        data.iter().map(|(key, variable)| (key.clone(), seeded(key, variable.shape()))).collect()
    };
    let config = toml::Table::try_from(config).unwrap();
    weights::add(folder.path(), Entry::new(THEME, Family::Pix2pix, SIDE as u32, config), tensors).unwrap();
    folder
}

impl Server {
    fn start(options: &[&str]) -> Self {
        let folder = weights();
        let mut child = Command::new(env!("CARGO_BIN_EXE_pentimento"))
            .args(["serve", "--port", "0", "--theme", THEME, "--weights"])
            .arg(folder.path())
            .args(options)
            .env_remove("PENTIMENTO_WEIGHTS")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).and_then(|rest| rest.split(' ').next());
        let address = address.unwrap_or_else(|| panic!("it says where it listens: {line}")).to_owned();
        Self { child, address, _folder: folder }
    }

    /// Status, head and body of the answer to a request.
    fn ask(&self, method: &str, path: &str, body: &[u8]) -> (u16, String, Vec<u8>) {
        ask(&self.address, method, path, body).unwrap()
    }

    fn memory_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS"));
        line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
    }

    fn stop(mut self) -> ExitStatus {
        self.signal();
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < Duration::from_secs(30), "it ends when it is told to");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn signal(&self) {
        assert!(
            Command::new("kill").arg(self.child.id().to_string()).status().unwrap().success(),
            "it is told to stop"
        );
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has usually ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn ask(address: &str, method: &str, path: &str, body: &[u8]) -> std::io::Result<(u16, String, Vec<u8>)> {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    send(address, &[head.as_bytes(), body].concat())
}

fn send(address: &str, request: &[u8]) -> std::io::Result<(u16, String, Vec<u8>)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_mins(2)))?;
    stream.write_all(request)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(answer.len());
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| std::io::Error::other(format!("no status: {head}")))?;
    Ok((status, head.to_lowercase(), answer.get(end + 4..).unwrap_or_default().to_vec()))
}

#[test]
fn a_drawing_becomes_a_picture() {
    let server = Server::start(&[]);
    let (status, head, png) = server.ask("POST", "/sketch", STROKES.as_bytes());
    assert_eq!((status, png.starts_with(PNG)), (200, true), "{}", String::from_utf8_lossy(&png));
    assert!(head.contains("content-type: image/png") && head.contains("x-network: tiny"), "{head}");
    let (_, _, again) = server.ask("POST", "/sketch?theme=tiny&refinement=0&seed=0", STROKES.as_bytes());
    assert_eq!(png, again, "the same drawing, the same bytes");
    let (status, _, from_picture) = server.ask("POST", "/sketch?refinement=0.5", &drawn());
    assert_eq!((status, from_picture.starts_with(PNG)), (200, true), "a picture is a drawing too");
    let (status, _, health) = server.ask("GET", "/health", b"");
    assert_eq!((status, String::from_utf8_lossy(&health).contains("\"pictures\":3")), (200, true), "it counts");
    let (_, _, metrics) = server.ask("GET", "/metrics", b"");
    assert!(String::from_utf8_lossy(&metrics).contains("pentimento_picture_seconds_count 3"), "also for Prometheus");
    let (_, _, themes) = server.ask("GET", "/themes", b"");
    assert_eq!(String::from_utf8_lossy(&themes).trim(), r#"{"themes":["tiny"]}"#);
    assert!(server.stop().success(), "it ends as asked");
}

#[test]
fn what_is_no_drawing_is_refused_in_a_sentence() {
    let server = Server::start(&["--max-body", "1", "--rate", "0"]);
    let (_, _, png) = server.ask("POST", "/sketch", STROKES.as_bytes());
    let (blank, large) = (r#"{"drawing":[]}"#, vec![0; (1 << 20) + 1]);
    let cases: [(u16, &str, &str, &[u8]); 12] = [
        (400, "POST", "/sketch", b""),
        (400, "POST", "/sketch", b"\x00\x01\x02 rubbish"),
        (400, "POST", "/sketch", b"[[["),
        (400, "POST", "/sketch", b"<svg"),
        (400, "POST", "/sketch", &png[..png.len() / 2]),
        (400, "POST", "/sketch?refinement=2", STROKES.as_bytes()),
        (400, "POST", "/sketch?size=900", STROKES.as_bytes()),
        (400, "POST", "/sketch?seed=-1", STROKES.as_bytes()),
        (404, "POST", "/sketch?theme=dogs", STROKES.as_bytes()),
        (404, "GET", "/elsewhere", b""),
        (405, "GET", "/sketch", b""),
        (413, "POST", "/sketch", &large),
    ];
    for (expected, method, path, body) in cases {
        // A body that is refused unread may break the connection before the answer is read.
        let Ok((status, _, words)) = ask(&server.address, method, path, body) else {
            assert_eq!(expected, 413, "{method} {path}");
            continue;
        };
        let words = String::from_utf8_lossy(&words);
        assert_eq!(status, expected, "{method} {path}: {words}");
        assert!(words.trim().lines().count() == 1 && words.len() > 10, "{method} {path}: one sentence, not {words:?}");
    }
    let (status, _, words) = server.ask("POST", "/sketch", blank.as_bytes());
    assert!([400, 422].contains(&status), "nothing was drawn: {status} {}", String::from_utf8_lossy(&words));
    let told = format!("POST /sketch HTTP/1.1\r\nHost: {}\r\nContent-Length: 9999999999\r\n\r\n", server.address);
    assert_eq!(send(&server.address, told.as_bytes()).unwrap().0, 413, "before its first byte");
    let chunk = format!("{:x}\r\n{}\r\n", 700_000, "0".repeat(700_000));
    let chunked = format!(
        "POST /sketch HTTP/1.1\r\nHost: {}\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}{chunk}0\r\n\r\n",
        server.address
    );
    let refused = send(&server.address, chunked.as_bytes());
    assert!(refused.is_err() || refused.is_ok_and(|(status, _, _)| status == 413), "a length that was not told");
    assert_eq!(
        send(&server.address, b"\x16\x03\x01rubbish\r\n\r\n").map_or(400, |answer| answer.0),
        400,
        "no HTTP at all"
    );
    assert_eq!(server.ask("GET", "/health", b"").0, 200, "and it lives on");
}

#[test]
fn who_sends_too_much_is_told_when_to_come_back() {
    let server = Server::start(&["--rate", "2"]);
    // Requests without a drawing are answered at once, and count all the same.
    let answers: Vec<_> = (0..40).map(|_| server.ask("POST", "/sketch", b"")).collect();
    let slow_down = answers.iter().find(|(status, _, _)| *status == 429).expect("more than two a second");
    assert!(slow_down.1.contains("retry-after: 1"), "{}", slow_down.1);
    let server = Server::start(&["--rate", "0", "--queue", "1"]);
    let answers = at_once(&server, 40, Duration::ZERO).statuses;
    assert!(answers.contains_key(&200) && answers.keys().all(|status| [200, 503].contains(status)), "{answers:?}");
}

#[test]
fn what_is_under_way_is_finished() {
    let server = Server::start(&["--rate", "0"]);
    let address = server.address.clone();
    let asking: Vec<_> = (0..8)
        .map(|_| {
            let address = address.clone();
            std::thread::Builder::new().spawn(move || ask(&address, "POST", "/sketch", STROKES.as_bytes())).unwrap()
        })
        .collect();
    // Until all of them have been heard.
    let heard = format!("pentimento_received_bytes_total {}", 8 * STROKES.len());
    let start = Instant::now();
    while !String::from_utf8_lossy(&server.ask("GET", "/metrics", b"").2).contains(&heard) {
        assert!(start.elapsed() < Duration::from_mins(1), "all of them are heard");
    }
    assert!(server.stop().success(), "it ends without error");
    let answers: Vec<_> = asking.into_iter().map(|thread| thread.join().unwrap().map(|answer| answer.0)).collect();
    assert!(answers.iter().all(|answer| matches!(answer, Ok(200))), "{answers:?}");
}

#[derive(Debug, Default)]
struct Outcome {
    statuses: BTreeMap<u16, usize>,
    errors: Vec<String>,
}

/// So many clients at the same time; each asks again and again for `lasting`, at least once.
fn at_once(server: &Server, clients: usize, lasting: Duration) -> Outcome {
    let (outcome, start) = (Mutex::new(Outcome::default()), Instant::now());
    std::thread::scope(|scope| {
        for client in 0..clients {
            let (outcome, address) = (&outcome, &server.address);
            scope.spawn(move || {
                loop {
                    let path = format!("/sketch?seed={client}");
                    let answer = ask(address, "POST", &path, STROKES.as_bytes());
                    let mut outcome = outcome.lock().unwrap();
                    match answer {
                        Ok((status, _, _)) => *outcome.statuses.entry(status).or_default() += 1,
                        Err(error) => outcome.errors.push(error.to_string()),
                    }
                    drop(outcome);
                    if start.elapsed() >= lasting {
                        break;
                    }
                }
            });
        }
    });
    outcome.into_inner().unwrap()
}

#[test]
fn two_hundred_at_once_are_served_in_steady_memory() {
    let secs = std::env::var("PENTIMENTO_LOAD_SECS").ok().and_then(|secs| secs.parse().ok()).unwrap_or(2);
    let server = Server::start(&[]);
    let first = at_once(&server, 200, Duration::from_secs(secs) / 4);
    let warm = server.memory_kib();
    let then = at_once(&server, 200, Duration::from_secs(secs));
    let (end, pictures) = (server.memory_kib(), first.statuses.values().chain(then.statuses.values()).sum::<usize>());
    println!("{pictures} pictures for 200 clients in {secs} s and a quarter; {warm} KiB, then {end} KiB");
    assert!(first.errors.is_empty() && then.errors.is_empty(), "{:?} {:?}", first.errors.first(), then.errors.first());
    assert!(first.statuses.keys().chain(then.statuses.keys()).all(|status| *status == 200), "{first:?} {then:?}");
    assert!(end < warm + (24 << 10), "memory is flat: {warm} KiB, then {end} KiB");
}
