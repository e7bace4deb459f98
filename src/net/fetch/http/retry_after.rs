//! When a server wants to be asked again.

use std::time::{Duration, SystemTime};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The pause that the header `Retry-After` asks for: seconds, or until a date.
pub(super) fn pause(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds_of(value)?))?;
    Some(date.duration_since(now).unwrap_or_default())
}

/// Seconds since 1970 of a date such as `Sun, 06 Nov 1994 08:49:37 GMT`.
fn seconds_of(date: &str) -> Option<u64> {
    let words: Vec<&str> = date.split_ascii_whitespace().collect();
    let [_, day, month, year, time, "GMT"] = words[..] else { return None };
    let month = MONTHS.iter().position(|name| *name == month)? as u64;
    let [day, year] = [day.parse::<u64>().ok()?, year.parse::<u64>().ok()?];
    if !(1970..=9999).contains(&year) || !(1..=31).contains(&day) {
        return None;
    }
    // Years that start in March end with the leap day.
    let (year, month) = if month < 2 { (year - 1, month + 10) } else { (year, month - 2) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    let numbers: Option<Vec<u64>> = time.split(':').map(|part| part.parse().ok()).collect();
    let [hours, minutes, seconds] = numbers?[..] else { return None };
    if hours > 23 || minutes > 59 || seconds > 60 {
        return None;
    }
    days.checked_sub(DAYS_TO_1970)?
        .checked_mul(86400)?
        .checked_add((hours * 60 + minutes) * 60 + seconds)
}

/// Days from the first of March of the year 0 to the start of 1970.
const DAYS_TO_1970: u64 = 719_468;

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
