//! Downloads from servers that misbehave.

mod cached;
mod download;
mod login;

use tempfile::TempDir;

use super::server::{Request, Server, Step, answer, found};
use super::*;

const LIMIT: u64 = 1000;

fn fetcher() -> Fetcher {
    Fetcher::new(options(Cache::none()))
}

fn options(cache: Cache) -> FetchOptions {
    FetchOptions {
        cache,
        offline: false,
        patience: Duration::from_secs(5),
        deadline: Duration::from_secs(10),
        attempts: 3,
        pause: Duration::from_millis(1),
        run: RunBudget::default(),
        network: Network::default(),
    }
}

fn cache() -> (TempDir, Cache) {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::below(folder.path(), "fetch");
    (folder, cache)
}

fn location(server: &Server) -> Location {
    Location::parse(&server.url("a.py")).unwrap()
}

fn get(server: &Server) -> Result<Bytes> {
    fetcher().get(&location(server), LIMIT)
}

fn fault<T: std::fmt::Debug>(result: Result<T>) -> FetchError {
    match result.unwrap_err() {
        Error::Fetch { fault, .. } => fault,
        error => panic!("{error:?}"),
    }
}

fn raw(text: &str) -> Vec<Step> {
    vec![Step::Send(text.as_bytes().to_vec())]
}

fn redirect(to: &str) -> Vec<Step> {
    answer("302 Found", &format!("Location: {to}\r\n"), "")
}
