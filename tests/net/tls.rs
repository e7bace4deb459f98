//! Each fault of a server's TLS has a message of its own, is not tried again in vain, and no login is
//! sent.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::fixtures::sandbox::Sandbox;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, SanType, date_time_ymd,
};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// An authority that is trusted where its certificate is named.
type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// The certificate of a server: for whom, and in which years.
struct Issued {
    name: &'static str,
    years: [i32; 2],
}

const GOOD: Issued = Issued { name: "localhost", years: [2000, 2100] };

/// What a server does with a connection.
enum Speech {
    Tls(Arc<ServerConfig>),
    /// It sends these bytes, whatever it is sent.
    Bytes(&'static [u8]),
}

fn tls(authority: &Authority, issued: &Issued) -> Speech {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.subject_alt_names = vec![SanType::DnsName(issued.name.try_into().unwrap())];
    [params.not_before, params.not_after] = issued.years.map(|year| date_time_ymd(year, 1, 2));
    let certificate = params.signed_by(&key, authority).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    Speech::Tls(Arc::new(config))
}

/// A server of this machine, which counts connections and keeps what was said to it.
struct Server {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<Mutex<String>>,
    stopped: Arc<AtomicBool>,
}

impl Server {
    fn new(speech: Speech) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            connections: Arc::default(),
            requests: Arc::default(),
            stopped: Arc::default(),
        };
        let (connections, requests) =
            (Arc::clone(&server.connections), Arc::clone(&server.requests));
        let stopped = Arc::clone(&server.stopped);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    break;
                }
                connections.fetch_add(1, Ordering::SeqCst);
                // A client that does not trust the server hangs up.
                let said = serve(stream.unwrap(), &speech).unwrap_or_default();
                requests.lock().unwrap().push_str(&said);
            }
        });
        server
    }

    fn url(&self) -> String {
        format!("https://me:hunter2@localhost:{}/simple", self.address.port())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

/// Answers a request; what it was.
fn serve(mut stream: TcpStream, speech: &Speech) -> std::io::Result<String> {
    let mut request = [0; 4096];
    let config = match speech {
        Speech::Tls(config) => Arc::clone(config),
        Speech::Bytes(bytes) => {
            // What is left unread would have the connection reset before the answer is read.
            let read = stream.read(&mut request)?;
            stream.write_all(bytes)?;
            return Ok(String::from_utf8_lossy(&request[..read]).into_owned());
        }
    };
    let connection = ServerConnection::new(config).map_err(std::io::Error::other)?;
    let mut stream = StreamOwned::new(connection, stream);
    let read = stream.read(&mut request)?;
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n")?;
    stream.conn.send_close_notify();
    stream.flush()?;
    Ok(String::from_utf8_lossy(&request[..read]).into_owned())
}

/// The exit status of a run that asks the server, which trusts the authority, and what it prints.
fn fetch(server: &Server, trusted: &Authority, options: &[&str]) -> (Option<i32>, String) {
    let sandbox = Sandbox::new();
    let body = STANDARD.encode(trusted.der());
    let [begin, end] = ["BEGIN", "END"].map(|word| format!("-----{word} CERTIFICATE-----\n"));
    sandbox.write("authority.pem", &format!("{begin}{body}\n{end}"));
    let mut command = sandbox.command("fetch foo --no-cache --cert authority.pem");
    command.args(["--index-url", &server.url()]).args(options);
    let output = command.output().unwrap();
    let report = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(!report.contains("hunter2"), "{report}");
    (output.status.code(), report)
}

/// Fails unless a run with the server says all of `expected`, and asks `connections` times.
fn assert_fault(server: &Server, trusted: &Authority, expected: &[&str], connections: usize) {
    let (status, report) = fetch(server, trusted, &[]);
    assert_eq!(status, Some(2), "{report}");
    assert!(report.contains(&format!("https://localhost:{}", server.address.port())), "{report}");
    for text in expected {
        assert!(report.contains(text), "{text} is not in: {report}");
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), connections, "{report}");
    let said = server.requests.lock().unwrap().to_lowercase();
    assert!(!said.contains("authorization"), "{said}");
}

#[test]
fn a_valid_certificate_gets_the_login() {
    let authority = authority();
    let server = Server::new(tls(&authority, &GOOD));
    let (status, report) = fetch(&server, &authority, &[]);
    assert!(status == Some(1) && report.contains("MP758"), "the page is empty: {report}");
    assert!(server.requests.lock().unwrap().to_lowercase().contains("authorization: basic "));
}

#[test]
fn a_certificate_for_another_host_is_not_taken() {
    let authority = authority();
    let server = Server::new(tls(&authority, &Issued { name: "other.example", ..GOOD }));
    let expected = "the server's certificate is for `other.example`, not for `localhost`";
    assert_fault(&server, &authority, &[expected, "help: check the address"], 1);
}

#[test]
fn an_expired_certificate_is_not_taken() {
    let authority = authority();
    let server = Server::new(tls(&authority, &Issued { years: [2000, 2001], ..GOOD }));
    let expected = "the server's certificate has expired, on 2001-01-02 00:00 UTC";
    assert_fault(&server, &authority, &[expected, "the clock"], 1);
}

#[test]
fn a_certificate_of_the_future_is_not_taken() {
    let authority = authority();
    let server = Server::new(tls(&authority, &Issued { years: [2099, 2100], ..GOOD }));
    let expected = "the server's certificate is not valid yet, but from 2099-01-02 00:00 UTC on";
    assert_fault(&server, &authority, &[expected, "the clock"], 1);
}

#[test]
fn an_unknown_authority_is_not_trusted() {
    let server = Server::new(tls(&authority(), &GOOD));
    let expected = "the server's certificate is of an authority that is not trusted here";
    assert_fault(&server, &authority(), &[expected, "--cert"], 1);
    // It is the user who may trust the host all the same.
    let host = format!("localhost:{}", server.address.port());
    let (status, report) = fetch(&server, &authority(), &["--trusted-host", &host]);
    assert_eq!(status, Some(1), "{report}");
}

#[test]
fn plain_http_is_not_tls() {
    let answer = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    let server = Server::new(Speech::Bytes(answer));
    let expected = ["the server does not speak TLS at this port", "help: check the scheme"];
    assert_fault(&server, &authority(), &expected, 1);
}

#[test]
fn an_old_version_of_tls_is_not_spoken() {
    // What a server sends that has TLS 1.1 only: the alert `protocol_version`.
    let server = Server::new(Speech::Bytes(&[0x15, 3, 2, 0, 2, 2, 70]));
    assert_fault(&server, &authority(), &["no version or cipher of TLS that is supported"], 1);
}

#[test]
fn a_cut_handshake_is_tried_again() {
    let server = Server::new(Speech::Bytes(&[]));
    let (_, report) = fetch(&server, &authority(), &[]);
    let connections = server.connections.load(Ordering::SeqCst);
    assert!(connections > 1, "{report}");
    server.connections.store(0, Ordering::SeqCst);
    let expected = ["the connection ended during the TLS handshake", "try again"];
    assert_fault(&server, &authority(), &expected, connections);
}
