//! Errors in a server's certificate, or in its TLS handshake.

use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error};

use crate::error::FetchError;

/// The number of a certificate's names in a message.
const MAX_NAMES: usize = 3;

/// The number of characters of each in a message.
const MAX_NAME: usize = 80;

/// Why there is no encrypted connection; `None` if another attempt may succeed.
pub(super) fn fault(error: &Error) -> Option<FetchError> {
    let message = match error {
        Error::InvalidCertificate(error) => return Some(of_certificate(error)),
        // The server's message is not TLS, in most cases because it speaks HTTP.
        Error::InvalidMessage(_) => "the server does not speak TLS at this port".to_owned(),
        Error::PeerIncompatible(_)
        | Error::AlertReceived(
            AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure,
        ) => "the server offers no version or cipher of TLS that is supported (1.2 or 1.3)"
            .to_owned(),
        Error::AlertReceived(AlertDescription::UnrecognisedName) => {
            "the server does not know this host name".to_owned()
        }
        _ => return None,
    };
    Some(FetchError::Tls(message))
}

fn of_certificate(error: &CertificateError) -> FetchError {
    use CertificateError::{
        BadSignature, Expired, ExpiredContext, NotValidForName, NotValidForNameContext,
        NotValidYet, NotValidYetContext, UnknownIssuer,
    };
    let message = match error {
        // This is the error for an authority with the name of a trusted one.
        UnknownIssuer | BadSignature => {
            let message = "is of an authority that is not trusted here";
            return FetchError::Certificate(message.to_owned());
        }
        Expired => "has expired".to_owned(),
        ExpiredContext { not_after, .. } => format!("has expired, on {}", date(*not_after)),
        NotValidYet => "is not valid yet".to_owned(),
        NotValidYetContext { not_before, .. } => {
            format!("is not valid yet, but from {} on", date(*not_before))
        }
        NotValidForName => "is for another host".to_owned(),
        NotValidForNameContext { expected, presented } => {
            format!("is for {}, not for `{}`", names(presented), expected.to_str())
        }
        error => return FetchError::Certificate(format!("is invalid: {error}")),
    };
    FetchError::CertificateInvalid(message)
}

/// The hosts of a certificate, which the error formats as `DnsName("host")` or the like.
fn names(presented: &[String]) -> String {
    let name = |text: &String| {
        let quoted = text.split_once('"').and_then(|(_, rest)| rest.split_once('"'));
        let inner = || text.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
        let name = quoted.or_else(inner).map_or(text.as_str(), |(name, _)| name);
        format!("`{}`", name.chars().take(MAX_NAME).collect::<String>())
    };
    let listed: Vec<String> = presented.iter().take(MAX_NAMES).map(name).collect();
    match presented.len().checked_sub(listed.len()) {
        _ if listed.is_empty() => "no host".to_owned(),
        Some(0) | None => listed.join(", "),
        Some(more) => format!("{} and {more} more", listed.join(", ")),
    }
}

/// `2026-11-30 08:05 UTC`.
fn date(time: UnixTime) -> String {
    let (days, seconds) = (time.as_secs() / 86_400, time.as_secs() % 86_400);
    // Years that start in March end with the leap day; 400 of them have the same number of days.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (year, month) = if month < 10 { (0, month + 3) } else { (1, month - 9) };
    let year = year + year_of_era + era * 400;
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02} UTC", seconds / 3600, seconds / 60 % 60)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01 00:00 UTC"),
            (951_782_399, "2000-02-28 23:59 UTC"),
            (951_782_400, "2000-02-29 00:00 UTC"),
            (1_709_251_199, "2024-02-29 23:59 UTC"),
            (1_735_689_599, "2024-12-31 23:59 UTC"),
            (1_735_689_600, "2025-01-01 00:00 UTC"),
            (4_107_542_400, "2100-03-01 00:00 UTC"),
        ] {
            assert_eq!(date(UnixTime::since_unix_epoch(Duration::from_secs(seconds))), expected);
        }
    }

    #[test]
    fn names_of_a_certificate_are_reported_within_bounds() {
        let texts = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        assert_eq!(names(&[]), "no host");
        assert_eq!(names(&texts(&["DnsName(\"a.example\")", "*.b"])), "`a.example`, `*.b`");
        assert_eq!(names(&texts(&["a", "b", "c", "d"])), "`a`, `b`, `c` and 1 more");
        assert_eq!(names(&["x".repeat(1000)]).len(), MAX_NAME + 2);
    }
}
