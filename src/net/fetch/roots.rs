//! The certificates of authorities that servers are trusted by.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use reqwest::Certificate;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::error::FetchError;
use crate::file;

/// Bytes of the largest file of certificates.
const MAX_SIZE: u64 = 16 << 20;

/// The certificates in the file or folder `named`, else in those that the environment names; `None`
/// leaves it to the system.
///
/// Variables are taken as pip takes them, and then as OpenSSL does.
pub(super) fn roots(
    named: Option<&Path>,
    variable: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Option<Vec<Certificate>>, FetchError> {
    let given = |name: &str| variable(name).filter(|value| !value.is_empty());
    let one = named.map(Path::to_owned).or_else(|| {
        let variables = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];
        variables.iter().find_map(|name| given(name)).map(PathBuf::from)
    });
    if let Some(path) = one {
        return if path.is_dir() { folder(&path) } else { file(&path) }.map(Some);
    }
    let (bundle, folders) = (given("SSL_CERT_FILE"), given("SSL_CERT_DIR"));
    if bundle.is_none() && folders.is_none() {
        return Ok(None);
    }
    let mut roots = Vec::new();
    if let Some(path) = bundle {
        roots.extend(file(Path::new(&path))?);
    }
    for path in folders.iter().flat_map(std::env::split_paths) {
        // OpenSSL passes over folders that are not there.
        roots.extend(folder(&path).unwrap_or_default());
    }
    Ok((!roots.is_empty()).then_some(roots))
}

fn file(path: &Path) -> Result<Vec<Certificate>, FetchError> {
    let fault = |what: &str| FetchError::Roots(format!("{}: {what}", path.display()));
    let data = file::read(path, MAX_SIZE).map_err(|error| match error.kind() {
        ErrorKind::FileTooLarge => fault("this file is too large"),
        _ => fault(&error.to_string()),
    })?;
    let mut store = RootCertStore::empty();
    let roots: Vec<_> = CertificateDer::pem_slice_iter(&data)
        .filter_map(Result::ok)
        // Systems bring some that break the rules, and none is trusted by them.
        .filter(|one| store.add(one.clone()).is_ok())
        .filter_map(|one| Certificate::from_der(&one).ok())
        .collect();
    if roots.is_empty() { Err(fault("found no certificate in PEM format")) } else { Ok(roots) }
}

/// The certificates in the files of a folder, which may contain other files, too.
fn folder(path: &Path) -> Result<Vec<Certificate>, FetchError> {
    let fault = |what: &str| FetchError::Roots(format!("{}: {what}", path.display()));
    let entries = fs::read_dir(path).map_err(|error| fault(&error.to_string()))?;
    // The same certificate is there under several names.
    let files: BTreeSet<PathBuf> =
        entries.flatten().filter_map(|entry| fs::canonicalize(entry.path()).ok()).collect();
    let roots: Vec<_> = files
        .iter()
        .filter(|path| path.is_file())
        .flat_map(|path| file(path).unwrap_or_default())
        .collect();
    if roots.is_empty() { Err(fault("found no certificate in PEM format")) } else { Ok(roots) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A self-signed certificate that was made for this test.
    const CERTIFICATE: &str = include_str!("../../../tests/data/authority.pem");

    fn count(named: Option<&Path>, variables: &[(&str, &Path)]) -> Result<usize, FetchError> {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, path)| path.as_os_str().to_owned())
        };
        roots(named, &variable).map(|roots| roots.map_or(0, |roots| roots.len()))
    }

    #[test]
    fn the_first_that_is_named_counts() {
        let folder = tempfile::tempdir().unwrap();
        let [one, two, empty] =
            ["one.pem", "two.pem", "empty"].map(|name| folder.path().join(name));
        fs::write(&one, CERTIFICATE).unwrap();
        fs::write(&two, CERTIFICATE.repeat(2)).unwrap();
        fs::write(&empty, "").unwrap();
        assert_eq!(count(None, &[]), Ok(0));
        assert_eq!(count(Some(&one), &[("REQUESTS_CA_BUNDLE", &two)]), Ok(1));
        assert_eq!(count(None, &[("REQUESTS_CA_BUNDLE", &two), ("SSL_CERT_FILE", &one)]), Ok(2));
        assert_eq!(count(None, &[("SSL_CERT_FILE", &one)]), Ok(1));
        assert_eq!(count(None, &[("SSL_CERT_DIR", folder.path())]), Ok(3));
        assert_eq!(count(Some(folder.path()), &[]), Ok(3));
        for faulty in [empty, folder.path().join("missing")] {
            assert!(matches!(count(Some(&faulty), &[]), Err(FetchError::Roots(_))));
        }
    }
}
