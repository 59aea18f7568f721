//! A real browser, driven through its DevTools protocol over a pipe. Without one, tests are skipped and say so; with
//! `ZHUNSHENG_BROWSER=required` in the environment, as in `.ci/run`, they fail instead.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(60);

/// One browser with one page. Everything it reports is kept in `events`.
pub struct Browser {
    child: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    next: u64,
    session: String,
    profile: PathBuf,
    scripts: bool,
    pub events: Vec<Value>,
}

impl Browser {
    /// Starts a browser with an empty profile; `None` if there is none.
    pub fn start(name: &str) -> Option<Self> {
        let Some(program) = program() else {
            assert!(
                std::env::var("ZHUNSHENG_BROWSER").as_deref() != Ok("required"),
                "没有 chromium，而这里要求有"
            );
            // Past the test harness, which would swallow it.
            let _ = writeln!(std::io::stderr(), "跳过 {name}：没有 chromium，网页没有在浏览器里看过");
            return None;
        };
        let profile = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser").join(name);
        let _ = std::fs::remove_dir_all(&profile);
        std::fs::create_dir_all(&profile).unwrap();
        // The protocol is spoken on descriptors 3 and 4, which only a shell gives a child without unsafe code.
        let mut child = Command::new("sh")
            .arg("-c")
            .arg("exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>\"$LOG\"")
            .arg("sh")
            .arg(program)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg("about:blank")
            .env("LOG", profile.join("browser.log"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = child.stdout.take().unwrap();
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            for message in BufReader::new(output).split(0) {
                let Ok(message) = message else { break };
                if sender.send(serde_json::from_slice(&message).unwrap()).is_err() {
                    break;
                }
            }
        });
        let mut browser = Self {
            child,
            input,
            messages,
            next: 0,
            session: String::new(),
            profile,
            scripts: true,
            events: Vec::new(),
        };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let wanted = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", wanted);
        browser.session = attached["sessionId"].as_str().unwrap().to_owned();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// Asks for something and waits for the answer.
    pub fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.next += 1;
        let mut message = json!({ "id": self.next, "method": method, "params": parameters });
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        let mut bytes = serde_json::to_vec(&message).unwrap();
        bytes.push(0);
        self.input.write_all(&bytes).unwrap();
        loop {
            let message = self.messages.recv_timeout(PATIENCE).unwrap_or_else(|error| {
                let log = std::fs::read_to_string(self.profile.join("browser.log")).unwrap_or_default();
                panic!("{method}: {error}\n{log}")
            });
            if message["id"] == json!(self.next) {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
            self.events.push(message);
        }
    }

    /// Opens a page and waits until it is loaded.
    pub fn open(&mut self, url: &str) {
        // By way of an empty page: going to another `#` of the same page loads nothing.
        self.load("about:blank");
        self.load(url);
        if self.scripts {
            self.settle();
        }
    }

    /// From now on pages run no scripts of their own.
    pub fn without_scripts(&mut self) {
        self.call("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
        self.scripts = false;
    }

    fn load(&mut self, url: &str) {
        self.events.clear();
        self.call("Page.navigate", json!({ "url": url }));
        let start = Instant::now();
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            assert!(start.elapsed() < PATIENCE, "{url} does not load");
            if let Ok(message) = self.messages.recv_timeout(PATIENCE) {
                self.events.push(message);
            }
        }
    }

    /// Waits until what was set off has been drawn.
    pub fn settle(&mut self) {
        self.run("new Promise((done) => setTimeout(() => requestAnimationFrame(() => done(0)), 300))");
    }

    /// The value of an expression, awaited.
    pub fn run(&mut self, expression: &str) -> Value {
        let wanted = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", wanted);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {}", answer["exceptionDetails"]);
        answer["result"]["value"].clone()
    }

    /// Presses a key: `Tab`, `Enter`, `ArrowDown`.
    pub fn press(&mut self, key: &str, code: u32) {
        let text = if key == "Enter" { "\r" } else { "" };
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code });
            if kind == "keyDown" && !text.is_empty() {
                event["text"] = json!(text);
            }
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// Writes a picture of the page, as much as a picture holds, beside the other products of the tests; gives its bytes.
    pub fn picture(&mut self, name: &str) -> Vec<u8> {
        let size = self.run("[innerWidth, Math.min(document.scrollingElement.scrollHeight, 4000)]");
        let clip = json!({ "x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1 });
        let wanted = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let data = self.call("Page.captureScreenshot", wanted)["data"].as_str().unwrap().to_owned();
        self.keep(name, &data)
    }

    /// Prints the page; gives the path of the file.
    pub fn print(&mut self, name: &str) -> PathBuf {
        let wanted = json!({ "preferCSSPageSize": true, "printBackground": false });
        let data = self.call("Page.printToPDF", wanted)["data"].as_str().unwrap().to_owned();
        self.keep(name, &data);
        products().join(name)
    }

    fn keep(&self, name: &str, base64: &str) -> Vec<u8> {
        let bytes = decode(base64);
        std::fs::write(products().join(name), &bytes).unwrap();
        bytes
    }

    /// What went wrong on the page: exceptions, errors of the console (refused by the content security policy, too),
    /// and requests for anything but the page itself.
    pub fn troubles(&self) -> Vec<String> {
        let trouble = |event: &Value| {
            let method = event["method"].as_str().unwrap_or_default();
            let parameters = &event["params"];
            match method {
                "Runtime.exceptionThrown" | "Log.entryAdded" | "Runtime.consoleAPICalled" => {
                    Some(parameters.to_string())
                }
                "Network.requestWillBeSent" if parameters["type"] != "Document" => {
                    Some(parameters["request"]["url"].to_string())
                }
                _ => None,
            }
        };
        self.events.iter().filter_map(trouble).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

/// Where pictures and prints are left.
pub fn products() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|path| path.is_file())
}

fn decode(base64: &str) -> Vec<u8> {
    let digit = |c: u8| match c {
        b'A'..=b'Z' => u32::from(c - b'A'),
        b'a'..=b'z' => u32::from(c - b'a') + 26,
        b'0'..=b'9' => u32::from(c - b'0') + 52,
        b'+' => 62,
        _ => 63,
    };
    let digits: Vec<u32> = base64.bytes().filter(|c| *c != b'=').map(digit).collect();
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    for group in digits.chunks(4) {
        let bits = group.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - group.len()));
        bytes.extend(bits.to_be_bytes()[1..].iter().take(group.len() - 1));
    }
    bytes
}
