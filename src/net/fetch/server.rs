//! A server for tests that misbehaves on request.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// The parts of a response, and delays. The connection is closed after the last step.
pub(crate) enum Step {
    Send(Vec<u8>),
    Pause(Duration),
    /// These bytes again and again, with a pause behind each time, until the client has enough.
    Endlessly(Vec<u8>, Duration),
    /// Nothing, until the client hangs up.
    Silence,
}

/// A request: its path with the query, and its head with all headers in lower case.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) head: String,
}

/// Answers on a port of loopback until it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    stopped: Arc<AtomicBool>,
}

impl Server {
    /// Answers each request with the result of `answer`, which is called with the number of earlier
    /// requests.
    pub(crate) fn new(
        answer: impl Fn(&Request, usize) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            requests: Arc::default(),
            stopped: Arc::default(),
        };
        let (requests, stopped) = (Arc::clone(&server.requests), Arc::clone(&server.stopped));
        let answer = Arc::new(answer);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    break;
                }
                let (requests, answer) = (Arc::clone(&requests), Arc::clone(&answer));
                thread::spawn(move || serve(stream.unwrap(), &requests, &*answer));
            }
        });
        server
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    /// The requests since the last call.
    pub(crate) fn requests(&self) -> Vec<Request> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(
    mut stream: TcpStream,
    requests: &Mutex<Vec<Request>>,
    answer: &dyn Fn(&Request, usize) -> Vec<Step>,
) {
    let mut head = String::new();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).unwrap_or_default() == 0 {
            return;
        }
    }
    let path = head.split(' ').nth(1).unwrap().to_owned();
    let request = Request { path, head: head.to_lowercase() };
    let before = {
        let mut requests = requests.lock().unwrap();
        requests.push(request.clone());
        requests.len() - 1
    };
    for step in answer(&request, before) {
        // A client that has enough hangs up.
        let sent = match step {
            Step::Send(bytes) => stream.write_all(&bytes),
            Step::Pause(time) => {
                thread::sleep(time);
                Ok(())
            }
            Step::Endlessly(bytes, pause) => loop {
                if let Err(error) = stream.write_all(&bytes) {
                    break Err(error);
                }
                thread::sleep(pause);
            },
            Step::Silence => stream.read_to_end(&mut Vec::new()).map(drop),
        };
        if sent.is_err() {
            return;
        }
    }
    let _ = stream.shutdown(Shutdown::Write);
}

/// A whole answer of this status, with further headers that each end in a line break.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> Vec<Step> {
    let length = body.len();
    let text = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    vec![Step::Send(text.into_bytes())]
}

pub(crate) fn found(body: &str) -> Vec<Step> {
    answer("200 OK", "", body)
}
