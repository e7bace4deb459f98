//! When a server wants to be asked again.

use std::time::{Duration, SystemTime};

/// The pause that the header `Retry-After` asks for: seconds, or until a date.
pub(super) fn pause(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_seconds_or_end_at_a_date() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        for (value, now, expected) in [
            ("120", 0, Some(120)),
            (" 0 ", 0, Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_776, Some(1)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_778, Some(0)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0, Some(0)),
            ("Thu, 29 Feb 2024 00:00:10 GMT", 1_709_164_800, Some(10)),
            ("-1", 0, None),
            ("soon", 0, None),
            ("Sun, 06 Now 1994 08:49:37 GMT", 0, None),
            ("Sun, 06 Nov 1994 99999999999999999:49:37 GMT", 0, None),
            ("Sun, 06 Nov 1994 08:49 GMT", 0, None),
        ] {
            let expected = expected.map(Duration::from_secs);
            assert_eq!(pause(value, at(now)), expected, "{value}");
        }
    }
}
