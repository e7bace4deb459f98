//! The certificates of authorities that servers are trusted by.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use reqwest::Certificate;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::error::FetchError;
use crate::file;
use crate::net::fetch::Certificates;

/// Bytes of the largest file of certificates.
const MAX_SIZE: u64 = 16 << 20;

/// The certificates; `None` leaves it to the system.
pub(super) fn roots(places: &Certificates) -> Result<Option<Vec<Certificate>>, FetchError> {
    let (bundle, folders) = match places {
        Certificates::System => return Ok(None),
        Certificates::Named(path) if path.is_dir() => return folder(path).map(Some),
        Certificates::Named(path) => return file(path).map(Some),
        Certificates::Several(bundle, folders) => (bundle, folders),
    };
    let mut roots = bundle.as_deref().map(file).transpose()?.unwrap_or_default();
    for path in folders {
        // OpenSSL passes over folders that are not there.
        roots.extend(folder(path).unwrap_or_default());
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
    const CERTIFICATE: &str = include_str!("../../../../tests/data/authority.pem");

    fn count(places: &Certificates) -> Result<usize, FetchError> {
        roots(places).map(|roots| roots.map_or(0, |roots| roots.len()))
    }

    #[test]
    fn certificates_are_read_from_files_and_folders() {
        let folder = tempfile::tempdir().unwrap();
        let [one, two, empty] =
            ["one.pem", "two.pem", "empty"].map(|name| folder.path().join(name));
        fs::write(&one, CERTIFICATE).unwrap();
        fs::write(&two, CERTIFICATE.repeat(2)).unwrap();
        fs::write(&empty, "").unwrap();
        let whole = folder.path().to_owned();
        let missing = folder.path().join("missing");
        assert_eq!(count(&Certificates::System), Ok(0));
        assert_eq!(count(&Certificates::Named(one.clone())), Ok(1));
        assert_eq!(count(&Certificates::Named(two)), Ok(2));
        assert_eq!(count(&Certificates::Several(Some(one), vec![missing.clone()])), Ok(1));
        assert_eq!(count(&Certificates::Several(None, vec![whole.clone()])), Ok(3));
        assert_eq!(count(&Certificates::Named(whole)), Ok(3));
        for faulty in [empty, missing] {
            assert!(matches!(count(&Certificates::Named(faulty)), Err(FetchError::Roots(_))));
        }
    }
}
